"""A list as values and as bytes, and what an explanation says."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from recommender.article import Recommendation, rfc3339
from recommender.recommend import Options, Recommender
from tests.fakes import make_article
from tests.snapshot.by_hand import ask, contents_of, publish

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
ARTICLES = [
    make_article("q", "storm", section="World", published_at=NOON),
    make_article(
        'https://post.example/a//b?c="d"',
        "storm court",
        title='A "storm" — größer 🌪\u2028',
        url="https://post.example/a//b",
        source="Pöst",
        section="World",
        published_at=NOON - timedelta(days=4, hours=1),
        image_url="https://post.example/i.png",
    ),
    make_article("near", "storm storm vote", section="US", published_at=NOON + timedelta(hours=23)),
    make_article("undated", "storm vote vote", section="World"),
    make_article("bare", "rocket"),
]
LISTS = {"q": [(ARTICLES[1].id, 0.9), ("near", 0.8), ("undated", 0.7), ("bare", 0.6)], "bare": [("q", 0.9)]}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES, LISTS))


@pytest.fixture(scope="module")
def recommender(snapshot):
    return Recommender(snapshot)


def as_json(item: Recommendation) -> dict[str, object]:
    values = {field.name: getattr(item, field.name) for field in fields(item)}
    values["published_at"] = rfc3339(item.published_at)
    return {
        name: orjson.loads(orjson.dumps(value))
        for name, value in values.items()
        if value is not None or name not in ("reasons", "evidence")
    }


# Values and bytes


def test_an_item_is_its_article(recommender):
    item = recommender.similar("q").items[0]
    assert item == Recommendation(
        id=ARTICLES[1].id,
        title=ARTICLES[1].title,
        url="https://post.example/a//b",
        source="Pöst",
        section="World",
        published_at=ARTICLES[1].published_at,
        image_url="https://post.example/i.png",
        score=0.9,
        rank=1,
        origin="similar",
    )


def test_a_list_is_a_sequence_of_its_items(recommender):
    found = recommender.similar("q")
    assert len(found) == 4
    assert tuple(found) == found.items
    assert len(recommender.similar("undated")) == 0
    assert recommender.similar("undated").items == ()


@pytest.mark.parametrize(
    "options", [{}, {"limit": 1}, {"min_score": 1}, {"explain": True}, {"source": ("x",)}]
)
@pytest.mark.parametrize("article_id", ["q", "bare", "undated"])
def test_the_bytes_are_the_values_as_json(recommender, article_id, options):
    found = recommender.similar(article_id, **options)
    assert orjson.loads(found.encode()) == {
        "id": article_id,
        "snapshot": recommender.snapshot.name,
        "requested": found.requested,
        "returned": len(found),
        "abstained": found.abstained,
        "reason": found.reason,
        "items": [as_json(item) for item in found],
    }


def test_the_fields_stand_in_the_contract_s_order(recommender):
    value = orjson.loads(recommender.similar("q").encode())
    assert list(value) == ["id", "snapshot", "requested", "returned", "abstained", "reason", "items"]
    assert list(value["items"][0]) == [
        *("id", "title", "url", "source", "section", "published_at", "image_url"),
        *("score", "rank", "origin"),
    ]


def test_scores_are_printed_as_they_were_compared(recommender):
    assert b'"score":0.9,' in recommender.similar("q").encode()
    assert recommender.similar("q").scores == (0.9, 0.8, 0.7, 0.6)


def test_a_list_of_no_article_has_no_id(recommender):
    for found in (
        ask(recommender, 0, now=NOON),
        recommender.similar_to_several(["q", "bare"]),
    ):
        assert found.id is None
        assert orjson.loads(found.encode())["id"] is None
        assert orjson.loads(found.encode())["items"] == [as_json(item) for item in found]


# Explanations


def evidence(lead_cosine: float, **more: float) -> dict[str, float]:
    """The cosines of articles that share neither terms nor names, and what else is known."""
    return {"lead_cosine": lead_cosine, "lexical_cosine": 0.0, "name_cosine": 0.0, **more}


def without_neighbours(item: Recommendation) -> dict[str, float]:
    return {name: value for name, value in item.evidence.items() if name != "neighbour_cosine"}


def test_without_asking_nothing_is_explained(recommender):
    found = recommender.similar("q")
    assert found.reasons is found.evidence is None
    assert all(item.reasons is None and item.evidence is None for item in found)
    assert b"evidence" not in found.encode()


def test_an_explanation_holds_what_is_known_of_each_pair(recommender):
    far, near, undated, bare = recommender.similar("q", explain=True)
    # 1 and 2 of "storm" beside one other word, and 1 beside two; nothing else is in few enough articles.
    assert without_neighbours(far) == evidence(0.707107, days_apart=4.04)
    assert without_neighbours(near) == evidence(0.894427, days_apart=0.96)
    assert without_neighbours(undated) == evidence(0.447214)
    assert bare.evidence == {**evidence(0.0), "neighbour_cosine": 0.0}
    assert all(0 < item.evidence["neighbour_cosine"] < 1 for item in (far, near, undated))
    assert [reason.partition(":")[0] for reason in far.reasons] == [
        "close in meaning",
        "same section",
        "4 days apart",
    ]
    assert "same section: World" in far.reasons
    assert "cosine 0.71" in far.reasons[0]
    assert "same section" not in " ".join(near.reasons)
    assert "same section: World" in undated.reasons
    assert bare.reasons == ()


def test_an_explanation_changes_nothing_else(recommender):
    plain, explained = (recommender.similar("q", explain=explain) for explain in (False, True))
    assert (plain.rows, plain.scores, plain.reason) == (explained.rows, explained.scores, explained.reason)


def test_two_articles_without_a_section_share_none(tmp_path):
    articles = [make_article("a", "storm"), make_article("b", "storm vote")]
    (item,) = Recommender(publish(tmp_path, contents_of(articles, {"a": [("b", 0.9)]}))).similar(
        "a", explain=True
    )
    assert not any("section" in reason for reason in item.reasons)


def test_an_explanation_goes_with_its_item_when_others_are_left_out(recommender):
    found = recommender.similar("q", explain=True, exclude=("near",), published_before=NOON)
    assert [without_neighbours(item) for item in found] == [evidence(0.707107, days_apart=4.04)]


def test_a_text_is_explained_by_its_cosines_and_the_present(recommender):
    found = ask(recommender, 4, now=NOON, options=Options(explain=True, min_score=0))
    by_id = {item.id: item for item in found}
    assert without_neighbours(by_id["bare"]) == evidence(1.0)
    assert by_id["q"].evidence == {**evidence(0.0, days_apart=0.0), "neighbour_cosine": 0.0}
    assert by_id["bare"].reasons == ("close in meaning: cosine 1.00 of title and lead",)
    assert not any("section" in reason for item in found for reason in item.reasons)


def test_of_several_articles_no_single_cosine_is_given(recommender):
    found = recommender.similar_to_several(["q", "near"], options=Options(explain=True, min_score=0))
    assert len(found) == 3
    assert not any("cosine" in name for item in found for name in item.evidence)
    assert not any("both" in said or "close" in said for item in found for said in item.reasons)
