"""Sorting many pairs at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def in_order(
    queries: NDArray[Any], rows: NDArray[Any], values: NDArray[np.floating[Any]]
) -> NDArray[np.int64]:
    """The permutation by query, then higher value in single precision, then lower row, ``(m,) int64``. Query
    and value make one number, which sorts several times as fast as three columns; only what ties is sorted
    once more."""
    bits = (values.astype(np.float32) + np.float32(0)).view(np.uint32)  # no negative zero
    # Floats, as whole numbers in the order of the floats, and the other way round.
    rising = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(1 << 31))
    codes = queries.astype(np.uint64) << np.uint64(32) | (~rising).astype(np.uint64)
    order = np.argsort(codes)
    ascending = codes[order]
    same = np.zeros(len(order) + 1, dtype=np.bool_)
    same[1:-1] = ascending[1:] == ascending[:-1]
    tied = np.flatnonzero(same[1:] | same[:-1])
    if len(tied):
        order[tied] = order[tied][np.lexsort((rows[order[tied]], ascending[tied]))]
    return order


def distinct(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each number once, ascending; `numpy.unique` hashes, which takes many times as long on millions."""
    ascending = np.sort(codes)
    kept = np.ones(len(ascending), dtype=np.bool_)
    kept[1:] = ascending[1:] != ascending[:-1]
    return ascending[kept]
