"""The overlay's file, which of two is in force, and what a takedown does to lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import overlay
from recommender.article import normalise_id
from recommender.errors import CorruptSnapshot, TakenDown
from recommender.overlay import EMPTY, OVERLAY_FILE, OVERLAY_VERSION, Overlay, decode, in_force
from recommender.recommend import Recommender
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

ARTICLES = [make_article(name, "storm") for name in ("a", "b", "c", "caf\u00e9")]
LISTS = {"a": [("b", 0.9), ("caf\u00e9", 0.8), ("c", 0.7)], "b": [("a", 0.9)]}


def written(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / OVERLAY_FILE).write_bytes(content)
    return tmp_path


def content(**changed: object) -> bytes:
    return json.dumps({"version": OVERLAY_VERSION, "generation": 1, "takedowns": []} | changed).encode()


# The file


def test_without_a_file_it_is_empty(tmp_path):
    assert overlay.read(tmp_path) == EMPTY == Overlay(0, frozenset())
    assert overlay.read(tmp_path / "nowhere") == EMPTY


def test_what_is_encoded_is_read(tmp_path):
    one = Overlay(7, frozenset({"b", "a", "é 🌪", "https://post.example/a//b?c=d"}))
    assert overlay.read(written(tmp_path, one.encode())) == one


def test_the_file_is_for_people_too():
    encoded = Overlay(2, frozenset({"b", "a"})).encode().decode()
    said = {"version": OVERLAY_VERSION, "generation": 2, "takedowns": ["a", "b"], "rules": []}
    assert json.loads(encoded) == said
    assert encoded.endswith("}\n")


ids = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(normalise_id)


@given(st.integers(0, 2**70), st.frozensets(ids))
@settings(deadline=None)
def test_any_overlay_survives_being_written(generation, takedowns):
    one = Overlay(generation, takedowns)
    assert decode(one.encode(), Path(OVERLAY_FILE)) == one


def test_ids_are_read_in_the_form_in_which_they_are_looked_up(tmp_path):
    found = overlay.read(written(tmp_path, content(takedowns=["cafe\u0301"])))
    assert found.takedowns == {"caf\u00e9"}


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe\xfd",
        b"[" * 100_000,
        content()[:-1],
        content(version=3),
        content(version=True),
        content(rules_sha256=1),
        content(changes={}),
        content(changes=[1]),
        content(rules=[{"id": "a"}]),
        content(version=None),
        content(generation=-1),
        content(generation="1"),
        content(generation=1.0),
        content(generation=True),
        content(generation=None),
        content(takedowns=None),
        content(takedowns="a"),
        content(takedowns=["a", 1]),
        content(takedowns={"a": 1}),
        json.dumps({"version": OVERLAY_VERSION, "generation": 1}).encode(),
    ],
)
def test_one_that_cannot_be_read_never_counts_as_empty(tmp_path, bad):
    with pytest.raises(CorruptSnapshot, match=OVERLAY_FILE):
        overlay.read(written(tmp_path, bad))


def test_a_directory_in_its_place_never_counts_as_empty(tmp_path):
    (tmp_path / OVERLAY_FILE).mkdir()
    with pytest.raises(CorruptSnapshot, match=OVERLAY_FILE):
        overlay.read(tmp_path)


def test_a_link_to_nothing_never_counts_as_empty(tmp_path):
    (tmp_path / OVERLAY_FILE).symlink_to(tmp_path / "not-mounted")
    with pytest.raises(CorruptSnapshot, match=OVERLAY_FILE):
        overlay.read(tmp_path)


def test_a_link_to_an_overlay_is_read(tmp_path):
    (tmp_path / "mounted").write_bytes(Overlay(4).encode())
    (tmp_path / OVERLAY_FILE).symlink_to(tmp_path / "mounted")
    assert overlay.read(tmp_path) == Overlay(4)


# Which is in force


@pytest.mark.parametrize(("one", "other", "expected"), [(1, 2, "other"), (2, 1, "one"), (2, 2, "one")])
def test_the_higher_generation_is_in_force(one, other, expected):
    first, second = Overlay(one, frozenset({"one"})), Overlay(other, frozenset({"other"}))
    assert in_force(first, second).takedowns == {expected}


@pytest.mark.parametrize(
    ("carried", "beside", "hidden"),
    [
        (Overlay(0), None, set()),
        (Overlay(1, frozenset({"b"})), None, {"b"}),
        (Overlay(1, frozenset({"b"})), EMPTY, {"b"}),
        (Overlay(1, frozenset({"b"})), Overlay(2, frozenset({"c"})), {"c"}),
        (Overlay(2, frozenset({"b"})), Overlay(1, frozenset({"c"})), {"b"}),
        (Overlay(2, frozenset({"b"})), Overlay(2, frozenset({"c"})), {"b"}),
        (Overlay(1, frozenset({"b"})), Overlay(2), set()),
    ],
)
def test_a_snapshot_and_what_lies_beside_it(tmp_path, carried, beside, hidden):
    snapshot = publish(tmp_path, contents_of(ARTICLES, LISTS, overlay=carried))
    recommender = Recommender(snapshot, beside)
    shown = [item.id for item in recommender.similar("a")]
    assert shown == [one for one in ("b", "caf\u00e9", "c") if one not in hidden]


# What a takedown does


@pytest.fixture
def snapshot(tmp_path):
    return publish(tmp_path, contents_of(ARTICLES, LISTS))


def test_what_is_taken_down_leaves_every_list_and_the_rest_moves_up(snapshot):
    shown = Recommender(snapshot, Overlay(1, frozenset({"b"}))).similar("a", limit=2)
    assert [(item.id, item.rank, item.score) for item in shown] == [("caf\u00e9", 1, 0.8), ("c", 2, 0.7)]


@pytest.mark.parametrize("asked", ["caf\u00e9", "cafe\u0301"])
def test_what_is_taken_down_has_no_list(snapshot, asked):
    recommender = Recommender(snapshot, Overlay(1, frozenset({"caf\u00e9"})))
    with pytest.raises(TakenDown, match="has been taken down") as caught:
        recommender.similar(asked)
    assert caught.value.article_id == asked
    assert caught.value.exit_code == 66


@pytest.mark.parametrize(("ids", "negative"), [(["a", "b"], []), (["a"], ["b"])])
def test_what_is_taken_down_is_no_part_of_several(snapshot, ids, negative):
    with pytest.raises(TakenDown):
        Recommender(snapshot, Overlay(1, frozenset({"b"}))).similar_to_several(ids, negative)


def test_the_neighbours_of_several_leave_out_what_is_taken_down(snapshot):
    recommender = Recommender(snapshot, Overlay(1, frozenset({"b"})))
    assert {item.id for item in recommender.similar_to_several(["a"])} == {"c", "caf\u00e9"}


def test_visible_says_what_may_be_shown(snapshot):
    recommender = Recommender(snapshot, Overlay(1, frozenset({"b"})))
    assert [recommender.visible(row) for row in range(4)] == [True, False, True, True]


def test_a_takedown_of_an_id_that_is_not_there_hides_nothing(snapshot):
    shown = Recommender(snapshot, Overlay(1, frozenset({"gone", ""}))).similar("a")
    assert len(shown) == 3


def test_an_id_that_could_not_be_written_again_is_refused(tmp_path):
    content = b'{"version": 1, "generation": 1, "takedowns": ["\\ud800"]}'
    with pytest.raises(CorruptSnapshot, match="lone surrogate"):
        decode(content, tmp_path / "overlay.json")
