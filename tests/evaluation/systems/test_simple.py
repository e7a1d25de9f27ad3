"""Chance, the newest and the page's own list, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from recommender.article import Link
from recommender.corpus import assemble
from recommender.evaluation.systems import NotApplicable
from recommender.evaluation.systems.simple import Newest, Random, SourceLists
from tests.fakes import make_article

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DATED = assemble(
    [
        make_article("old", published_at=NOON - 400 * DAY),
        make_article("undated"),
        make_article("b", published_at=NOON),
        make_article("new", published_at=NOON + DAY),
        make_article("a", published_at=NOON.astimezone(timezone(5 * timedelta(hours=1)))),
    ]
)
PAIR = (np.array([0]), np.array([1]))


def docs(system, corpus, depth=10):
    run = system.fit(corpus).run(range(len(corpus)), depth)
    return {query: "".join(f"{doc} " for doc in run.docs(query)).strip() for query in run.lists}


# Random


def test_random_lists_all_others_and_a_seed_settles_it():
    first = docs(Random(3), DATED)
    assert {query: sorted([query, *listed.split()]) for query, listed in first.items()} == {
        query: sorted(DATED.ids) for query in DATED.ids
    }
    assert first == docs(Random(3), DATED)
    assert first != docs(Random(4), DATED)


def test_a_random_list_depends_on_seed_and_row_alone():
    ranker = Random(3).fit(DATED)
    together = ranker.run(range(5), 10).lists
    assert ranker.run([4, 2], 10).lists == {query: together[query] for query in ("a", "b")}
    expected = np.random.default_rng([3, 2]).random(5)
    assert dict(together["b"]) == {DATED.ids.id(row): expected[row] for row in (0, 1, 3, 4)}


def test_random_prefers_nobody():
    corpus = assemble([make_article(str(number)) for number in range(400)])
    run = Random(1).fit(corpus).run(range(400), 10)
    placed = np.array([[int(doc) for doc in run.docs(str(query))] for query in range(400)])
    times = np.bincount(placed.ravel(), minlength=400)
    # Ten a list on average, with a standard deviation of three; by chance alone none has thirty.
    assert 0 < times.min() <= times.max() < 30
    assert abs(placed.mean() - 199.5) < 10  # standard error 1.8


def test_random_scores_pairs_too():
    (score,) = Random(3).fit(DATED).score_pairs(*PAIR)
    drawn = [np.random.default_rng([3, row]).random(5) for row in (0, 1)]
    assert score == (drawn[0][1] + drawn[1][0]) / 2


# Newest


def test_newest_first_ties_by_id_undated_never():
    assert docs(Newest(), DATED) == {
        "old": "new a b",
        "undated": "new a b old",
        "b": "new a old",
        "new": "a b old",
        "a": "new b old",
    }
    assert docs(Newest(), DATED, 1) == {"old": "new", "undated": "new", "b": "new", "new": "a", "a": "new"}


def test_newest_scores_are_seconds():
    (listed,) = Newest().fit(DATED).run([0], 1).lists.values()
    assert listed == (("new", (NOON + DAY).timestamp()),)


def test_newest_needs_a_date():
    with pytest.raises(NotApplicable, match=r"^no article has a date$"):
        Newest().fit(assemble([make_article("a"), make_article("b")]))


def test_newest_makes_lists_alone():
    with pytest.raises(NotApplicable, match="a date does not say how alike"):
        Newest().fit(DATED).score_pairs(*PAIR)


# The page's own list

LINKED = assemble(
    [
        make_article(
            "page",
            url="https://post.example/page",
            links=(
                Link("Teaser", "only a snippet", id="t"),
                Link("Second", id="second"),
                Link("The page itself", url="https://post.example/page"),
                Link("Second again", id="second"),
                Link("Third", id="third"),
            ),
        ),
        make_article("second"),
        make_article("third", links=(Link("Page", id="page"),)),
    ]
)


def test_the_page_s_own_list_in_page_order():
    assert docs(SourceLists(), LINKED) == {"page": "t second third", "t": "", "second": "", "third": "page"}


def test_the_score_of_a_link_is_its_place_with_a_minus():
    run = SourceLists().fit(LINKED).run([0, 2], 2)
    assert run.system == "source"
    assert run.lists == {"page": (("t", -1.0), ("second", -2.0)), "second": ()}


def test_the_page_s_own_list_needs_a_page_with_one():
    with pytest.raises(NotApplicable, match=r"^no article's page has a list of its own$"):
        SourceLists().fit(DATED)


def test_the_page_s_own_list_makes_lists_alone():
    with pytest.raises(NotApplicable, match="a page's list does not say how alike"):
        SourceLists().fit(LINKED).score_pairs(*PAIR)


def test_rows_outside_the_corpus_are_refused():
    for row in (-1, 4):
        with pytest.raises(IndexError):
            SourceLists().fit(LINKED).run([row], 3)
