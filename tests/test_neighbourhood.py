"""Crowding and neighbour rows, of four articles by hand and held to plain Python."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.candidates import Candidates
from recommender.copies import Copies
from recommender.evidence import evidence_of_pairs, gather
from recommender.neighbourhood import (
    CROWD,
    NEIGHBOURS,
    Closeness,
    Neighbourhood,
    cosines_of_newcomer,
    neighbourhood_of,
)
from recommender.space import Space
from tests.lexical.test_table import table_of
from tests.test_space import TEXTS, fitted_space, vectors_of

F = np.float32


def candidates_of(*lists):
    """Lists of rows, and how close each is."""
    rows = np.array([row for listed in lists for row in sorted(listed)], dtype=np.int32)
    close = np.array([listed[row] for listed in lists for row in sorted(listed)], dtype=np.float64)
    return Candidates(np.cumsum([0, *map(len, lists)], dtype=np.int64), rows), close


def rows_in(table):
    return [
        dict(zip(table.row(row).columns.tolist(), table.row(row).weights.tolist(), strict=True))
        for row in range(len(table))
    ]


def approx(row):
    return {column: pytest.approx(weight, abs=1e-6) for column, weight in row.items()}


def by_definition(*lists):
    """The crowding and the row of each article, in Python's own sums."""
    crowding, rows = [], []
    for row, listed in enumerate(lists):
        best = sorted(listed.items(), key=lambda pair: (-pair[1], pair[0]))
        crowd = [close for _, close in best[:CROWD]]
        crowding.append(round((sum(crowd) + 5 * 0.2) / (len(crowd) + 5), 6))
        tenth = best[min(len(best), NEIGHBOURS) - 1][1] if best else 0
        above = {
            other: close - crowding[-1] for other, close in best if close >= tenth and close > crowding[-1]
        }
        above[row] = max([*above.values(), 1e-6])
        length = sum(weight**2 for weight in above.values()) ** 0.5
        rows.append({other: above[other] / length for other in sorted(above)})
    return crowding, rows


def test_four_articles_by_hand():
    # Crowding is (sum + 5 * 0.2) / (articles + 5): 2.4 / 8, 2 / 8, 1.2 / 6 and 1 / 5.
    pairs, close = candidates_of({1: 1.1, 2: 0.3, 3: 0.0}, {0: 0.65, 2: 0.25, 3: 0.1}, {0: 0.2}, {})
    found = neighbourhood_of(pairs, close)
    assert found.crowding.tolist() == [F(0.3), F(0.25), F(0.2), F(0.2)]
    half = 0.5**0.5
    # 1.1 is 0.8 above the crowd, as close as 0 to itself; 0.3 is none above. Rows 2 and 3 are alone.
    assert rows_in(found.table) == [
        approx({0: half, 1: half}),
        approx({0: half, 1: half}),
        {2: 1},
        {3: 1},
    ]
    assert (found.table.width, found.crowding.dtype) == (4, np.float32)
    assert not found.crowding.flags.writeable


def test_weights_are_how_much_closer_they_are_than_the_crowd():
    # Crowding (0.9 + 0.5 + 1) / 7 = 0.342857: 0.557143 above, for itself as well, and 0.157143.
    pairs, close = candidates_of({1: 0.9, 2: 0.5}, {}, {})
    found = neighbourhood_of(pairs, close)
    length = (2 * 0.557143**2 + 0.157143**2) ** 0.5
    assert rows_in(found.table)[0] == approx(
        {0: 0.557143 / length, 1: 0.557143 / length, 2: 0.157143 / length}
    )


def test_the_ten_nearest_count_and_fifty_make_the_crowd():
    # 60 candidates from 1.0 down by hundredths: the 50 nearest have the mean 0.755.
    pairs, close = candidates_of({row: 1.01 - row / 100 for row in range(1, 61)}, *[{}] * 60)
    found = neighbourhood_of(pairs, close)
    assert found.crowding[0] == F(round((50 * 0.755 + 1) / 55, 6))
    assert found.table.row(0).columns.tolist() == list(range(11))


def test_all_that_are_as_close_as_the_tenth_are_neighbours():
    pairs, close = candidates_of(dict.fromkeys(range(1, 31), 0.9), *[{}] * 30)
    assert neighbourhood_of(pairs, close).table.row(0).columns.tolist() == list(range(31))


@pytest.mark.parametrize("n", [0, 1, 5])
def test_articles_without_candidates_are_alone(n):
    pairs, close = candidates_of(*[{}] * n)
    found = neighbourhood_of(pairs, close)
    assert found.crowding.tolist() == [F(0.2)] * n
    assert rows_in(found.table) == [{row: 1} for row in range(n)]


def test_opposites_are_no_neighbours():
    pairs, close = candidates_of({1: -1.0}, {0: -1.0})
    found = neighbourhood_of(pairs, close)
    assert found.crowding.tolist() == [0, 0]
    assert rows_in(found.table) == [{0: 1}, {1: 1}]


CLOSE = st.integers(-10, 30).map(lambda tenths: tenths / 10)


@st.composite
def close_lists(draw):
    n = draw(st.integers(1, 30))
    return [
        {other: draw(CLOSE) for other in draw(st.sets(st.integers(0, n - 1), max_size=n)) if other != row}
        for row in range(n)
    ]


@given(close_lists())
def test_neighbourhoods_are_those_of_the_definition(lists):
    pairs, close = candidates_of(*lists)
    found = neighbourhood_of(pairs, close)
    crowding, rows = by_definition(*lists)
    assert found.crowding.tolist() == pytest.approx(crowding, abs=1e-6)
    for row, expected in zip(rows_in(found.table), rows, strict=True):
        # A neighbour that rounding alone puts above the crowd may be in or not.
        assert {c: w for c, w in row.items() if w > 1e-4} == approx(
            {c: w for c, w in expected.items() if w > 1e-4}
        )


def test_closeness_by_hand():
    found = Closeness(2, 0.5).of(np.array([0.25, -1], np.float32), np.array([1, 0.5], np.float32))
    assert found.tolist() == [1, -1.75]
    assert found.dtype == np.float64
    # To six decimals, so that the last bits of a product decide nothing.
    near = np.nextafter(F(0.25), F(1))
    assert Closeness(2, 0.5).of(np.array([near]), np.array([1], np.float32)).tolist() == [1]


# A text that is in no corpus


@given(TEXTS, st.sampled_from([Closeness(1, 2), Closeness(0, 1), Closeness(1, 0)]))
def test_a_text_has_the_neighbours_that_it_would_have_in_the_corpus(texts, closeness):
    """An article among the others is asked for as a text outside; the corpus does without it, but for how
    crowded it is around each of the others."""
    space, _ = fitted_space([("storm", "the storm over Rome"), *texts], vectors_of(len(texts) + 1))
    n, others = len(space), np.arange(1, len(space))
    every = Candidates(
        np.arange(n + 1) * len(others),
        np.array([b for a in range(n) for b in range(n) if a != b], dtype=np.int32),
    )
    left, right = every.queries().astype(np.int64), every.rows.astype(np.int64)
    found = evidence_of_pairs(space, gather(space, every, closeness)[0], left, right)
    close = closeness.of(found.lead_cosine, found.lexical_cosine)
    within = neighbourhood_of(every, close)
    rest = Space(space.unit[others], _rows(space.terms, others), _rows(space.names, others))
    crowding = within.crowding[1:]
    known = dict(zip(zip(left.tolist(), right.tolist(), strict=True), close.tolist(), strict=True))
    rows = []
    for row in range(len(rest)):
        listed = {other: known[row + 1, other + 1] for other in range(len(rest)) if other != row}
        tenth = sorted(listed.values(), reverse=True)[:NEIGHBOURS][-1:] or [0]
        above = {one: value - crowding[row] for one, value in listed.items() if value >= tenth[0]}
        above = {one: value for one, value in above.items() if value > 0}
        rows.append({**above, row: max([*above.values(), 1e-6])})
    near = Neighbourhood(crowding, table_of(*rows, width=len(rest)))
    asked = cosines_of_newcomer(rest, near, space.point(0), closeness)
    expected = within.table.cosines_of_pairs(np.zeros_like(others), others)
    np.testing.assert_allclose(asked, expected, atol=2e-4)
    assert asked.dtype == np.float32


def test_copies_are_one_neighbour():
    # 2 and 3 are one text: 2 stands for both.
    apart, close = candidates_of({1: 1.1, 2: 0.6}, {0: 1.1, 2: 0.3}, {0: 0.6, 1: 0.3})
    copied, closer = candidates_of(
        {1: 1.1, 2: 0.6, 3: 0.6}, {0: 1.1, 2: 0.3, 3: 0.3}, {0: 0.6, 1: 0.3, 3: 3.0}, {0: 0.6, 1: 0.3, 2: 3.0}
    )
    copies = Copies(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 3]), np.array([0, 1, 2, 4]))
    plain, found = neighbourhood_of(apart, close), neighbourhood_of(copied, closer, copies)
    assert rows_in(found.table)[:3] == rows_in(plain.table)
    assert rows_in(found.table)[3] == rows_in(plain.table)[2]
    assert found.crowding.tolist() == [*plain.crowding.tolist(), plain.crowding[2]]
    assert (found.table.diagonal() > 0).tolist() == [True, True, True, False]


def test_a_text_that_comes_after_the_tenth_is_nobody_s_neighbour():
    # Eleven articles that are one text, and one that is less like them than they are like each other.
    nothing = table_of(*[{}] * 11)
    rest = Space(np.array([[1, 0]] * 11, dtype=F), nothing, nothing)
    point = replace(rest.point(0), unit=np.array([0.8, 0.6], dtype=F))
    every = candidates_of(*[{other: 1.0 for other in range(11) if other != row} for row in range(11)])
    near = neighbourhood_of(*every)
    asked = cosines_of_newcomer(rest, near, point, Closeness(1, 0))
    # Its neighbours are the eleven, and itself; theirs are the others of the eleven, and themselves.
    assert len(set(asked.tolist())) == 1
    assert asked[0] == pytest.approx((11 / 12) ** 0.5, abs=1e-6)


def test_a_text_among_none():
    space, _ = fitted_space([], np.zeros((0, 2), np.float32))
    one, _ = fitted_space([("storm", "storm")], vectors_of(1))
    near = neighbourhood_of(Candidates(np.zeros(1, np.int64), np.zeros(0, np.int32)), np.zeros(0))
    assert cosines_of_newcomer(space, near, one.point(0), Closeness(1, 0)).tolist() == []


def _rows(table, rows):
    """Some rows of a table."""
    some = [table.row(int(row)) for row in rows]
    return replace(
        table,
        offsets=np.cumsum([0, *(len(one.columns) for one in some)], dtype=np.int64),
        columns=np.concatenate([np.zeros(0, np.int32), *(one.columns for one in some)]),
        weights=np.concatenate([np.zeros(0, np.float32), *(one.weights for one in some)]),
    )
