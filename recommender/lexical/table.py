"""Sparse unit rows, and cosines between them.

A product adds up in double precision over the columns that two rows share, one after the other in the order
of the columns, and is rounded; so a pair has the same cosine whoever asks for it, in whatever company.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

DECIMALS = 6
# Entries gathered at once, a few hundred megabytes with what is made of them.
_MOST_ENTRIES = 8_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One sparse row: ``columns`` ``(e,) int32`` ascending, ``weights`` ``(e,) float32``. Its length is at
    most 1: what it has in columns that no table holds is left out, but counted in its length."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Table:
    """n sparse rows over ``width`` columns, laid out one after the other: row ``i`` at
    ``offsets[i]:offsets[i + 1]``, ``offsets`` ``(n + 1,) int64``, ``columns`` ``(e,) int32``, ascending
    within a row, ``weights`` ``(e,) float32``. An empty row matches nothing."""

    offsets: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    width: int

    def __post_init__(self) -> None:
        entries = int(self.offsets[-1])
        if not len(self.columns) == len(self.weights) == entries:
            raise ValueError(
                f"{len(self.columns)} columns and {len(self.weights)} weights, expected {entries} of each"
            )
        for array in (self.offsets, self.columns, self.weights):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def row(self, row: int) -> Row:
        """One row. Raises IndexError for a row outside 0..n-1, negative ones included."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} is outside 0..{len(self) - 1}")
        span = slice(int(self.offsets[row]), int(self.offsets[row + 1]))
        return Row(self.columns[span], self.weights[span])

    def diagonal(self) -> NDArray[np.float32]:
        """The weight that each row has in the column of its own number, ``(n,) float32``."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.offsets))
        own = np.flatnonzero(self.columns == rows)
        found = np.zeros(len(self), dtype=np.float32)
        found[rows[own]] = self.weights[own]
        return found

    def at(self, rows: NDArray[np.int64]) -> Table:
        """The table of these rows alone, in their order."""
        offsets, entries = entries_of(self.offsets, rows)
        return Table(offsets, self.columns[entries], self.weights[entries], self.width)

    def cosines_to_all(self, query: Row) -> NDArray[np.float32]:
        """Cosine of ``query`` to every row, ``(n,) float32``; read in blocks."""
        spread, held = self._spread(query)
        result = np.zeros(len(self), dtype=np.float32)
        for start, stop in self._blocks():
            first = int(self.offsets[start])
            columns = self.columns[first : int(self.offsets[stop])]
            shared = np.flatnonzero(held[columns])
            rows = np.searchsorted(self.offsets[start + 1 : stop + 1], shared + first, side="right")
            products = self.weights[first + shared] * spread[columns[shared]]
            result[start:stop] = rounded(np.bincount(rows, products, minlength=stop - start))
        return result

    def cosines_of_pairs(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of pairs of rows ``(m,)`` within 0..n-1, ``(m,) float32``, in their order. Quickest where
        pairs with the same ``left`` stand together. Which is left and which is right makes no difference."""
        result = np.empty(len(left), dtype=np.float32)
        spread, held = self._spread(Row(self.columns[:0], self.weights[:0]))
        begins, ends = self.offsets[:-1], self.offsets[1:]
        lengths = ends - begins
        turns = np.flatnonzero(np.diff(left)) + 1
        for start, stop in pairwise([0, *turns.tolist(), len(left)] if len(left) else []):
            query = self.row(int(left[start]))
            spread[query.columns], held[query.columns] = query.weights, True
            for some in _steps(lengths[right[start:stop]], start):
                rows = right[some]
                spans = zip(begins[rows].tolist(), ends[rows].tolist(), strict=True)
                columns = np.concatenate([self.columns[one:other] for one, other in spans])
                stops = np.cumsum(lengths[rows])
                # Most of what a row holds the query does not: look, and reckon with the rest alone.
                shared = np.flatnonzero(held[columns])
                pairs = np.searchsorted(stops, shared, side="right")
                entries = shared + (ends[rows] - stops)[pairs]
                products = self.weights[entries] * spread[columns[shared]]
                result[some] = rounded(np.bincount(pairs, products, minlength=len(rows)))
            held[query.columns] = False
        return result

    def cosines_by_product(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """The same as `cosines_of_pairs`, to the bit, by a product of the table with itself: quicker for a
        table of few entries a row and many pairs, since all that share a column are in the product."""
        if not len(self.columns) or not len(left):
            return np.zeros(len(left), dtype=np.float32)
        from scipy import sparse
        from sparse_dot_topn import sp_matmul

        n = len(self)
        # A copy: the product takes no array that is read-only.
        matrix = sparse.csr_matrix(
            (self.weights.astype(np.float64), self.columns, self.offsets), shape=(n, self.width), copy=True
        )
        found = sp_matmul(matrix, matrix.T.tocsr(), n_threads=threads())
        codes = np.repeat(np.arange(n), np.diff(found.indptr)) * n + found.indices
        order = np.argsort(codes)
        codes, sums = codes[order], found.data[order]
        wanted = left * n + right
        places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return rounded(np.where(codes[places] == wanted, sums[places], 0.0))

    def _spread(self, query: Row) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The query's weight for every column, and whether it has one."""
        spread, held = np.zeros(self.width, dtype=np.float64), np.zeros(self.width, dtype=np.bool_)
        spread[query.columns], held[query.columns] = query.weights, True
        return spread, held

    def _blocks(self) -> Iterator[tuple[int, int]]:
        start = 0
        while start < len(self):
            limit = int(self.offsets[start]) + _MOST_ENTRIES
            stop = max(start + 1, int(np.searchsorted(self.offsets, limit, side="right")) - 1)
            yield start, min(stop, len(self))
            start = min(stop, len(self))


def in_common(one: Row, other: Row) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The columns that two rows share ``(c,) int32``, and what each adds to their cosine ``(c,) float64``,
    the most first, of equal ones by column."""
    columns, left, right = np.intersect1d(one.columns, other.columns, assume_unique=True, return_indices=True)
    products = one.weights[left].astype(np.float64) * other.weights[right]
    order = np.lexsort((columns, -products))
    return columns[order], products[order]


def unit_rows(
    offsets: NDArray[np.int64],
    columns: NDArray[np.int64],
    weights: NDArray[np.float64],
    width: int,
) -> Table:
    """A table whose rows have length 1 before those entries are left out whose column is -1, in no table."""
    lengths = np.sqrt(_row_sums(weights * weights, offsets))
    lengths[lengths == 0] = 1
    scaled = weights / np.repeat(lengths, np.diff(offsets))
    kept = (columns >= 0) & (scaled > 0)
    starts = np.concatenate([[0], np.cumsum(kept)])[offsets]
    return Table(
        starts.astype(np.int64),
        columns[kept].astype(np.int32),
        scaled[kept].astype(np.float32),
        width,
    )


def _steps(lengths: NDArray[np.int64], start: int) -> Iterator[slice]:
    """Spans of pairs, from the place ``start`` on, whose rows have no more than so many entries together."""
    total = np.cumsum(lengths)
    done = 0
    while done < len(lengths):
        limit = (total[done - 1] if done else 0) + _MOST_ENTRIES
        stop = max(done + 1, int(np.searchsorted(total, limit, side="right")))
        yield slice(start + done, start + stop)
        done = stop


def threads() -> int:
    """How many threads a product may have."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def rounded(sums: NDArray[Any]) -> NDArray[np.float32]:
    """Cosines as they are compared: to so many decimals, and at most 1."""
    return np.minimum(np.round(sums, DECIMALS), 1).astype(np.float32)


def _row_sums(values: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of each run of ``values``; 0 for an empty one, which `reduceat` cannot say."""
    sums = np.zeros(len(offsets) - 1)
    some = np.flatnonzero(np.diff(offsets))
    if some.size:
        sums[some] = np.add.reduceat(values, offsets[some])
    return sums


def entries_of(
    offsets: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of rows laid out one after the other at ``offsets`` ``(n + 1,)`` some, in the order of ``rows``
    ``(m,)``: their offsets when they are laid out so by themselves, ``(m + 1,) int64``, and where their
    entries stand, ``(e,) int64``."""
    lengths = offsets[rows + 1] - offsets[rows]
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return ends, np.arange(ends[-1]) + np.repeat(offsets[rows] - ends[:-1], lengths)
