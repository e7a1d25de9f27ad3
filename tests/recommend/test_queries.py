"""Neighbours of a text and of several articles, worked out by hand from the words of `FakeEncoder`.

Vectors are the counts of the words storm, court, vote, rocket, goal, market and "none of them", scaled;
the mean is zero. With `FORMULA` a cosine of 1 scores 0.880797, of 0.8 0.768525, of 0.6 0.598688, of 0
0.119203.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recommender.article import Link
from recommender.errors import ArticleNotFound, OptionError
from recommender.policy import Policy
from recommender.recommend import Options, Recommender
from tests.fakes import FakeEncoder, make_article
from tests.snapshot.by_hand import ask, contents_of, publish

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
# The words make the unit vectors (1, 0), (0, 1), (0.6, 0.8), (0.8, 0.6) on the axes storm and court.
ARTICLES = [
    make_article("s", "storm", published_at=NOON),
    make_article("c", "court", published_at=NOON + DAY),
    make_article("sc", "storm " * 3 + "court " * 4, published_at=NOON - DAY),
    make_article("ss", "storm " * 4 + "court " * 3, published_at=NOON + 3 * DAY),
    make_article("r", "rocket"),
]
ONE, MOST, SOME, NONE = 0.880797, 0.768525, 0.598688, 0.119203
ALL = Options(min_score=0)


def recommender_of(tmp_path, articles=ARTICLES, **options):
    return Recommender(publish(tmp_path, contents_of(articles, **options)))


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    return recommender_of(tmp_path_factory.mktemp("index"))


def scores(found) -> dict[str, float]:
    return {item.id: item.score for item in found}


def of_text(recommender, text: str, **asked):
    """The list of a text whose title says nothing to the encoder."""
    return recommender.similar_to_text("A draft so far", text, FakeEncoder().encode([text])[0], **asked)


# A text


def test_a_text_s_neighbours_are_scored_by_the_same_formula(recommender):
    found = of_text(recommender, "storm", now=NOON, options=ALL)
    assert [(item.id, item.score) for item in found] == [
        ("s", ONE),
        ("ss", MOST),
        ("sc", SOME),
        ("c", NONE),
        ("r", NONE),
    ]


def test_the_floor_holds_for_a_text_too(recommender):
    found = of_text(recommender, "storm", now=NOON)
    assert list(scores(found)) == ["s", "ss", "sc"]


def test_max_age_counts_from_now_for_a_text(recommender):
    options = Options(min_score=0, max_age_days=2)
    found = of_text(recommender, "court", now=NOON + 3 * DAY, options=options)
    assert list(scores(found)) == ["c", "ss"]


def test_a_text_about_nothing_known_is_answered_with_nothing(recommender):
    found = of_text(recommender, "honey bees here", now=NOON)
    assert (len(found), found.abstained, found.reason) == (0, True, "too_few_articles")


def test_an_article_s_own_vector_has_its_stored_list_beside_itself(recommender):
    for row, article_id in enumerate(recommender.snapshot.ids):
        found = ask(recommender, row, now=NOON, options=ALL)
        stored = recommender.similar(article_id, ALL)
        rest = [(item.id, item.score) for item in found if item.id != article_id]
        assert rest == [(item.id, item.score) for item in stored]
        assert scores(found)[article_id] == ONE


@pytest.mark.parametrize(
    ("teasers", "expected"), [("always", {"s", "Linked"}), ("same_page", {"s"}), ("never", {"s"})]
)
def test_no_page_of_a_text_could_have_linked_to_a_teaser(tmp_path, teasers, expected):
    page = replace(ARTICLES[0], links=(Link("Linked", "storm storm", id="Linked"),))
    recommender = recommender_of(tmp_path, [page], policy=Policy(teasers=teasers))
    found = of_text(recommender, "storm", now=NOON, options=ALL)
    assert set(scores(found)) == expected


def test_of_copies_a_text_is_answered_with_the_newest(tmp_path):
    days = {"a": 0, "b": 2, "c": 1}
    articles = [make_article(name, "storm " * 30, published_at=NOON + days[name] * DAY) for name in days]
    found = of_text(recommender_of(tmp_path, articles), "storm", now=NOON, options=ALL)
    assert list(scores(found)) == ["b"]


# Several articles


def test_of_several_the_mean_of_the_scores_counts(recommender):
    found = recommender.similar_to_several(["s", "c"], options=ALL)
    assert [(item.id, item.score) for item in found] == [
        ("ss", pytest.approx((MOST + SOME) / 2, abs=1e-6)),
        ("sc", pytest.approx((SOME + MOST) / 2, abs=1e-6)),
        ("r", NONE),
    ]


def test_negatives_are_taken_off_and_clipped_at_zero(recommender):
    found = recommender.similar_to_several(["s"], ["c"], ALL)
    assert [(item.id, item.score) for item in found] == [
        ("ss", pytest.approx(MOST - SOME, abs=1e-6)),
        ("sc", 0),
        ("r", 0),
    ]


def test_of_several_negatives_the_mean_is_taken_off(recommender):
    found = recommender.similar_to_several(["s"], ["c", "r"], ALL)
    assert scores(found) == {
        "ss": pytest.approx(MOST - (SOME + NONE) / 2, abs=1e-6),
        "sc": pytest.approx(SOME - (MOST + NONE) / 2, abs=1e-6),
    }


def test_one_alone_has_its_stored_list(recommender):
    for article_id in recommender.snapshot.ids:
        found = recommender.similar_to_several([article_id], options=ALL)
        assert scores(found) == scores(recommender.similar(article_id, ALL))


def test_an_article_named_twice_counts_once(recommender):
    once = recommender.similar_to_several(["s", "c"], ["r"], ALL)
    twice = recommender.similar_to_several(["s", "c", "s", "s"], ["r", "r"], ALL)
    assert scores(twice) == scores(once)


def test_each_of_several_has_the_list_of_its_own(recommender):
    found = list(recommender.similar_to_each(["s", "gone", "c", "s"], Options(exclude=("sc",), min_score=0)))
    assert isinstance(found[1], ArticleNotFound)
    for place, article_id in ((0, "s"), (2, "c"), (3, "s")):
        own = recommender.similar(article_id, exclude=("sc",), min_score=0)
        assert (found[place].id, scores(found[place])) == (article_id, scores(own))


def test_neither_those_named_nor_their_copies_come_back(tmp_path):
    body, other = "storm " * 30, "court " * 30
    articles = [make_article("a", body), make_article("a-copy", body), make_article("n", other)]
    articles += [make_article("n-copy", other), make_article("rest", "storm court")]
    found = recommender_of(tmp_path, articles).similar_to_several(["a"], ["n"], ALL)
    assert list(scores(found)) == ["rest"]


def test_max_age_counts_from_the_newest_of_several(recommender):
    options = Options(min_score=0, max_age_days=1)
    assert list(scores(recommender.similar_to_several(["s", "r"], options=options))) == ["ss", "sc", "c"]
    assert list(scores(recommender.similar_to_several(["s", "c"], options=options))) == ["ss"]
    assert len(recommender.similar_to_several(["r"], options=options)) == 0


def test_several_too_short_texts_have_no_list(tmp_path):
    articles = [*ARTICLES, make_article("v", title="Video"), make_article("w", title="Live")]
    recommender = recommender_of(tmp_path, articles)
    assert recommender.similar_to_several(["v", "w"], options=ALL).reason == "text_too_short"
    assert len(recommender.similar_to_several(["v", "s"], options=ALL)) == 4


def test_ids_are_looked_up_in_nfc(tmp_path):
    recommender = recommender_of(tmp_path, [make_article("caf\u00e9", "storm"), ARTICLES[2]])
    assert list(scores(recommender.similar_to_several(["cafe\u0301"], options=ALL))) == ["sc"]


def test_an_unknown_id_among_several_is_named(recommender):
    for ids, negative in ((["s", "gone"], []), (["s"], ["gone"])):
        with pytest.raises(ArticleNotFound, match="'gone'"):
            recommender.similar_to_several(ids, negative)


def test_several_are_at_least_one(recommender):
    with pytest.raises(OptionError, match="at least one") as caught:
        recommender.similar_to_several([], ["s"])
    assert caught.value.name == "ids"
