"""Scores against whether they come true: bins, errors and orders by hand, and against other libraries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import scoring
from recommender.evaluation.calibration import (
    BINS,
    Calibration,
    CrossFitted,
    average_precision,
    reliability,
    wilson,
)

MADE = st.lists(
    st.tuples(st.integers(0, 20).map(lambda step: step / 20), st.booleans()), min_size=1, max_size=60
)


def of(*pairs: tuple[float, int]):
    """``of((0.9, 1), (0.2, 0))``: scores, each with whether the pair is related."""
    scores, related = zip(*pairs, strict=True)
    return np.array(scores, dtype=np.float64), np.array(related, dtype=np.bool_)


def test_by_hand():
    found = reliability(*of((0.02, 0), (0.04, 1), (0.06, 0), (0.3, 1), (0.38, 0), (0.8, 1), (1.0, 1)))
    assert (found.pairs, found.related) == (7, 4)
    assert (found.below.pairs, found.below.related, found.below.mean_score) == (2, 1, 0.03)
    assert [one.pairs for one in found.bins] == [1, 0, 0, 2, 0, 0, 0, 0, 1, 1]
    fourth = found.bins[3]
    assert (fourth.low, fourth.high, fourth.related) == (0.3, 0.4, 1)
    assert (fourth.mean_score, fourth.share) == (0.34, 0.5)
    # Over the five counted pairs: 1 x |.06 - 0|, 2 x |.34 - .5|, 1 x |.8 - 1|, 1 x |1 - 1|.
    assert found.error == pytest.approx((0.06 + 2 * 0.16 + 0.2 + 0) / 5)
    assert found.brier == pytest.approx(
        (0.02**2 + 0.96**2 + 0.06**2 + 0.7**2 + 0.38**2 + 0.2**2 + 0) / 7, abs=1e-6
    )
    # 1.0 and .8 are right; .3 is the fourth, .04 the sixth.
    assert found.average_precision == pytest.approx((1 + 1 + 3 / 4 + 4 / 6) / 4, abs=1e-6)
    assert found.counted_average_precision == pytest.approx((1 + 1 + 3 / 4) / 3, abs=1e-6)


def test_the_pairs_under_a_twentieth_do_not_make_the_error_small():
    few, many = of((0.5, 0)), of((0.5, 0), *[(0.01, 0)] * 99)
    assert reliability(*few).error == reliability(*many).error == 0.5
    assert reliability(*many).brier < reliability(*few).brier


def test_a_constant_has_no_error_and_orders_nothing():
    found = reliability(*of(*[(0.25, 1)] * 5, *[(0.25, 0)] * 15))
    assert found.error == 0
    assert found.average_precision == 0.25


@pytest.mark.parametrize(("score", "place"), [(0.05, 0), (0.1, 1), (0.3, 3), (0.6, 6), (0.7, 7), (1.0, 9)])
def test_an_edge_belongs_to_the_bin_that_begins_there(score, place):
    bins = reliability(*of((score, 1))).bins
    assert [one.pairs for one in bins] == [int(number == place) for number in range(BINS)]


def test_nothing_counted_and_nothing_at_all():
    found = reliability(*of((0.04, 0)))
    assert (found.error, found.average_precision, found.counted_average_precision) == (None, None, None)
    assert found.bins[0].mean_score is None
    assert found.bins[0].share_low is None
    nothing = reliability(np.zeros(0), np.zeros(0, dtype=np.bool_))
    assert (nothing.pairs, nothing.error, nothing.brier) == (0, None, None)


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(score):
    with pytest.raises(ValueError, match=r"^a score is (-0.01|1.01|nan|inf), expected 0\.\.1$"):
        reliability(*of((0.5, 1), (score, 0)))


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2 scores and 1 judgements"):
        reliability(np.zeros(2), np.zeros(1, dtype=np.bool_))


@given(MADE)
def test_bins_hold_every_pair_once(pairs):
    found = reliability(*of(*pairs))
    parts = (found.below, *found.bins)
    assert sum(one.pairs for one in parts) == found.pairs == len(pairs)
    assert sum(one.related for one in parts) == found.related
    for one in parts:
        if one.pairs:
            assert one.low <= one.mean_score <= one.high
            assert one.share_low <= one.share <= one.share_high
    gaps = sum(one.pairs * abs(one.mean_score - one.share) for one in found.bins if one.pairs)
    counted = sum(one.pairs for one in found.bins)
    assert found.error == (pytest.approx(gaps / counted, abs=1e-5) if counted else None)


# Average precision


def test_equal_scores_are_taken_together():
    assert average_precision(*of((0.9, 0), (0.5, 1), (0.5, 0), (0.5, 1))) == pytest.approx(2 / 4)


def test_a_pair_without_a_score_stands_last():
    nan = float("nan")
    assert average_precision(*of((nan, 0), (-3.0, 1), (nan, 1))) == pytest.approx((1 + 2 / 3) / 2, abs=1e-6)


@given(MADE, st.randoms(use_true_random=False))
def test_average_precision_is_the_library_s_and_order_is_nothing(pairs, random):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    scores, related = of(*pairs)
    if not related.any():
        assert average_precision(scores, related) is None
        return
    found = average_precision(scores, related)
    assert found == pytest.approx(metrics.average_precision_score(related, scores), abs=1e-6)
    random.shuffle(pairs)
    assert average_precision(*of(*pairs)) == found


# Wilson


def test_wilson_by_hand():
    # One of two: 1/2 +- z sqrt(1/8 + z^2/16) / (1 + z^2/2).
    z = 1.959964
    half = z * (1 / 8 + z * z / 16) ** 0.5 / (1 + z * z / 2)
    assert wilson(1, 2) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-6)
    assert wilson(0, 0) == (0, 1)
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_the_library_s(counts):
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    expected = stats.binomtest(*counts).proportion_ci(method="wilson")
    assert wilson(*counts) == pytest.approx((expected.low, expected.high), abs=1e-9)


# What is packaged


def test_what_the_packaged_score_has_with_it_can_be_shown():
    found = scoring.cross_fitted(scoring.packaged_scoring("").fingerprint)
    assert found is None or CrossFitted.model_validate(found).calibration.reliability.pairs > 0


def test_measures_of_fitting_go_through_json():
    about = {
        "about": "ten folds",
        "calibration": Calibration(
            reliability=reliability(*of((0.5, 1), (0.2, 0))), unjudged=0, systems=(), not_applicable={}
        ).model_dump(mode="json"),
    }
    found = CrossFitted.model_validate(about).calibration
    assert found.reliability.error == pytest.approx((0.5 + 0.2) / 2)
