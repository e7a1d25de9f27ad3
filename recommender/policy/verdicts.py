"""The policy as a whole: which step struck a pair, and the order in which the rest is read.

The order of the steps is written here alone: filters, the floor, copies and same story, recency, diversity,
the cap per source. A verdict is the number of the step that struck the pair, from 1; 0 is kept. Nothing is
taken out: what is struck is stored with its verdict, so that every absence can be explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import query_rows
from recommender.dense import Vectors
from recommender.policy.cap import beyond_cap, stand_ins
from recommender.policy.diversity import diversified
from recommender.policy.facts import Facts, Traits
from recommender.policy.filters import (
    Pairs,
    Step,
    copy_of_article,
    other_language,
    same_story,
    text_too_short,
    told_in_list,
    unwanted_teaser,
    wrong_time,
)
from recommender.policy.recency import timely

FILTERS: tuple[Step, ...] = (text_too_short, unwanted_teaser, other_language, wrong_time)
STORIES: tuple[Step, ...] = (copy_of_article, same_story)
SOURCE_CAP = "source_cap"
KEPT = 0
STEP_NAMES = ("kept", *(step.__name__ for step in (*FILTERS, *STORIES)), SOURCE_CAP)
TOLD_AGAIN = STEP_NAMES.index(same_story.__name__)
BEYOND_CAP = STEP_NAMES.index(SOURCE_CAP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the policy makes of a ranking.

    ``order`` ``(pairs,) int64`` is the permutation into the final order, ``verdicts`` ``(pairs,) uint8`` that
    order's. ``counts``: pairs that each step struck, in the steps' order; ``below_min_score`` counts what
    passed the filters and lies below the floor, ``recency`` and ``diversity`` the pairs that either moved to
    another place. None of these three strikes anything.
    """

    order: NDArray[np.int64]
    verdicts: NDArray[np.uint8]
    counts: Mapping[str, int]


def apply(
    offsets: NDArray[np.int64],
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    facts: Facts,
    traits: Traits,
    unit: Vectors,
    min_score: float,
) -> Outcome:
    """Judge and order every pair of a flat table, whose lists stand in score order: ``offsets``
    ``(n + 1,) int64``, ``rows`` ``(pairs,) int32``, ``scores`` ``(pairs,) float32``. ``unit``
    ``(n, dim) float32`` are centred unit rows.

    The floor ``min_score`` strikes nothing, since callers may set another, but parts each list: what
    reaches it stands before what does not, so that neither recency nor diversity promotes the latter.
    What is struck keeps the place that it had.
    """
    queries = query_rows(offsets)
    verdicts = np.zeros(len(rows), dtype=np.uint8)
    below = scores < np.float32(min_score)
    counts: dict[str, int] = {}

    def strike(*steps: Step) -> None:
        for step in steps:
            left = np.flatnonzero(verdicts == KEPT)
            out = step(Pairs(queries[left], rows[left]), facts, traits)
            verdicts[left[out]] = STEP_NAMES.index(step.__name__)
            counts[step.__name__] = int(out.sum())

    strike(*FILTERS)
    counts["below_min_score"] = int(np.count_nonzero(below & (verdicts == KEPT)))
    strike(*STORIES)
    # Places are exchanged among kept pairs alone, within a list and on one side of the floor.
    places = np.flatnonzero(verdicts == KEPT)
    kept, counts["recency"], counts["diversity"] = _ordered(
        places, queries, rows, scores, below, facts, traits, unit
    )
    order = np.arange(len(rows), dtype=np.int64)
    order[places] = kept  # only kept pairs changed places, so that each verdict is where it was
    most = facts.policy.max_per_source
    beyond = beyond_cap(queries[kept], traits.source[rows[kept]], most)
    verdicts[places[beyond]] = BEYOND_CAP
    counts[SOURCE_CAP] = int(beyond.sum())
    told = told_in_list(facts)
    if beyond.any() and told is not None:
        # Another source's telling of the same report takes the place of one that the cap struck.
        again = stand_ins(
            queries, rows[order], verdicts == KEPT, verdicts == TOLD_AGAIN, told, traits.source, most
        )
        verdicts[again] = KEPT
        counts[same_story.__name__] -= len(again)
    return Outcome(order, verdicts, MappingProxyType(counts))


def _ordered(
    places: NDArray[np.int64],
    queries: NDArray[np.int32],
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    below: NDArray[np.bool_],
    facts: Facts,
    traits: Traits,
    unit: Vectors,
) -> tuple[NDArray[np.int64], int, int]:
    """The kept ``places`` in the order of recency and diversity; how many each of the two moved."""
    relevance = scores.astype(np.float64)
    timed = places
    if facts.policy.recency != "any":
        own, theirs = traits.published[queries], traits.published[rows]
        relevance = timely(scores, own, theirs, facts.policy.recency_half_life_days)
        # Stable: of equally timely ones the better scored, newer, first by id, as they stood.
        timed = places[np.lexsort((-relevance[places], below[places], queries[places]))]
    diverse = timed.copy()
    above = np.flatnonzero(~below[timed])
    shown = timed[above]
    lengths = np.bincount(queries[shown], minlength=len(facts.copy)).astype(np.int64)
    picked = diversified(lengths, rows[shown], relevance[shown], unit, facts.policy.diversity)
    diverse[above] = shown[picked]
    return diverse, int(np.count_nonzero(timed != places)), int(np.count_nonzero(diverse != timed))
