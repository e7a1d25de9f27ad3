"""Rank-biased overlap against the formula written out, and by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import Lists, agreement, rank_biased_overlap


def overlap(one: list[int], other: list[int], p: float = 0.9) -> float:
    n = 1 + max([0, *one, *other])
    rest = [[] for _ in range(n - 1)]
    found = rank_biased_overlap(Lists.of([one, *rest]), Lists.of([other, *rest]), p)
    assert found[1:].tolist() == [1.0] * (n - 1)  # the others are empty on both sides
    return float(found[0])


def written_out(one: list[int], other: list[int], p: Fraction) -> Fraction:
    """Equation 32 of Webber, Moffat and Zobel, term by term."""
    short, long = sorted((one, other), key=len)
    s, l = len(short), len(long)  # noqa: E741
    if l == 0 or s == 0:
        return Fraction(int(l == s))
    x = {d: len(set(short[:d]) & set(long[:d])) for d in range(1, l + 1)}
    first = sum(Fraction(x[d], d) * p**d for d in range(1, l + 1))
    second = sum(Fraction(x[s] * (d - s), s * d) * p**d for d in range(s + 1, l + 1))
    rest = (Fraction(x[l] - x[s], l) + Fraction(x[s], s)) * p**l
    return (1 - p) / p * (first + second) + rest


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([], [], 1),
        ([1], [], 0),
        ([], [1, 2], 0),
        ([1, 2, 3], [1, 2, 3], 1),
        ([1, 2], [3, 4], 0),
        ([1, 2], [2, 1], 0.9),  # (1/9) 0.81 + 0.81
        ([1], [2, 1], 0.45),  # (1/9) 0.81 / 2 + 0.81 / 2
        ([1], [1, 2], 1),  # its beginning
        ([1, 2, 3], [1, 3, 9], 0.685),  # (1/9) (0.9 + 0.405 + 0.486) + 0.486
    ],
)
def test_by_hand(one, other, expected):
    assert overlap(one, other) == pytest.approx(expected, abs=1e-12)
    assert overlap(other, one) == pytest.approx(expected, abs=1e-12)


def test_an_item_that_stands_twice_counts_at_its_first_place():
    # X is 1, 1 and 1: the second 1 is nothing that the other could have as well.
    assert overlap([1, 1, 1], [1, 2, 3]) == pytest.approx((0.9 + 0.405 + 0.243) / 9 + 0.243, abs=1e-12)


def test_the_top_weighs_more():
    assert overlap([1, 2, 3, 4], [1, 2, 4, 3]) > overlap([1, 2, 3, 4], [2, 1, 3, 4])
    assert overlap([1, 2, 3, 4], [1, 2, 3, 9]) > overlap([1, 2, 3, 4], [9, 2, 3, 4])


@pytest.mark.parametrize("p", [0, 1, -0.1, 1.5])
def test_p_outside_is_refused(p):
    with pytest.raises(ValueError, match=f"p is {p}"):
        overlap([1], [1], p)


def test_unequal_numbers_of_lists_are_refused():
    with pytest.raises(ValueError, match="1 lists and 2"):
        rank_biased_overlap(Lists.of([[]]), Lists.of([[], []]))


several = st.lists(st.lists(st.integers(0, 8), unique=True, max_size=8), min_size=9, max_size=9)


@given(several, several, st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)]))
def test_many_lists_at_once_are_the_formula_for_each(one, other, p):
    found = rank_biased_overlap(Lists.of(one), Lists.of(other), float(p))
    expected = [float(written_out(a, b, p)) for a, b in zip(one, other, strict=True)]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)
    assert ((found >= 0) & (found <= 1)).all()
    assert rank_biased_overlap(Lists.of(other), Lists.of(one), float(p)).tolist() == found.tolist()


# By id


def test_lists_are_compared_by_id():
    # Before: a -> b, gone; b -> a; gone -> a. Now: new -> b; b -> a; a -> b, new.
    before = agreement_of({"a": ["b", "gone"], "b": ["a"], "gone": ["a"]})
    now = agreement_of({"new": ["b"], "b": ["a"], "a": ["b", "new"]})
    found = agreement(*now, *before)
    # Of a: X is 1, 1: (0.9 + 0.405) / 9 + 0.405 = 0.55; of b: 1.
    assert found == {"articles": 2, "both_empty": 0, "unchanged": 1, "rbo": 0.775}
    assert agreement(*before, *now) == found
    assert agreement(*now, *before, leave_out={"b", "elsewhere"})["rbo"] == 0.55


def test_what_only_one_side_knows_is_never_taken_for_something_else():
    """Row 1 is another article on either side."""
    found = agreement(*agreement_of({"a": ["b"], "b": []}), *agreement_of({"a": ["c"], "c": []}))
    assert found == {"articles": 1, "both_empty": 0, "unchanged": 0, "rbo": 0.0}


def test_empty_lists_agree_and_are_counted():
    one = agreement_of({"a": [], "b": ["a"], "c": []})
    other = agreement_of({"c": ["a"], "b": ["a"], "a": []})
    found = agreement(*one, *other)
    assert found == {"articles": 3, "both_empty": 1, "unchanged": 2, "rbo": 0.666667}


def test_nothing_in_common_is_no_agreement():
    none = {"articles": 0, "both_empty": 0, "unchanged": 0, "rbo": None}
    assert agreement(*agreement_of({"a": []}), *agreement_of({"b": []})) == none
    assert agreement(*agreement_of({}), *agreement_of({})) == none
    assert agreement(*agreement_of({"a": []}), *agreement_of({"a": []}), leave_out=["a"]) == none


def test_ids_that_do_not_fit_the_lists_are_refused():
    with pytest.raises(ValueError, match="2 ids for 1 lists"):
        agreement(Lists.of([[]]), ["a", "b"], Lists.of([[]]), ["a"])
    with pytest.raises(ValueError, match="1 ids for 2 lists"):
        agreement(Lists.of([[]]), ["a"], Lists.of([[], []]), ["a"])


@given(several, several, st.permutations(range(9)))
def test_the_order_of_rows_does_not_matter(one, other, order):
    ids = [f"id-{row}" for row in range(9)]
    moved: list[list[int]] = [[] for _ in range(9)]
    for row, listed in enumerate(other):
        moved[order[row]] = [order[item] for item in listed]
    moved_ids = [""] * 9
    for row, place in enumerate(order):
        moved_ids[place] = ids[row]
    found = agreement(Lists.of(one), ids, Lists.of(moved), moved_ids)
    plain = rank_biased_overlap(Lists.of(one), Lists.of(other))
    assert found["rbo"] == pytest.approx(np.mean(plain), abs=1e-6)
    assert found["unchanged"] == sum(a == b for a, b in zip(one, other, strict=True))


def agreement_of(lists: dict[str, list[str]]) -> tuple[Lists, list[str]]:
    ids = list(lists)
    return Lists.of([[ids.index(item) for item in listed] for listed in lists.values()]), ids
