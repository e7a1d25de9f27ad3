"""What one pair's score is made of, and what keeps a story out of a list, worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp, log, log1p
from random import Random

import numpy as np
import pytest

from recommender.errors import ArticleNotFound, OptionError
from recommender.neighbourhood import Closeness
from recommender.overlay import Overlay
from recommender.policy import STEP_NAMES, Policy
from recommender.recommend import KeptOut, Recommender
from recommender.recommend.absence import _STEPS
from tests.fakes import make_article
from tests.snapshot.by_hand import FORMULA, contents_of, publish
from tests.test_rules import block, pin

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
WHOLE = replace(FORMULA, closeness=Closeness(1, 2), lead=2, lexical=3, neighbours=1.5, names=0.5)
# Thirty articles, of which two tell of Tonga and three of Suva: enough that a word that three have is rare.
NEWS = [
    make_article(
        *("one", "storm storm storm storm court court court we saw Tonga then Suva"),
        title="",
        section="World",
        source="Post",
        published_at=NOON,
    ),
    make_article(
        *("two", "storm it was Tonga or Suva"),
        title="",
        section="World",
        source="Wire",
        published_at=NOON - timedelta(hours=30),
    ),
    make_article("three", "goal where Suva lies", title=""),
    *(make_article(f"more-{n:02}", f"rocket filler{n} number{n}", title="") for n in range(27)),
]
LONG = "storm court vote " * 12
ARTICLES = [
    make_article("q", "storm"),
    make_article("first", LONG),
    make_article("copy", LONG),
    make_article("video", title="Video"),
    make_article("low", "rocket"),
    make_article("away", "goal"),
    *(make_article(f"more-{n:02}", "storm court") for n in range(12)),
]
LISTS = {
    "q": [
        *(("first", 0.9), ("copy", 0.89), ("video", 0.88)),
        *((f"more-{n:02}", round(0.8 - n / 100, 2)) for n in range(12)),
        ("low", 0.2),
    ],
    "first": [("copy", 0.95), ("q", 0.9)],
}


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    contents = contents_of(NEWS, formula=WHOLE)
    return Recommender(publish(tmp_path_factory.mktemp("news"), contents, formula=WHOLE))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    policy = Policy(diversity=0)
    return publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES, LISTS, policy=policy))


@pytest.fixture
def under(snapshot):
    """A recommender under rules: ``under(rule, …, takedowns=(…), min_best=…)``."""

    def recommender(*rules, takedowns=(), **floor):
        return Recommender(snapshot, Overlay(1, frozenset(takedowns), rules), **floor)

    return recommender


# The score


def test_one_cosine_by_hand(tmp_path):
    articles = [make_article("a", "storm"), make_article("b", "storm " * 4 + "court " * 3)]
    found = Recommender(publish(tmp_path, contents_of(articles))).explain("a", "b")
    assert found.formula == "by-hand"
    assert found.intercept == -2
    lead, *others = found.pieces
    assert (lead.name, lead.value, lead.weight) == ("lead_cosine", 0.8, 4)
    assert lead.adds == pytest.approx(3.2, abs=1e-6)
    assert [(one.name, one.weight, one.adds) for one in others] == [
        ("lexical_cosine", 0, 0),
        ("neighbour_cosine", 0, 0),
        ("name_cosine", 0, 0),
    ]
    assert found.logit == pytest.approx(1.2, abs=1e-6)
    assert found.score == 0.768525


def test_every_piece_by_hand(news):
    found = news.explain("one", "two")
    pieces = {one.name: one for one in found.pieces}
    assert {name: one.weight for name, one in pieces.items()} == {
        "lead_cosine": 2,
        "lexical_cosine": 3,
        "neighbour_cosine": 1.5,
        "name_cosine": 0.5,
    }
    values = {name: one.value for name, one in pieces.items()}
    assert values["lead_cosine"] == pytest.approx(0.8, abs=1e-6)
    # Both name Tonga and Suva and nobody else.
    assert values["name_cosine"] == 1
    assert pieces["name_cosine"].adds == pytest.approx(0.5 * log1p(10))
    for name in ("lead_cosine", "lexical_cosine", "neighbour_cosine"):
        assert pieces[name].adds == pytest.approx(pieces[name].weight * values[name], abs=1e-5)
    assert found.logit == pytest.approx(-2 + sum(one.adds for one in found.pieces))
    assert found.score == pytest.approx(1 / (1 + exp(-found.logit)), abs=1e-6)
    assert found.closeness == pytest.approx(values["lead_cosine"] + 2 * values["lexical_cosine"], abs=1e-5)


def test_what_is_shared_and_its_share_of_the_cosine(news):
    found = news.explain("one", "two")
    # idf of what c of 30 articles hold is 1 + ln(31 / (1 + c)); Tonga is in two of them, Suva in three.
    tonga, suva = (1 + log(31 / 3)) ** 2, (1 + log(31 / 4)) ** 2
    assert [one.what for one in found.names] == ["Tonga", "Suva"]
    assert [one.share for one in found.names] == pytest.approx(
        [tonga / (tonga + suva), suva / (tonga + suva)], abs=1e-6
    )
    # Storm is the third word that both have, four times in the one; each stands in both openings, twice as
    # heavy.
    storm = (1 + log(8)) / (1 + log(2)) * tonga
    whole = tonga + suva + storm
    assert {one.what: one.share for one in found.terms} == pytest.approx(
        {"storm": storm / whole, "Tonga": tonga / whole, "Suva": suva / whole}, abs=1e-6
    )
    assert [one.share for one in found.terms] == sorted((one.share for one in found.terms), reverse=True)


def test_neighbours_that_both_have(news):
    found = news.explain("one", "two")
    assert {"one", "two"} <= {one.what for one in found.neighbours}
    assert sum(one.share for one in found.neighbours) == pytest.approx(1, abs=1e-5)
    without = Recommender(news.snapshot, Overlay(1, frozenset({"two"}))).explain("one", "two")
    assert [one for one in found.neighbours if one.what != "two"] == list(without.neighbours)
    assert without.pieces == found.pieces


def test_the_two_sides(news):
    found = news.explain("one", "two")
    assert (found.article.id, found.article.section, found.article.source) == ("one", "World", "Post")
    assert (found.other.id, found.other.section, found.other.source) == ("two", "World", "Wire")
    assert found.article.published_at == NOON
    assert found.days_apart == 1.25
    crowding = news.snapshot.neighbourhood.crowding.tolist()
    assert [found.article.crowding, found.other.crowding] == pytest.approx(crowding[:2], abs=1e-6)
    assert news.explain("one", "three").days_apart is None
    assert news.explain("one", "three").other.section is None


def test_the_evidence_is_the_same_the_other_way_round(news):
    one, other = news.explain("one", "two"), news.explain("two", "one")
    assert (one.pieces, one.logit, one.score) == (other.pieces, other.logit, other.score)
    assert (one.article, one.other) == (other.other, other.article)


def test_nothing_in_common(news):
    found = news.explain("one", "more-00")
    assert (found.names, found.terms) == ((), ())


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A recommender over forty articles of random words, in which every piece of evidence counts."""
    random = Random(0)
    words = ["storm", "court", "vote", "Tonga", "Suva", "Apia", *(f"word{n}" for n in range(40))]
    articles = [
        make_article(
            f"a{n:02}",
            " ".join(random.choices(words, k=random.randint(5, 30))),
            published_at=NOON + timedelta(hours=random.randint(0, 99)) if n % 5 else None,
        )
        for n in range(40)
    ]
    contents = contents_of(articles, formula=WHOLE)
    return Recommender(publish(tmp_path_factory.mktemp("many"), contents, formula=WHOLE), min_best=0.8)


def test_the_score_is_the_stored_one_to_the_last_bit(many):
    snapshot, seen = many.snapshot, set()
    for row in range(len(snapshot)):
        rows, scores, _ = snapshot.candidates(row)
        for other, score in zip(rows.tolist(), scores, strict=True):
            found = many.explain(snapshot.ids.id(row), snapshot.ids.id(other))
            assert np.float32(found.score).tobytes() == score.tobytes()
            seen.add(found.score)
    assert len(seen) > 100


def test_what_is_said_of_the_list_is_what_the_list_says(many):
    ids, codes = list(many.snapshot.ids), set()
    for one in ids:
        listed = {item.id: item for item in many.similar(one)}
        bare, _ = many.listed(many.snapshot.ids.row(one), limit=100, min_score=0, policy=False)
        for other in ids:
            if other == one:
                continue
            found = many.explain(one, other).standing
            assert found.rank == (listed[other].rank if other in listed else None)
            assert (found.kept_out is None) == (other in listed)
            place = many.snapshot.ids.row(other)
            assert found.bare_rank == (bare.index(place) + 1 if place in bare else None)
            codes.add(found.kept_out and found.kept_out.code)
    assert {None, "below_min_score", "below_min_best", "beyond_limit"} <= codes


# The list


def kept_out(recommender, other, article="q") -> str | None:
    standing = recommender.explain(article, other).standing
    assert (standing.rank is None) == (standing.kept_out is not None)
    return standing.kept_out and standing.kept_out.code


def test_in_the_list(under):
    standing = under().explain("q", "more-03").standing
    assert (standing.bare_rank, standing.rank, standing.limit) == (7, 5, 10)
    assert (standing.kept_out, standing.pinned) == (None, False)
    assert (standing.floor.min_score, standing.floor.min_best) == (0.5, 0)


def test_what_keeps_a_story_out(under):
    plain = under()
    assert plain.explain("q", "copy").standing.kept_out == KeptOut(
        "same_story", "it tells the same as 'first', and a list holds one of them"
    )
    assert plain.explain("q", "video").standing.kept_out == KeptOut(
        "text_too_short", "one of the two is too short to be judged"
    )
    assert plain.explain("q", "low").standing.kept_out == KeptOut(
        "below_min_score", "it scores 0.200, and 0.5 is the least to be shown"
    )
    assert plain.explain("q", "more-10").standing.kept_out == KeptOut(
        "beyond_limit", "it is number 12 of 13 that could be shown, and 10 are"
    )
    assert plain.explain("q", "away").standing.kept_out == KeptOut(
        "not_among_candidates",
        "it is not among the 100 that are stored for the article, the best scored of its nearest",
    )
    assert plain.explain("first", "copy").standing.kept_out == KeptOut(
        "copy_of_article",
        "it is a copy of the article, or its report in other words where these are not wanted",
    )


def test_a_list_without_a_story_that_is_good_enough(under):
    shut = under(min_best=0.95)
    assert shut.explain("q", "first").standing.kept_out == KeptOut(
        "below_min_best", "no story of the list scores 0.95 or more, and without one nothing is shown"
    )
    assert kept_out(shut, "low") == "below_min_score"
    assert kept_out(shut, "copy") == "same_story"
    assert kept_out(under(min_best=0.9), "first") is None


def test_every_step_of_the_policy_has_its_words():
    assert {"kept", "same_story", *_STEPS} == set(STEP_NAMES)


def test_takedowns(under):
    recommender = under(takedowns=("first",))
    found = recommender.explain("q", "first")
    assert found.standing.kept_out == KeptOut("taken_down", "it is taken down")
    assert (found.standing.bare_rank, found.standing.rank) == (None, None)
    assert recommender.explain("first", "q").standing.kept_out == KeptOut(
        "taken_down", "the article is taken down"
    )
    assert recommender.explain("first", "q").standing.rank is None
    assert found.score == under().explain("q", "first").score


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (block(article={"id": "q"}), "id 'q' gets no list"),
        (block(target={"id": "more-00"}), "id 'more-00' is in no list"),
        (block(pair=[{"id": "more-00"}, {"id": "q"}]), "id 'more-00' and id 'q' never linked"),
    ],
    ids=["article", "target", "pair"],
)
def test_rules_are_named(under, rule, said):
    other = block("other", target={"id": "low"})
    found = under(pin("q", "more-01"), other, rule).explain("q", "more-00").standing
    assert found.rank is None
    assert found.kept_out is not None
    assert found.kept_out.code == "blocked"
    assert found.kept_out.said == f"rule {rule.id}: {said} ({rule.by}: {rule.reason})"


def test_pins(under):
    recommender = under(pin("q", "copy"), pin("q", "away", "p2"))
    found = recommender.explain("q", "copy").standing
    assert (found.rank, found.pinned, found.kept_out) == (1, True, None)
    assert (recommender.explain("q", "away").standing.rank, kept_out(recommender, "away")) == (2, None)
    assert recommender.explain("q", "first").standing.kept_out == KeptOut(
        "same_story", "it tells the same as 'copy', which is pinned there"
    )
    assert recommender.explain("q", "more-00").standing.pinned is False


def test_ids(under):
    with pytest.raises(OptionError, match="explain: found 'q' twice, expected two articles"):
        under().explain("q", "q")
    for pair in (("q", "gone"), ("gone", "q")):
        with pytest.raises(ArticleNotFound):
            under().explain(*pair)


def test_it_is_ready_for_json(news):
    found = news.explain("one", "two")
    body = json.loads(json.dumps(found.as_json()))
    assert body["article"]["published_at"] == "2022-01-10T12:00:00Z"
    assert body["pieces"][0] == {
        "name": "lead_cosine",
        "value": found.pieces[0].value,
        "weight": 2,
        "adds": found.pieces[0].adds,
    }
    assert body["names"][0] == {"what": "Tonga", "share": found.names[0].share}
    assert body["standing"]["floor"] == {"min_score": 0.5, "min_best": 0}
    assert body["standing"]["kept_out"] is None
    assert news.explain("one", "three").as_json()["other"]["published_at"] is None
