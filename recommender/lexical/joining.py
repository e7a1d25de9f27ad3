"""Rows of several tables in one, and parts of arrays as one, with little held twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.lexical.table import Table, entries_of

_ROWS_AT_ONCE = 4096
# More than any allocator keeps to itself.
_LARGE_BYTES = 64_000_000


def interleaved(one: Table, other: Table, of_one: NDArray[np.int64]) -> Table:
    """The table whose row ``i`` is that of ``one`` which ``of_one`` ``(n,)`` names, or, where it says -1, the
    next of ``other``; both over the same columns. Read and made in blocks. Raises ValueError where ``other``
    has more or fewer rows than are wanted of it."""
    missing = of_one < 0
    if one.width != other.width or int(missing.sum()) != len(other):
        raise ValueError(
            f"{len(other)} rows over {other.width} columns, expected {int(missing.sum())} over {one.width}"
        )
    lengths = np.empty(len(of_one), dtype=np.int64)
    lengths[~missing] = (one.offsets[1:] - one.offsets[:-1])[of_one[~missing]]
    lengths[missing] = np.diff(other.offsets)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    columns = np.empty(int(offsets[-1]), dtype=np.int32)
    weights = np.empty(int(offsets[-1]), dtype=np.float32)
    nth = np.cumsum(missing) - 1
    for start in range(0, len(of_one), _ROWS_AT_ONCE):
        some = np.arange(start, min(len(of_one), start + _ROWS_AT_ONCE))
        for source, rows in (
            (one, some[~missing[some]]),
            (other, some[missing[some]]),
        ):
            theirs = of_one[rows] if source is one else nth[rows]
            _, entries = entries_of(source.offsets, theirs)
            _, places = entries_of(offsets, rows)
            columns[places], weights[places] = source.columns[entries], source.weights[entries]
    return Table(offsets, columns, weights, one.width)


class Stack:
    """Rows of tables over ``width`` columns, to be put one after the other."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lengths = [np.zeros(0, dtype=np.int64)]
        self._columns, self._weights = Parts(np.int32), Parts(np.float32)

    def add(self, table: Table) -> None:
        """The rows of one more."""
        self._lengths.append(np.diff(table.offsets))
        self._columns.add(table.columns)
        self._weights.add(table.weights)

    def whole(self) -> Table:
        """All rows in one table; nothing is left here."""
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(self._lengths))]).astype(np.int64)
        return Table(offsets, self._columns.whole(), self._weights.whole(), self._width)


class Parts:
    """Parts of one long array. They are put together to large ones as they come: what is small goes back to
    the allocator when it is let go of, and not to the system, so that it would be held twice."""

    def __init__(self, dtype: Any) -> None:
        self._dtype = np.dtype(dtype)
        self._large, self._small, self._bytes = list[NDArray[Any]](), list[NDArray[Any]](), 0

    def add(self, part: NDArray[Any]) -> None:
        """One more, behind the others."""
        self._small.append(part)
        self._bytes += part.nbytes
        if self._bytes >= _LARGE_BYTES:
            self._large.append(np.concatenate(self._small))
            self._small, self._bytes = [], 0

    def whole(self) -> NDArray[Any]:
        """All of them one after the other; nothing is left here."""
        parts = [*self._large, *self._small]
        self._large, self._small, self._bytes = [], [], 0
        together = np.empty(sum(map(len, parts)), dtype=self._dtype)
        parts.reverse()
        done = 0
        while parts:
            part = parts.pop()  # let go of when it has been copied
            together[done : done + len(part)] = part
            done += len(part)
        return together
