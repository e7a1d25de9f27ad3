"""Nearest by terms: a sparse product of the articles with themselves, over the entries that weigh most.

A term that thousands hold costs as many products as there are pairs of them, and finds next to nothing: what
is near has rarer terms in common. So of each term only the articles in which it weighs most are looked at
(`recommender.lexical.postings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.lexical import Table
from recommender.lexical.postings import entries_in
from recommender.lexical.table import rounded, threads
from recommender.nearest.lists import Pairs
from recommender.nearest.order import in_order

_FRESH_AT_ONCE = 64
# Cosines are rounded to six decimals.
_ROUNDING = 2e-6


class Postings:
    """The side of terms of some ``rows`` ``(m,) int64`` of a table, numbered 0..m-1; values are cosines over
    the entries of at least ``least`` ``(width,) float32``, rounded. `exact` where that is 0 for all: it goes
    by what is asked, not by whether an entry is below, so that a pair's value does not depend on who else is
    there."""

    least = 0.0

    def __init__(self, table: Table, rows: NDArray[np.int64], least: NDArray[np.float32]) -> None:
        self.exact = not least.any()
        self._table = _matrix(table, rows, least)
        self._turned: Any = None

    def nearest(self, rows: NDArray[np.int64] | None, k: int) -> Pairs:
        """See `Side.nearest`."""
        from sparse_dot_topn import sp_matmul_topn

        if k < 1:
            raise ValueError(f"k is {k}, expected at least 1")
        m = self._table.shape[0]
        some = np.arange(m) if rows is None else rows
        if not len(some) or not self._table.nnz:
            return _no_pairs()
        found = sp_matmul_topn(
            self._table if rows is None else self._table[rows],
            self._columns(),
            top_n=min(k + 1, m),
            threshold=0.0,
            sort=True,
            n_threads=threads(),
        )
        queries = np.repeat(some, np.diff(found.indptr))
        values, others = rounded(found.data), found.indices.astype(np.int64)
        # The article itself need not be among them: others may have more of their terms in common with it.
        kept = (others != queries) & (values > 0)
        before = np.concatenate([[0], np.cumsum(kept)])
        kept &= before[:-1] - np.repeat(before[found.indptr[:-1]], np.diff(found.indptr)) < k
        return Pairs(queries[kept], others[kept], values[kept])

    def settled(self, rows: NDArray[np.int64], k: int) -> Pairs:
        """See `Side.settled`."""
        nothing = np.zeros(self._table.shape[0], dtype=np.float32)
        parts = [_no_pairs()]
        for start in range(0, len(rows), _FRESH_AT_ONCE):
            # The same for both of a pair: all that reach the article are all that it reaches.
            found = self.reaching(rows[start : start + _FRESH_AT_ONCE], nothing)
            order = in_order(found.rows, found.queries, found.values)
            queries, others, values = found.rows[order], found.queries[order], found.values[order]
            kept = np.arange(len(order)) - np.searchsorted(queries, queries) < k
            parts.append(Pairs(queries[kept], others[kept], values[kept]))
        return _together(parts)

    def reaching(self, fresh: NDArray[np.int64], beyond: NDArray[np.float32]) -> Pairs:
        """See `Side.reaching`."""
        from sparse_dot_topn import sp_matmul

        parts = [_no_pairs()]
        for start in range(0, len(fresh) if self._table.nnz else 0, _FRESH_AT_ONCE):
            some = fresh[start : start + _FRESH_AT_ONCE]
            found = sp_matmul(self._table[some], self._columns(), n_threads=threads())
            rows = np.repeat(some, np.diff(found.indptr))
            values, queries = rounded(found.data), found.indices.astype(np.int64)
            kept = (values > beyond[queries]) & (queries != rows)
            parts.append(Pairs(queries[kept], rows[kept], values[kept]))
        return _together(parts)

    def _columns(self) -> Any:
        if self._turned is None:
            self._turned = self._table.T.tocsr()
        return self._turned


def recall_of(
    table: Table, rows: NDArray[np.int64], least: NDArray[np.float32], *, sample: int, k: int, seed: int
) -> float | None:
    """Of the ``k`` of ``rows`` ``(m,)`` nearest to each of ``sample`` by all terms, the share that is found
    by those of at least ``least``, one that ties with the last included; ``None`` where nothing is near."""
    asked = np.sort(np.random.default_rng(seed).choice(len(rows), min(sample, len(rows)), replace=False))
    found = Postings(table, rows, least).nearest(asked, k)
    shares = []
    for place in asked.tolist():
        cosines = table.cosines_to_all(table.row(int(rows[place])))[rows]
        seen = cosines[found.rows[found.queries == place]]
        cosines[place] = 0
        wanted = np.sort(cosines[cosines > 0])[::-1][:k]
        if len(wanted):
            shares.append(float((seen >= wanted[-1] - _ROUNDING).sum()) / len(wanted))
    return round(float(np.mean(shares)), 4) if shares else None


def _matrix(table: Table, rows: NDArray[np.int64], least: NDArray[np.float32]) -> Any:
    """The entries that are looked at. The product adds up in the precision that it is given: where its sums
    are the cosines, in double."""
    from scipy import sparse

    taken = entries_in(table, rows)
    some = least.any()
    if some:
        taken &= table.weights >= least[table.columns]
    full = np.flatnonzero(np.diff(table.offsets))
    lengths = np.zeros(len(table), dtype=np.int64)
    if len(full):  # of an empty row a sum over its entries would be that of the next
        lengths[full] = np.add.reduceat(taken, table.offsets[full], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    weights = table.weights[taken]
    matrix = sparse.csr_matrix(
        (weights if some else weights.astype(np.float64), table.columns[taken], ends),
        shape=(len(table), table.width),
    )
    in_place = len(rows) == len(table) and bool((np.diff(rows) == 1).all())
    return matrix if in_place else matrix[rows]


def _together(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([one.queries for one in parts]),
        np.concatenate([one.rows for one in parts]),
        np.concatenate([one.values for one in parts]),
    )


def _no_pairs() -> Pairs:
    none = np.zeros(0, dtype=np.int64)
    return Pairs(none, none, np.zeros(0, dtype=np.float32))
