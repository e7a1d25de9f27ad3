"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.dense.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Hits:
    """Neighbours of m queries: ``rows`` ``(m, w) int64`` and ``cosines`` ``(m, w) float32``, best first,
    w the smaller of k and the number of vectors. ``counts`` ``(m,) int64`` says how many each query
    has; beyond them stand -1 and NaN."""

    rows: NDArray[np.int64]
    cosines: NDArray[np.float32]
    counts: NDArray[np.int64]


class DenseIndex(Protocol):
    """What both indexes do. Zero rows match nothing and are matched by nothing: they have no direction."""

    def search(self, queries: Vectors, k: int) -> Hits:
        """The k nearest rows of each query. ``queries`` is ``(m, dim) float32`` of unit (or zero) rows.
        Raises ValueError for another dimension, for values that are not finite, and for k < 1."""
        ...


def no_hits(queries: int, k: int, vectors: int) -> Hits:
    """Hits to be filled in. Raises ValueError for k < 1."""
    if k < 1:
        raise ValueError(f"k is {k}, expected at least 1")
    width = min(k, vectors)
    return Hits(
        np.full((queries, width), -1, dtype=np.int64),
        np.full((queries, width), np.nan, dtype=np.float32),
        np.zeros(queries, dtype=np.int64),
    )
