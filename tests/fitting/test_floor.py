from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.fitting.floor import LARGEST, by_set, by_size, floors_of, mean_precision, shown
from recommender.scoring import Floor, Floors
from tests.fitting import toys


def plain(score):
    """One score for both parts of the floor."""
    return Floor(score, score)


def lists(queries, scores, grades, **more):
    return shown(toys.judged(queries, grades, **more), np.array(scores, dtype=np.float64))


def test_lists_hold_the_ten_best_of_each_query():
    scores = [one / 100 for one in range(12)] + [0.5]
    found = lists([0] * 12 + [1], scores, [0] * 11 + [2] + [1])
    assert found.queries.tolist() == [0] * 10 + [1]
    assert found.scores.tolist() == [*sorted(scores[:12], reverse=True)[:10], 0.5]
    assert found.related.tolist() == [True] + [False] * 9 + [True]


def test_counts_by_hand():
    # Query 2 has no candidate, 3 nothing related to it.
    found = lists(
        [0, 0, 1, 3, 3], [0.9, 0.4, 0.3, 0.6, 0.2], [2, 0, 1, 0, 0], answerable=[True, True, True, False]
    )
    some = found.counts(plain(0.4))
    assert (some.items, some.related) == (3, 1)
    assert (some.answerable, some.answered, some.lone, some.empty) == (3, 1, 1, 0)
    assert (some.precision, some.coverage, some.abstained) == (1 / 3, 1 / 3, 0.0)
    high = found.counts(plain(0.61))
    assert (high.items, high.related, high.answered, high.empty) == (1, 1, 1, 1)
    nothing = found.counts(plain(0.95))
    assert (nothing.precision, nothing.coverage, nothing.abstained) == (1.0, 0.0, 1.0)
    assert math.isnan(lists([0], [0.5], [1], answerable=[True]).counts(plain(0.1)).abstained)


def test_a_list_shows_nothing_unless_its_best_story_opens_it():
    found = lists([0, 0, 1, 1], [0.9, 0.4, 0.5, 0.4], [1, 0, 1, 1])
    some = found.counts(Floor(0.4, 0.9))
    assert (some.items, some.related) == (2, 1)
    assert found.counts(Floor(0.4, 0.5)).items == 4


def test_what_an_opened_list_shows_may_score_lower():
    # Only the first list is clean from its best on, and it is so down to its last but one.
    found = lists([0, 0, 0, 0, 0, 1, 1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.85, 0.3], [1, 1, 1, 1, 0, 0, 0])
    assert floors_of([found], sure=1.0, precision=0.8) == Floors(((20, 0.01),), 0.86)
    assert floors_of([found], sure=1.0, precision=0.81) == Floors(((20, 0.51),), 0.86)


def test_an_item_at_the_floor_is_shown():
    assert lists([0], [0.9], [1]).counts(plain(0.9)).items == 1


def test_what_opens_a_list_by_hand():
    # From 0.31 on nine of ten are related, from 0.30 on nine of eleven.
    scores = [0.31] * 10 + [0.30]
    found = lists(range(11), scores, [1] * 9 + [0, 0])
    assert floors_of([found]).min_best == 0.31
    assert floors_of([found], sure=9 / 11).min_best == 0.01


def test_what_opens_a_list_is_rounded_up():
    found = lists(range(11), [0.315] * 10 + [0.305], [1] * 10 + [0])
    assert floors_of([found]).min_best == 0.01
    assert floors_of([found], sure=1.0).min_best == 0.31


def test_each_set_counts_the_same_however_much_it_shows():
    large = [lists(range(40), [0.8] * 40, [1] * 40, name="large")]
    # Half of what the small one shows below 0.6 is unrelated: (1 + 1/2) / 2 is below 0.9, (1 + 1) / 2 is not.
    small = [lists(range(4), [0.7, 0.7, 0.5, 0.5], [1, 1, 0, 0], name="small")]
    assert floors_of([*large, *small]).min_best == 0.51
    assert {name: one.precision for name, one in by_set([*large, *small], plain(0.3)).items()} == {
        "large": 1.0, "small": 0.5
    }  # fmt: skip


def test_each_size_counts_the_same_however_many_corpora_and_items_it_has():
    small = [lists([0, 1], [0.8, 0.4], [1, 0], size=20)] * 5
    large = [lists(range(20), [0.8] * 20, [1] * 18 + [0] * 2, size=60)]
    assert mean_precision([*small, *large], plain(0.3)) == pytest.approx((5 / 10 + 18 / 20) / 2)
    assert mean_precision([*small, *large], plain(0.5)) == pytest.approx((1 + 18 / 20) / 2)
    assert floors_of([*small, *large]).min_best == 0.41
    # A size that shows nothing has no precision.
    assert mean_precision([*small, lists([0], [0.1], [0], size=200)], plain(0.5)) == 1
    assert mean_precision(small, plain(0.9)) is None


# Twenty lists that 0.9 opens, each with one more story: of those at 0.3 six in ten are related, of those at
# 0.2 two in ten.
OPENED = [number for number in range(20) for _ in range(2)]
SCORES = [0.9, 0.3] * 10 + [0.9, 0.2] * 10
GRADES = [1, 1] * 6 + [1, 0] * 4 + [1, 1] * 2 + [1, 0] * 8


def test_opened_lists_end_where_half_of_what_comes_last_is_related():
    found = lists(OPENED, SCORES, GRADES)
    assert floors_of([found], precision=0.5) == Floors(((20, 0.21),), 0.31)
    # From 0.21 on 26 of 30 are related.
    assert floors_of([found], precision=26 / 30) == Floors(((20, 0.21),), 0.31)
    # ... or where they are all related.
    assert floors_of([found], precision=1.0) == Floors(((20, 0.31),), 0.31)


def test_each_size_has_its_own_end_of_a_list():
    small = lists([0, 0], [0.9, 0.05], [1, 1], size=20)
    large = lists(OPENED, SCORES, GRADES, size=600)
    # None in larger ones, where related stories that nobody judged count as wrong.
    huge = lists([0, 0], [0.9, 0.5], [1, 0], size=LARGEST + 1)
    found = floors_of([small, large, huge])
    assert [size for size, _ in found.min_scores] == [20, 600]
    assert found.among(20) == Floor(0.01, found.min_best)
    assert found.among(600).min_score == found.among(10**6).min_score == 0.21
    assert floors_of([huge], sure=0.5).min_scores == ((LARGEST + 1, 0.01),)


def test_without_a_clean_list_there_is_no_floor():
    with pytest.raises(InputError, match=r"precision of 0\.9"):
        floors_of([lists([0, 1], [0.5, 0.5], [0, 1])])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 99), st.integers(0, 2)), min_size=1, max_size=40))
def test_a_floor_keeps_its_promise(pairs):
    pairs = sorted(pairs)
    found = lists([q for q, _, _ in pairs], [s / 100 for _, s, _ in pairs], [g for _, _, g in pairs])
    try:
        floor = floors_of([found]).among(20)
    except InputError:
        assert all(
            found.counts(plain(step / 100)).precision < 0.9
            for step in range(1, 100)
            if found.counts(plain(step / 100)).items
        )
        return
    opened = found.counts(plain(floor.min_best))
    assert opened.precision >= 0.9
    assert opened.items
    assert found.counts(floor).precision >= 0.8
    kept = found.kept(floor)
    last = kept & (found.scores <= found.scores[kept].min() + 0.2)
    assert floor.min_score == floor.min_best or found.related[last].mean() >= 1 / 2
    assert floor.min_score <= floor.min_best
    assert all(
        found.counts(plain(step / 100)).precision < 0.9 for step in range(1, round(floor.min_best * 100))
    )


@given(st.permutations(range(12)))
def test_the_order_of_pairs_makes_no_difference(order):
    scores, grades = [0.9, 0.5, 0.5, 0.2] * 3, [1, 0, 1, 0] * 3
    queries = sorted(one % 3 for one in range(12))
    straight = lists(queries, scores, grades)
    mixed = toys.judged([queries[one] for one in order], [grades[one] for one in order])
    again = shown(mixed, np.array([scores[one] for one in order]))
    assert [again.counts(plain(floor)) for floor in (0.1, 0.3, 0.6)] == [
        straight.counts(plain(floor)) for floor in (0.1, 0.3, 0.6)
    ]


def test_corpora_of_one_size_are_taken_together():
    one = lists([0], [0.5], [1], size=20)
    two = lists([0], [0.5], [0], size=20)
    big = lists([0], [0.5], [1], size=60)
    found = by_size([one, two, big], plain(0.5))
    assert {key: (some.items, some.related) for key, some in found.items()} == {
        ("set", 20): (2, 1), ("set", 60): (1, 1)
    }  # fmt: skip
