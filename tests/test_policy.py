"""Each step of the policy on a ranking written down by hand, and the policy as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.policy import (
    KEPT,
    STEP_NAMES,
    STEPS,
    Facts,
    Pairs,
    apply,
    exact_copy,
    facts_of,
    kept_for_query,
    text_too_short,
    unwanted_teaser,
)
from recommender.scoring import Ranking
from tests.fakes import make_article

BODY = " ".join(f"word{number}" for number in range(30))


def ranking_of(*lists: Sequence[int]) -> Ranking:
    rows = np.array([row for listed in lists for row in listed], dtype=np.int32)
    scores = np.linspace(1, 0, len(rows), dtype=np.float32)
    return Ranking(np.cumsum([0, *map(len, lists)], dtype=np.int64), rows, scores, scores)


def pairs_of(*lists: Sequence[int]) -> Pairs:
    ranking = ranking_of(*lists)
    return Pairs(ranking.queries(), ranking.rows)


def facts(
    n: int,
    *,
    teaser: Sequence[int] = (),
    too_short: Sequence[int] = (),
    story: Sequence[int] | None = None,
    source_lists: Sequence[Sequence[int]] = (),
    teasers: str = "always",
) -> Facts:
    return Facts(
        teaser=np.isin(np.arange(n), teaser),
        too_short=np.isin(np.arange(n), too_short),
        story=np.array(range(n) if story is None else story, dtype=np.int32),
        source_lists=source_lists or [()] * n,
        teasers=teasers,
    )


def kept(ranking: Ranking, known: Facts) -> list[list[int]]:
    verdicts, _ = apply(ranking, known)
    return [
        ranking.rows[start:end][verdicts[start:end] == KEPT].tolist()
        for start, end in pairwise(ranking.offsets)
    ]


# Text too short


def test_a_short_text_is_neither_given_a_list_nor_listed():
    found = text_too_short(pairs_of([1, 2], [0, 2], [0, 1]), facts(3, too_short=[1]))
    assert found.tolist() == [True, False, True, True, False, True]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("", "one two", True),
        ("Video", "", True),
        ("Live updates", "", True),
        ("Live updates", "today", False),
        ("", "one two three", False),
        (" One ", "\n two \t", True),
        ("One two three", "", False),
        ("One two three", "and more", False),
        ("Untersuchungsausschussvorsitzender", "", False),
        ("首相は国会で予算案の審議を始めると述べた。", "", False),
        ("速報", "", True),
        ("習近平主席", "访问哈萨克斯坦并会见总统", False),
    ],
)
def test_fewer_than_three_words_and_twenty_characters_are_too_short(title, text, expected):
    assert facts_of([make_article("a", text, title=title)], [()], "always").too_short.tolist() == [expected]


# Teasers


@pytest.mark.parametrize(
    ("teasers", "expected"),
    [
        ("always", [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]),
        # Article 0's page linked to 2, article 1's to 3.
        ("same_page", [[1, 2], [0, 3], [0, 1], [0, 1]]),
        ("never", [[1], [0], [0, 1], [0, 1]]),
    ],
)
def test_teasers_by_the_setting(teasers, expected):
    known = facts(4, teaser=[2, 3], source_lists=[(2,), (3, 0), (), ()], teasers=teasers)
    ranking = ranking_of([1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2])
    assert kept(ranking, known) == expected


def test_a_link_to_a_full_article_makes_no_teaser_of_it():
    known = facts(3, teaser=[2], source_lists=[(1,), (), ()], teasers="same_page")
    assert unwanted_teaser(pairs_of([1, 2], [], []), known).tolist() == [False, True]


def test_a_page_without_links_gets_no_teaser_of_another_page():
    known = facts(3, teaser=[1, 2], teasers="same_page")
    assert unwanted_teaser(pairs_of([1, 2], [2], []), known).tolist() == [True, True, True]


# Exact copies


def test_copies_of_the_article_itself_are_struck():
    found = exact_copy(pairs_of([1, 2, 3], [], [], []), facts(4, story=[5, 5, 1, 5]))
    assert found.tolist() == [True, False, True]


def test_of_copies_among_the_candidates_the_best_stays():
    found = exact_copy(pairs_of([3, 1, 2, 4], [], [], [], []), facts(5, story=[0, 1, 1, 1, 2]))
    assert found.tolist() == [False, True, True, False]


def test_each_list_has_its_own_copy():
    found = exact_copy(pairs_of([2], [3, 2], [0, 1], [1, 0]), facts(4, story=[0, 1, 2, 2]))
    assert found.tolist() == [False, False, True, False, False, False, False]


def test_a_struck_teaser_does_not_take_its_copy_along():
    known = facts(3, teaser=[1], story=[0, 1, 1], teasers="never")
    assert kept(ranking_of([1, 2], [], []), known)[0] == [2]


def copies(*articles) -> bool:
    story = facts_of(articles, [()] * len(articles), "always").story
    return len(set(story.tolist())) == 1


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Same", BODY), ("Another title", BODY), True),
        (("Same", BODY), ("Same", BODY + " more"), False),
        (("Same", BODY), ("Same", BODY.upper().replace(" ", "\n\n ")), True),
        (("Same", BODY + " caf\u00e9"), ("Same", BODY + " cafe\u0301"), True),
        # Boilerplate: as the only text of two articles it says nothing of their being the same.
        (("A storm nears", "Subscribe to read on."), ("A court sits", "Subscribe to read on."), False),
        (("A storm nears", "Subscribe to read on."), ("A  STORM nears", "subscribe to read on."), True),
        (("A storm nears", ""), ("A court sits", ""), False),
        (("A storm nears", ""), ("A storm nears", ""), True),
        (("A storm", "nears"), ("A", "storm nears"), False),
    ],
)
def test_what_counts_as_a_copy(one, other, expected):
    articles = [make_article(str(row), text, title=title) for row, (title, text) in enumerate([one, other])]
    assert copies(*articles) is expected


def test_thirty_words_are_enough_to_know_a_body_by():
    shorter = BODY.rsplit(" ", 1)[0]
    assert copies(make_article("a", BODY, title="One"), make_article("b", BODY, title="Two"))
    assert not copies(make_article("a", shorter, title="One"), make_article("b", shorter, title="Two"))


# The policy as a whole


def test_a_verdict_names_the_first_step_that_struck():
    known = facts(5, teaser=[1, 2], too_short=[1], story=[0, 1, 2, 0, 4], teasers="never")
    verdicts, struck = apply(ranking_of([1, 2, 3, 4], [], [], [], []), known)
    assert [STEP_NAMES[verdict] for verdict in verdicts] == [
        "text_too_short",
        "unwanted_teaser",
        "exact_copy",
        "kept",
    ]
    assert struck == {"text_too_short": 1, "unwanted_teaser": 1, "exact_copy": 1}
    assert verdicts.dtype == np.uint8


def test_steps_that_strike_nothing_are_counted_too():
    verdicts, struck = apply(ranking_of([1], [0]), facts(2))
    assert verdicts.tolist() == [KEPT, KEPT]
    assert struck == {step.__name__: 0 for step in STEPS}


def test_an_empty_ranking_is_fine():
    verdicts, struck = apply(ranking_of([]), facts(1, teasers="same_page"))
    assert verdicts.tolist() == []
    assert sum(struck.values()) == 0


def test_without_steps_everything_stays():
    verdicts, struck = apply(ranking_of([1], [0]), facts(2, too_short=[0]), steps=())
    assert verdicts.tolist() == [KEPT, KEPT]
    assert struck == {}


@st.composite
def known_facts(draw):
    n = draw(st.integers(1, 8))
    rows = st.lists(st.integers(0, n - 1), unique=True)
    return facts(
        n,
        teaser=draw(rows),
        too_short=draw(rows),
        story=draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)),
        source_lists=[[other for other in draw(rows) if other != row] for row in range(n)],
        teasers=draw(st.sampled_from(["always", "same_page", "never"])),
    )


@st.composite
def judged(draw):
    known = draw(known_facts())
    n = len(known.story)
    lists = [draw(st.permutations([other for other in range(n) if other != row])) for row in range(n)]
    return known, lists


@given(judged())
@settings(deadline=None)
def test_steps_only_strike_and_the_counts_add_up(drawn):
    known, lists = drawn
    ranking = ranking_of(*lists)
    verdicts, struck = apply(ranking, known)
    for listed, stays in zip(lists, kept(ranking, known), strict=True):
        assert stays == [row for row in listed if row in stays]
    assert list(struck.values()) == [int((verdicts == number).sum()) for number in range(1, len(STEP_NAMES))]


@given(judged())
@settings(deadline=None)
def test_no_list_holds_two_copies_or_one_of_its_article(drawn):
    known, lists = drawn
    for row, stays in enumerate(kept(ranking_of(*lists), known)):
        stories = [int(known.story[row]), *known.story[stays].tolist()]
        assert len(stories) == len(set(stories))


@given(judged())
@settings(deadline=None)
def test_a_query_without_a_row_is_judged_as_an_article_without_links(drawn):
    known, lists = drawn
    unlinked = facts(
        len(lists),
        teaser=np.flatnonzero(known.teaser),
        too_short=np.flatnonzero(known.too_short),
        story=known.story,
        teasers=known.teasers,
    )
    expected = kept(ranking_of(*lists), unlinked)
    for query, listed in enumerate(lists):
        if not known.too_short[query]:
            rows = np.array(listed, dtype=np.int32)
            stays = kept_for_query(rows, unlinked, frozenset({query}))
            assert rows[stays].tolist() == expected[query]


def test_a_text_that_is_no_article_may_be_answered_with_any_article():
    rows = np.array([2, 0, 1], dtype=np.int32)
    assert kept_for_query(rows, facts(3, story=[7, 7, 1])).tolist() == [True, True, False]
