"""Who is recommended how often, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import Lists, exposure


def test_by_hand():
    # Times: article 0 none, 1 three, 2 one, 3 none. Sorted 0 0 1 3: (1 * 1 + 3 * 3) / (4 * 4).
    found = exposure(Lists.of([[1, 2], [], [1], [1]]))
    assert found == {
        "never": 2,
        "never_share": 0.5,
        "gini": 0.625,
        "most": [{"row": 1, "times": 3}, {"row": 2, "times": 1}],
    }


def test_all_alike_and_one_alone():
    assert exposure(Lists.of([[1], [0]]))["gini"] == 0
    assert exposure(Lists.of([[3], [3], [3], []]))["gini"] == 0.75  # (n - 1) / n


def test_ties_go_to_the_lower_row_and_ten_are_named():
    found = exposure(Lists.of([list(range(11, -1, -1)), [5], *([] for _ in range(10))]))
    assert found["most"][0] == {"row": 5, "times": 2}
    assert [one["row"] for one in found["most"]] == [5, 0, 1, 2, 3, 4, 6, 7, 8, 9]


def test_only_what_may_be_listed_counts():
    lists = Lists.of([[1], [], []])
    assert exposure(lists)["never_share"] == 0.666667
    found = exposure(lists, np.array([True, True, False]))
    assert (found["never"], found["never_share"], found["gini"]) == (1, 0.5, 0.5)
    with pytest.raises(ValueError, match="1 items of lists are not listable"):
        exposure(lists, np.array([True, False, True]))


def test_nothing_is_listed():
    assert exposure(Lists.of([[], []])) == {"never": 2, "never_share": 1.0, "gini": None, "most": []}
    assert exposure(Lists.of([])) == {"never": 0, "never_share": None, "gini": None, "most": []}


@given(st.lists(st.lists(st.integers(0, 6), max_size=7), min_size=7, max_size=7).filter(any))
def test_gini_is_half_the_mean_difference_over_the_mean(drawn):
    found = exposure(Lists.of(drawn))
    times = [sum(listed.count(row) for listed in drawn) for row in range(7)]
    differences = sum(abs(a - b) for a in times for b in times)
    assert found["gini"] == pytest.approx(differences / (2 * 7 * sum(times)), abs=1e-6)
    assert 0 <= found["gini"] <= 6 / 7 + 1e-6
    assert sum(one["times"] for one in found["most"]) == sum(times)
