"""Figures, what is asked of them, and the page that shows both."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.benchmark import Figure, Line, Part, write
from recommender.benchmark.figures import exponent, quartiles, ratio
from recommender.benchmark.parts.rebuilding import growth
from recommender.benchmark.table import number, table


def test_the_middle_of_the_values_and_where_half_of_them_lie():
    figure = Figure("reading", "s", (5.0, 1.0, 2.0, 4.0, 3.0))
    assert figure.median == 3
    assert figure.quartiles == (2, 4)
    assert quartiles((7.0,)) == (7, 7)
    told = figure.as_json()
    assert (told["min"], told["max"], told["median"], told["values"]) == (1, 5, 3, figure.values)


def test_no_value_is_no_figure():
    with pytest.raises(ValueError, match="reading: no value"):
        Figure("reading", "s", ())


def test_a_ratio_is_taken_run_by_run():
    over = Figure("a", "s", (2.0, 9.0, 4.0))
    found = ratio("a over b", over, Figure("b", "s", (1.0, 3.0, 8.0)))
    assert found == Figure("a over b", "x", (2.0, 3.0, 0.5))
    with pytest.raises(ValueError, match="shorter"):
        ratio("a over b", over, Figure("b", "s", (1.0,)))


@pytest.mark.parametrize(
    ("value", "bound", "at_most", "met"),
    [(2.0, 2.0, False, True), (1.99, 2.0, False, False), (2.0, 2.0, True, True), (2.01, 2.0, True, False)],
)
def test_a_bound_is_kept_by_the_median(value, bound, at_most, met):
    figure = Figure("speed", "x", (0.0, value, 100.0))
    assert Line(figure, bound, at_most).met is met
    assert Line(figure, bound, at_most, elsewhere="100,000 articles").met is None


SIZES = st.lists(st.integers(10, 10**6), min_size=2, max_size=5, unique=True)


@given(st.floats(0.001, 1000), st.floats(-1, 3), SIZES)
def test_the_exponent_of_a_power_is_that_power(factor, power, sizes):
    assert exponent({n: factor * n**power for n in sizes}) == pytest.approx(power, abs=1e-6)


def test_the_exponent_of_nothing_is_not_a_number():
    assert math.isnan(exponent({10: 1.0}))
    assert math.isnan(exponent({10: 1.0, 20: 0.0}))


def test_growth_carries_each_stage_to_a_million_by_its_own_exponent():
    stages = {
        n: {
            "read": Figure("", "s", (n / 1000,)),
            "rank": Figure("", "s", ((n / 1000) ** 2,)),
            "tiny": Figure("", "s", (n / 10**9,)),
        }
        for n in (1000, 10_000)
    }
    whole = {n: Figure("", "s", (1.0,)) for n in stages}
    found = {one.what: one.median for one in growth(whole, stages)}
    assert found["growth of read, exponent"] == pytest.approx(1)
    assert found["growth of rank, exponent"] == pytest.approx(2)
    assert "growth of tiny, exponent" not in found
    assert found["1,000,000 articles, extrapolated by stage"] == pytest.approx(1000 + 1000**2 + 0.001)
    assert growth({1000: whole[1000]}, stages) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.01234, "0.0123"), (1.5, "1.5"), (12.34, "12.3"), (1234.5, "1,234"), (math.nan, "-"), (0.0, "0")],
)
def test_numbers_have_three_digits(value, shown):
    assert number(value) == shown


def test_a_table_has_columns_of_one_width():
    assert table(["a", "b"], [["x|y", "1"]]) == ["| a    | b   |", "| ---- | --- |", "| x\\|y | 1   |"]


def test_the_page_and_the_file_say_the_same(tmp_path):
    speed = Figure("speed", "x", (2.0, 3.0, 4.0))
    lines = (Line(speed, 2.5), Line(speed, 2.5, at_most=True), Line(speed, 1.0, elsewhere="20,000 vectors"))
    page = write([Part("encoding", (speed,), lines, ("on a note",))], {"runs": 3}, tmp_path / "bench.json")
    assert page == (tmp_path / "bench.md").read_text()
    assert "| speed    | 3 x (2.5 to 3.5)   | at least 2.5 x | yes" in page
    assert "at most 2.5 x  | NO" in page
    assert "not said: asked at 20,000 vectors" in page
    assert "- on a note" in page
    content = json.loads((tmp_path / "bench.json").read_text())
    assert [one["met"] for one in content["parts"]["encoding"]["lines"]] == [True, False, None]
    assert content["given"] == {"runs": 3}
    assert content["machine"]["packages"]["numpy"] in page
    assert content["machine"]["cores"] >= 1
