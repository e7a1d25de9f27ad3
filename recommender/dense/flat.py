"""Inner products by FAISS, settled to the reference's cosines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.dense import cosines as pairs
from recommender.dense.cosines import products
from recommender.dense.hits import Hits, no_hits
from recommender.dense.vectors import Vectors, checked

# Fetched beyond k, so that a pair that rounding put on the wrong side of the cut is still seen.
_MARGIN = 16
# With more ties at the cut than this, which of them are kept is left to FAISS.
_MOST_TIED = 4096
_ROUNDING = 1e-5


class FaissIndex:
    """Inner products by FAISS over all rows (`IndexFlatIP`), settled to the reference's cosines."""

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        self._vectors = checked(vectors, None)
        # FAISS row i is our row self._rows[i]: zero rows stay outside.
        self._rows = np.flatnonzero(self._vectors.any(axis=1))
        self._index: Any = faiss.IndexFlatIP(self._vectors.shape[1])
        self._index.add(np.ascontiguousarray(self._vectors[self._rows]))

    def search(self, queries: Vectors, k: int) -> Hits:
        """See `DenseIndex.search`."""
        queries = checked(queries, self._vectors.shape[1])
        hits = no_hits(len(queries), k, len(self._vectors))
        if len(self._rows) == 0:
            return hits
        pending = np.flatnonzero(queries.any(axis=1))
        fetch = min(len(self._rows), k + _MARGIN)
        while pending.size:
            tied: list[int] = []
            block = max(1, pairs.BLOCK_FLOATS // (fetch * self._vectors.shape[1]))
            for start in range(0, len(pending), block):
                tied += self._search_block(queries, pending[start : start + block], k, fetch, hits)
            if fetch >= min(len(self._rows), k + _MOST_TIED):
                break
            pending, fetch = np.array(tied, dtype=np.int64), min(len(self._rows), 4 * fetch)
        return hits

    def _search_block(
        self, queries: Vectors, pending: NDArray[np.int64], k: int, fetch: int, hits: Hits
    ) -> list[int]:
        """Settles one block into ``hits``; gives back the queries whose cut may run through a tie."""
        near, places = self._index.search(np.ascontiguousarray(queries[pending]), fetch)
        rows = self._rows[places]
        cosines = np.empty(rows.shape, dtype=np.float32)
        for place, query in enumerate(pending):
            cosines[place] = products(self._vectors[rows[place]], queries[query])
        order = np.lexsort((rows, -cosines), axis=1)[:, :k]
        rows = np.take_along_axis(rows, order, axis=1)
        cosines = np.take_along_axis(cosines, order, axis=1)
        width = rows.shape[1]
        hits.rows[pending, :width] = rows
        hits.cosines[pending, :width] = cosines
        hits.counts[pending] = width
        if fetch == len(self._rows):
            return []
        return [int(query) for query in pending[near[:, -1] >= cosines[:, -1] - _ROUNDING]]
