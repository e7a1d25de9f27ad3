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
    texts = [embedded_text(article.title, article.text) for article in articles]
    digests = [text_digest(text) for text in texts]
    found: dict[bytes, NDArray[np.float32]] = {}
    for earlier in known:
        if earlier.fingerprint == encoder.fingerprint:
            wanted = set(digests) - found.keys()
            for row, digest in enumerate(earlier.digests):
                if (key := digest.tobytes()) in wanted:
                    found[key] = earlier.vectors[row]
    reused = sum(digest in found for digest in digests)
    missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in found}
    if advance is not None:
        advance(len(articles) - len(missing))  # the encoder counts the rest
    if missing or not found:
        fresh = encoder.encode(list(missing.values()), advance)
        dim = fresh.shape[1]
        found.update(zip(missing, fresh, strict=True))
    else:
        dim = len(next(iter(found.values())))
    vectors = np.empty((len(articles), dim), dtype=np.float32)
    for row, digest in enumerate(digests):
        vectors[row] = found[digest]
    check_vectors(vectors, encoder.name)
    table = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    return Embedding(encoder.fingerprint, table, vectors), Work(len(missing), reused)


def digests_of(articles: Iterable[Article]) -> NDArray[np.uint8]:
    """What each article's title and whole text are known by, ``(n, 16) uint8``."""
    found = b"".join(text_digest(f"{one.title}\0{one.text}") for one in articles)
    return np.frombuffer(found, dtype=np.uint8).reshape(-1, DIGEST_BYTES)


def text_digest(text: str) -> bytes:
    """The first 16 bytes of the text's sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]
