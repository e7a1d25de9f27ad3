"""Nearest neighbours of unit vectors by cosine: FAISS, and the exact numpy reference it is held to.

Both give the same rows and the same cosines. A cosine is the product in double precision, rounded to
single, whoever found the pair: a product in blocks differs in its last bits with the block's shape,
and two copies of one article must tie. Order: higher cosine, then lower row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# Fetched beyond k, so that a pair that rounding put on the wrong side of the cut is still seen.
_MARGIN = 16
# With more ties at the cut than this, which of them are kept is left to FAISS.
_MOST_TIED = 4096
_ROUNDING = 1e-5
_BLOCK_FLOATS = 32_000_000
# A centred vector shorter than this has no direction worth comparing; rounding alone gives 1e-7.
_SHORTEST = 1e-6


@dataclass(frozen=True, slots=True)
class Hits:
    """Neighbours of m queries: ``rows`` ``(m, w) int64`` and ``cosines`` ``(m, w) float32``, best first,
    w the smaller of k and the number of vectors. ``counts`` ``(m,) int64`` says how many each query
    has; beyond them stand -1 and NaN."""

    rows: NDArray[np.int64]
    cosines: NDArray[np.float32]
    counts: NDArray[np.int64]


def freeze(*arrays: NDArray[Any]) -> None:
    """Make arrays read-only: what a value holds never changes under somebody who shares it."""
    for array in arrays:
        array.flags.writeable = False


class DenseIndex(Protocol):
    """What both indexes do. Zero rows match nothing and are matched by nothing: they have no direction."""

    def search(self, queries: Vectors, k: int) -> Hits:
        """The k nearest rows of each query. ``queries`` is ``(m, dim) float32`` of unit (or zero) rows.
        Raises ValueError for another dimension, for values that are not finite, and for k < 1."""
        ...


class ExactIndex:
    """The reference: every product in double precision, sorted in full."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = _checked(vectors, None)
        self._empty = ~self._vectors.any(axis=1)

    def search(self, queries: Vectors, k: int) -> Hits:
        """See `DenseIndex.search`."""
        queries = _checked(queries, self._vectors.shape[1])
        hits = _no_hits(len(queries), k, len(self._vectors))
        found = np.flatnonzero(~self._empty)
        for row, query in enumerate(queries):
            if query.any():
                cosines = _cosines(self._vectors, query)
                best = found[np.lexsort((found, -cosines[found]))][:k]
                _put(hits, row, best, cosines[best])
        return hits


class FaissIndex:
    """Inner products by FAISS over all rows (`IndexFlatIP`), settled to the reference's cosines."""

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        self._vectors = _checked(vectors, None)
        # FAISS row i is our row self._rows[i]: zero rows stay outside.
        self._rows = np.flatnonzero(self._vectors.any(axis=1))
        self._index: Any = faiss.IndexFlatIP(self._vectors.shape[1])
        self._index.add(np.ascontiguousarray(self._vectors[self._rows]))

    def search(self, queries: Vectors, k: int) -> Hits:
        """See `DenseIndex.search`."""
        queries = _checked(queries, self._vectors.shape[1])
        hits = _no_hits(len(queries), k, len(self._vectors))
        if len(self._rows) == 0:
            return hits
        pending = np.flatnonzero(queries.any(axis=1))
        fetch = min(len(self._rows), k + _MARGIN)
        while pending.size:
            tied: list[int] = []
            block = max(1, _BLOCK_FLOATS // (fetch * self._vectors.shape[1]))
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
        products, places = self._index.search(np.ascontiguousarray(queries[pending]), fetch)
        rows = self._rows[places]
        cosines = np.empty(rows.shape, dtype=np.float32)
        for place, query in enumerate(pending):
            cosines[place] = _cosines(self._vectors[rows[place]], queries[query])
        order = np.lexsort((rows, -cosines), axis=1)[:, :k]
        rows = np.take_along_axis(rows, order, axis=1)
        cosines = np.take_along_axis(cosines, order, axis=1)
        width = rows.shape[1]
        hits.rows[pending, :width] = rows
        hits.cosines[pending, :width] = cosines
        hits.counts[pending] = width
        if fetch == len(self._rows):
            return []
        return [int(query) for query in pending[products[:, -1] >= cosines[:, -1] - _ROUNDING]]


def centred(vectors: Vectors, mean: Vectors, whitening: Vectors | None = None) -> Vectors:
    """``vectors`` ``(n, dim)`` less the mean, times ``whitening`` ``(dim, dim)`` if any, unit rows again; a
    row that equals the mean becomes zero."""
    moved = vectors.astype(np.float64) - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    something = lengths > _SHORTEST
    if whitening is not None:
        moved = moved @ whitening.astype(np.float64)
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit = np.zeros(moved.shape, dtype=np.float32)
    np.divide(moved, lengths, out=unit, where=something & (lengths > 0), casting="same_kind")
    return unit


def cosines_to_all(unit: Vectors, query: Vectors) -> NDArray[np.float32]:
    """Cosine of one unit query ``(dim,)`` to every row of ``unit`` ``(n, dim)``, which may be a memory map:
    it is read in blocks and never copied whole. Zero rows get 0."""
    result = np.zeros(len(unit), dtype=np.float32)
    for span, cosines in cosines_in_blocks(unit, query[None, :]):
        result[span] = cosines[0]
    return result


def cosines_in_blocks(unit: Vectors, queries: Vectors) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """The same for several queries ``(m, dim)``, a block of rows at a time: the block's rows, and the
    cosines ``(m, rows) float32``."""
    m, dim = queries.shape
    block = max(1, _BLOCK_FLOATS // 8 // max(1, m, dim))
    for start in range(0, len(unit), block):
        some = unit[start : start + block]
        yield slice(start, start + len(some)), _cosines(some, queries.T).T


def cosines_of_pairs(unit: Vectors, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """Cosines of given pairs of rows of ``unit`` ``(n, dim)``, ``(m,) float32``.

    ``left`` and ``right`` ``(m,)`` are rows within 0..n-1. The order within a pair makes no difference.
    ``unit`` may be a memory map: the rows of a block of pairs are read, and no more.
    """
    result = np.empty(len(left), dtype=np.float32)
    block = max(1, _BLOCK_FLOATS // 80 // max(1, unit.shape[1]))  # few enough for the processor's cache
    for start in range(0, len(left), block):
        span = slice(start, start + block)
        first, second = unit[left[span]].astype(np.float64), unit[right[span]].astype(np.float64)
        result[span] = np.clip(np.einsum("ij,ij->i", first, second), -1, 1)
    return result


def _cosines(vectors: Vectors, query: Vectors) -> NDArray[np.float32]:
    """Of rows to one query ``(dim,)``, or to the columns of several ``(dim, m)``."""
    return np.clip(vectors.astype(np.float64) @ query.astype(np.float64), -1, 1).astype(np.float32)


def _checked(vectors: Vectors, dim: int | None) -> Vectors:
    if vectors.ndim != 2 or (dim is not None and vectors.shape[1] != dim):
        raise ValueError(f"vectors have shape {vectors.shape}, expected (n, {dim or 'dim'})")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors hold NaN or infinite values, expected finite ones")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _no_hits(queries: int, k: int, vectors: int) -> Hits:
    if k < 1:
        raise ValueError(f"k is {k}, expected at least 1")
    width = min(k, vectors)
    return Hits(
        np.full((queries, width), -1, dtype=np.int64),
        np.full((queries, width), np.nan, dtype=np.float32),
        np.zeros(queries, dtype=np.int64),
    )


def _put(hits: Hits, query: int, rows: NDArray[np.int64], cosines: NDArray[np.float32]) -> None:
    hits.rows[query, : len(rows)] = rows
    hits.cosines[query, : len(rows)] = cosines
    hits.counts[query] = len(rows)
