"""Which articles are looked at for the sake of a term: those in which it weighs most.

Source: static index pruning, Carmel and others, 2001. What is left out is settled by a least weight for each
term, not by who else is there, so that two articles are as near each other in one build as in the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.lexical.table import Table

# Of each term so many articles, and those in which it weighs as much as in the last of them.
POSTINGS = 500


def by_weight(table: Table, rows: NDArray[np.int64], postings: int = POSTINGS) -> NDArray[np.float32]:
    """The least weight of each column with which a row is looked at, ``(width,) float32``: the weight that
    stands ``postings``-th among ``rows`` ``(m,)``; 0 where no more have the column."""
    least = np.zeros(table.width, dtype=np.float32)
    counts = np.zeros(table.width, dtype=np.int64)
    taken = entries_in(table, rows)
    np.add.at(counts, table.columns[taken], 1)
    many = counts > postings
    if not many.any():
        return least
    places = np.flatnonzero(taken)
    places = places[many[table.columns[places]]]
    columns = table.columns[places].astype(np.uint64)
    # Weights are positive, so that their bits rise with them.
    codes = columns << np.uint64(32) | (~table.weights[places].view(np.uint32)).astype(np.uint64)
    codes.sort()
    ends = np.cumsum(counts[many]) - counts[many] + postings - 1
    least[many] = (~codes[ends].astype(np.uint32)).view(np.float32)
    return least


def entries_in(table: Table, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which entries of a table stand in these rows ``(m,)``, ``(e,) bool``."""
    taken = np.zeros(len(table), dtype=np.bool_)
    taken[rows] = True
    return np.repeat(taken, np.diff(table.offsets))
