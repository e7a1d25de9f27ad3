"""Maximal marginal relevance by hand: three directions and what lies between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.policy import Policy
from recommender.policy.diversity import diversified
from tests.policy.rankings import facts, kept, outcome_of

# 1 and 2 say the same, 3 half of it (cosine 0.6), 4 nothing of it, 5 the opposite.
UNIT = np.array([[0, 0, 1], [1, 0, 0], [1, 0, 0], [0.6, 0.8, 0], [0, 0, 1], [-1, 0, 0]], dtype=np.float32)


def picked(rows, relevance, diversity) -> list[int]:
    lengths = np.array([len(rows)], dtype=np.int64)
    table = np.array(rows, dtype=np.int32)
    return table[diversified(lengths, table, np.array(relevance), UNIT, diversity)].tolist()


@pytest.mark.parametrize(
    ("diversity", "expected"),
    [
        (0, [1, 2, 3, 4]),
        # After 1 (0.9): 2 has 0.9 * 0.8 - 0.1 = 0.62, 3 has 0.9 * 0.7 - 0.06 = 0.57, 4 has 0.9 * 0.6 = 0.54.
        (0.1, [1, 2, 3, 4]),
        # 2: 0.8 * 0.8 - 0.2 = 0.44, 3: 0.56 - 0.12 = 0.44, 4: 0.48.
        (0.2, [1, 4, 2, 3]),
        # 2: 0.5 * 0.8 - 0.5 = -0.1, 3: 0.35 - 0.3 = 0.05, 4: 0.3; then 3 again.
        (0.5, [1, 4, 3, 2]),
        # Nothing but novelty: of those that say nothing new the best.
        (1, [1, 4, 3, 2]),
    ],
)
def test_what_was_said_above_counts_less(diversity, expected):
    assert picked([1, 2, 3, 4], [0.9, 0.8, 0.7, 0.6], diversity) == expected


def test_the_opposite_is_no_more_novel_than_the_unrelated():
    assert picked([1, 4, 5], [0.9, 0.5, 0.5], 0.9) == [1, 4, 5]
    assert picked([1, 5, 4], [0.9, 0.5, 0.5], 0.9) == [1, 5, 4]


def test_lists_do_not_see_one_another():
    rows = np.array([1, 2, 4, 2, 1, 2], dtype=np.int32)
    relevance = np.array([0.9, 0.8, 0.7, 0.9, 0.9, 0.8])
    found = diversified(np.array([3, 0, 1, 2]), rows, relevance, UNIT, 0.5)
    assert found.tolist() == [0, 2, 1, 3, 4, 5]


@given(st.data())
@settings(deadline=None)
def test_it_is_the_slow_definition(data):
    lengths = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=6))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    vectors = rng.normal(size=(8, 3))
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    rows = [rng.permutation(8)[:length] for length in lengths]
    relevance = [np.sort(rng.random(length).round(1))[::-1] for length in lengths]
    diversity = data.draw(st.sampled_from([0, 0.1, 0.5, 1]))
    expected, start = [], 0
    for listed, relevant in zip(rows, relevance, strict=True):
        left, chosen = list(range(len(listed))), []
        while left:
            gains = []
            for one in left:
                cosines = [float(np.round(unit[listed[one]] @ unit[listed[other]], 4)) for other in chosen]
                gain, loss = (1 - diversity) * relevant[one], diversity * max([0.0, *cosines])
                gains.append(round(1e6 * gain) - round(1e6 * loss))
            best = max(range(len(left)), key=lambda place: (gains[place], -left[place]))
            chosen.append(left.pop(best))
        expected += [start + one for one in chosen]
        start += len(listed)
    found = diversified(
        np.array(lengths), np.concatenate(rows).astype(np.int32), np.concatenate(relevance), unit, diversity
    )
    assert found.tolist() == expected


def test_diversity_lifts_nothing_over_the_floor_and_leaves_what_is_below_as_it_is():
    lists = ([1, 2, 4, 3, 5], [], [], [], [], [])
    scores = [[0.9, 0.8, 0.7, 0.4, 0.39], *[[]] * 5]
    known = facts(6, policy=Policy(diversity=0.5))
    outcome = outcome_of(lists, known, scores=scores, unit=UNIT, min_score=0.5)
    assert kept(lists, outcome)[0] == [1, 4, 2, 3, 5]
    assert outcome.counts["diversity"] == 2
    assert outcome.counts["below_min_score"] == 2
    plain = outcome_of(lists, facts(6), scores=scores, unit=UNIT, min_score=0.5)
    assert kept(lists, plain)[0] == [1, 2, 4, 3, 5]
    assert plain.counts["diversity"] == 0
