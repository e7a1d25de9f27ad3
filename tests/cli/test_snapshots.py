from __future__ import annotations

import pytest

from recommender.snapshot.format import FILES
from recommender.store import POINTER, Store
from tests.cli.conftest import damage


@pytest.fixture
def names(build, index):
    build()
    build()
    return Store(index).names()


def test_list(run, names):
    ran = run("snapshots", "list")
    head, *entries = ran.out.splitlines()
    assert ran.code == 0
    assert head.split() == ["snapshot", "created", "articles", "encoder"]
    assert [line.split() for line in entries] == [
        [names[0], "2022-01-17T04:00:00Z", "9", "fake"],
        [names[1], "2022-01-17T04:00:00Z", "9", "fake"],
        ["*", names[2], "2022-01-17T04:00:00Z", "9", "fake", "current"],
    ]


def test_list_shows_a_corrupt_one_as_such(run, names, index):
    damage(index / "snapshots" / names[1])
    entries = run("snapshots", "list").out.splitlines()[1:]
    assert [line.split() for line in entries][1] == [names[1], "corrupt"]


@pytest.mark.parametrize("content", [b"000099-abcdef\n", b"rubbish\n"])
def test_list_complains_about_a_pointer_that_leads_nowhere(run, names, index, content):
    (index / POINTER).write_bytes(content)
    ran = run("snapshots", "list")
    assert ran.code == 65
    assert names[2] in ran.out
    assert "recommender: error: " in ran.err


def test_verify(run, names):
    ran = run("snapshots", "verify")
    assert ran.code == 0
    assert ran.out == "".join(f"{name}: good, 9 articles in {len(FILES)} files\n" for name in names)
    assert run("snapshots", "verify", names[0]).out == f"{names[0]}: good, 9 articles in {len(FILES)} files\n"


def test_verify_goes_on_after_a_corrupt_one_and_names_the_file(run, names, index):
    file = damage(index / "snapshots" / names[0])
    ran = run("snapshots", "verify")
    assert ran.code == 65
    assert [line.split(": ")[1].split(",")[0] for line in ran.out.splitlines()] == ["corrupt", "good", "good"]
    assert f"recommender: error: snapshot {names[0]}: {file} has sha256 " in ran.err
    assert run("snapshots", "verify", names[1]).code == 0


def test_verify_of_an_unknown_name(run, names):
    ran = run("snapshots", "verify", "000099-abcdef")
    assert ran.code == 66
    assert names[0] in ran.err


def test_rollback_and_forth(run, names, index):
    assert run("snapshots", "rollback").out == f"current: {names[1]}, 9 articles\n"
    assert run("snapshots", "rollback").out == f"current: {names[0]}, 9 articles\n"
    assert run("snapshots", "rollback").code == 66
    assert run("snapshots", "rollback", names[2]).code == 0
    assert Store(index).current_name() == names[2]


def test_rollback_to_a_corrupt_one_is_refused(run, names, index):
    damage(index / "snapshots" / names[1])
    assert run("snapshots", "rollback").code == 65
    assert Store(index).current_name() == names[2]


def test_prune(run, names, build, index, monkeypatch):
    build()
    assert run("snapshots", "prune").out == "nothing to remove\n"
    assert run("snapshots", "prune", "--keep", 3).out == f"removed: {names[0]}\n"
    monkeypatch.setenv("RECOMMENDER_KEEP_SNAPSHOTS", "1")
    assert run("snapshots", "prune").out == f"removed: {names[1]}\n"
    assert len(Store(index).names()) == 2  # the current one and the one before it
