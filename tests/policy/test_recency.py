"""Time in the order, by hand: a half-life of ten days, dates in days."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recommender.policy import Policy
from recommender.policy.recency import STRENGTH, timely
from recommender.scoring import UNDATED
from tests.policy.rankings import DAY, facts, kept, outcome_of, traits

AROUND = Policy(recency="around", recency_half_life_days=10)


def logit(value: float) -> float:
    return math.log(value / (1 - value))


@pytest.mark.parametrize(
    ("days", "moved"), [(0, 1), (10, 0), (-10, 0), (20, -0.5), (-20, -0.5), (30, -0.75), (36_500, -1)]
)
def test_a_score_is_moved_by_the_days_between(days, moved):
    own, theirs = np.array([100 * DAY]), np.array([(100 + days) * DAY])
    (found,) = timely(np.array([0.6], dtype=np.float32), own, theirs, 10)
    assert logit(found) == pytest.approx(logit(0.6) + STRENGTH * moved, abs=1e-6)


def test_an_undated_article_on_either_side_moves_nothing():
    scores = np.array([0.3, 0.3, 0.3], dtype=np.float32)
    own = np.array([UNDATED, 0, UNDATED])
    theirs = np.array([0, UNDATED, UNDATED])
    assert timely(scores, own, theirs, 10) == pytest.approx([0.3] * 3, abs=1e-6)


def test_even_a_score_of_nothing_or_one_can_be_moved():
    found = timely(np.array([0, 1], dtype=np.float32), np.zeros(2, np.int64), np.zeros(2, np.int64), 10)
    assert 0 < found[0] < 1e-6 < 1 - 1e-6 < found[1] < 1


# 0 is the article, of day 100. In logits 1 has 0.847 - 0.5, 2 has 0.405 + 1, 3 has 0.619, undated.
LISTS = ([1, 3, 2], [], [], [])
SCORES = [[0.7, 0.65, 0.6], [], [], []]
SEEN = traits(4, days=[100, 80, 100, None])


@pytest.mark.parametrize(
    ("recency", "expected"),
    [("any", [1, 3, 2]), ("around", [2, 3, 1]), ("before", [2, 3, 1]), ("after", [2, 3])],
)
def test_the_nearer_in_time_comes_first_and_an_undated_one_keeps_its_score(recency, expected):
    policy = Policy(recency=recency, recency_half_life_days=10)
    outcome = outcome_of(LISTS, facts(4, policy=policy), SEEN, scores=SCORES)
    assert kept(LISTS, outcome)[0] == expected
    assert outcome.counts["wrong_time"] == (recency == "after")
    assert outcome.counts["recency"] == {"any": 0, "around": 2, "before": 2, "after": 2}[recency]


def test_of_what_was_published_before_the_latest_comes_first():
    # With the default half-life of 14 days 1 has 0.405 - 0.26, 3 has 0 + 0.9; 2 is of the day after.
    lists, scores = ([1, 2, 3], [], [], []), [[0.6, 0.55, 0.5], [], [], []]
    seen = traits(4, days=[100, 80, 101, 99])
    outcome = outcome_of(lists, facts(4, policy=Policy(recency="before")), seen, scores=scores)
    assert kept(lists, outcome)[0] == [3, 1]
    assert outcome.counts["wrong_time"] == 1


def test_the_list_of_an_undated_article_is_left_as_it_is():
    seen = traits(4, days=[None, 80, 100, 1])
    outcome = outcome_of(LISTS, facts(4, policy=AROUND), seen, scores=SCORES)
    assert kept(LISTS, outcome)[0] == [1, 3, 2]
    assert outcome.counts["recency"] == 0


def test_equally_timely_ones_stay_as_they_stood():
    seen = traits(4, days=[100, 95, 105, 95])
    outcome = outcome_of(LISTS, facts(4, policy=AROUND), seen, scores=[[0.5, 0.5, 0.5], [], [], []])
    assert kept(LISTS, outcome)[0] == [1, 3, 2]


def test_time_lifts_nothing_over_the_floor():
    outcome = outcome_of(LISTS, facts(4, policy=AROUND), SEEN, scores=SCORES, min_score=0.61)
    assert kept(LISTS, outcome)[0] == [3, 1, 2]
