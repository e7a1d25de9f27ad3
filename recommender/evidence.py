"""What speaks for a pair of articles: four cosines, from which alone the score is made."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import Candidates
from recommender.copies import Copies
from recommender.dense import cosines_of_pairs, cosines_to_all, freeze
from recommender.neighbourhood import Closeness, Neighbourhood, cosines_of_newcomer, neighbourhood_of
from recommender.space import Point, Space


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of m pairs, each ``(m,) float32``: ``lead_cosine`` of the whitened vectors of title and lead, -1..1;
    and from 0 to 1 ``lexical_cosine`` of their terms, ``name_cosine`` of the names in them, and
    ``neighbour_cosine`` of their nearest neighbours, each article its own neighbour."""

    lead_cosine: NDArray[np.float32]
    lexical_cosine: NDArray[np.float32]
    name_cosine: NDArray[np.float32]
    neighbour_cosine: NDArray[np.float32]

    def __post_init__(self) -> None:
        freeze(*(getattr(self, one.name) for one in fields(self)))

    def __len__(self) -> int:
        return len(self.lead_cosine)

    def at(self, places: NDArray[np.int64]) -> Evidence:
        """The pairs at these places, in their order."""
        return Evidence(*(getattr(self, one.name)[places] for one in fields(self)))

    def values(self, place: int) -> dict[str, float]:
        """One pair's, by name."""
        return {one.name: float(getattr(self, one.name)[place]) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Measured:
    """The cosines of m pairs of articles that depend on these two alone: ``left`` and ``right`` ``(m,)
    int32`` are rows, the lower one left, in the order of both; ``lead``, ``lexical`` and ``names`` ``(m,)
    float32``."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    lead: NDArray[np.float32]
    lexical: NDArray[np.float32]
    names: NDArray[np.float32]

    def __post_init__(self) -> None:
        if len({len(getattr(self, one.name)) for one in fields(self)}) != 1:
            raise ValueError("rows and cosines of pairs, expected as many of each")
        freeze(*(getattr(self, one.name) for one in fields(self)))

    def codes(self, n: int) -> NDArray[np.int64]:
        """Each pair of rows of n in one number, ascending."""
        return self.left.astype(np.int64) * n + self.right

    def moved(self, now: NDArray[np.int64]) -> Measured:
        """Those that still hold where articles have moved: ``now`` ``(n,) int64`` is where each is, -1 for
        one that is gone or no longer what it was."""
        one, other = now[self.left], now[self.right]
        kept = np.flatnonzero((one >= 0) & (other >= 0))
        one, other = one[kept], other[kept]
        left, right = np.minimum(one, other), np.maximum(one, other)
        codes = left * (int(now.max(initial=0)) + 1) + right
        if (codes[1:] <= codes[:-1]).any():
            order = np.argsort(codes)
            left, right, kept = left[order], right[order], kept[order]
        cosines = (self.lead[kept], self.lexical[kept], self.names[kept])
        return Measured(left.astype(np.int32), right.astype(np.int32), *cosines)


def gather(
    space: Space, candidates: Candidates, closeness: Closeness, copies: Copies | None = None
) -> tuple[Neighbourhood, Evidence]:
    """The neighbourhoods of all articles, and the evidence for each candidate, pair for pair. ``copies`` are
    those that the candidates were found with."""
    near, evidence, _ = gather_measured(space, candidates, closeness, copies)
    return near, evidence


def gather_measured(
    space: Space,
    candidates: Candidates,
    closeness: Closeness,
    copies: Copies | None = None,
    known: Measured | None = None,
) -> tuple[Neighbourhood, Evidence, Measured]:
    """The same, with what was measured for it. Cosines that are ``known`` are not taken again."""
    n = len(space)
    queries, rows = candidates.queries().astype(np.int64), candidates.rows.astype(np.int64)
    # Most pairs are candidates both ways.
    codes, places = np.unique(np.minimum(queries, rows) * n + np.maximum(queries, rows), return_inverse=True)
    del queries, rows
    left, right = np.divmod(codes, max(1, n))
    lead, lexical, names = (np.full(len(codes), np.nan, dtype=np.float32) for _ in range(3))
    if known is not None:
        theirs = known.codes(n)
        where = np.minimum(np.searchsorted(theirs, codes), max(0, len(theirs) - 1))
        here = np.flatnonzero(theirs[where] == codes) if len(theirs) else where[:0]
        there = where[here]
        lead[here], lexical[here], names[here] = known.lead[there], known.lexical[there], known.names[there]
    if candidates.lexical is not None:
        found = ~np.isnan(candidates.lexical)
        lexical[places[found]] = candidates.lexical[found]
    for cosines, of_pairs in (
        (lead, partial(cosines_of_pairs, space.unit)),
        (lexical, space.terms.cosines_of_pairs),
        (names, space.names.cosines_of_pairs),
    ):
        unknown = np.flatnonzero(np.isnan(cosines))
        cosines[unknown] = of_pairs(left[unknown], right[unknown])
    near = neighbourhood_of(candidates, closeness.of(lead, lexical)[places], copies)
    evidence = Evidence(lead, lexical, names, near.table.cosines_by_product(left, right)).at(places)
    return near, evidence, Measured(left.astype(np.int32), right.astype(np.int32), lead, lexical, names)


def evidence_of_pairs(
    space: Space, near: Neighbourhood, left: NDArray[np.int64], right: NDArray[np.int64]
) -> Evidence:
    """The evidence for pairs of rows ``(m,)`` within 0..n-1, in their order; the same whichever of a pair is
    left. Quickest where pairs with the same ``left`` stand together."""
    return Evidence(
        cosines_of_pairs(space.unit, left, right),
        space.terms.cosines_of_pairs(left, right),
        space.names.cosines_of_pairs(left, right),
        near.table.cosines_of_pairs(left, right),
    )


def evidence_with_all(space: Space, near: Neighbourhood, row: int) -> Evidence:
    """The evidence for one article with every article, itself among them, in row order."""
    point = space.point(row)
    return Evidence(
        cosines_to_all(space.unit, point.unit),
        space.terms.cosines_to_all(point.terms),
        space.names.cosines_to_all(point.names),
        near.table.cosines_to_all(near.table.row(row)),
    )


def evidence_of_point(space: Space, near: Neighbourhood, point: Point, closeness: Closeness) -> Evidence:
    """The evidence for a text that is in no corpus with every article, in row order, as if it were one of
    them."""
    return Evidence(
        cosines_to_all(space.unit, point.unit),
        space.terms.cosines_to_all(point.terms),
        space.names.cosines_to_all(point.names),
        cosines_of_newcomer(space, near, point, closeness),
    )
