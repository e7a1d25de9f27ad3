"""The bootstrap and the randomisation test on cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.significance import group_places, holm, intervals, paired_p_values

stats = pytest.importorskip("scipy.stats", reason="the extra eval is not installed")


def p_of(*differences: float, groups: str | None = None, resamples: int = 9999) -> float:
    places = group_places(list(groups) if groups else range(len(differences)))
    return float(paired_p_values(np.array([differences]), places, seed=0, resamples=resamples)[0])


def test_few_queries_try_every_combination_of_signs():
    # Of the 2^n ways to set the signs two are as extreme: all plus and all minus.
    assert p_of(0.1, 0.2, 0.3) == pytest.approx(2 / 8)
    assert p_of(*[0.1] * 10) == pytest.approx(2 / 1024)
    # |sum| is 2 of (1, 2, -1): of sums ±4 ±2 ±2 0 0 (each pair of signs), six reach 2.
    assert p_of(1, 2, -1) == pytest.approx(6 / 8)


def test_a_system_against_itself_is_no_difference():
    assert p_of(*[0.0] * 40) == 1
    assert p_of(1, -1, 1, -1) == 1


def test_one_query_says_nothing():
    assert p_of(0.5) == 1
    assert p_of(0.5, 0.4, groups="aa") == 1


def test_many_queries_draw_signs_and_agree_with_the_exact_test():
    differences = np.random.default_rng(1).normal(0.4, 1, 13)
    exact = p_of(*differences)  # 2^13 combinations
    drawn = p_of(*differences, resamples=4000)
    assert exact not in (0, 1)
    assert drawn == pytest.approx(exact, abs=0.03)
    assert drawn != exact


def test_queries_of_a_group_are_flipped_together():
    assert p_of(*[0.1] * 6) == pytest.approx(2 / 64)
    assert p_of(*[0.1] * 6, groups="aabbcc") == pytest.approx(2 / 8)


def test_interval_of_two_values_by_hand():
    # Of two values each draw has mean 0, 1/2 or 1 with probability 1/4, 1/2, 1/4.
    low, high = intervals(np.array([[0.0, 1.0]]), np.arange(2), seed=0)
    assert (low.tolist(), high.tolist()) == ([0], [1])


def test_interval_of_many_zeros_and_ones_is_the_binomial_s():
    values = np.array([[0.0] * 70 + [1.0] * 30])
    low, high = intervals(values, np.arange(100), seed=0)
    expected = stats.binom(100, 0.3).ppf([0.025, 0.975]) / 100
    assert [low[0], high[0]] == pytest.approx(expected, abs=0.011)


def test_equal_values_have_an_interval_without_width():
    low, high = intervals(np.full((1, 5), 0.25), np.arange(5), seed=0)
    assert (low.tolist(), high.tolist()) == ([0.25], [0.25])


def test_groups_are_drawn_whole():
    # Two groups of one value each, however many queries they hold: as with two queries.
    low, high = intervals(np.array([[0.0] * 50 + [1.0] * 50]), np.repeat([0, 1], 50), seed=0)
    assert (low.tolist(), high.tolist()) == ([0], [1])
    # Groups of unequal size: drawn twice each they give 0 and 1, mixed the mean over queries, 3/4.
    unequal = intervals(np.array([[0.0, 1.0, 1.0, 1.0]]), np.array([0, 1, 1, 1]), seed=0)
    assert (unequal[0].tolist(), unequal[1].tolist()) == ([0], [1])


def test_fewer_than_two_groups_have_no_interval():
    low, high = intervals(np.array([[0.3, 0.4]]), np.zeros(2, dtype=np.int64), seed=0)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_seed_is_an_answer():
    values = np.random.default_rng(3).random((2, 30))
    one, two, other = (intervals(values, np.arange(30), seed=seed, resamples=300) for seed in (0, 0, 1))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert p_of(*(values[0] - 0.5), resamples=300) == p_of(*(values[0] - 0.5), resamples=300)


def test_rows_are_resampled_alike():
    # So that a row and the same row shifted have the same interval, shifted.
    values = np.random.default_rng(4).random(25)
    low, high = intervals(np.array([values, values + 1]), np.arange(25), seed=0)
    assert low[1] - low[0] == pytest.approx(1)
    assert high[1] - high[0] == pytest.approx(1)


def test_values_and_groups_must_be_as_many():
    with pytest.raises(ValueError, match=r"values have shape \(1, 3\), expected \(k, 2\)"):
        intervals(np.zeros((1, 3)), np.arange(2), seed=0)


def test_holm_by_hand():
    # Sorted 0.01, 0.03, 0.04 times 3, 2, 1; the last may not be less than the one before.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.9]) == [1, 1]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_order_and_never_helps(p_values):
    corrected = holm(p_values)
    assert all(p <= c <= 1 for p, c in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [corrected[row] for row in order] == sorted(corrected)


def test_the_mean_of_groups_is_over_their_queries():
    # Ten groups of one query at 0, ten of nine at 1: over queries the mean is 0.9, over groups 0.5.
    values = np.array([[0.0] * 10 + [1.0] * 90])
    groups = np.array([*range(10), *np.repeat(np.arange(10, 20), 9)])
    low, high = intervals(values, groups, seed=0)
    assert 0.7 < low[0] < 0.9 < high[0] <= 1
