"""Repeats and likeness inside a list, by hand: cosines of these vectors can be read off."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import NEAR_COPY, Lists, likeness, repeats, similarity

# cos(0, 1) = 0.96, cos(0, 2) = 0.6, cos(1, 2) = 0.8, cos(0, 3) = 0, cos(1, 3) = 0.28, cos(2, 3) = 0.8
VECTORS = np.array([[1, 0], [0.96, 0.28], [0.6, 0.8], [0, 1]], dtype=np.float32)
APART = np.arange(4, dtype=np.int32)


def padded(*lists: list[int]) -> Lists:
    """The lists, and empty ones for what is left of the four articles."""
    return Lists.of([*lists, *([] for _ in range(4 - len(lists)))])


def counts(lists: Lists, stories=APART, near_copy: float = NEAR_COPY) -> tuple[int, int, int, int]:
    found = repeats(lists, np.asarray(stories, dtype=np.int32), VECTORS, near_copy)
    assert found["near_copy"] == near_copy
    return found["exact"], found["exact_lists"], found["near"], found["near_lists"]


def test_nothing_is_repeated():
    assert counts(padded([0, 2, 3], [1], [])) == (0, 0, 0, 0)


def test_a_near_copy_of_any_item_above_counts_once():
    assert counts(padded([0, 2, 1], [1, 0])) == (0, 0, 2, 2)
    assert counts(padded([0, 1, 2]), near_copy=0.6) == (0, 0, 2, 1)
    assert counts(padded([0, 1, 2]), near_copy=0.97) == (0, 0, 0, 0)


def test_an_exact_copy_is_not_a_near_one_too():
    assert counts(padded([0, 1]), stories=[7, 7, 8, 9]) == (1, 1, 0, 0)
    assert counts(padded([0, 3, 1, 2]), stories=[7, 8, 9, 7], near_copy=0.6) == (1, 1, 2, 1)


def test_copies_in_different_lists_are_no_repeats():
    assert counts(padded([0], [1]), stories=[7, 7, 7, 7]) == (0, 0, 0, 0)


def test_an_item_that_stands_twice_is_an_exact_repeat():
    assert counts(padded([3, 0, 3, 3])) == (2, 1, 0, 0)


def test_no_lists_no_repeats():
    assert counts(padded()) == (0, 0, 0, 0)
    none = repeats(Lists.of([]), APART[:0], VECTORS[:0])
    assert set(none.values()) == {0, NEAR_COPY}
    assert similarity(Lists.of([]), VECTORS[:0]) == {"lists": 0, "mean": None}


def test_similarity_by_hand():
    # (0.96 + 0.6 + 0.8) / 3 and 0.8; the list of one has no pair.
    assert similarity(padded([0, 1, 2], [2, 3], [1]), VECTORS) == {"lists": 2, "mean": 0.793333}
    assert similarity(padded([1], []), VECTORS) == {"lists": 0, "mean": None}
    assert similarity(padded([1, 1]), VECTORS)["mean"] == pytest.approx(1, abs=1e-6)


directions = st.lists(st.integers(-3, 3), min_size=3, max_size=3).filter(any)
newsrooms = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        st.lists(directions, min_size=n, max_size=n),
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.lists(st.integers(0, n - 1), max_size=6), min_size=n, max_size=n),
    )
)


@given(newsrooms, st.sampled_from([0.31, 0.95]), st.sampled_from([1, 20, 10_000]))
def test_as_the_definition_has_it_whatever_the_blocks(drawn, near_copy, block):
    directions, stories, lists = drawn
    vectors = np.array(directions, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    exact, near, means = [], [], []
    for place, listed in enumerate(lists):
        for rank, item in enumerate(listed):
            above = listed[:rank]
            if any(stories[other] == stories[item] for other in above):
                exact.append(place)
            elif any(np.dot(vectors[other], vectors[item]) >= near_copy for other in above):
                near.append(place)
        if len(listed) > 1:
            means.append(np.mean([np.dot(vectors[i], vectors[j]) for i, j in combinations(listed, 2)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "_BLOCK_FLOATS", block)
        found = repeats(Lists.of(lists), np.array(stories, dtype=np.int32), vectors, near_copy)
        alike = similarity(Lists.of(lists), vectors)
    assert (found["exact"], found["exact_lists"]) == (len(exact), len(set(exact)))
    assert (found["near"], found["near_lists"]) == (len(near), len(set(near)))
    assert alike["lists"] == len(means)
    assert alike["mean"] == (pytest.approx(np.mean(means), abs=2e-6) if means else None)
