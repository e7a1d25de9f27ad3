"""What is left of a list once something in it may not be shown."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.candidates import query_rows
from recommender.policy import KEPT, STEP_NAMES, Policy, left_standing, step_against, told_in_list
from tests.policy.rankings import facts, outcome_of, table_of, traits


def left(lists, known, seen, gone, most=0):
    """The rows of each list that are left without those of ``gone``."""
    outcome = outcome_of(lists, known, seen)
    offsets, rows = table_of(*lists)
    queries, rows = query_rows(offsets), rows[outcome.order]
    told = told_in_list(known)
    stands = left_standing(
        queries,
        rows,
        outcome.verdicts,
        ~np.isin(rows, list(gone)),
        np.arange(len(lists), dtype=np.int32) if told is None else told,
        seen.source,
        most,
    )
    return [rows[stands & (queries == query)].tolist() for query in range(len(lists))]


# One list of five: 1 is its own report; 2, 3 and 4 tell one; 5 is of the source that 1 is of.
KNOWN = facts(6, story=[0, 1, 2, 2, 2, 3], policy=Policy(diversity=0))
SEEN = traits(6, source=[0, 1, 2, 3, 4, 1])
LIST = ([1, 2, 3, 4, 5], *[[]] * 5)


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ([], [1, 2, 5]),
        ([1], [2, 5]),
        ([2], [1, 3, 5]),
        ([2, 3], [1, 4, 5]),
        ([3], [1, 2, 5]),
        ([2, 3, 4], [1, 5]),
    ],
)
def test_the_next_that_tells_the_same_stands_in_its_place(gone, expected):
    assert left(LIST, KNOWN, SEEN, gone)[0] == expected


@pytest.mark.parametrize(("gone", "expected"), [([], [1, 2]), ([1], [2, 5]), ([2], [1, 3]), ([5], [1, 2])])
def test_the_next_of_its_source_moves_up(gone, expected):
    known = facts(6, story=[0, 1, 2, 2, 2, 3], policy=Policy(diversity=0, max_per_source=1))
    assert left(LIST, known, SEEN, gone, most=1)[0] == expected


def test_what_takes_a_place_counts_for_the_cap():
    # 3 stands for 2 and is of the source of 5, which was the first of it.
    known = facts(6, story=[0, 1, 2, 2, 2, 3], policy=Policy(diversity=0, max_per_source=1))
    seen = traits(6, source=[0, 1, 2, 5, 5, 5])
    assert left(LIST, known, seen, [], most=1)[0] == [1, 2, 5]
    assert left(LIST, known, seen, [2], most=1)[0] == [1, 3]


def test_another_source_s_telling_takes_the_place_of_one_that_the_cap_struck():
    # 2 is of the source of 1 and tells what 3 and 4 tell; 3 is of that source too.
    known = facts(6, story=[0, 1, 2, 2, 2, 3], policy=Policy(diversity=0, max_per_source=1))
    seen = traits(6, source=[0, 1, 1, 1, 4, 5])
    assert left(LIST, known, seen, [], most=1)[0] == [1, 4, 5]
    assert left(LIST, known, seen, [4], most=1)[0] == [1, 5]
    # Without 1 there is room for 2, the best telling.
    assert left(LIST, known, seen, [1], most=1)[0] == [2, 5]
    outcome = outcome_of(LIST, known, seen)
    assert [STEP_NAMES[one] for one in outcome.verdicts] == [
        *("kept", "source_cap", "same_story", "kept", "kept")
    ]
    assert (outcome.counts["source_cap"], outcome.counts["same_story"]) == (1, 1)


@pytest.mark.parametrize(
    ("verdict", "told", "expected"),
    [
        ("same_story", True, "same_story"),
        ("same_story", False, "source_cap"),
        ("kept", True, "same_story"),
        ("kept", False, "source_cap"),
        ("source_cap", True, "source_cap"),
        ("copy_of_article", True, "copy_of_article"),
        ("wrong_time", True, "wrong_time"),
    ],
)
def test_the_step_that_is_named(verdict, told, expected):
    assert step_against(STEP_NAMES.index(verdict), told) == expected


def test_each_list_stands_for_itself():
    lists = ([1, 2, 3], [3, 2, 0], [], [2, 1])
    known = facts(4, story=[0, 1, 2, 2], policy=Policy(diversity=0))
    assert left(lists, known, traits(4), []) == [[1, 2], [3, 0], [], [2, 1]]
    assert left(lists, known, traits(4), [3]) == [[1, 2], [2, 0], [], [2, 1]]


rows = st.integers(0, 9)
newsrooms = st.tuples(
    st.lists(st.lists(rows, unique=True, max_size=8), min_size=10, max_size=10),
    st.lists(st.integers(0, 3), min_size=10, max_size=10),
    st.lists(st.integers(-1, 2), min_size=10, max_size=10),
)


@given(
    newsrooms, st.sets(rows, max_size=5), st.integers(0, 2), st.sampled_from(["collapse", "copies", "keep"])
)
def test_it_is_what_the_policy_makes_of_what_may_be_shown(newsroom, gone, most, same_story):
    lists, story, source = newsroom
    lists = [[row for row in listed if row != query] for query, listed in enumerate(lists)]
    copy = [group * 2 + (row % 2) for row, group in enumerate(story)]
    policy = Policy(diversity=0, max_per_source=most, same_story=same_story)
    known, seen = facts(10, copy=copy, story=story, policy=policy), traits(10, source=source)
    shown = [[row for row in listed if row not in gone] for listed in lists]
    again = outcome_of(shown, known, seen)
    offsets, kept_rows = table_of(*shown)
    expected = [
        [
            int(row)
            for row, verdict in zip(kept_rows[again.order][a:b], again.verdicts[a:b], strict=True)
            if verdict == KEPT
        ]
        for a, b in pairwise(offsets)
    ]
    assert left(lists, known, seen, gone, most) == expected
