"""Lists of nearest, a little deeper than they are used, so that the next build can go on with them.

A list holds everything that is nearer than its *beyond*. Take an article away, and what is left still does;
add one, and it belongs into the lists whose beyond it passes. So a night of few changes costs the products of
what has changed, and gives what a search of everything would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.dense import freeze
from recommender.nearest.order import in_order

# So many more are kept of each list than are used; one that has grown by the second number is cut back to the
# first.
_SPARE = 28
_MOST_SPARE = 60


@dataclass(frozen=True, slots=True)
class Lists:
    """Of n articles the nearest: ``rows`` ``(e,) int32`` and their ``values`` ``(e,) float32``, those of
    article ``i`` at ``offsets[i]:offsets[i + 1]``, ``(n + 1,) int64``, highest first, of equal ones the lower
    row. Whatever else there is has at most the value ``beyond`` ``(n,) float32``; NaN where nobody looked."""

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float32]
    beyond: NDArray[np.float32]

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.values) == self.offsets[-1]:
            raise ValueError(
                f"{len(self.rows)} rows and {len(self.values)} values, expected {self.offsets[-1]} of each"
            )
        freeze(self.offsets, self.rows, self.values, self.beyond)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def queries(self) -> NDArray[np.int32]:
        """Whose list each pair is in, ``(e,) int32``."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.offsets))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows with their values, ``(m,)`` each, in any order."""

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]
    values: NDArray[np.float32]

    def at(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Pairs:
        """Some of them."""
        return Pairs(self.queries[places], self.rows[places], self.values[places])


class Side(Protocol):
    """What articles are near each other by. The value of a pair is the same whoever asks, and the same for
    both of it; an article is never near itself."""

    @property
    def least(self) -> float:
        """No pair that counts has a value as low as this."""
        ...

    def nearest(self, rows: NDArray[np.int64] | None, k: int) -> Pairs:
        """The k with the highest values for each of ``rows`` ``(m,)``, or for all: those above the k-th
        surely."""
        ...

    def settled(self, rows: NDArray[np.int64], k: int) -> Pairs:
        """The same for each of ``rows`` ``(m,)``, and of those that equal the k-th the lower rows."""
        ...

    def reaching(self, fresh: NDArray[np.int64], beyond: NDArray[np.float32]) -> Pairs:
        """All pairs of any query and a row that is ``fresh`` whose value is above the query's ``beyond``
        ``(n,) float32``; none for a NaN."""
        ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """Lists of an earlier build over m articles, and where these are now: ``now`` ``(m,) int64``, -1 for one
    that is gone or no longer what it was."""

    lists: Lists
    now: NDArray[np.int64]


def searched(side: Side, n: int, depth: int) -> tuple[Lists, Pairs]:
    """The lists of all n articles, and of each the ``depth`` nearest."""
    found = side.nearest(None, depth + _SPARE + 1)
    lists = _settled(found, depth + _SPARE, side.least, np.ones(n, dtype=np.bool_))
    return lists, _top(lists, side, depth)


def brought_forward(side: Side, n: int, depth: int, earlier: Earlier) -> tuple[Lists, Pairs]:
    """The same, from those of an earlier build."""
    old = np.full(n, -1, dtype=np.int64)
    was = np.flatnonzero(earlier.now >= 0)
    old[earlier.now[was]] = was
    known = old >= 0
    known[known] = ~np.isnan(earlier.lists.beyond[old[known]])
    beyond = np.full(n, np.nan, dtype=np.float32)
    beyond[known] = earlier.lists.beyond[old[known]]
    fresh = np.flatnonzero(~known)
    stays = known[np.maximum(earlier.now, 0)] & (earlier.now >= 0)
    queries, rows = earlier.lists.queries(), earlier.lists.rows
    left = np.flatnonzero(stays[queries] & stays[rows])
    kept = Pairs(earlier.now[queries[left]], earlier.now[rows[left]], earlier.lists.values[left])
    more = side.reaching(fresh, beyond)
    of_fresh = _settled(side.nearest(fresh, depth + _SPARE + 1), depth + _SPARE, side.least, ~known)
    beyond[fresh] = of_fresh.beyond[fresh]
    lists = _laid_out(
        np.concatenate([kept.queries, more.queries, of_fresh.queries()]),
        np.concatenate([kept.rows, more.rows, of_fresh.rows]),
        np.concatenate([kept.values, more.values, of_fresh.values]),
        beyond,
    )
    lists = _cut_back(lists, depth)
    thin = np.flatnonzero((np.diff(lists.offsets) < depth) & (lists.beyond > side.least))
    if len(thin):
        again = side.nearest(thin, depth + _SPARE + 1)
        looked = np.zeros(n, dtype=np.bool_)
        looked[thin] = True
        lists = _replaced(lists, _settled(again, depth + _SPARE, side.least, looked), looked)
    return lists, _top(lists, side, depth)


def _settled(found: Pairs, kept: int, least: float, looked: NDArray[np.bool_]) -> Lists:
    """The lists of those that were ``looked`` for ``(n,) bool``, from their ``kept`` + 1 nearest. The last of
    these may have equals that were not found, so that it says how far the list goes."""
    n = len(looked)
    counts = np.bincount(found.queries, minlength=n)
    beyond = np.where(looked, np.float32(least), np.float32(np.nan)).astype(np.float32)
    lowest = np.full(n, np.inf, dtype=np.float32)
    np.minimum.at(lowest, found.queries, found.values)
    full = counts > kept
    beyond[full] = lowest[full]
    near = found.at(found.values > beyond[found.queries])
    return _laid_out(near.queries, near.rows, near.values, beyond)


def _cut_back(lists: Lists, depth: int) -> Lists:
    """The same lists, none of them much longer than ``depth``."""
    lengths = np.diff(lists.offsets)
    long = np.flatnonzero(lengths > depth + _MOST_SPARE)
    if not len(long):
        return lists
    beyond = lists.beyond.copy()
    beyond[long] = lists.values[lists.offsets[long] + depth + _SPARE]
    queries = lists.queries()
    kept = lists.values > beyond[queries]
    return _laid_out(queries[kept].astype(np.int64), lists.rows[kept], lists.values[kept], beyond)


def _replaced(lists: Lists, others: Lists, where: NDArray[np.bool_]) -> Lists:
    queries, theirs = lists.queries(), others.queries()
    kept, new = ~where[queries], where[theirs]
    return _laid_out(
        np.concatenate([queries[kept], theirs[new]]).astype(np.int64),
        np.concatenate([lists.rows[kept], others.rows[new]]),
        np.concatenate([lists.values[kept], others.values[new]]),
        np.where(where, others.beyond, lists.beyond).astype(np.float32),
    )


def _top(lists: Lists, side: Side, depth: int) -> Pairs:
    """The ``depth`` nearest of each article. Where more than a list's depth tie at its end it is too short,
    and what a search for more came upon first must not decide which of these are taken."""
    short = (np.diff(lists.offsets) < depth) & (lists.beyond > side.least)
    queries = lists.queries().astype(np.int64)
    place = np.arange(len(queries)) - lists.offsets[queries]
    kept = np.flatnonzero((place < depth) & ~short[queries])
    best = Pairs(queries[kept], lists.rows[kept].astype(np.int64), lists.values[kept])
    if not short.any():
        return best
    tied = side.settled(np.flatnonzero(short), depth)
    return Pairs(
        np.concatenate([best.queries, tied.queries]),
        np.concatenate([best.rows, tied.rows]),
        np.concatenate([best.values, tied.values]),
    )


def _laid_out(
    queries: NDArray[np.int64],
    rows: NDArray[Any],
    values: NDArray[np.float32],
    beyond: NDArray[np.float32],
) -> Lists:
    order = in_order(queries, rows, values)
    offsets = np.zeros(len(beyond) + 1, dtype=np.int64)
    np.cumsum(np.bincount(queries, minlength=len(beyond)), out=offsets[1:])
    return Lists(offsets, rows[order].astype(np.int32), values[order].astype(np.float32), beyond)
