"""Which articles are looked at for the sake of a term: those in which it weighs most.

Source: static index pruning, Carmel and others, 2001. What is left out is settled by a least weight for each
term, not by who else is there, so that two articles are as near each other in one build as in the next.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.lexical.joining import Parts
from recommender.lexical.table import Table

# Of each term so many articles, and those in which it weighs as much as in the last of them.
POSTINGS = 500
_ROWS_AT_ONCE = 8192


def by_weight(table: Table, rows: NDArray[np.int64], postings: int = POSTINGS) -> NDArray[np.float32]:
    """The least weight of each column with which a row is looked at, ``(width,) float32``: the weight that
    stands ``postings``-th among ``rows`` ``(m,)``; 0 where no more have the column."""
    least = np.zeros(table.width, dtype=np.float32)
    taken = np.zeros(len(table), dtype=np.bool_)
    taken[rows] = True
    counts = np.zeros(table.width, dtype=np.int64)
    for span, here in _blocks(table, taken):
        counts += np.bincount(table.columns[span][here], minlength=table.width)
    many = counts > postings
    if not many.any():
        return least
    codes = Parts(np.uint64)
    for span, here in _blocks(table, taken):
        columns, weights = table.columns[span], table.weights[span]
        here &= many[columns]
        # Weights are positive, so that their bits rise with them.
        falling = (~weights[here].view(np.uint32)).astype(np.uint64)
        codes.add(columns[here].astype(np.uint64) << np.uint64(32) | falling)
    ordered = codes.whole()
    ordered.sort()
    ends = np.cumsum(counts[many]) - counts[many] + postings - 1
    least[many] = (~ordered[ends].astype(np.uint32)).view(np.float32)
    return least


def _blocks(table: Table, taken: NDArray[np.bool_]) -> Iterator[tuple[slice, NDArray[np.bool_]]]:
    """The entries of a table some rows at a time, and which of them stand in a row that is ``taken``."""
    for start in range(0, len(table), _ROWS_AT_ONCE):
        ends = table.offsets[start : start + _ROWS_AT_ONCE + 1]
        yield (
            slice(int(ends[0]), int(ends[-1])),
            np.repeat(taken[start : start + _ROWS_AT_ONCE], np.diff(ends)),
        )


def entries_in(table: Table, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which entries of a table stand in these rows ``(m,)``, ``(e,) bool``."""
    taken = np.zeros(len(table), dtype=np.bool_)
    taken[rows] = True
    return np.repeat(taken, np.diff(table.offsets))
