"""Embed what is new, reuse the rest: vectors are known by encoder fingerprint and text digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.dense import freeze
from recommender.encoder import Advance, Encoder, check_vectors, embedded_text

DIGEST_BYTES = 16
# Two whole numbers compare as the bytes would be equal, and sort far faster than these.
_DIGEST = np.dtype([("high", np.uint64), ("low", np.uint64)])


@dataclass(frozen=True, slots=True)
class Embedding:
    """Vectors in corpus order, with what they are known by.

    ``vectors`` ``(n, dim) float32``, unit rows; ``digests`` ``(n, 16) uint8``, the first half of each
    embedded text's sha256; ``fingerprint`` the encoder's.
    """

    fingerprint: str
    digests: NDArray[np.uint8]
    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        if len(self.digests) != len(self.vectors):
            raise ValueError(f"{len(self.digests)} digests and {len(self.vectors)} vectors")
        freeze(self.digests, self.vectors)


@dataclass(frozen=True, slots=True)
class Work:
    """What embedding a corpus took: texts encoded, and articles whose vector was there already."""

    embedded: int
    reused: int


def embed(
    articles: Sequence[Article],
    encoder: Encoder,
    known: Iterable[Embedding] = (),
    advance: Advance | None = None,
) -> tuple[Embedding, Work]:
    """Vectors of all articles, encoding each distinct text once and only where ``known`` lacks it.

    An Embedding of another fingerprint is passed over. ``advance`` counts articles. Raises EncoderError.
    """
    table = _table([text_digest(embedded_text(one.title, one.text)) for one in articles])
    _, first, which = np.unique(table.view(_DIGEST).ravel(), return_index=True, return_inverse=True)
    distinct = table[first]
    # Where each distinct text's vector stands: in which Embedding, and in which row of it.
    source, row = np.full(len(first), -1), np.zeros(len(first), dtype=np.int64)
    same = [earlier for earlier in known if earlier.fingerprint == encoder.fingerprint]
    for number, earlier in enumerate(same):
        places = _places(distinct, earlier.digests)
        found = (source < 0) & (places >= 0)
        source[found], row[found] = number, places[found]
    missing = np.sort(first[source < 0])  # in the order of the articles
    reused = int((source[which] >= 0).sum())
    if advance is not None:
        advance(len(articles) - len(missing))  # the encoder counts the rest
    fresh = np.zeros((0, 0), dtype=np.float32)
    if len(missing) or not same:
        texts = [embedded_text(articles[one].title, articles[one].text) for one in missing.tolist()]
        fresh = encoder.encode(texts, advance)
    dim = fresh.shape[1] if len(missing) or not same else same[0].vectors.shape[1]
    vectors = np.empty((len(articles), dim), dtype=np.float32)
    for number, earlier in enumerate(same):
        theirs = np.flatnonzero(source[which] == number)
        vectors[theirs] = earlier.vectors[row[which[theirs]]]
    if len(missing):
        new = np.flatnonzero(source[which] < 0)
        vectors[new] = fresh[np.searchsorted(missing, first[which[new]])]
    check_vectors(vectors, encoder.name)
    return Embedding(encoder.fingerprint, table, vectors), Work(len(missing), reused)


def _table(digests: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, DIGEST_BYTES)


def _places(wanted: NDArray[np.uint8], known: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The row of each of the ``wanted`` digests ``(m, 16)`` among the ``known`` ``(n, 16)``, the first where
    it stands there more often; -1 where it does not."""
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    keys = np.ascontiguousarray(known).view(_DIGEST).ravel()
    order = np.argsort(keys, kind="stable")
    ours = np.ascontiguousarray(wanted).view(_DIGEST).ravel()
    places = order[np.minimum(np.searchsorted(keys, ours, sorter=order), len(keys) - 1)]
    return np.where(keys[places] == ours, places, -1)


def digests_of(articles: Iterable[Article]) -> NDArray[np.uint8]:
    """What each article's title and whole text are known by, ``(n, 16) uint8``."""
    return _table([text_digest(f"{one.title}\0{one.text}") for one in articles])


def text_digest(text: str) -> bytes:
    """The first 16 bytes of the text's sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]
