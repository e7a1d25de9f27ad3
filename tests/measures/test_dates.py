"""Days between article and item, by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import DAY_BOUNDS, Lists, days_apart
from recommender.scoring import UNDATED

DAY = 86_400
# Day 100, 101, 98, 131, 130; the last has no date.
PUBLISHED = np.array([100 * DAY, 101 * DAY, 98 * DAY, 131 * DAY, 130 * DAY, UNDATED], dtype=np.int64)


def padded(*lists: list[int]) -> Lists:
    return Lists.of([*lists, *([] for _ in range(6 - len(lists)))])


def test_by_hand():
    # Days 1 later, 2 earlier, 31 later, 30 later; one item without a date.
    assert days_apart(padded([1, 2, 3, 4, 5]), PUBLISHED) == {
        "pairs": 4,
        "undated": 1,
        "median": 16.0,
        "p90": 30.7,  # 0.7 of the way from the third of 1, 2, 30, 31 to the fourth
        "far": 0.25,
        "newer": 0.75,
        "counts": [1, 1, 0, 0, 1, 1, 0, 0],
    }


def test_an_undated_article_has_no_days():
    found = days_apart(Lists.of([[], [], [], [], [], [0, 1, 5]]), PUBLISHED)
    assert (found["pairs"], found["undated"]) == (0, 3)
    assert found["median"] is found["p90"] is found["far"] is found["newer"] is None


def test_no_lists():
    none = {"pairs": 0, "undated": 0, "median": None, "p90": None, "far": None, "newer": None}
    none |= {"counts": [0] * (len(DAY_BOUNDS) + 1)}
    assert days_apart(padded(), PUBLISHED) == none
    assert days_apart(Lists.of([]), PUBLISHED[:0]) == none


def test_the_same_moment_is_not_newer():
    found = days_apart(Lists.of([[1], []]), PUBLISHED[[0, 0]])
    assert (found["median"], found["newer"], found["counts"][0]) == (0.0, 0.0, 1)


@given(st.lists(st.none() | st.integers(-(2**36), 2**36), min_size=2, max_size=8))
def test_counts_add_up_and_no_date_overflows(times):
    published = np.array([UNDATED if one is None else one for one in times], dtype=np.int64)
    n = len(times)
    found = days_apart(Lists.of([[row for row in range(n) if row != own] for own in range(n)]), published)
    dated = sum(one is not None for one in times)
    assert found["pairs"] == sum(found["counts"]) == dated * (dated - 1)
    assert found["pairs"] + found["undated"] == n * (n - 1)
    if found["pairs"]:
        assert 0 <= found["median"] <= found["p90"] <= 2**37 / DAY
