"""Lists over the articles that two sides know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import Lists, rank_biased_overlap, shared

IDS = "abcdef"
LISTS = st.lists(
    st.permutations(range(6)).flatmap(lambda rows: st.integers(0, 6).map(lambda n: rows[:n])),
    min_size=6,
    max_size=6,
)


def of(lists: dict[str, str], ids: str) -> Lists:
    return Lists.of([[ids.index(one) for one in lists.get(each, "")] for each in ids])


def read(lists: Lists, ids: tuple[str, ...]) -> dict[str, str]:
    return {
        each: "".join(ids[row] for row in lists.rows[lists.offsets[place] : lists.offsets[place + 1]])
        for place, each in enumerate(ids)
    }


def test_by_hand():
    old = of({"a": "bgc", "b": "a", "g": "ab"}, "gabc")
    new = of({"a": "nbmc", "b": "nc", "c": "n", "n": "a"}, "mnabc")
    found = shared(new, "mnabc", old, "gabc", limit=2)
    assert found.ids == ("a", "b", "c")
    # n and m are new, g is gone: the list of a is as it was, that of b is another, c has none on either side.
    assert read(found.one, found.ids) == {"a": "bc", "b": "c", "c": ""}
    assert read(found.other, found.ids) == {"a": "bc", "b": "a", "c": ""}
    assert found.overlap() == (0.5, 2)


def test_what_is_taken_out_makes_room_below():
    found = shared(of({"a": "xyb"}, "axyb"), "axyb", of({"a": "b"}, "ab"), "ab", limit=1)
    assert found.overlap() == (1.0, 1)


def test_ids_that_are_left_out_count_as_unknown():
    one = of({"a": "bc"}, "abc")
    assert shared(one, "abc", one, "abc", limit=9, leave_out="b").ids == ("a", "c")


def test_without_a_list_there_is_nothing_to_compare():
    none = of({}, "ab")
    assert shared(none, "ab", none, "ab", limit=9).overlap() == (None, 0)
    assert shared(none, "ab", of({}, "cd"), "cd", limit=9).ids == ()


def test_as_many_ids_as_lists():
    with pytest.raises(ValueError, match="3 ids for 2 lists"):
        shared(of({}, "ab"), "abc", of({}, "ab"), "ab", limit=9)


@given(LISTS, LISTS, st.permutations(range(6)), st.integers(1, 6))
def test_neither_side_nor_order_matters(one, other, order, limit):
    left, right = Lists.of(one), Lists.of(other)
    plain = shared(left, IDS, right, IDS, limit=limit)
    assert shared(right, IDS, left, IDS, limit=limit).overlap() == pytest.approx(plain.overlap())
    place = {row: number for number, row in enumerate(order)}
    turned = Lists.of([[place[row] for row in one[each]] for each in order])
    again = shared(turned, [IDS[row] for row in order], right, IDS, limit=limit)
    assert again.ids == plain.ids
    assert np.array_equal(again.one.rows, plain.one.rows)
    assert again.overlap() == plain.overlap()


@given(LISTS, LISTS)
def test_it_is_the_mean_over_the_lists_that_there_are(one, other):
    left, right = Lists.of(one), Lists.of(other)
    found, compared = shared(left, IDS, right, IDS, limit=6).overlap()
    listed = (left.lengths() > 0) | (right.lengths() > 0)
    assert compared == listed.sum()
    if compared:
        assert found == pytest.approx(rank_biased_overlap(left, right)[listed].mean(), abs=1e-6)
    same, _ = shared(left, IDS, left, IDS, limit=6).overlap()
    assert same in (1.0, None)
