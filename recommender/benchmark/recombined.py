"""Vectors for made-up articles, from those of the articles that they were made of.

Embedding 100,000 articles takes most of an hour. What ranking, publishing and serving cost with vectors at
hand does not depend on where these come from, if they lie as real ones do. So an article gets the mean of its
source articles' vectors, moved a little with its story and some way of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.benchmark.story import Made
from recommender.embedding import DIGEST_BYTES, Embedding, text_digest
from recommender.encoder import Encoder, embedded_text
from recommender.errors import EncoderError

# Fitted to embedded articles of a newsroom, by the cosines within a story and those of the ten nearest.
STORY_NOISE = 0.2
OWN_NOISE = 0.5


class Recombiner:
    """Takes articles one after the other, and gives their vectors. ``vectors`` ``(source articles, dim)
    float32`` are unit rows in the newsroom's order."""

    def __init__(self, vectors: NDArray[np.float32], seed: int) -> None:
        self._vectors = vectors
        self._seed = seed
        self._rows: list[NDArray[np.float32]] = []
        self._digests: list[bytes] = []

    def add(self, made: Made) -> None:
        """One article more. Articles with one embedded text have one vector."""
        dim = self._vectors.shape[1]
        digest = text_digest(embedded_text(made.article.title, made.article.text))
        vector = np.zeros(dim)
        for row, share in made.parts:
            vector += share * self._vectors[row]
        vector /= np.linalg.norm(vector)
        story = np.random.default_rng((self._seed, made.story)).standard_normal(dim)
        own = np.random.default_rng(int.from_bytes(digest, "little")).standard_normal(dim)
        vector += (STORY_NOISE * story + OWN_NOISE * own) / np.sqrt(dim)
        self._rows.append((vector / np.linalg.norm(vector)).astype(np.float32))
        self._digests.append(digest)

    def embedding(self, fingerprint: str) -> Embedding:
        """Of all articles that were added, in their order, under the ``fingerprint`` of the encoder that made
        the vectors. None of them is what that encoder would make of the article."""
        table = np.frombuffer(b"".join(self._digests), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
        shape = (-1, self._vectors.shape[1])
        return Embedding(fingerprint, table, np.array(self._rows, dtype=np.float32).reshape(shape))


def recombined(made: Iterable[Made], vectors: NDArray[np.float32], fingerprint: str, seed: int) -> Embedding:
    """The same of articles that are all there."""
    recombiner = Recombiner(vectors, seed)
    for one in made:
        recombiner.add(one)
    return recombiner.embedding(fingerprint)


class Recalled:
    """Stands in for an encoder in a throw-away index: it knows the vectors of some texts, and makes none. So
    it has the ``encoder``'s name and fingerprint: what is measured is to be scored as that encoder's vectors
    are. ``digests`` ``(n, 16) uint8`` and ``vectors`` ``(n, dim) float32`` may be memory maps."""

    def __init__(self, encoder: Encoder, digests: NDArray[np.uint8], vectors: NDArray[np.float32]) -> None:
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.fingerprint = encoder.fingerprint
        self._vectors = vectors
        # The first half tells a few million texts apart.
        keys = np.ascontiguousarray(digests[:, :8]).view(np.uint64).ravel()
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def encode(
        self, texts: Sequence[str], advance: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """The vectors known for ``texts``, in their order. Raises EncoderError for a text that has none."""
        wanted = np.array(
            [int.from_bytes(text_digest(text)[:8], "little") for text in texts], dtype=np.uint64
        )
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        if unknown := int(np.count_nonzero(self._keys[places] != wanted)):
            raise EncoderError(f"{unknown} of {len(texts)} texts have no vector at hand")
        if advance is not None:
            advance(len(texts))
        return np.asarray(self._vectors[self._order[places]], dtype=np.float32)
