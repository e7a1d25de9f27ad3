"""Nearest by terms: by hand, against cosines one by one, and over the entries that weigh most."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.lexical import by_weight
from recommender.nearest import Postings, recall_of
from tests.lexical.test_table import random_table, table_of, tables_and_pairs


def side(table, least=None):
    nothing = np.zeros(table.width, dtype=np.float32)
    return Postings(table, np.arange(len(table)), nothing if least is None else least)


def as_lists(found, n):
    return [found.rows[found.queries == row].tolist() for row in range(n)]


def test_the_nearest_by_hand():
    table = table_of({0: 3, 1: 4}, {0: 1}, {1: 1}, {}, {2: 1}, {-1: 1, 0: 1})
    found = side(table).nearest(None, 10)
    # Row 5 has length 1 / sqrt(2) in the table: nearer to row 1 than to itself, which is in no list.
    assert as_lists(found, 6) == [[2, 1, 5], [5, 0], [0], [], [], [1, 0]]
    assert found.values[:3].tolist() == [np.float32(one) for one in (0.8, 0.6, 0.424264)]
    assert as_lists(side(table).nearest(np.array([5, 0]), 1), 6) == [[2], [], [], [], [], [1]]
    assert as_lists(side(table).nearest(np.array([], dtype=np.int64), 1), 6) == [[]] * 6


@pytest.mark.parametrize("n", [0, 1, 4])
def test_tables_of_nothing(n):
    table = table_of(*[{}] * n, width=3)
    assert len(side(table).nearest(None, 3).rows) == 0
    assert len(side(table).reaching(np.arange(n), np.zeros(n, dtype=np.float32)).rows) == 0


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(k):
    with pytest.raises(ValueError, match=f"k is {k}, expected at least 1"):
        side(table_of({0: 1})).nearest(None, k)


@given(tables_and_pairs(), st.integers(1, 12))
def test_the_nearest_are_the_k_highest_cosines(drawn, k):
    table, _, _ = drawn
    found = side(table).nearest(None, k)
    assert found.values.tobytes() == table.cosines_of_pairs(found.queries, found.rows).tobytes()
    for row, listed in enumerate(as_lists(found, len(table))):
        cosines = table.cosines_to_all(table.row(row))
        cosines[row] = 0
        assert row not in listed
        assert len(set(listed)) == len(listed) == min(k, int((cosines > 0).sum()))
        assert (np.diff(cosines[listed]) <= 0).all()
        left_out = np.setdiff1d(np.flatnonzero(cosines > 0), listed)
        assert len(left_out) == 0 or cosines[left_out].max() <= cosines[listed].min()


def test_threads_make_no_difference(monkeypatch):
    table = random_table(4, 300, 100, 30)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    alone = side(table).nearest(None, 10)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(7)), raising=False)
    for _ in range(3):
        several = side(table).nearest(None, 10)
        assert np.array_equal(alone.rows, several.rows)
        assert np.array_equal(alone.values, several.values)


def test_more_copies_than_k():
    found = side(table_of(*[{0: 1, 1: 1}] * 50)).nearest(None, 7)
    lists = as_lists(found, 50)
    assert all(len(set(one)) == len(one) == 7 and row not in one for row, one in enumerate(lists))


@given(tables_and_pairs(), st.integers(1, 12))
def test_settled_are_the_k_highest_and_of_equals_the_lower_rows(drawn, k):
    table, _, _ = drawn
    n = len(table)
    found = side(table).settled(np.arange(n)[::2], k)
    for row, listed in enumerate(as_lists(found, n)):
        cosines = table.cosines_to_all(table.row(row))
        cosines[row] = 0
        order = np.lexsort((np.arange(n), -cosines))
        assert listed == ([] if row % 2 else order[cosines[order] > 0][:k].tolist())


@given(tables_and_pairs(), st.lists(st.integers(0, 30), max_size=4), st.sampled_from([0.0, 0.2, 0.7]))
def test_what_reaches_is_every_pair_above(drawn, fresh, beyond):
    table, _, _ = drawn
    n = len(table)
    some = np.array(sorted({one % n for one in fresh}), dtype=np.int64) if n else np.zeros(0, dtype=np.int64)
    above = np.full(n, beyond, dtype=np.float32)
    above[: n // 3] = np.nan
    found = side(table).reaching(some, above)
    expected = {
        (query, row)
        for query, row in itertools.product(range(n), some.tolist())
        if query != row
        and query >= n // 3
        and table.cosines_of_pairs(np.array([query]), np.array([row]))[0] > np.float32(beyond)
    }
    assert set(zip(found.queries.tolist(), found.rows.tolist(), strict=True)) == expected
    assert len(found.rows) == len(expected)
    assert found.values.tobytes() == table.cosines_of_pairs(found.queries, found.rows).tobytes()


# Least weights


def test_the_least_weight_is_that_of_the_last_posting():
    # Column 0 is in four rows, with weights 1, .8, .6 and .6; column 1 in three.
    table = table_of({0: 1}, {0: 4, 1: 3}, {0: 3, 1: 4}, {0: 3, 1: 4}, width=3)
    rows = np.arange(4)
    assert by_weight(table, rows, 4).tolist() == [0, 0, 0]
    assert by_weight(table, rows, 3).tolist() == [np.float32(0.6), 0, 0]  # ties with the last stay in
    assert by_weight(table, rows, 2).tolist() == [np.float32(0.8), np.float32(0.8), 0]
    assert by_weight(table, rows, 1).tolist() == [1, np.float32(0.8), 0]
    assert by_weight(table, np.array([1, 2]), 1).tolist() == [np.float32(0.8), np.float32(0.8), 0]


def test_a_pair_is_near_by_what_weighs_enough_in_both():
    table = table_of({0: 1}, {0: 4, 1: 3}, {0: 3, 1: 4}, {0: 3, 1: 4}, width=3)
    found = side(table, by_weight(table, np.arange(4), 2))
    assert not found.exact
    # Left are row 0 in column 0, row 1 in column 0, rows 2 and 3 in column 1.
    lists = found.nearest(None, 5)
    assert as_lists(lists, 4) == [[1], [0], [3], [2]]
    assert lists.values.tolist() == [np.float32(one) for one in (0.8, 0.8, 0.64, 0.64)]
    assert side(table).exact


def test_a_pair_is_as_near_whoever_else_is_there():
    table, least = random_table(11, 200, 60, 40), np.zeros(60, dtype=np.float32)
    column = table.columns == 5
    least[5] = np.sort(table.weights[column])[4]
    light = np.repeat(np.arange(200), np.diff(table.offsets))[column & (table.weights < least[5])]
    assert len(light) == 4
    others = np.setdiff1d(np.arange(200), light)  # nothing of these is left out
    all_, few = side(table, least), Postings(table, others, least)
    assert not few.exact
    beyond = np.where(np.isin(np.arange(200), light), np.float32(np.nan), 0).astype(np.float32)
    one = all_.reaching(others, beyond)
    other = few.reaching(np.arange(len(others)), np.zeros(len(others), dtype=np.float32))
    assert np.array_equal(one.queries, others[other.queries])
    assert np.array_equal(one.rows, others[other.rows])
    assert np.array_equal(one.values, other.values)


@pytest.mark.parametrize("postings", [1, 3, 10])
def test_least_weights_by_definition(postings):
    table = random_table(7, 200, 30, 20)
    least = by_weight(table, np.arange(200), postings)
    for column in range(30):
        weights = np.sort(table.weights[table.columns == column])[::-1]
        assert least[column] == (weights[postings - 1] if len(weights) > postings else 0)


def test_rows_are_numbered_as_they_are_given():
    table = random_table(8, 60, 40, 12)
    some = np.array([50, 3, 17, 40, 9])
    least = by_weight(table, some, 3)
    found = Postings(table, some, least).nearest(None, 4)
    alone = side(table.at(some), least).nearest(None, 4)
    assert np.array_equal(found.rows, alone.rows)
    assert np.array_equal(found.values, alone.values)


def test_recall_is_the_share_of_the_exact_nearest():
    table = random_table(9, 300, 60, 25)
    rows, nothing = np.arange(300), np.zeros(60, dtype=np.float32)
    assert recall_of(table, rows, nothing, sample=40, k=10, seed=0) == 1
    least = by_weight(table, rows, 12)
    found = recall_of(table, rows, least, sample=300, k=10, seed=0)
    exact, part = side(table).nearest(None, 10), side(table, least).nearest(None, 10)
    shared = [
        len(set(one) & set(other)) / len(one)
        for one, other in zip(as_lists(exact, 300), as_lists(part, 300), strict=True)
        if one
    ]
    assert 0.2 < found < 0.95
    assert found == pytest.approx(np.mean(shared), abs=0.002)  # but for ties
    assert (
        recall_of(table_of({0: 1}, {1: 1}), np.arange(2), np.zeros(2, np.float32), sample=2, k=1, seed=0)
        is None
    )
