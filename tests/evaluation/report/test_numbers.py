"""How numbers are printed."""

from __future__ import annotations

import pytest

from recommender.evaluation.report import numbers


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.788, "78.8"), (0.0, "0.0"), (1.0, "100.0"), (-0.034, "−3.4"), (-0.0001, "0.0"), (None, "–")],
)
def test_points_are_times_100_with_one_decimal(value, printed):
    assert numbers.points(value) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.051, "+5.1"), (-0.034, "−3.4"), (0.0, "0.0"), (0.0004, "0.0"), (-0.0004, "0.0"), (None, "–")],
)
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(value, printed):
    assert numbers.signed(value) == printed


@pytest.mark.parametrize(
    ("p", "printed"),
    [(0.0, "< 0.001"), (0.000999, "< 0.001"), (0.001, "0.001"), (0.0424, "0.042"), (1.0, "1.000")],
)
def test_p_has_three_decimals_or_is_below_the_last(p, printed):
    assert numbers.p_value(p) == printed


def test_p_in_a_sentence_does_not_break():
    assert numbers.p_equation(0.0004) == "p\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}0.001"
    assert numbers.p_equation(0.04) == "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0.040"


def test_intervals():
    assert numbers.interval(0.741, 0.83) == "74.1 to 83.0"
    assert numbers.interval(-0.016, 0.01, sign=True) == "−1.6 to +1.0"
    assert numbers.interval(None, 0.01) == numbers.interval(0.01, None) == ""
    assert numbers.correlation_interval(-0.25, 0.5) == "−0.250 to 0.500"
    assert numbers.correlation_interval(-0.25, 0.5, sign=True) == "−0.250 to +0.500"
    assert numbers.signed_correlation(0.0004) == "0.000"
    assert numbers.correlation_interval(None, None) == ""


def test_shares_numbers_of_queries_and_decimals():
    assert numbers.percent(0.123) == "12.3\N{NO-BREAK SPACE}%"
    assert numbers.percent(None) == "–"
    assert (numbers.queries(1), numbers.queries(0)) == ("1 query", "0 queries")
    assert (numbers.decimal(1234.5), numbers.decimal(-0.001), numbers.decimal(None)) == (
        "1,234.50",
        "0.00",
        "–",
    )
    assert (numbers.correlation(0.5119), numbers.correlation(-0.0001), numbers.correlation(None)) == (
        "0.512",
        "0.000",
        "–",
    )
