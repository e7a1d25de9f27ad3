"""What the gate refuses, on the command line: what is said, what is kept, and how it is overridden."""

from __future__ import annotations

import json

import pytest

from recommender.history import read_history
from recommender.store import Store
from tests.conftest import write_jsonl

RECORDS = [
    {"id": f"storm-{number:02}", "title": f"Storm {number}", "text": "storm " * (number % 9 + 1) + "court"}
    for number in range(40)
]
LINE = "articles: found 20, allowed 30 or more, was 40 (gate_min_articles)"


@pytest.fixture
def half(run, tmp_path):
    """The source of a night with half of the articles; what is served has all of them."""
    assert run("rebuild", write_jsonl(tmp_path / "all.jsonl", RECORDS)).code == 0
    return write_jsonl(tmp_path / "half.jsonl", RECORDS[:20])


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "index")


@pytest.fixture
def kept(run, half, store):
    """The name of a snapshot that was refused."""
    assert run("rebuild", half).code == 3
    return store.names()[-1]


def test_the_report_says_what_was_compared(run, tmp_path):
    source = write_jsonl(tmp_path / "all.jsonl", RECORDS)
    first = run("rebuild", source).out
    assert (
        "\ngate      0 checks passed; no snapshot is being served: there is nothing to compare with\n"
        in first
    )
    name = Store(tmp_path / "index").current_name()
    assert f"\ngate      6 checks passed beside {name}\n" in run("rebuild", source).out


def test_a_refusal_is_printed_with_the_report(run, half, store):
    served = store.current_name()
    ran = run("rebuild", half)
    kept = store.names()[-1]
    assert ran.code == 3
    assert f"refused: 1 of 6 checks failed beside {served}: {LINE}\n" in ran.out
    assert f"refused  {kept} in index, kept and not published\n" in ran.out
    assert "next: " not in ran.out
    assert ran.err.endswith(
        f"recommender: error: the gate refused {kept}; {served} stays in force\n  {LINE}\n"
        f"it is kept: `recommender snapshots publish {kept} --index index` publishes it all the same\n"
    )


def test_a_refusal_in_json_is_the_build_report(run, half, store, tmp_path):
    ran = run("rebuild", half, "--json")
    assert ran.code == 3
    report = json.loads(ran.out)
    assert ran.out.encode() == (tmp_path / "index" / "build.json").read_bytes()
    assert (report["snapshot"], report["kept"]) == (None, store.names()[-1])
    assert report["gate"]["outcome"] == "refused"
    assert LINE in report["refused"]


def test_the_bounds_are_settings(run, half, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_GATE_MIN_ARTICLES", "0.5")
    assert run("rebuild", half).code == 0


def test_no_gate(run, half, store, tmp_path):
    ran = run("rebuild", half, "--no-gate")
    assert ran.code == 0
    assert f"published all the same: 1 of 6 checks failed beside {store.names()[0]}: {LINE}\n" in ran.out
    assert store.current_name() == store.names()[1]
    (entry,) = read_history(tmp_path / "index")
    assert (entry["change"], entry["snapshot"], entry["failed"]) == ("no_gate", store.names()[1], [LINE])


def test_list_shows_what_was_refused_and_why(run, kept, store):
    served = store.current_name()
    created = [store.open(name).manifest.created_at[:19] + "Z" for name in (served, kept)]
    assert [line.split() for line in run("snapshots", "list").out.splitlines()[1:]] == [
        ["*", served, created[0], "40", "fake", "current"],
        [kept, created[1], "20", "fake", "refused"],
        [kept, "was", "refused", "by", "the", "gate:"],
        LINE.split(),
    ]


def test_publish(run, kept, store, tmp_path):
    ran = run("snapshots", "publish", kept, "--by", "ana", "--reason", "the archive was cut")
    assert (ran.code, ran.out) == (0, f"current: {kept}, 20 articles\n  in spite of {LINE}\n")
    assert store.current_name() == kept
    (entry,) = read_history(tmp_path / "index")
    assert (entry["by"], entry["reason"], entry["failed"]) == ("ana", "the archive was cut", [LINE])
    assert "refused" not in run("snapshots", "list").out
    assert run("snapshots", "rollback").code == 0
    assert run("snapshots", "rollback", kept).code == 0  # it is one like any other now


def test_who_is_logged_in_published_it_where_nobody_is_named(run, kept, tmp_path, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "night-desk")
    assert run("snapshots", "publish", kept).code == 0
    assert read_history(tmp_path / "index")[0]["by"] == "night-desk"

    def nobody():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert run("snapshots", "publish", kept).code == 0
    assert read_history(tmp_path / "index")[1]["by"] == "user 4711"


@pytest.mark.parametrize("option", ["--by", "--reason"])
def test_who_and_why_are_not_blank(run, kept, store, option):
    served = store.current_name()
    ran = run("snapshots", "publish", kept, option, " ")
    assert (ran.code, f"{option}: is blank" in ran.err) == (2, True)
    assert store.current_name() == served


def test_rollback_to_what_was_refused_names_the_way(run, kept, store):
    served = store.current_name()
    ran = run("snapshots", "rollback", kept)
    assert ran.code == 3
    assert f"`recommender snapshots publish {kept}` publishes it all the same: {LINE}" in ran.err
    assert store.current_name() == served
    assert run("snapshots", "rollback").code == 66  # there is none before, the refused one does not count


def test_prune_keeps_the_last_refused_one_until_something_newer_is_published(
    run, half, kept, store, tmp_path
):
    assert run("rebuild", half).code == 3
    assert kept not in store.names()
    last = store.names()[-1]
    assert run("snapshots", "prune", "--keep", 1).out == "nothing to remove\n"
    assert run("rebuild", tmp_path / "all.jsonl").code == 0
    assert last not in store.names()
    assert len(store.names()) == 2
