"""The policy as a whole: which step struck first, what is counted, and what holds whatever the settings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.policy import KEPT, STEP_NAMES, Policy, kept_for_query
from tests.policy.rankings import facts, kept, outcome_of, table_of, traits


def test_the_steps_stand_in_one_order():
    assert STEP_NAMES == (
        "kept",
        "text_too_short",
        "unwanted_teaser",
        "other_language",
        "wrong_time",
        "copy_of_article",
        "same_story",
        "source_cap",
    )


def test_a_verdict_names_the_first_step_that_struck():
    # Every candidate is struck by the step of its number and by all after it; 8 stays.
    policy = Policy(teasers="never", languages="same", recency="before", max_per_source=1)
    known = facts(10, too_short=[1], teaser=[1, 2], copy=[0, 0, 0, 0, 0, 0, 6, 6, 8, 9], policy=policy)
    seen = traits(
        10, language=[0, 1, 1, 1, *[0] * 6], days=[5, 6, 6, 6, 6, *[5] * 5], source=[*[0] * 8, 1, 1]
    )
    lists = ([1, 2, 3, 4, 5, 6, 7, 8, 9], *[[]] * 9)
    outcome = outcome_of(lists, known, seen)
    assert [STEP_NAMES[verdict] for verdict in outcome.verdicts] == [
        *("text_too_short", "unwanted_teaser", "other_language", "wrong_time", "copy_of_article", "kept"),
        *("same_story", "kept", "source_cap"),
    ]
    assert outcome.verdicts.dtype == np.uint8
    assert outcome.order.tolist() == list(range(9))
    assert outcome.counts == {
        "text_too_short": 1,
        "unwanted_teaser": 1,
        "other_language": 1,
        "wrong_time": 1,
        "below_min_score": 0,
        "copy_of_article": 1,
        "same_story": 1,
        "recency": 0,
        "diversity": 0,
        "source_cap": 1,
    }


def test_the_floor_strikes_nothing_and_is_counted_before_copies_are_struck():
    known = facts(5, too_short=[4], copy=[0, 1, 2, 1, 3])
    lists = ([1, 2, 3, 4], [], [], [], [])
    outcome = outcome_of(lists, known, scores=[[0.9, 0.5, 0.4, 0.3], [], [], [], []], min_score=0.5)
    assert outcome.counts["below_min_score"] == 1  # 3, which is a copy too; 4 is too short
    assert kept(lists, outcome)[0] == [1, 2]
    # A score is compared in single precision, as a list's floor is.
    edge = outcome_of(([1], []), facts(2), scores=[[0.3], []], min_score=0.3)
    assert edge.counts["below_min_score"] == 0


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, [1, 2, 3, 4, 5, 6]), (1, [1, 3, 4, 6]), (2, [1, 2, 3, 4, 6]), (3, [1, 2, 3, 4, 5, 6])],
)
def test_of_one_source_only_the_first_so_many_stay(most, expected):
    # 1, 2 and 5 are of one source, 3 of another, 4 and 6 of none.
    seen = traits(7, source=[-1, 0, 0, 1, -1, 0, -1])
    known = facts(7, policy=Policy(max_per_source=most))
    lists = ([1, 2, 3, 4, 5, 6], [5], *[[]] * 5)
    outcome = outcome_of(lists, known, seen)
    assert kept(lists, outcome)[:2] == [expected, [5]]
    assert outcome.counts["source_cap"] == 6 - len(expected)


def test_the_cap_goes_by_the_final_order_and_past_what_is_struck():
    # 1 is a copy of the article; by time 3 comes before 2, and both are of its source.
    seen = traits(4, source=[-1, 0, 0, 0], days=[10, 10, 400, 10])
    known = facts(4, copy=[0, 0, 1, 2], policy=Policy(recency="around", max_per_source=1))
    lists = ([1, 2, 3], [], [], [])
    outcome = outcome_of(lists, known, seen, scores=[[0.9, 0.6, 0.5], [], [], []])
    assert kept(lists, outcome)[0] == [3]
    assert outcome.order.tolist() == [0, 2, 1]
    assert [STEP_NAMES[one] for one in outcome.verdicts] == ["copy_of_article", "kept", "source_cap"]


def test_an_empty_ranking_is_fine():
    policy = Policy(teasers="same_page", diversity=0.5, recency="around", max_per_source=1)
    outcome = outcome_of(([],), facts(1, policy=policy))
    assert (outcome.order.tolist(), outcome.verdicts.tolist()) == ([], [])
    assert set(outcome.counts.values()) == {0}


# Whatever the settings

POLICIES = st.builds(
    Policy,
    teasers=st.sampled_from(["always", "same_page", "never"]),
    languages=st.sampled_from(["any", "same"]),
    same_story=st.sampled_from(["collapse", "copies", "keep"]),
    rewordings_of_article=st.sampled_from(["keep", "drop"]),
    recency=st.sampled_from(["any", "around", "before", "after"]),
    recency_half_life_days=st.sampled_from([1.0, 14.0]),
    diversity=st.sampled_from([0.0, 0.1, 0.7, 1.0]),
    max_per_source=st.integers(0, 2),
)


@st.composite
def judged(draw):
    """Facts, traits, lists in score order, their scores, vectors and a floor."""
    n = draw(st.integers(1, 8))
    rows = st.lists(st.integers(0, n - 1), unique=True)
    copy = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    parents = draw(st.lists(st.integers(0, 2), min_size=5, max_size=5))
    known = facts(
        n,
        teaser=draw(rows),
        too_short=draw(rows),
        copy=copy,
        story=[parents[one] for one in copy],
        policy=draw(POLICIES),
    )
    few = st.lists(st.integers(-1, 1), min_size=n, max_size=n)
    seen = traits(
        n,
        language=draw(few),
        source=draw(few),
        days=draw(st.lists(st.none() | st.integers(0, 30), min_size=n, max_size=n)),
        source_lists=[[other for other in draw(rows) if other != row] for row in range(n)],
    )
    lists = [draw(st.permutations([other for other in range(n) if other != row])) for row in range(n)]
    levels = st.sampled_from([0.0, 0.2, 0.5, 0.7, 0.9, 1.0])
    scores = [sorted((draw(levels) for _ in listed), reverse=True) for listed in lists]
    vectors = np.random.default_rng(draw(st.integers(0, 99))).normal(size=(n, 3))
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return known, seen, lists, {"scores": scores, "unit": unit, "min_score": draw(levels)}


@given(judged())
@settings(deadline=None)
def test_verdicts_and_counts_agree_and_struck_pairs_keep_their_place(drawn):
    known, seen, lists, options = drawn
    outcome = outcome_of(lists, known, seen, **options)
    for number, name in enumerate(STEP_NAMES[1:], start=1):
        assert outcome.counts[name] == int((outcome.verdicts == number).sum())
    moved = outcome.order != np.arange(len(outcome.order))
    cap = STEP_NAMES.index("source_cap")  # is struck only where it stands in the final order
    assert set(outcome.verdicts[moved].tolist()) <= {KEPT, cap}
    offsets, _ = table_of(*lists)
    for start, end in pairwise(offsets):
        assert sorted(outcome.order[start:end].tolist()) == list(range(start, end))


@given(judged())
@settings(deadline=None)
def test_nothing_below_the_floor_stands_before_anything_that_reaches_it(drawn):
    known, seen, lists, options = drawn
    outcome = outcome_of(lists, known, seen, **options)
    scores = np.array([one for listed in options["scores"] for one in listed], dtype=np.float32)
    reaches = (scores >= np.float32(options["min_score"]))[outcome.order]
    offsets, _ = table_of(*lists)
    for start, end in pairwise(offsets):
        assert (np.diff(reaches[start:end].astype(int)) <= 0).all()


@given(judged())
@settings(deadline=None)
def test_without_recency_and_diversity_the_order_is_the_plain_one(drawn):
    known, seen, lists, options = drawn
    plain = replace(known, policy=replace(known.policy, recency="any", diversity=0.0))
    outcome = outcome_of(lists, plain, seen, **options)
    assert outcome.order.tolist() == list(range(len(outcome.order)))
    assert (outcome.counts["recency"], outcome.counts["diversity"]) == (0, 0)


@given(judged())
@settings(deadline=None)
def test_no_list_tells_one_report_twice_or_the_article_s_own(drawn):
    known, seen, lists, options = drawn
    for row, stays in enumerate(kept(lists, outcome_of(lists, known, seen, **options))):
        own = known.story if known.policy.rewordings_of_article == "drop" else known.copy
        assert own[row] not in own[stays]
        if known.policy.same_story != "keep":
            told = known.story if known.policy.same_story == "collapse" else known.copy
            assert len(set(told[stays].tolist())) == len(stays)


@given(judged())
@settings(deadline=None)
def test_another_floor_changes_no_verdict_but_the_cap_s_and_the_floor_alone_no_list(drawn):
    known, seen, lists, options = drawn
    uncapped = replace(known, policy=replace(known.policy, max_per_source=0))
    low, high = (
        kept(lists, outcome_of(lists, uncapped, seen, **options | {"min_score": floor})) for floor in (0, 1)
    )
    assert [sorted(one) for one in low] == [sorted(one) for one in high]


# A query that has no row of its own


@given(judged())
@settings(deadline=None)
def test_a_query_without_a_row_is_judged_as_an_article_without_links_language_or_date(drawn):
    known, _, lists, _ = drawn
    plain = replace(known.policy, recency="any", diversity=0.0, max_per_source=0)
    known = replace(known, policy=plain)
    expected = kept(lists, outcome_of(lists, known))
    for query, listed in enumerate(lists):
        if not known.too_short[query]:
            rows = np.array(listed, dtype=np.int32)
            stays = kept_for_query(rows, known, frozenset({query}))
            assert rows[stays].tolist() == expected[query]


def test_a_text_that_is_no_article_may_be_answered_with_any_article():
    rows = np.array([2, 0, 1], dtype=np.int32)
    assert kept_for_query(rows, facts(3, copy=[7, 7, 1])).tolist() == [True, True, False]


def test_what_a_query_names_does_not_come_back():
    rows = np.array([2, 0, 1, 3], dtype=np.int32)
    known = facts(4, copy=[0, 1, 0, 2], story=[0, 0, 0, 1])
    assert kept_for_query(rows, known, frozenset({0})).tolist() == [False, False, True, True]
