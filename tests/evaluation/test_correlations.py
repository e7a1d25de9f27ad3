"""Correlations with people's grades, by hand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from recommender.evaluation import Pairs
from recommender.evaluation.components import components
from recommender.evaluation.correlations import correlations as with_resamples
from recommender.evaluation.document.pairs import Correlation

pytest.importorskip("scipy", reason="the extra eval is not installed")


def pairs(*grades: float, ids: list[tuple[str, str]] | None = None) -> Pairs:
    return Pairs("p", "by hand", tuple(ids or [(f"a{n}", f"b{n}") for n in range(len(grades))]), grades)


correlations = partial(with_resamples, resamples=199)


def correlation(pairs: Pairs, scores: np.ndarray, system: str, *, seed: int) -> Correlation | None:
    return next(iter(correlations(pairs, {system: scores}, seed=seed)), None)


def test_three_correlations_by_hand():
    # Ranks 1 2 3 4 against 1 3 2 4: sum of squared rank differences 2, one of six pairs discordant.
    found = correlation(pairs(1, 2, 3, 4), np.array([10.0, 30.0, 20.0, 40.0]), "one", seed=0)
    assert found is not None
    assert found.spearman.mean == pytest.approx(1 - 6 * 2 / (4 * 15))
    assert found.kendall.mean == pytest.approx((5 - 1) / 6)
    assert found.pearson.mean == pytest.approx(4 / 5)  # covariance 10, variances 1.25 and 125
    assert (found.system, found.pairs) == ("one", 4)


def test_pearson_is_of_values_and_the_others_of_ranks():
    found = correlation(pairs(1, 2, 3, 4), np.array([0.0, 0.0, 0.0, 1.0]) + np.arange(4) / 1e6, "one", seed=0)
    assert found is not None
    assert (found.spearman.mean, found.kendall.mean) == (pytest.approx(1), pytest.approx(1))
    assert found.pearson.mean == pytest.approx(1.5 / np.sqrt(5 * 0.75), abs=1e-5)


def test_a_pair_without_a_score_is_left_out():
    found = correlation(pairs(1, 2, 3, 4), np.array([1.0, np.nan, 2.0, 3.0]), "one", seed=0)
    assert found is not None
    assert (found.pairs, found.spearman.mean) == (3, pytest.approx(1))


@pytest.mark.parametrize("scores", [[1, 1, 1, 1], [1, 2, np.nan, np.nan]])
def test_nothing_to_correlate(scores):
    assert correlation(pairs(1, 2, 3, 4), np.array(scores, dtype=float), "one", seed=0) is None


def test_interval_holds_the_value_and_a_seed_is_an_answer():
    rng = np.random.default_rng(0)
    grades = rng.random(60)
    scores = grades + rng.normal(0, 0.3, 60)
    one, two, other = (correlation(pairs(*grades), scores, "one", seed=seed) for seed in (0, 0, 1))
    assert one is not None
    assert one == two != other
    for estimate in (one.pearson, one.spearman, one.kendall):
        assert estimate.low < estimate.mean < estimate.high


def test_pairs_that_share_articles_are_less_sure_than_they_are_many():
    # The same 190 pairs of grades and scores, once among 20 articles, once all apart.
    rng = np.random.default_rng(1)
    strength = rng.normal(size=20)
    ids = [(f"a{i}", f"a{j}") for i in range(20) for j in range(i)]
    grades = np.array([strength[i] + strength[j] for i in range(20) for j in range(i)])
    scores = grades + rng.normal(0, 1, 190)
    together = correlation(pairs(*grades, ids=ids), scores, "one", seed=0)
    apart = correlation(pairs(*grades), scores, "one", seed=0)
    assert together is not None
    assert apart is not None
    assert together.pearson.mean == apart.pearson.mean
    assert together.pearson.high - together.pearson.low > 1.3 * (apart.pearson.high - apart.pearson.low)


def test_components_are_joined_by_common_articles():
    assert components([("a", "b"), ("c", "d"), ("b", "e"), ("f", "c"), ("g", "h")]) == [0, 1, 0, 1, 2]


def noisy(seed: int, noise: float, n: int = 80) -> np.ndarray:
    return np.linspace(0, 1, n) + np.random.default_rng(seed).normal(0, noise, n)


GRADED = pairs(*np.linspace(0, 1, 80))


def test_a_system_against_itself_is_no_difference():
    this = noisy(1, 0.3)
    found = correlations(GRADED, {"twin": this, "recommender": this}, seed=0)
    assert [one.system for one in found] == ["twin", "recommender"]
    for less in found[0].less_this.values():
        assert (less.mean, less.low, less.high, less.p, less.p_holm) == (0, 0, 0, 1, 1)
    assert found[1].less_this == {}


def test_a_shuffled_system_is_worse_for_sure():
    shuffled = np.random.default_rng(2).permutation(80).astype(float)
    (less,) = [one.less_this for one in correlations(
        GRADED, {"recommender": noisy(1, 0.1), "shuffled": shuffled}, seed=0) if one.less_this]  # fmt: skip
    assert set(less) == {"pearson", "spearman", "kendall"}
    for one in less.values():
        assert one.high is not None
        assert one.mean < one.high < -0.4
        assert one.p == pytest.approx(2 / 200)


def test_two_alike_are_not_told_apart():
    found = correlations(GRADED, {"recommender": noisy(3, 0.3), "other": noisy(4, 0.3)}, seed=0)
    less = found[1].less_this["spearman"]
    assert less.low < 0 < less.high
    assert less.p > 0.05


def test_p_is_corrected_for_the_number_of_systems():
    scores = {"recommender": noisy(1, 0.05)} | {
        name: np.random.default_rng(seed).random(80) for seed, name in enumerate("abc")
    }
    found = correlations(GRADED, scores, seed=0)
    assert [one.less_this["spearman"].p for one in found[1:]] == [pytest.approx(0.01)] * 3
    assert [one.less_this["spearman"].p_holm for one in found[1:]] == [pytest.approx(0.03)] * 3


def test_a_difference_is_over_the_pairs_that_both_score():
    this, other = noisy(1, 0.1), noisy(2, 0.1)
    other[:20] = np.nan
    found = correlations(GRADED, {"recommender": this, "other": other}, seed=0)
    alone = correlations(pairs(*np.linspace(0, 1, 80)[20:]), {"recommender": this[20:]}, seed=0)[0]
    assert found[1].pairs == 60
    assert found[1].less_this["spearman"].mean == pytest.approx(
        found[1].spearman.mean - alone.spearman.mean, abs=2e-6
    )


def test_without_this_project_nothing_is_compared():
    assert correlations(GRADED, {"other": noisy(1, 0.1)}, seed=0)[0].less_this == {}
