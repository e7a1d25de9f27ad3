"""Each step that strikes pairs, on lists written down by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.policy import (
    Policy,
    copy_of_article,
    is_too_short,
    language_of,
    other_language,
    same_story,
    text_too_short,
    traits_of,
    unwanted_teaser,
    wrong_time,
)
from tests.fakes import make_article
from tests.policy.rankings import facts, kept, outcome_of, pairs_of, traits

# Text too short


def test_a_short_text_is_neither_given_a_list_nor_listed():
    found = text_too_short(pairs_of([1, 2], [0, 2], [0, 1]), facts(3, too_short=[1]), traits(3))
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
    assert is_too_short(title, text) is expected


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
    lists = ([1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2])
    known = facts(4, teaser=[2, 3], policy=Policy(teasers=teasers))
    seen = traits(4, source_lists=[(2,), (3, 0), (), ()])
    assert kept(lists, outcome_of(lists, known, seen)) == expected


def test_a_link_to_a_full_article_makes_no_teaser_of_it():
    known = facts(3, teaser=[2], policy=Policy(teasers="same_page"))
    found = unwanted_teaser(pairs_of([1, 2], [], []), known, traits(3, source_lists=[(1,), (), ()]))
    assert found.tolist() == [False, True]


def test_a_page_without_links_gets_no_teaser_of_another_page():
    known = facts(3, teaser=[1, 2], policy=Policy(teasers="same_page"))
    assert unwanted_teaser(pairs_of([1, 2], [2], []), known, traits(3)).tolist() == [True, True, True]


# Languages


@pytest.mark.parametrize(
    ("languages", "expected"), [("any", [False] * 6), ("same", [False, True, False, True, False, False])]
)
def test_another_language_is_struck_where_only_the_article_s_own_is_wanted(languages, expected):
    # 0 and 1 are in one language, 2 in another, 3 in none that is known.
    known = facts(4, policy=Policy(languages=languages))
    found = other_language(pairs_of([1, 2, 3], [2], [], [0, 2]), known, traits(4, language=[0, 0, 1, -1]))
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", "en"), ("en-GB", "en"), ("PT_br", "pt"), (" de ", "de"), ("", None), ("-", None), (None, None)],
)
def test_a_language_is_compared_without_its_region(tag, expected):
    assert language_of(tag) == expected


def test_articles_of_one_language_or_source_share_a_code():
    articles = [
        make_article("a", language="en-GB", source="Post"),
        make_article("b", language="en", source="Caf\u00e9"),
        make_article("c", language="de", source="Cafe\u0301"),
        make_article("d"),
    ]
    found = traits_of(articles, [()] * 4, np.zeros((0, 2), dtype=np.int64))
    assert found.language.tolist() == [0, 0, 1, -1]
    assert found.source.tolist() == [0, 1, 1, -1]


# Before and after


@pytest.mark.parametrize(
    ("recency", "expected"),
    [
        ("any", [False] * 4),
        ("around", [False] * 4),
        ("before", [False, False, True, False]),
        ("after", [True, False, False, False]),
    ],
)
def test_what_lies_on_the_wrong_side_of_the_article_s_date_is_struck(recency, expected):
    # Of the article's four candidates one is older, one of the same moment, one newer, one undated.
    pairs = pairs_of([1, 2, 3, 4], [], [], [], [])
    seen = traits(5, days=[10, 3, 10, 11, None])
    assert wrong_time(pairs, facts(5, policy=Policy(recency=recency)), seen).tolist() == expected


@pytest.mark.parametrize("recency", ["before", "after"])
def test_nothing_is_too_early_or_too_late_for_an_undated_article(recency):
    pairs = pairs_of([1, 2], [], [])
    seen = traits(3, days=[None, 1, 2])
    assert not wrong_time(pairs, facts(3, policy=Policy(recency=recency)), seen).any()


# Copies of the article, and one report told twice


def test_copies_of_the_article_itself_are_struck():
    known = facts(4, copy=[5, 5, 1, 5])
    assert copy_of_article(pairs_of([1, 2, 3], [], [], []), known, traits(4)).tolist() == [True, False, True]
    # Copies of one another though each is of another group, from either side.
    apart = traits(4, alike=[(2, 0)])
    assert copy_of_article(pairs_of([1, 2, 3], [], [0], []), known, apart).tolist() == [
        True,
        True,
        True,
        True,
    ]
    assert copy_of_article(pairs_of([2], [2], [], []), known, apart).tolist() == [True, False]


@pytest.mark.parametrize(("setting", "expected"), [("keep", [True, False]), ("drop", [True, True])])
def test_rewordings_of_the_article_itself_go_by_the_setting(setting, expected):
    known = facts(3, copy=[0, 0, 1], story=[0, 0, 0], policy=Policy(rewordings_of_article=setting))
    assert copy_of_article(pairs_of([1, 2], [], []), known, traits(3)).tolist() == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("collapse", [False, True, True, False, True]),
        ("copies", [False, False, True, False, False]),
        ("keep", [False] * 5),
    ],
)
def test_of_one_report_the_best_scored_stays(setting, expected):
    # 3 and 2 are copies, 1 their rewording; 4 is reworded by 5.
    known = facts(6, copy=[0, 1, 2, 2, 3, 4], story=[0, 1, 1, 1, 2, 2], policy=Policy(same_story=setting))
    assert same_story(pairs_of([3, 1, 2, 4, 5], *[[]] * 5), known, traits(6)).tolist() == expected


def test_of_rewordings_of_the_article_one_stays_too():
    known = facts(4, story=[0, 0, 0, 1])
    lists = ([2, 1, 3], [], [], [])
    assert kept(lists, outcome_of(lists, known)) == [[2, 3], [], [], []]


def test_each_list_has_its_own_copy():
    known = facts(4, copy=[0, 1, 2, 2])
    lists = ([2], [3, 2], [0, 1], [1, 0])
    assert kept(lists, outcome_of(lists, known)) == [[2], [3], [0, 1], [1, 0]]


def test_what_a_filter_struck_does_not_take_its_copy_along():
    lists = ([1, 2], [], [])
    unwanted = facts(3, teaser=[1], copy=[0, 1, 1], policy=Policy(teasers="never"))
    assert kept(lists, outcome_of(lists, unwanted))[0] == [2]
    late = replace(unwanted, policy=Policy(recency="before"))
    assert kept(lists, outcome_of(lists, late, traits(3, days=[5, 6, 4])))[0] == [2]
    assert np.array_equal(late.copy, unwanted.copy)
