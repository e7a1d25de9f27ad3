"""What holds for every list where all four pieces of evidence speak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.corpus import assemble
from recommender.policy import Policy
from recommender.rebuild import publish_corpus
from recommender.recommend import MAX_LIMIT, Options, Recommender
from recommender.settings import load
from recommender.statistics import packaged_background
from tests.conftest import NOW
from tests.fakes import FakeEncoder
from tests.news import FOUR, NOON, news, newsrooms
from tests.recommend.test_properties import filters, floors, is_subsequence, pairs
from tests.snapshot.by_hand import ask, contents_of, publish

NEWS = [article.id for article in news()]
ids = st.sampled_from(NEWS)
POLICIES = {
    "plain": Policy(diversity=0),
    "default": Policy(),
    "all": Policy(recency="before", recency_half_life_days=3, diversity=0.3, max_per_source=9),
}


def made(directory, articles, policy=POLICIES["default"]) -> Recommender:
    contents = contents_of(
        articles, formula=FOUR, policy=policy, fitted=True, background=packaged_background()
    )
    return Recommender(publish(directory, contents, formula=FOUR))


@pytest.fixture(scope="module", params=list(POLICIES))
def recommender(request, tmp_path_factory):
    return made(tmp_path_factory.mktemp("index"), list(news()), POLICIES[request.param])


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return made(tmp_path_factory.mktemp("index"), list(news()), POLICIES["plain"])


def every_list(recommender, article_id, options):
    """Each way in which a list that goes with an article is handed out."""
    row = recommender.row(article_id)
    yield recommender.similar(article_id, options)
    yield recommender.similar_to_several([article_id, "news-01"], ["news-02"], options)
    yield ask(recommender, row, now=NOON, options=options)


@given(ids, filters, floors)
@settings(deadline=None)
def test_options_only_leave_out_and_change_no_score(recommender, article_id, options, floor):
    unlimited = Options(limit=MAX_LIMIT, min_score=0)
    chosen = Options(limit=MAX_LIMIT, min_score=floor, **options)
    for everything, found in zip(
        every_list(recommender, article_id, unlimited),
        every_list(recommender, article_id, chosen),
        strict=True,
    ):
        assert is_subsequence(pairs(found), pairs(everything))
        assert all(score >= np.float32(floor) for score in np.float32(found.scores))


@given(ids, filters, floors, floors)
@settings(deadline=None)
def test_a_higher_floor_or_one_more_filter_gives_a_subsequence(recommender, article_id, options, one, other):
    low, high = sorted((one, other))
    longer = recommender.similar(article_id, limit=MAX_LIMIT, min_score=low)
    for shorter in (
        recommender.similar(article_id, limit=MAX_LIMIT, min_score=high),
        recommender.similar(article_id, limit=MAX_LIMIT, min_score=low, **options),
        recommender.similar(article_id, limit=MAX_LIMIT, min_score=high, **options),
    ):
        assert is_subsequence(pairs(shorter), pairs(longer))


@given(ids, filters, st.none() | floors)
@settings(deadline=None)
def test_no_list_holds_the_article_or_a_copy_of_it(recommender, article_id, options, floor):
    found = recommender.similar(article_id, limit=MAX_LIMIT, min_score=floor, **options)
    facts, row = recommender.snapshot.facts, recommender.row(article_id)
    assert row not in found.rows
    assert facts.copy[row] not in facts.copy[list(found.rows)]
    # ... and one report stands in it once.
    stories = facts.story[list(found.rows)].tolist()
    assert len(set(stories)) == len(stories)


def test_there_are_copies_that_could_have_been_listed(plain):
    """The control: the copies are candidates, and the best there are."""
    row, other = plain.row("copy-1"), plain.row("again-1")
    assert plain.snapshot.facts.copy[row] == plain.snapshot.facts.copy[other]
    assert plain.listed(row, limit=1, min_score=0, policy=False)[0] == (other,)
    assert "again-1" not in [item.id for item in plain.similar("copy-1", min_score=0, limit=50)]


@given(ids, floors)
@settings(deadline=None)
def test_without_diversity_and_recency_the_order_is_the_plain_one(plain, article_id, floor):
    """Score, then newer, then id: the bare ranking with the struck ones left out."""
    row = plain.row(article_id)
    shown = pairs(plain.similar(article_id, limit=MAX_LIMIT, min_score=floor))
    bare = list(zip(*plain.listed(row, limit=100, min_score=floor, policy=False), strict=True))
    assert is_subsequence(shown, bare)
    snapshot = plain.snapshot
    key = [(-score, -int(snapshot.published[one]), snapshot.ids.id(one)) for one, score in shown]
    assert key == sorted(key)


def test_diversity_and_recency_do_make_another_order(plain, tmp_path):
    for number, policy in enumerate(
        (Policy(diversity=0.5), Policy(diversity=0, recency="around", recency_half_life_days=1))
    ):
        other = made(tmp_path / str(number), list(news()), policy)
        lists = [
            [one.listed(row, limit=MAX_LIMIT, min_score=0) for row in range(len(NEWS))]
            for one in (plain, other)
        ]
        assert lists[0] != lists[1]
        # The same stories with the same scores, as far as both strike nothing.
        assert [set(zip(*one, strict=True)) for one in lists[0]] == [
            set(zip(*one, strict=True)) for one in lists[1]
        ]


def by_id(recommender) -> dict[str, list[list[tuple[str, float | None]]]]:
    """Each article's list as it is shown without a floor, and its bare ranking."""
    ids = recommender.snapshot.ids
    return {
        one: [
            [
                (ids.id(other), score)
                for other, score in zip(
                    *recommender.listed(row, limit=100, min_score=0, policy=policy), strict=True
                )
            ]
            for policy in (True, False)
        ]
        for row, one in enumerate(ids)
    }


@given(st.permutations(list(news())), st.sampled_from(list(POLICIES)))
@settings(deadline=None, max_examples=8)
def test_the_order_of_the_input_makes_no_difference(tmp_path_factory, articles, name):
    one, other = (
        made(tmp_path_factory.mktemp("index"), some, POLICIES[name]) for some in (list(news()), articles)
    )
    assert by_id(one) == by_id(other)
    for article_id in NEWS[:5]:
        lists = [
            [
                (item.id, item.score)
                for found in every_list(found, article_id, Options(limit=MAX_LIMIT))
                for item in found
            ]
            for found in (one, other)
        ]
        assert lists[0] == lists[1]


@given(st.data(), newsrooms)
@settings(deadline=None, max_examples=20)
def test_nor_where_many_are_equally_near(tmp_path_factory, data, articles):
    turned = data.draw(st.permutations(articles))
    one, other = (made(tmp_path_factory.mktemp("index"), some) for some in (articles, turned))
    assert by_id(one) == by_id(other)


def test_nor_in_a_build(tmp_path):
    articles = list(news())
    found = []
    for number, some in enumerate((articles, articles[::-1], articles[7:] + articles[:7])):
        index = load({"index": tmp_path / str(number)}, environ={})
        snapshot = publish_corpus(assemble(some), index, now=NOW, encoder=FakeEncoder(), formula=FOUR)
        found.append(by_id(Recommender(snapshot)))
    assert found[0] == found[1] == found[2]
    assert sum(len(shown) for shown, _ in found[0].values()) > 500
