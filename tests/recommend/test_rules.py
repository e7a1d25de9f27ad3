"""What the editors' rules do to lists, worked out by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from recommender.overlay import Overlay
from recommender.recommend import Options, Recommender
from tests.fakes import make_article
from tests.snapshot.by_hand import ask, contents_of, publish
from tests.test_rules import block, pin

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
LONG = "storm court vote " * 12
ARTICLES = [
    make_article("q", "storm", section="World", published_at=NOON),
    make_article("a", "storm court", section="World", source="Post", tags=("cup",)),
    make_article("b", LONG, section="Sport", source="Wire"),
    make_article("c", "storm goal", section="Sport", tags=("cup", "late")),
    make_article("d", "rocket", source="Wire", published_at=NOON),
    make_article("copy", LONG),  # of b
    make_article("lone", "goal"),
]
LISTS = {
    "q": [("a", 0.9), ("b", 0.8), ("copy", 0.8), ("c", 0.7), ("d", 0.2)],
    "a": [("q", 0.9), ("c", 0.6)],
    "b": [("q", 0.8)],
    "c": [("a", 0.7), ("q", 0.6)],
}
DEFAULT = ["a", "b", "c"]  # d is below the floor of 0.5


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES, LISTS))


@pytest.fixture
def under(snapshot):
    """A recommender under rules: ``under(rule, …, takedowns=(…))``."""

    def recommender(*rules, takedowns=()):
        return Recommender(snapshot, Overlay(1, frozenset(takedowns), rules))

    return recommender


def ids(listed) -> list[str]:
    return [item.id for item in listed]


# Pins


def test_without_rules_the_list_is_as_it_was(under):
    assert ids(under().similar("q")) == DEFAULT


def test_a_pin_comes_first_and_is_labelled(under):
    found = under(pin("q", "d")).similar("q")
    assert [(item.id, item.rank, item.score, item.origin) for item in found] == [
        ("d", 1, 0.2, "pin"),
        ("a", 2, 0.9, "similar"),
        ("b", 3, 0.8, "similar"),
        ("c", 4, 0.7, "similar"),
    ]
    body = json.loads(found.encode())
    assert [(one["id"], one["score"], one["origin"]) for one in body["items"]][:2] == [
        ("d", 0.2, "pin"),
        ("a", 0.9, "similar"),
    ]


def test_a_pin_without_a_stored_pair_has_no_score(under):
    found = under(pin("q", "lone")).similar("q")
    assert [(item.id, item.score) for item in found][:2] == [("lone", None), ("a", 0.9)]
    assert json.loads(found.encode())["items"][0]["score"] is None
    assert found.scores == (None, 0.9, 0.8, 0.7)


def test_pins_stand_in_the_order_of_the_file(under):
    assert ids(under(pin("q", "lone"), pin("a", "d", "o"), pin("q", "d", "r")).similar("q")) == [
        "lone",
        "d",
        *DEFAULT,
    ]


def test_what_is_pinned_does_not_stand_twice_nor_does_a_copy_of_it(under):
    assert ids(under(pin("q", "c")).similar("q")) == ["c", "a", "b"]
    assert ids(under(pin("q", "copy")).similar("q")) == ["copy", "a", "c"]


def test_a_pin_holds_one_way_only(under):
    assert ids(under(pin("q", "lone")).similar("lone")) == []


def test_a_pin_is_exempt_from_the_floor_and_from_nothing_else(under):
    recommender = under(pin("q", "d"))
    assert ids(recommender.similar("q", min_score=1)) == ["d"]
    for options in (
        {"exclude": ["d"]},
        {"source": ["Post"]},
        {"section": ["World"]},
        {"published_before": NOON},
        {"max_age_days": 0, "exclude": ["d"]},
    ):
        assert "d" not in ids(recommender.similar("q", **options))
    assert ids(recommender.similar("q", max_age_days=0)) == ["d"]
    assert ids(recommender.similar("q", limit=1)) == ["d"]


def test_origin_is_of_the_item_whatever_a_filter_took(under):
    found = under(pin("q", "lone"), pin("q", "d", "r")).similar("q", exclude=["lone"])
    assert [(item.id, item.origin) for item in found][:2] == [("d", "pin"), ("a", "similar")]


@pytest.mark.parametrize(
    ("rules", "takedowns"),
    [
        ([], ["d"]),
        ([block(target={"id": "d"})], []),
        ([block(target={"source": "Wire"})], []),
        ([block(pair=[{"id": "d"}, {"section": "World"}])], []),
    ],
)
def test_a_pin_of_what_may_not_be_shown_is_dropped(under, rules, takedowns):
    recommender = under(pin("q", "d"), *rules, takedowns=takedowns)
    assert "d" not in ids(recommender.similar("q"))
    assert recommender.rules.statuses[0].problem


def test_what_an_answer_with_pins_says_of_itself(under):
    recommender = under(pin("q", "lone"), pin("lone", "q", "r"))
    full = recommender.similar("q", limit=4)
    assert (full.abstained, full.reason, len(full)) == (False, None, 4)
    short = recommender.similar("q", limit=5)
    assert (short.abstained, short.reason, len(short)) == (False, "below_min_score", 4)
    # Nothing reached the floor, and what is shown is the editors'.
    alone = recommender.similar("lone", limit=5)
    assert (alone.abstained, alone.reason, ids(alone)) == (True, "filtered", ["q"])


def test_a_pin_says_that_it_is_one(under):
    found = under(pin("q", "lone"), pin("q", "d", "r")).similar("q", explain=True)
    assert [item.reasons for item in found][:2] == [
        ("pinned by the editors",),
        ("pinned by the editors", "published within a day"),
    ]
    # What speaks for a pin is given, but is not why it is there.
    nothing = dict.fromkeys(("lead_cosine", "lexical_cosine", "name_cosine", "neighbour_cosine"), 0.0)
    lone, rocket = (item.evidence for item in found.items[:2])
    assert rocket == {**nothing, "days_apart": 0.0}
    assert lone == {**nothing, "neighbour_cosine": lone["neighbour_cosine"]}
    assert 0 < lone["neighbour_cosine"] < 1  # both are close to c
    assert found.items[2].reasons[0].startswith("close in meaning")


# Blocks


@pytest.mark.parametrize(
    ("side", "left"),
    [
        ({"id": "b"}, ["a", "c"]),
        ({"section": "Sport"}, ["a", "copy"]),
        ({"tag": "cup"}, ["b"]),
        ({"tag": "late"}, ["a", "b"]),
        ({"source": "Wire"}, ["a", "copy", "c"]),
        ({"section": "Nowhere"}, DEFAULT),
        ({"id": "gone"}, DEFAULT),
    ],
)
def test_a_blocked_target_is_in_no_list(under, side, left):
    recommender = under(block(target=side))
    assert ids(recommender.similar("q")) == left
    assert recommender.similar("q").reason is not None
    several = recommender.similar_to_several(["q"], options=Options(min_score=0))
    text = ask(recommender, 0, now=NOON, options=Options(min_score=0))
    struck = set(DEFAULT) - set(left)
    assert not struck & {*ids(several), *ids(text)}
    assert set(left) <= {*ids(several), *ids(text)}


def test_a_blocked_article_has_an_empty_list_that_says_so(under):
    recommender = under(block(article={"section": "World"}), pin("q", "lone"))
    for article_id in ("q", "a"):
        found = recommender.similar(article_id, min_score=0)
        assert (ids(found), found.abstained, found.reason) == ([], True, "blocked")
    assert "a" in ids(recommender.similar("c"))  # it is in others' lists all the same
    several = recommender.similar_to_several(["b", "q"], options=Options(min_score=0))
    assert (ids(several), several.reason) == ([], "blocked")
    assert recommender.similar_to_several(["b"], ["q"]).reason != "blocked"


@pytest.mark.parametrize(
    ("pair", "left"),
    [
        ([{"id": "q"}, {"id": "b"}], ["a", "c"]),
        ([{"id": "b"}, {"section": "World"}], ["a", "c"]),
        ([{"source": "Wire"}, {"id": "q"}], ["a", "copy", "c"]),
    ],
)
def test_a_blocked_pair_is_linked_neither_way(under, pair, left):
    recommender = under(block(pair=pair))
    assert ids(recommender.similar("q")) == left
    assert ids(recommender.similar("b")) == []
    assert recommender.similar("b").reason != "blocked"
    assert "b" not in ids(recommender.similar_to_several(["q", "c"], options=Options(min_score=0)))
    assert "b" in ids(ask(recommender, 0, now=NOON, options=Options(min_score=0)))


def test_a_block_of_an_id_holds_for_copies_and_one_of_a_label_does_not(under):
    recommender = under(block(target={"id": "b"}))
    assert ids(recommender.similar("q", min_score=0)) == ["a", "c", "d"]
    assert recommender.rules.statuses[0].articles == (2,)
    assert recommender.similar("copy").reason != "blocked"
    assert under(block(article={"id": "b"})).similar("copy").reason == "blocked"
    assert ids(under(block(target={"source": "Wire"})).similar("q")) == ["a", "copy", "c"]
    assert ids(under(block(pair=[{"id": "copy"}, {"id": "q"}])).similar("q")) == ["a", "c"]


def test_a_copy_stands_in_the_place_of_what_is_taken_down(under):
    assert ids(under(takedowns=["b"]).similar("q")) == ["a", "copy", "c"]
    assert ids(under(takedowns=["b", "copy"]).similar("q")) == ["a", "c"]
    several = under(takedowns=["b"]).similar_to_several(["q"], options=Options(min_score=0))
    assert "copy" in ids(several)


def test_batches_have_the_same_lists(under):
    recommender = under(pin("q", "d"), block(article={"id": "b"}), block("t", target={"id": "a"}))
    each = list(recommender.similar_to_each(["q", "b", "c"], Options()))
    assert [(ids(one), one.reason) for one in each] == [
        (ids(recommender.similar(one)), recommender.similar(one).reason) for one in ("q", "b", "c")
    ]
    assert each[1].reason == "blocked"


# Lists by row


def test_listed_has_the_list_and_the_bare_ranking_has_no_rules(under):
    recommender = under(
        pin("q", "lone"), block(target={"id": "a"}), block("s", article={"id": "b"}), takedowns=["c"]
    )
    row = recommender.row
    assert recommender.listed(row("q"), limit=9) == ((row("lone"), row("b")), (None, 0.8))
    bare = recommender.listed(row("q"), limit=9, min_score=0, policy=False)
    assert [recommender.snapshot.ids.id(one) for one in bare[0]] == ["a", "b", "copy", "d"]
    assert recommender.listed(row("b"), limit=9, policy=False)[0] == (row("q"),)
    assert recommender.listed(row("b"), limit=9) == ((), ())


def test_a_pin_s_missing_score_is_the_pair_s(under):
    recommender = under(pin("q", "lone"))
    row, (rows, scores) = recommender.row("q"), recommender.listed(0, limit=9)
    found = recommender.scored(row, rows, scores)
    assert found[1:] == scores[1:]
    pair = recommender.score_pairs(np.array([row]), np.array([rows[0]]))
    assert found[0] == pytest.approx(float(pair[0]), abs=1e-6)
    assert recommender.scored(row, rows[1:], scores[1:]) == scores[1:]
    assert recommender.scored(row, (), ()) == ()


def test_a_higher_generation_brings_its_rules(snapshot, tmp_path):
    carried = Overlay(2, frozenset(), (block(target={"id": "a"}),))
    carrying = publish(tmp_path, contents_of(ARTICLES, LISTS, overlay=carried))
    assert carrying.overlay == carried
    assert ids(Recommender(carrying).similar("q")) == ["b", "c"]
    assert ids(Recommender(carrying, Overlay(1)).similar("q")) == ["b", "c"]
    assert ids(Recommender(carrying, Overlay(3)).similar("q")) == DEFAULT


def test_tags_are_in_the_snapshot_as_they_are_looked_up(tmp_path):
    articles = [
        make_article("a", tags=("x", "cafe\u0301", "x")),
        make_article("b"),
        make_article("c", tags=("x",)),
    ]
    catalogue = publish(tmp_path, contents_of(articles)).catalogue()
    tags = catalogue.labelled["tag"]
    assert (tags.labels, tags.codes.tolist(), tags.offsets.tolist()) == (
        ("x", "caf\u00e9"),
        [0, 1, 0],
        [0, 2, 2, 3],
    )
    assert tags.rows("x").tolist() == [0, 2]
