"""The reference that every search is held to."""

from __future__ import annotations

import numpy as np

from recommender.dense.cosines import products
from recommender.dense.hits import Hits, no_hits
from recommender.dense.vectors import Vectors, checked


class ExactIndex:
    """The reference: every product in double precision, sorted in full."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = checked(vectors, None)
        self._empty = ~self._vectors.any(axis=1)

    def search(self, queries: Vectors, k: int) -> Hits:
        """See `DenseIndex.search`."""
        queries = checked(queries, self._vectors.shape[1])
        hits = no_hits(len(queries), k, len(self._vectors))
        found = np.flatnonzero(~self._empty)
        for row, query in enumerate(queries):
            if query.any():
                cosines = products(self._vectors, query)
                best = found[np.lexsort((found, -cosines[found]))][:k]
                hits.rows[row, : len(best)] = best
                hits.cosines[row, : len(best)] = cosines[best]
                hits.counts[row] = len(best)
        return hits
