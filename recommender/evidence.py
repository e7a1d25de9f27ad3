"""What speaks for a pair of articles: four cosines, from which alone the score is made."""

from __future__ import annotations

from dataclasses import dataclass, fields

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


def gather(
    space: Space, candidates: Candidates, closeness: Closeness, copies: Copies | None = None
) -> tuple[Neighbourhood, Evidence]:
    """The neighbourhoods of all articles, and the evidence for each candidate, pair for pair. ``copies`` are
    those that the candidates were found with."""
    n = len(space)
    queries, rows = candidates.queries().astype(np.int64), candidates.rows.astype(np.int64)
    # Most pairs are candidates both ways.
    codes, places = np.unique(np.minimum(queries, rows) * n + np.maximum(queries, rows), return_inverse=True)
    left, right = np.divmod(codes, max(1, n))
    lead = cosines_of_pairs(space.unit, left, right)
    lexical = np.full(len(codes), np.nan, dtype=np.float32)
    if candidates.lexical is not None:
        known = ~np.isnan(candidates.lexical)
        lexical[places[known]] = candidates.lexical[known]
    unknown = np.isnan(lexical)
    lexical[unknown] = space.terms.cosines_of_pairs(left[unknown], right[unknown])
    near = neighbourhood_of(candidates, closeness.of(lead, lexical)[places], copies)
    both = Evidence(
        lead,
        lexical,
        space.names.cosines_of_pairs(left, right),
        near.table.cosines_of_pairs(left, right),
    )
    return near, both.at(places)


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
