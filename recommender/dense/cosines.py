"""Cosines of given rows, every one the product in double precision, rounded to single."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.dense.vectors import Vectors

BLOCK_FLOATS = 32_000_000


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
    block = max(1, BLOCK_FLOATS // 8 // max(1, m, dim))
    for start in range(0, len(unit), block):
        some = unit[start : start + block]
        yield slice(start, start + len(some)), products(some, queries.T).T


def cosines_of_pairs(unit: Vectors, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """Cosines of given pairs of rows of ``unit`` ``(n, dim)``, ``(m,) float32``.

    ``left`` and ``right`` ``(m,)`` are rows within 0..n-1. The order within a pair makes no difference.
    ``unit`` may be a memory map: the rows of a block of pairs are read, and no more.
    """
    result = np.empty(len(left), dtype=np.float32)
    block = max(1, BLOCK_FLOATS // 80 // max(1, unit.shape[1]))  # few enough for the processor's cache
    for start in range(0, len(left), block):
        span = slice(start, start + block)
        first, second = unit[left[span]].astype(np.float64), unit[right[span]].astype(np.float64)
        result[span] = np.clip(np.einsum("ij,ij->i", first, second), -1, 1)
    return result


def products(vectors: Vectors, query: Vectors) -> NDArray[np.float32]:
    """Of rows to one query ``(dim,)``, or to the columns of several ``(dim, m)``."""
    return np.clip(vectors.astype(np.float64) @ query.astype(np.float64), -1, 1).astype(np.float32)
