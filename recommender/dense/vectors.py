"""Unit vectors as they are compared, and what every search asks of them.

They lie on a grid of 2**-26. So every product of two components is a multiple of 2**-52, every sum of them
stays below 2, and a double holds each of these exactly: a product of two vectors comes to the same whatever
order it is summed in, by whatever kernel, in whatever block. Rows off the grid are compared as well, and
their products may differ in the last bit of a double.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

GRID = 2.0**26
# A centred vector shorter than this has no direction worth comparing; rounding alone gives 1e-7.
_SHORTEST = 1e-6


def freeze(*arrays: NDArray[Any]) -> None:
    """Make arrays read-only: what a value holds never changes under somebody who shares it."""
    for array in arrays:
        array.flags.writeable = False


def centred(vectors: Vectors, mean: Vectors, whitening: Vectors | None = None) -> Vectors:
    """``vectors`` ``(n, dim)`` less the mean, times ``whitening`` ``(dim, dim)`` if any, unit rows again, on
    the grid; a row that equals the mean becomes zero."""
    moved = vectors.astype(np.float64) - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    something = lengths > _SHORTEST
    if whitening is not None:
        moved = moved @ whitening.astype(np.float64)
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit = np.zeros(moved.shape, dtype=np.float32)
    np.divide(moved, lengths, out=moved, where=something & (lengths > 0))
    np.copyto(unit, on_grid(moved), where=something & (lengths > 0))
    return unit


def on_grid(vectors: NDArray[np.floating[Any]]) -> Vectors:
    """The nearest vectors on the grid, same shape, float32: no component moves by more than 7.5e-9."""
    moved = vectors.astype(np.float64)
    moved *= GRID
    np.rint(moved, out=moved)
    moved /= GRID
    return moved.astype(np.float32)


def checked(vectors: Vectors, dim: int | None) -> Vectors:
    """``vectors`` as float32 rows that lie together in memory. Raises ValueError for another shape than
    ``(n, dim)`` and for values that are not finite."""
    if vectors.ndim != 2 or (dim is not None and vectors.shape[1] != dim):
        raise ValueError(f"vectors have shape {vectors.shape}, expected (n, {dim or 'dim'})")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors hold NaN or infinite values, expected finite ones")
    return np.ascontiguousarray(vectors, dtype=np.float32)
