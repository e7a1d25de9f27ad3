"""Whom every article stands closest to: what two articles have in common beyond themselves.

Articles on one story are near the same others. So two that share their nearest neighbours are more likely
related than their own likeness says, and an article that is moderately near to everything is related to
little of it. Source: similarity by shared near neighbours, Jarvis and Patrick, 1973; local scaling against
hubs, Schnitzer, Flexer, Schedl and Widmer, 2012.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import Candidates
from recommender.copies import Copies
from recommender.dense import cosines_of_pairs, cosines_to_all, freeze
from recommender.lexical import Row, Table, unit_rows
from recommender.lexical.table import DECIMALS
from recommender.nearest import in_order
from recommender.space import Point, Space

NEIGHBOURS = 10
# How crowded it is around an article: the mean closeness of so many nearest.
CROWD = 50
# In a small corpus the nearest are few, and may all be on the article's own story: so many more count, as
# close as they usually are.
_USUAL = 0.2
_USUAL_COUNT = 5
# An article is its own neighbour, as close as its closest one; where none is closer than the crowd, alone.
_ALONE = 1e-6


@dataclass(frozen=True, slots=True)
class Closeness:
    """What neighbours are found by: so many times the cosine of vectors and that of terms, added up."""

    lead: float
    lexical: float

    def of(self, lead: NDArray[np.float32], lexical: NDArray[np.float32]) -> NDArray[np.float64]:
        """The closeness of pairs from their cosines, same shape."""
        found: NDArray[np.float64] = self.lead * lead.astype(np.float64) + self.lexical * lexical.astype(
            np.float64
        )
        return found.round(DECIMALS)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """``crowding`` ``(n,) float32``: the mean closeness of each article's 50 nearest. ``table`` holds for
    each its ten nearest, whatever is as close as the tenth, and itself: n unit rows over n columns, by how
    much closer these are than the crowd."""

    crowding: NDArray[np.float32]
    table: Table

    def __post_init__(self) -> None:
        freeze(self.crowding)


def neighbourhood_of(
    candidates: Candidates, close: NDArray[np.float64], copies: Copies | None = None
) -> Neighbourhood:
    """The neighbourhoods of all articles, sought among their candidates; ``close`` ``(pairs,)`` is how close
    these are, pair for pair. Of ``copies`` the first stands for all: it alone is anyone's neighbour, and a
    copy is itself under its column."""
    n = len(candidates.offsets) - 1
    stands_for = np.arange(n) if copies is None else copies.stands_for
    queries, rows = candidates.queries().astype(np.int64), candidates.rows.astype(np.int64)
    once = (stands_for[rows] == rows) & (stands_for[queries] != rows)
    queries, rows, close = queries[once], rows[once], close[once]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(queries, minlength=n))]).astype(np.int64)
    order = in_order(queries, rows, close)  # rounded, so that single precision tells them apart
    place = np.arange(len(order)) - offsets[queries[order]]
    crowd = order[place < CROWD]
    sums = np.bincount(queries[crowd], close[crowd], minlength=n).astype(np.float64)
    crowding = _crowding(sums, np.bincount(queries[crowd], minlength=n))
    # Those as close as the last of them too, so that it does not matter in which rows articles are.
    last = np.minimum(offsets[:-1] + NEIGHBOURS, offsets[1:])[queries[order]] - 1
    nearest = order[close[order] >= close[order[last]]]
    above = close[nearest] - crowding[queries[nearest]]
    return Neighbourhood(
        crowding.astype(np.float32), _table(queries[nearest], rows[nearest], above, stands_for)
    )


def cosines_of_newcomer(
    space: Space, near: Neighbourhood, point: Point, closeness: Closeness
) -> NDArray[np.float32]:
    """The cosines of the neighbours of every article with those of a text that is in no corpus, ``(n,)
    float32``, as if it were one of the articles: its nearest are its neighbours, and it is one of theirs
    where it is closer than their tenth. Only how crowded it is around these stays as it was."""
    close = closeness.of(cosines_to_all(space.unit, point.unit), space.terms.cosines_to_all(point.terms))
    # A copy that another stands for has no column, and is nobody's neighbour.
    rows = np.flatnonzero(near.table.diagonal())
    order = rows[np.lexsort((rows, -close[rows]))]
    crowd = close[order[:CROWD]]
    crowding = _crowding(crowd.sum(), np.array(len(crowd)))
    columns = rows[close[rows] >= close[order[:NEIGHBOURS]].min(initial=np.inf)]
    above = np.maximum(close[columns] - crowding, 0)
    own = max(float(above.max(initial=0)), _ALONE)
    length = float(np.sqrt((above**2).sum() + own**2))
    weights = above / length
    kept = weights > 0
    row = Row(columns[kept].astype(np.int32), weights[kept].astype(np.float32))
    cosines = near.table.cosines_to_all(row)
    known = dict(zip(columns.tolist(), weights.tolist(), strict=True))
    around = rows[close[rows] > near.crowding[rows]]
    for other, neighbours, theirs in _closenesses(space, near, around, closeness):
        joined = _with_newcomer(
            other, neighbours, theirs - near.crowding[other], close[other] - near.crowding[other]
        )
        if joined is not None:
            shared, newcomer = joined
            product = sum(known.get(one, 0.0) * weight for one, weight in shared.items())
            cosines[other] = round(min(1.0, product + own / length * newcomer), DECIMALS)
    return cosines


def _closenesses(
    space: Space, near: Neighbourhood, rows: NDArray[np.int64], closeness: Closeness
) -> Iterator[tuple[int, list[int], NDArray[np.float64]]]:
    """Of each of these rows its neighbours but itself, and how close they are."""
    found = [near.table.row(row).columns for row in rows.tolist()]
    found = [columns[columns != row] for row, columns in zip(rows.tolist(), found, strict=True)]
    lengths = [len(columns) for columns in found]
    left = np.repeat(rows, lengths)
    right = np.concatenate([np.zeros(0, dtype=np.int64), *found]).astype(np.int64)
    close = closeness.of(cosines_of_pairs(space.unit, left, right), space.terms.cosines_of_pairs(left, right))
    ends = np.cumsum(lengths).tolist()
    for row, columns, stop in zip(rows.tolist(), found, ends, strict=True):
        yield row, columns.tolist(), close[stop - len(columns) : stop]


def _with_newcomer(
    row: int, neighbours: Sequence[int], above: NDArray[np.float64], newcomer: float
) -> tuple[dict[int, float], float] | None:
    """The unit row of an article whose ``neighbours`` and ``newcomer`` are so much closer to it than its
    crowd: the weights by column, and that of the newcomer; ``None`` where this is not among its nearest."""
    nearest = np.sort(np.append(above, newcomer))[::-1]
    least = nearest[min(NEIGHBOURS, len(nearest)) - 1]
    if newcomer < least:
        return None
    weights = {one: value for one, value in zip(neighbours, above.tolist(), strict=True) if value >= least}
    weights[row] = max([newcomer, _ALONE, *weights.values()])
    length = float(np.sqrt(sum(value**2 for value in weights.values()) + newcomer**2))
    return {one: value / length for one, value in weights.items()}, newcomer / length


def _crowding(sums: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    crowding: NDArray[np.float64] = (sums + _USUAL_COUNT * _USUAL) / (sizes + _USUAL_COUNT)
    return crowding.round(DECIMALS)


def _table(
    queries: NDArray[np.int64],
    rows: NDArray[np.int64],
    above: NDArray[np.float64],
    stands_for: NDArray[np.int64],
) -> Table:
    n = len(stands_for)
    above = np.maximum(above, 0)
    own = np.full(n, _ALONE)
    np.maximum.at(own, queries, above)
    all_queries = np.concatenate([queries, np.arange(n)])
    all_rows = np.concatenate([rows, stands_for])
    weights = np.concatenate([above, own])
    order = np.lexsort((all_rows, all_queries))
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(all_queries, minlength=n), out=offsets[1:])
    return unit_rows(offsets, all_rows[order], weights[order], n)
