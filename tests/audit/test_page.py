"""One page's two lists: places, scores and reasons."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest

from recommender.article import Link
from recommender.audit import REASONS, audit_page
from recommender.errors import ArticleNotFound, OptionError, TakenDown
from recommender.overlay import Overlay
from recommender.policy import STEP_NAMES, Policy
from tests.audit.newsroom import ARTICLES, MOST, NONE, NOON, ONE, SOME, links_to, recommender_of
from tests.fakes import make_article
from tests.snapshot.by_hand import opened_by


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    return recommender_of(tmp_path_factory.mktemp("index"))


def fates(audit) -> dict[str, str]:
    return {entry.id: entry.reason for entry in audit.source}


def entry(article_id, score, reason, place, rank, **other):
    title = "Video" if article_id == "video" else f"About {article_id}"
    said = {"id": article_id, "title": title, "url": None, "score": score, "reason": reason}
    return said | {"place": place, "rank": rank} | other


def test_by_hand(recommender):
    far = entry("far", NONE, "below_min_score", 1, None)
    twin = entry("twin", ONE, "same_story", 2, None)
    near = entry("near", MOST, "similar", 3, 2, url="https://news.example/near")
    video = entry("video", NONE, "text_too_short", 4, None)
    some = entry("some", SOME, "similar", 5, 3)
    first = entry("first", ONE, "similar", None, 1)
    found = audit_page(recommender, "page").as_json()
    assert found == {
        "id": "page",
        "snapshot": recommender.snapshot.name,
        "requested": 5,
        "min_score": 0.5,
        "min_best": 0.0,
        "source": [far, twin, near, video, some],
        "rebuilt": [first, near, some],
        "kept": [near, some],
        "dropped": [far, twin, video],
        "new": [first],
    }
    assert list(found) == [
        *("id", "snapshot", "requested", "min_score", "min_best"),
        *("source", "rebuilt", "kept", "dropped", "new"),
    ]
    assert list(found["source"][0]) == ["id", "title", "url", "score", "reason", "place", "rank"]
    assert json.loads(json.dumps(found)) == found


def test_values_do_not_change(recommender):
    audit = audit_page(recommender, "page")
    for value in (audit, audit.source[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.id = "other"


def test_a_link_that_the_list_has_no_room_for(recommender):
    audit = audit_page(recommender, "page", limit=2)
    assert (audit.requested, [one.id for one in audit.rebuilt]) == (2, ["first", "near"])
    assert fates(audit)["some"] == "beyond_limit"
    assert fates(audit)["near"] == "similar"


def test_another_floor(recommender):
    high = audit_page(recommender, "page", min_score=0.7)
    assert (high.min_score, fates(high)["some"], fates(high)["near"]) == (0.7, "below_min_score", "similar")
    assert fates(high)["twin"] == "same_story"
    low = audit_page(recommender, "page", min_score=0)
    assert fates(low)["far"] == "similar"
    assert fates(low)["video"] == "text_too_short"


def test_the_floor_of_the_recommender_holds_where_none_is_given(tmp_path):
    snapshot = recommender_of(tmp_path).snapshot
    strict = type(recommender_of(tmp_path))(snapshot, min_score=0.8)
    assert (audit_page(strict, "page").min_score, fates(audit_page(strict, "page"))["near"]) == (
        0.8,
        "below_min_score",
    )


def test_a_score_at_the_floor_is_enough(recommender):
    at = audit_page(recommender, "page", min_score=SOME)
    assert fates(at)["some"] == "similar"


@pytest.mark.parametrize("depth", [100, 2])
def test_links_of_a_list_that_did_not_open_are_below_the_floor(tmp_path, depth):
    # The best of the list scores 0.880797. Near and some reach the floor, stored or not, and do not open it.
    recommender = recommender_of(tmp_path, depth=depth, formula=opened_by(0.9))
    audit = audit_page(recommender, "page")
    assert (audit.min_score, audit.min_best, audit.rebuilt) == (0.5, 0.9, ())
    assert fates(audit) == {
        "far": "below_min_score",
        "twin": "same_story",
        "near": "below_min_score",
        "video": "text_too_short",
        "some": "below_min_score",
    }
    assert audit_page(recommender, "page", min_score=0.5).rebuilt == ()
    own = audit_page(recommender, "page", min_score=0.49)  # lower than the default, and so alone
    assert (own.min_best, own.rebuilt[0].id) == (0, "first")


def test_a_list_whose_best_story_is_good_enough_goes_down_to_the_floor(tmp_path):
    audit = audit_page(recommender_of(tmp_path, formula=opened_by(0.88)), "page")
    assert [one.id for one in audit.rebuilt] == ["first", "near", "some"]
    assert fates(audit)["far"] == "below_min_score"


def test_a_link_that_would_open_the_list_is_not_below_the_floor(tmp_path):
    # The only one stored is a copy of the article itself, so that the list is empty.
    page = make_article("page", "storm " * 30, links=links_to("near", "opens"))
    articles = [page, make_article("copy", "storm " * 30), make_article("opens", "storm"), ARTICLES[3]]
    strict = opened_by(0.88)
    audit = audit_page(recommender_of(tmp_path, articles, depth=1, formula=strict), "page")
    assert audit.rebuilt == ()
    assert fates(audit) == {"near": "below_min_score", "opens": "not_among_candidates"}


def test_a_link_beyond_the_stored_depth(tmp_path):
    # The two nearest of the page are the copies; what is further away has a score all the same.
    audit = audit_page(recommender_of(tmp_path, depth=2), "page")
    assert [one.id for one in audit.rebuilt] == ["first"]
    assert {one.id: (one.score, one.reason) for one in audit.source} == {
        "far": (NONE, "below_min_score"),
        "twin": (ONE, "same_story"),
        "near": (MOST, "not_among_candidates"),
        "video": (NONE, "text_too_short"),
        "some": (SOME, "not_among_candidates"),
    }


def test_a_copy_beyond_the_stored_depth_is_a_copy(tmp_path):
    # Depth 1 holds one of the two copies; the other is the same text as a story ranked above it.
    audit = audit_page(recommender_of(tmp_path, depth=1), "page")
    assert ([one.id for one in audit.rebuilt], fates(audit)["twin"]) == (["first"], "same_story")
    # Another title takes a copy of the article itself out of its nearest.
    own = make_article("q", "storm " * 30, links=links_to("q-copy"))
    copy = make_article("q-copy", "storm " * 30, title="rocket " * 60)
    found = audit_page(recommender_of(tmp_path / "own", [own, copy, *ARTICLES[3:5]], depth=2), "q")
    assert [one.id for one in found.rebuilt] == ["near"]
    assert fates(found) == {"q-copy": "copy_of_article"}


TEASER = Link(title="Storm in sight of land", snippet="storm storm")
WITH_TEASER = [make_article("page", "storm", links=(TEASER, *links_to("near"))), *ARTICLES[3:5]]


@pytest.mark.parametrize("depth", [100, 1])
@pytest.mark.parametrize(
    ("teasers", "reason"),
    [("always", "similar"), ("same_page", "similar"), ("never", "unwanted_teaser")],
)
def test_teasers_are_dropped_where_they_are_not_wanted(tmp_path, teasers, reason, depth):
    audit = audit_page(
        recommender_of(tmp_path, WITH_TEASER, policy=Policy(teasers=teasers), depth=depth), "page"
    )
    assert audit.source[0].reason == reason
    assert audit.source[0].title == "Storm in sight of land"


def test_a_teaser_beyond_the_stored_depth_is_unwanted_all_the_same(tmp_path):
    articles = [make_article("page", "storm vote", links=(TEASER,)), make_article("x", "storm vote")]
    audit = audit_page(recommender_of(tmp_path, articles, policy=Policy(teasers="never"), depth=1), "page")
    assert audit.source[0].reason == "unwanted_teaser"
    assert [one.id for one in audit.rebuilt] == ["x"]


@pytest.mark.parametrize("depth", [100, 1])
@pytest.mark.parametrize(
    ("policy", "changed", "expected"),
    [
        (Policy(), {"language": "de", "published_at": NOON + timedelta(days=1)}, "below_min_score"),
        (Policy(languages="same"), {"language": "de"}, "other_language"),
        (Policy(languages="same"), {"language": "en-US"}, "below_min_score"),
        (Policy(languages="same"), {}, "below_min_score"),
        (Policy(recency="before"), {"published_at": NOON + timedelta(days=1)}, "wrong_time"),
        (Policy(recency="after"), {"published_at": NOON + timedelta(days=1)}, "below_min_score"),
        (Policy(recency="after"), {"published_at": NOON - timedelta(days=1)}, "wrong_time"),
    ],
)
def test_languages_and_times_that_are_not_wanted(tmp_path, policy, changed, expected, depth):
    page = make_article("page", "storm", links=links_to("x"), language="en", published_at=NOON)
    articles = [page, make_article("y", "storm"), make_article("x", "rocket", **changed)]
    assert fates(audit_page(recommender_of(tmp_path, articles, policy=policy, depth=depth), "page")) == {
        "x": expected
    }


def test_what_a_source_has_too_much_of_is_said(tmp_path):
    articles = [make_article("page", "storm", links=links_to("x", "y"))]
    articles += [make_article(name, "storm", source="Post") for name in "xy"]
    audit = audit_page(recommender_of(tmp_path, articles, policy=Policy(max_per_source=1)), "page")
    assert fates(audit) == {"x": "similar", "y": "source_cap"}


def test_under_an_article_too_short_to_judge_everything_is(tmp_path):
    articles = [make_article("v", title="Video", links=links_to("near", "some")), *ARTICLES[3:5]]
    for depth in (100, 1):
        audit = audit_page(recommender_of(tmp_path, articles, depth=depth), "v", min_score=0)
        assert (fates(audit), audit.rebuilt) == ({"near": "text_too_short", "some": "text_too_short"}, ())


def test_what_was_taken_down_is_in_neither_list(tmp_path):
    hidden = recommender_of(tmp_path, overlay=Overlay(1, frozenset({"near", "far"})))
    audit = audit_page(hidden, "page")
    assert [(one.id, one.place) for one in audit.source] == [("twin", 1), ("video", 2), ("some", 3)]
    assert audit.requested == 3
    assert [(one.id, one.rank) for one in audit.rebuilt] == [("first", 1), ("some", 2)]
    with pytest.raises(TakenDown):
        audit_page(hidden, "far")


def test_a_copy_stands_in_the_place_of_what_was_taken_down(tmp_path):
    audit = audit_page(recommender_of(tmp_path, overlay=Overlay(1, frozenset({"first"}))), "page")
    assert fates(audit)["twin"] == "similar"
    assert [one.id for one in audit.rebuilt] == ["twin", "near", "some"]


def test_a_page_without_a_list(recommender):
    audit = audit_page(recommender, "near")
    assert (audit.requested, audit.source, audit.kept, audit.dropped) == (10, (), (), ())
    assert audit.rebuilt == audit.new
    assert [(one.id, one.rank, one.place) for one in audit.rebuilt] == [
        *(("some", 1, None), ("first", 2, None), ("page", 3, None))
    ]


def test_lists_have_at_most_fifty_places(tmp_path):
    others = [make_article(f"s{number:02}", "storm " * (number + 1)) for number in range(60)]
    page = make_article("page", "storm", links=links_to(*[one.id for one in others]))
    audit = audit_page(recommender_of(tmp_path, [page, *others]), "page")
    assert (audit.requested, len(audit.source), len(audit.rebuilt)) == (50, 60, 50)
    assert [one.reason for one in audit.dropped] == ["beyond_limit"] * 10


@pytest.mark.parametrize(("options", "name"), [({"limit": 0}, "limit"), ({"limit": 51}, "limit"),
                                               ({"min_score": 1.1}, "min_score"),
                                               ({"min_score": float("nan")}, "min_score")])  # fmt: skip
def test_options_out_of_range_are_refused(recommender, options, name):
    with pytest.raises(OptionError) as caught:
        audit_page(recommender, "page", **options)
    assert caught.value.name == name


def test_an_unknown_id(recommender):
    with pytest.raises(ArticleNotFound, match="'gone'"):
        audit_page(recommender, "gone")


def test_every_step_of_the_policy_has_a_meaning_and_comes_first():
    assert list(REASONS)[:3] == ["similar", "pinned", "blocked"]
    assert list(REASONS)[3 : len(STEP_NAMES) + 2] == list(STEP_NAMES[1:])
    assert all(REASONS.values())
