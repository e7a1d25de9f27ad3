"""Phrases that commands and reports have in common."""

from __future__ import annotations

from recommender.phrases import count, joined, whole_floor, with_best


def test_counts():
    assert (count(12176), count(1, "pair"), count(2, "pair")) == ("12,176", "1 pair", "2 pairs")
    assert (count(1, "story", "stories"), count(10_000, "story", "stories")) == ("1 story", "10,000 stories")


def test_a_floor_names_what_the_best_needs_where_that_is_more():
    assert whole_floor(0.4, 0.92) == "0.4, with a best of 0.92"
    assert whole_floor(0.4, 0.4) == whole_floor(0.4, 0) == "0.4"
    assert (with_best(0.4, 0.92), with_best(0.4, 0.4)) == (", with a best of 0.92", "")


def test_names_in_a_row():
    assert [joined(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
