"""Lists as they are stored are the lists as they are made, byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.overlay import Overlay
from recommender.policy import Policy
from recommender.recommend import MAX_LIMIT, Recommender
from recommender.snapshot.lists import MOST_LISTED
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, opened_by, publish

TITLES = st.sampled_from(
    ["Storm", 'q","title":"q', '"', "\\", "\u4e2d\u6587", "Storm nears the coast again", ""]
)
SCORES = st.sampled_from([0.0, 1e-6, 0.00001, 0.123456, 0.5, 0.500001, 0.7, 0.999999, 1.0])
NAMES = ["a", 'b","title":"', "c d", "\u00e9/\u4e2d", "e\\", "f"]


@st.composite
def newsrooms(draw):
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    words = st.sampled_from(["storm storm", "court vote market", "storm court", ""])
    sources = st.sampled_from(["Post", "Wire"])
    articles = [
        make_article(name, draw(words), title=f"{draw(TITLES)} {name}", source=draw(sources))
        for name in names
    ]
    lists = {}
    for name in names:
        drawn = draw(st.lists(st.sampled_from(names), unique=True))
        others = [one for one in drawn if one != name]
        scores = sorted((draw(SCORES) for _ in others), reverse=True)
        lists[name] = list(zip(others, scores, strict=True))
    return articles, lists


def assert_the_same(recommender: Recommender) -> None:
    ready = recommender.ready()
    assert ready is not None
    for row, name in enumerate(recommender.snapshot.ids):
        found = ready.row(name)
        if found is None:
            assert recommender.overlay != Overlay()
            continue
        assert found == row
        for limit in (1, 2, 3, 10, MAX_LIMIT):
            assert ready.encode(row, limit) == recommender.similar(name, limit=limit).encode()


@settings(max_examples=30)
@given(
    newsroom=newsrooms(),
    min_best=st.sampled_from([0.0, 0.6, 1.0]),
    policy=st.sampled_from([Policy(), Policy(max_per_source=1), Policy(diversity=0.0, same_story="keep")]),
    down=st.sets(st.sampled_from(NAMES), max_size=2),
)
def test_they_are_the_same(newsroom, min_best, policy, down):
    articles, lists = newsroom
    with tempfile.TemporaryDirectory() as index:
        formula = opened_by(min_best)
        snapshot = publish(
            Path(index), contents_of(articles, lists, formula=formula, policy=policy), formula=formula
        )
        assert_the_same(Recommender(snapshot))
        assert_the_same(Recommender(snapshot, Overlay(1, frozenset(down))))


@pytest.mark.parametrize("articles", [MOST_LISTED, MOST_LISTED + 1, MOST_LISTED + 20])
def test_a_long_list_is_stored_as_far_as_anybody_may_ask(tmp_path, articles):
    names = [f"n{number:03d}" for number in range(articles)]
    every = [
        make_article(name, f"storm {name}", title=f"Storm {name} {number * 7919}")
        for number, name in enumerate(names)
    ]
    lists = {"n000": [(name, 0.9 - place / 1000) for place, name in enumerate(names[1:])]}
    policy = Policy(same_story="keep", diversity=0.0)
    snapshot = publish(tmp_path, contents_of(every, lists, policy=policy))
    assert_the_same(Recommender(snapshot))
    assert (
        len(snapshot.lists.rows)
        == min(articles - 1, MOST_LISTED)
        == len(Recommender(snapshot).similar("n000", limit=50))
    )


def test_more_is_stored_than_may_be_asked_for():
    assert MOST_LISTED >= MAX_LIMIT


def test_under_another_floor_none_is_ready(tmp_path):
    snapshot = publish(tmp_path, contents_of([make_article(name, "storm") for name in "abc"]))
    assert Recommender(snapshot, min_score=0.4).ready() is None
    assert Recommender(snapshot, min_best=0.9).ready() is None
    assert Recommender(snapshot, min_score=0.5, min_best=0.0).ready() is not None
