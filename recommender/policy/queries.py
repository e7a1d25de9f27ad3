"""What of the policy holds for a query that has no row of its own: a draft, or several articles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.policy.facts import Facts
from recommender.policy.filters import first_of_each, told_by_article, told_in_list


def kept_for_query(
    rows: NDArray[np.int32], facts: Facts, without: frozenset[int] = frozenset()
) -> NDArray[np.bool_]:
    """Which of ``rows`` ``(m,) int32``, best first, stay: those long enough to be judged, teasers where
    they are always wanted, and of one report the best. ``without`` are rows that must not come back, nor
    what a list of theirs would not hold for telling the same. Language, recency, diversity and the cap
    per source play no part."""
    keep = ~facts.too_short[rows]
    if facts.policy.teasers != "always":  # no page of its own could have linked to one
        keep &= ~facts.teaser[rows]
    if without:
        own = told_by_article(facts)
        keep &= ~np.isin(own[rows], own[list(without)]) & ~np.isin(rows, list(without))
    told = told_in_list(facts)
    if told is not None:
        left = np.flatnonzero(keep)
        keep[left] = first_of_each(told[rows[left]].astype(np.int64))
    kept: NDArray[np.bool_] = keep
    return kept
