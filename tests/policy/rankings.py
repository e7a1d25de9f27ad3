"""Rankings and facts written down by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import query_rows
from recommender.policy import KEPT, Facts, Outcome, Policy, Traits, apply
from recommender.policy.filters import Pairs
from recommender.scoring import UNDATED

DAY = 86_400
Lists = Sequence[Sequence[int]]


def table_of(*lists: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The lists, one for each article, as offsets and rows."""
    rows = np.array([row for listed in lists for row in listed], dtype=np.int32)
    return np.cumsum([0, *map(len, lists)], dtype=np.int64), rows


def pairs_of(*lists: Sequence[int]) -> Pairs:
    offsets, rows = table_of(*lists)
    return Pairs(query_rows(offsets), rows)


def facts(
    n: int,
    *,
    teaser: Sequence[int] = (),
    too_short: Sequence[int] = (),
    copy: Sequence[int] | None = None,
    story: Sequence[int] | None = None,
    policy: Policy = Policy(),  # noqa: B008 - a frozen value
) -> Facts:
    """No article is anything but what is named; stories are the copies unless they are named too."""
    copies = np.array(range(n) if copy is None else copy, dtype=np.int32)
    return Facts(
        teaser=np.isin(np.arange(n), teaser),
        too_short=np.isin(np.arange(n), too_short),
        copy=copies,
        story=copies if story is None else np.array(story, dtype=np.int32),
        policy=policy,
    )


def traits(
    n: int,
    *,
    language: Sequence[int] | None = None,
    source: Sequence[int] | None = None,
    days: Sequence[float | None] | None = None,
    source_lists: Lists = (),
    alike: Lists = (),
) -> Traits:
    """Everything that is not named is unknown; ids are in row order."""
    return Traits(
        language=np.array([-1] * n if language is None else language, dtype=np.int32),
        source=np.array([-1] * n if source is None else source, dtype=np.int32),
        published=np.array(
            [UNDATED if day is None else int(day * DAY) for day in days or [None] * n], dtype=np.int64
        ),
        ids=np.arange(n),
        source_lists=source_lists or [()] * n,
        alike=np.array(alike, dtype=np.int64).reshape(-1, 2),
    )


def outcome_of(
    lists: Lists,
    known: Facts,
    seen: Traits | None = None,
    *,
    scores: Sequence[Sequence[float]] | None = None,
    unit: NDArray[np.float32] | None = None,
    min_score: float = 0.0,
) -> Outcome:
    """What the policy makes of the lists, which stand in score order; without ``scores`` they fall evenly
    from 1, without ``unit`` articles have nothing in common."""
    n = len(known.copy)
    offsets, rows = table_of(*lists)
    scores = scores or [np.linspace(1, 0, len(listed)).tolist() for listed in lists]
    flat = np.array([score for listed in scores for score in listed], dtype=np.float32)
    unit = np.eye(n, dtype=np.float32) if unit is None else unit
    return apply(offsets, rows, flat, known, seen or traits(n), unit, min_score)


def kept(lists: Lists, outcome: Outcome) -> list[list[int]]:
    """What stays of each list, in its final order."""
    offsets, rows = table_of(*lists)
    rows = rows[outcome.order]
    return [rows[start:end][outcome.verdicts[start:end] == KEPT].tolist() for start, end in pairwise(offsets)]
