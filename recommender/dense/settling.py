"""From pairs that single precision lets through to the k nearest of each query, as the reference has them."""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recommender.dense.hits import Hits
from recommender.dense.survivors import Keys, columns_of, keys_of, places_of, values_of
from recommender.dense.vectors import Vectors

# So many pairs a step: their rows stay in the processor's cache.
_PAIRS = 1024
_UNIT = 2.0**-24


def error_of(vectors: Vectors) -> float:
    """How far a product of two of these rows in single precision may be from the true one, in whatever order
    it is summed. Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.1."""
    squares: NDArray[np.float32] = np.einsum("ij,ij->i", vectors, vectors)
    terms = (vectors.shape[1] + 1) * _UNIT
    # A thousandth more, since the squares are not exact either.
    error: float = 1.001 * float(squares.max(initial=0)) * terms / (1 - terms)
    return error


def band_of(vectors: Vectors) -> float:
    """How far below the k-th product one may be whose cosine is as high: two errors, and what rounding to
    single precision makes equal."""
    return 2 * error_of(vectors) + 2.0**-20


def settled(
    vectors: Vectors, queries: Vectors, keys: Keys, rows: NDArray[np.int64], pool: Executor | None = None
) -> Keys:
    """Pairs with their cosines instead of products and their rows instead of columns, sorted again.

    ``queries`` are the vectors of places, ``vectors`` and ``rows`` those of columns. A ``pool`` shares the
    work.
    """
    places, columns = places_of(keys), columns_of(keys)
    cosines = np.empty(len(keys), dtype=np.float32)

    def settle(start: int) -> None:
        span = slice(start, start + _PAIRS)
        near = np.take(vectors, columns[span], axis=0).astype(np.float64)
        some = places[span]
        # One product a query, over its run of rows.
        runs = [0, *(np.flatnonzero(np.diff(some)) + 1).tolist(), len(some)]
        found = np.empty(len(some))
        for first, last in pairwise(runs):
            np.dot(near[first:last], queries[some[first]].astype(np.float64), out=found[first:last])
        cosines[span] = np.clip(found, -1, 1)

    list((pool.map if pool else map)(settle, range(0, len(keys), _PAIRS)))
    fresh = keys_of(places, cosines, rows[columns])
    fresh.sort()
    return fresh


def firsts(keys: Keys, queries: int, k: int) -> NDArray[np.bool_]:
    """Which of sorted pairs are among the first k of their query, ``(pairs,)``."""
    places = places_of(keys)
    starts = np.searchsorted(places, np.arange(queries))
    kept: NDArray[np.bool_] = np.arange(len(keys)) - starts[places] < k
    return kept


def put(hits: Hits, queries: NDArray[np.int64], keys: Keys) -> None:
    """Write settled pairs into ``hits``; ``queries`` are the rows there of places."""
    places = places_of(keys)
    starts = np.searchsorted(places, np.arange(len(queries)))
    order = np.arange(len(keys)) - starts[places]
    hits.rows[queries[places], order] = columns_of(keys)
    hits.cosines[queries[places], order] = values_of(keys)
    hits.counts[queries] = np.bincount(places, minlength=len(queries))
