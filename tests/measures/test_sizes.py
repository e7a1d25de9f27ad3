"""The table of lists, coverage, lengths and abstention, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import Lists, abstention, sizes

# Four articles: two items, none, three, none.
FOUR = Lists.of([[1, 2], [], [0, 1, 3], []])


def mask(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.bool_)


def test_the_table():
    assert FOUR.offsets.tolist() == [0, 2, 2, 5, 5]
    assert FOUR.rows.tolist() == [1, 2, 0, 1, 3]
    assert FOUR.lengths().tolist() == [2, 0, 3, 0]
    assert FOUR.queries().tolist() == [0, 0, 2, 2, 2]
    assert len(FOUR) == 4
    assert (FOUR.offsets.dtype, FOUR.rows.dtype) == (np.int64, np.int32)
    with pytest.raises(ValueError, match="read-only"):
        FOUR.rows[0] = 2


@pytest.mark.parametrize(
    ("offsets", "rows", "message"),
    [
        ([], [], "do not rise from 0"),
        ([1, 1], [], "do not rise from 0"),
        ([0, 2, 1, 3], [0, 1, 2], "do not rise from 0"),
        ([0, 1], [], "0 items, expected 1"),
        ([0, 1], [0, 0], "2 items, expected 1"),
        ([0, 1, 1], [2], r"outside 0\.\.1"),
        ([0, 1, 1], [-1], r"outside 0\.\.1"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(offsets, rows, message):
    with pytest.raises(ValueError, match=message):
        Lists(np.array(offsets, dtype=np.int64), np.array(rows, dtype=np.int32))


def test_sizes_by_hand():
    assert sizes(FOUR, 3) == {
        "articles": 4,
        "with_items": 2,
        "empty": 2,
        "full": 1,
        "coverage": 0.5,
        "items": 5,
        "mean_length": 1.25,
        "longest": 3,
        "lengths": [2, 0, 1, 1],
    }
    assert sizes(FOUR, 2)["full"] == 2


def test_only_those_asked_count():
    found = sizes(FOUR, 3, mask(1, 1, 1, 0))
    assert (found["articles"], found["empty"], found["coverage"]) == (3, 1, 0.666667)
    assert found["lengths"] == [1, 0, 1, 1]
    with pytest.raises(ValueError, match="1 articles have a list and are not asked"):
        sizes(FOUR, 3, mask(0, 1, 1, 1))
    with pytest.raises(ValueError, match=r"shape \(2,\), expected \(4,\)"):
        sizes(FOUR, 3, mask(1, 1))


def test_nothing_but_empty_lists():
    assert sizes(Lists.of([[], []]), 10) == {
        "articles": 2,
        "with_items": 0,
        "empty": 2,
        "full": 0,
        "coverage": 0.0,
        "items": 0,
        "mean_length": 0.0,
        "longest": 0,
        "lengths": [2],
    }


@pytest.mark.parametrize(("lists", "asked"), [(Lists.of([]), None), (Lists.of([[]]), mask(0))])
def test_no_list_at_all(lists, asked):
    found = sizes(lists, 10, asked)
    assert found["coverage"] is found["mean_length"] is None
    assert found["lengths"] == []
    assert {found[name] for name in ("articles", "with_items", "empty", "full", "items", "longest")} == {0}


def test_abstention_is_what_the_caller_says_if_it_adds_up():
    assert abstention(FOUR, {"below_min_score": 2, "filtered": 0}) == {"below_min_score": 2, "filtered": 0}
    assert abstention(FOUR, {"filtered": 1}, mask(1, 0, 1, 1)) == {"filtered": 1}
    assert abstention(Lists.of([]), {}) == {}
    with pytest.raises(ValueError, match="1 reasons for 2 empty lists"):
        abstention(FOUR, {"below_min_score": 1})


@given(st.lists(st.lists(st.integers(0, 5), max_size=5), min_size=6, max_size=6), st.integers(1, 6))
def test_counts_add_up(drawn, limit):
    found = sizes(Lists.of(drawn), limit)
    assert found["with_items"] + found["empty"] == found["articles"] == 6
    assert sum(found["lengths"]) == 6
    assert sum(length * lists for length, lists in enumerate(found["lengths"])) == found["items"]
    assert len(found["lengths"]) == found["longest"] + 1
    assert found["full"] == sum(found["lengths"][limit:])
