"""Stored candidates of judged queries: which pairs count, how systems order them, what they hold."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.corpus import Ids
from recommender.evaluation import Qrels, Run
from recommender.evaluation.candidate_pairs import calibration, candidate_pairs, pooled
from recommender.evaluation.recall import FEW_RELATED, candidate_recall

IDS = Ids(["q1", "q2", "a", "b", "x"])
TRUTH = Qrels(
    "toy", "events", "by hand", {"q2": {"b": 1, "a": 0}, "q1": {"a": 2}}, frozenset({"q1", "a", "b"})
)
BARE = Run("recommender", {"q1": (("a", 0.8), ("b", 0.4), ("x", 0.02)), "q2": (("x", 0.6), ("b", 0.1))})


def test_every_query_with_each_of_its_candidates():
    pairs = candidate_pairs(TRUTH, BARE, IDS)
    assert pairs.queries.tolist() == [0, 0, 0, 1, 1]
    assert pairs.others.tolist() == [2, 3, 4, 4, 3]
    assert pairs.scores.tolist() == [0.8, 0.4, 0.02, 0.6, 0.1]
    assert pairs.related.tolist() == [True, False, False, False, True]
    # q1-b was judged unrelated without being listed; x is in no judgement.
    assert pairs.unjudged == 2


def test_systems_are_measured_on_the_same_pairs():
    pairs = candidate_pairs(TRUTH, BARE, IDS)
    # The right way round, but for the pair that this project scores under a twentieth.
    other = np.array([0.7, 0.1, 5.0, -1.0, 0.6])
    found = calibration(pairs, {"other": other}, {"mute": "it is mute"})
    assert found.reliability.pairs == 5
    assert found.unjudged == 2
    assert [one.system for one in found.systems] == ["other", "recommender"]
    other, this = found.systems
    assert this.average_precision == pytest.approx((1 + 2 / 4) / 2)
    assert this.average_precision == found.reliability.average_precision
    assert other.average_precision == pytest.approx((1 / 2 + 2 / 3) / 2, abs=1e-6)
    assert other.counted_average_precision == 1
    assert found.not_applicable == {"mute": "it is mute"}


def test_no_candidate_no_calibration():
    nothing = candidate_pairs(TRUTH, Run("recommender", {}), IDS)
    assert calibration(nothing, {}, {}) is None
    assert pooled({"one": nothing, "two": nothing}, {}, {}) is None


def test_pooled_pairs_are_counted_as_they_are():
    one = candidate_pairs(TRUTH, BARE, IDS)
    two = candidate_pairs(TRUTH, Run("recommender", {"q1": (("b", 0.9),)}), IDS)
    scores = {
        "one": {"half": np.arange(5.0), "full": np.arange(5.0)},
        "two": {"full": np.array([9.0])},
    }
    found = pooled({"one": one, "two": two}, scores, {"one": {}, "two": {"half": "not on two"}})
    assert found.datasets == ("one", "two")
    assert found.calibration.reliability.pairs == 6
    assert found.calibration.reliability.related == 2
    assert found.calibration.unjudged == 2
    # A system that has no scores of one of them has no place among those that have all.
    assert [one.system for one in found.calibration.systems] == ["full", "recommender"]
    assert found.calibration.not_applicable == {"half": "not on two"}
    # b, wrongly, first; then a (.8), x, b, b (.1): related are the second and the last of those above .05.
    assert found.calibration.systems[-1].average_precision == pytest.approx((1 / 2 + 2 / 5) / 2)
    assert pooled({"one": one}, scores, {}) is None


def test_recall_is_of_related_pairs():
    found = candidate_recall(TRUTH, BARE)
    assert (found.related, found.found, found.recall) == (2, 2, 1)
    found = candidate_recall(TRUTH, Run("recommender", {"q1": (("b", 0.9),), "q2": (("b", 0.1),)}))
    assert (found.related, found.found, found.recall) == (2, 1, 0.5)


def test_queries_with_many_related_articles_are_told_apart():
    many = {f"d{number}": 1 for number in range(FEW_RELATED + 1)}
    truth = Qrels("toy", "qrels", "by hand", {"q1": many, "q2": {"a": 1, "b": 0, "x": 3}})
    found = candidate_recall(
        truth, Run("recommender", {"q1": (("d0", 0.9),), "q2": (("x", 0.5), ("b", 0.4))})
    )
    assert (found.related, found.found, found.recall) == (23, 2, pytest.approx(2 / 23, abs=1e-6))
    assert (found.most, found.few_related, found.few_found, found.few_recall) == (20, 2, 1, 0.5)


def test_nothing_related_has_no_recall():
    found = candidate_recall(Qrels("toy", "qrels", "by hand", {"q1": {"a": 0}}), BARE)
    assert (found.recall, found.few_recall) == (None, None)
