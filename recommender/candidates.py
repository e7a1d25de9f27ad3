"""For every article the ones that might be related to it, with the evidence for each pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.dense import DenseIndex, Vectors, freeze
from recommender.encoder import Advance

DEPTH = 100
_QUERIES_PER_STEP = 1024


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs in one flat table, the candidates of article ``i`` at ``offsets[i]:offsets[i + 1]``.

    ``offsets`` ``(n + 1,) int64``; ``rows`` ``(pairs,) int32`` the candidate's row, never the article's
    own; ``cosines`` ``(pairs,) float32`` of the centred vectors. Best cosine first.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    cosines: NDArray[np.float32]

    def __post_init__(self) -> None:
        pairs = int(self.offsets[-1])
        if not len(self.rows) == len(self.cosines) == pairs:
            raise ValueError(
                f"{len(self.rows)} rows and {len(self.cosines)} cosines, expected {pairs} of each"
            )
        freeze(self.offsets, self.rows, self.cosines)

    def queries(self) -> NDArray[np.int32]:
        """The query's row for each pair, ``(pairs,) int32``."""
        return query_rows(self.offsets)


def query_rows(offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """The query's row for each pair of a flat table with these ``offsets`` ``(n + 1,) int64``."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))


def find(
    index: DenseIndex, unit: Vectors, *, depth: int = DEPTH, advance: Advance | None = None
) -> Candidates:
    """The ``depth`` nearest of every article, without itself. ``unit`` ``(n, dim) float32`` holds the
    centred vectors that ``index`` was made of; ``advance`` counts articles."""
    counts: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int32]] = []
    cosines: list[NDArray[np.float32]] = []
    for start in range(0, len(unit), _QUERIES_PER_STEP):
        block = unit[start : start + _QUERIES_PER_STEP]
        hits = index.search(block, depth + 1)
        own = np.arange(start, start + len(block))[:, None]
        # Among exact copies the first hit is somebody else: leave out by row, never by place. Where the
        # article is not among its own hits, the last one goes.
        present = np.arange(hits.rows.shape[1])[None, :] < hits.counts[:, None]
        keep = present & (hits.rows != own)
        keep &= np.cumsum(keep, axis=1) <= depth
        counts.append(keep.sum(axis=1))
        rows.append(hits.rows[keep].astype(np.int32))
        cosines.append(hits.cosines[keep])
        if advance is not None:
            advance(len(block))
    offsets = np.zeros(len(unit) + 1, dtype=np.int64)
    if counts:
        np.cumsum(np.concatenate(counts), out=offsets[1:])
    return Candidates(
        offsets,
        np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32),
        np.concatenate(cosines) if cosines else np.zeros(0, dtype=np.float32),
    )
