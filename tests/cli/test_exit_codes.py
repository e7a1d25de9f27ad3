"""Every exit code that these commands have, and one clear line on stderr with each."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.article import normalise_id
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.store import Store
from tests.cli.conftest import damage
from tests.conftest import NEWSROOM, write_jsonl

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments, options=(), **how):
    """The same command in a process of its own, run from this checkout."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    command = [sys.executable, *options, "-m", "recommender", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environ, **how)


def complaint(ran):
    errors = [line for line in ran.err.splitlines() if line.startswith("recommender: error: ")]
    assert len(errors) == 1, ran.err
    assert "Traceback" not in ran.err
    return errors[0].removeprefix("recommender: error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["rebuild"],
        ["rebuild", "x.jsonl", "--refitted"],
        ["similar"],
        ["similar", "a", "--limit", "many"],
        ["export", "--limit", "0"],
        ["export", "--format", "xml"],
        ["export", "--policy", "strict"],
        ["snapshots", "publish"],
        ["snapshots", "pull"],
        ["snapshots", "prune", "--keep", "0"],
        ["audit", "a", "b"],
        ["audit", "--limit", "many"],
        ["explain", "a"],
        ["rules", "ban"],
        ["rules", "add", "pin", "--article", "a", "--target", "b", "--by", "ana"],
        ["rules", "add", "ban", "--reason", "r", "--by", "ana"],
        ["rules", "remove", "x", "--reason", "r"],
        ["takedown", "a"],
        ["takedown", "a", "--reason", "r"],
    ],
)
def test_2_for_usage(run, arguments):
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage: recommender" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["similar", "storm-1", "--limit", 51], "limit: found 51, expected 1 to 50"),
        (["similar", "storm-1", "--min-score", "nan"], "min_score: found nan, expected 0 to 1"),
        (["audit", "storm-1", "--limit", 51], "limit: found 51, expected 1 to 50"),
        (["audit", "--limit", 0], "limit: found 0, expected 1 to 50"),
        (["audit", "--min-score", "nan"], "min_score: found nan, expected 0 to 1"),
        (["export", "--min-score", 1.5], "min_score: found 1.5, expected 0 to 1"),
        (["export", "--min-score", "nan"], "min_score: found nan, expected 0 to 1"),
        (["rebuild", "x", "--max-age-days", "nan"], "--max-age-days: found nan, expected"),
        (["rebuild", "x", "--max-age-days", -1], "--max-age-days: found -1, expected"),
        (["export", "--out", "/dev/null"], "--out: /dev/null is not a regular file"),
        (["serve", "--port", 65536], "setting 'port' from the command line: found 65536"),
        (["serve", "--workers", 0], "setting 'workers' from the command line: found 0"),
    ],
)
def test_2_for_a_value_out_of_range(run, index, arguments, said):
    ran = run(*arguments)
    assert ran.code == 2
    assert complaint(ran).startswith(said)


@pytest.mark.parametrize(
    "arguments", [["rebuild", "x"], ["serve"], ["similar", "x"], ["audit"], ["export"], ["snapshots", "list"]]
)
def test_2_for_an_unknown_setting_wherever_it_stands(run, monkeypatch, tmp_path, arguments):
    (tmp_path / "other.toml").write_text("speed = 3\n")
    ran = run(*arguments, "--config", "other.toml")
    assert (ran.code, complaint(ran)[:37]) == (2, "unknown setting 'speed' in other.toml")
    monkeypatch.setenv("RECOMMENDER_SPEED", "3")
    ran = run(*arguments)
    assert (ran.code, "RECOMMENDER_SPEED" in complaint(ran)) == (2, True)


def test_flags_win_over_variables_and_those_over_the_file(run, source, tmp_path, monkeypatch):
    (tmp_path / "recommender.toml").write_text('index = "from-file"\n')
    assert "in from-file\n" in run("rebuild", source).out
    monkeypatch.setenv("RECOMMENDER_INDEX", "from-variable")
    assert "in from-variable\n" in run("rebuild", source).out
    assert "in from-flag\n" in run("rebuild", source, "--index", "from-flag").out


def test_3_for_what_the_gate_refuses(run, tmp_path):
    records = [{"id": f"storm-{n}", "title": f"Storm {n}", "text": "storm " * (n % 9 + 1)} for n in range(40)]
    assert run("rebuild", write_jsonl(tmp_path / "all.jsonl", records)).code == 0
    current = Store(tmp_path / "index").current_name()
    ran = run("rebuild", write_jsonl(tmp_path / "half.jsonl", records[:20]))
    assert ran.code == 3
    assert complaint(ran).startswith("the gate refused 000002-")
    assert f"; {current} stays in force" in ran.err
    assert "\n  articles: found 20, allowed 30 or more, was 40 (gate_min_articles)\n" in ran.err
    assert Store(tmp_path / "index").current_name() == current


def test_65_and_not_3_for_an_empty_source_also_without_the_gate(run, source, index, tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    for options in ([], ["--no-gate"]):
        ran = run("rebuild", "empty.jsonl", *options)
        assert (ran.code, complaint(ran)) == (65, "no article found in empty.jsonl")


def test_65_for_too_much_bad_input(run, tmp_path):
    source = write_jsonl(tmp_path / "bad.jsonl", [{"id": "a", "title": "A"}, {"title": "No id"}])
    ran = run("rebuild", source, "--json")
    assert ran.code == 65
    assert ran.out == ""
    assert "1 of 2 records are unusable" in complaint(ran)
    assert f"{source}:2: " in complaint(ran)
    assert complaint(ran).endswith("; all that was set aside is in index/rejected.jsonl")


def test_65_for_an_empty_directory(run, tmp_path):
    (tmp_path / "nothing").mkdir()
    ran = run("rebuild", "nothing")
    assert (ran.code, complaint(ran)) == (65, "no article found in nothing")


@pytest.mark.parametrize(
    "arguments", [["similar", "storm-1"], ["audit"], ["export"], ["snapshots", "verify"]]
)
def test_65_for_one_flipped_bit(run, index, arguments):
    file = damage(index / "snapshots" / Store(index).current_name())
    ran = run(*arguments)
    assert ran.code == 65
    assert file in complaint(ran)


def test_66_for_a_missing_source(run):
    ran = run("rebuild", "gone.jsonl")
    assert (ran.code, complaint(ran)) == (66, "source 'gone.jsonl' does not exist")


@pytest.mark.parametrize("command", ["similar", "audit"])
@pytest.mark.parametrize("asked", ["nobody", "nobody-at-all", "storm-", "STORM-1"])
def test_66_for_an_unknown_id(run, index, command, asked):
    ran = run(command, asked)
    assert ran.code == 66
    assert repr(asked) in complaint(ran)


@pytest.mark.parametrize("command", ["similar", "audit"])
def test_66_for_what_was_taken_down(run, index, command):
    (index / OVERLAY_FILE).write_bytes(Overlay(3, frozenset({"storm-1"})).encode())
    ran = run(command, "storm-1")
    assert (ran.code, complaint(ran)) == (66, "article 'storm-1' has been taken down")


@pytest.mark.parametrize(
    "arguments",
    [
        ["similar", "storm-1"],
        ["audit"],
        ["audit", "storm-1"],
        ["export"],
        ["snapshots", "list"],
        ["snapshots", "verify"],
        ["snapshots", "rollback"],
        ["snapshots", "prune"],
        ["snapshots", "publish", "000001-aaaaaa"],
    ],
)
def test_66_where_there_is_no_snapshot(run, tmp_path, arguments):
    ran = run(*arguments)
    assert ran.code == 66
    assert "holds no snapshot" in complaint(ran)
    assert list(tmp_path.iterdir()) == []


def test_69_where_the_port_is_taken(run, index):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", "--port", taken.getsockname()[1])
    assert ran.code == 69
    assert "cannot listen on 127.0.0.1 port" in complaint(ran)


@pytest.mark.parametrize("where", ["newsroom.jsonl/index", "/proc/index"])
def test_74_where_the_index_cannot_be_written(run, source, where):
    ran = run("rebuild", source, "--index", where)
    assert ran.code == 74
    assert "cannot create directory" in complaint(ran)


@pytest.mark.parametrize("out", ["gone/lists.jsonl", "newsroom.jsonl/lists.jsonl", "/proc/lists.jsonl"])
def test_74_where_the_export_cannot_be_written(run, source, index, out):
    ran = run("export", "--out", out)
    assert ran.code == 74
    assert "lists.jsonl.tmp: " in complaint(ran)


def test_74_where_standard_output_is_full(index):
    with Path("/dev/full").open("w") as full:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "recommender", "export"]
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=environ, check=False
        )
    assert done.returncode == 74
    assert done.stderr == "recommender: error: No space left on device\n"


def test_75_while_another_rebuild_runs(run, source, index):
    with Store(index).lock():
        ran = run("rebuild", source)
        assert ran.code == 75
        assert "another rebuild holds index/LOCK" in complaint(ran)
        assert run("rebuild", source, "--dry-run").code == 0
        assert run("similar", "storm-1").code == 0
        assert run("snapshots", "prune").code == 75


def test_1_for_what_nobody_foresaw(run, index, monkeypatch):
    monkeypatch.setattr("recommender.cli.similar.open_recommender", lambda settings: 1 / 0)
    ran = run("similar", "storm-1")
    assert ran.code == 1
    assert complaint(ran) == "unexpected ZeroDivisionError: division by zero"
    assert "python -X dev -m recommender" in ran.err


def test_the_traceback_is_there_for_who_asks(index):
    script = (
        "import sys\nfrom recommender.cli import main, similar\n"
        "similar.open_recommender = lambda settings: 1 / 0\nsys.exit(main(['similar', 'storm-1']))"
    )
    command = [sys.executable, "-X", "dev", "-c", script]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_130_for_ctrl_c(run, index, monkeypatch):
    def interrupted(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("recommender.cli.similar.open_recommender", interrupted)
    ran = run("similar", "storm-1")
    assert (ran.code, ran.err) == (130, "recommender: interrupted\n")


def test_141_and_no_noise_where_the_reader_goes_away(build, index):
    many = [
        {"id": f"storm-{n:05}", "title": f"Storm {n}", "text": "storm " * (n % 9 + 1)} for n in range(1500)
    ]
    build(many)
    with start("export", "--policy", "none", "--min-score", "0") as process:
        assert process.stdout.readline().startswith('{"id":"storm-00000"')
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 141


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_says_where_and_ends_quietly(index, number):
    with start("serve", "--port", "0") as process:
        address = process.stdout.readline()
        assert address.startswith("listening on http://127.0.0.1:")
        assert process.stdout.readline() == f"index index, snapshot {Store(index).current_name()}\n"
        process.send_signal(number)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in errors


def test_serving_before_the_first_snapshot_says_so(tmp_path):
    with start("serve", "--port", "0") as process:
        assert process.stdout.readline().startswith("listening on ")
        assert "none yet" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_small_character_set_is_no_reason_to_fail(build, index):
    build([*NEWSROOM, {"id": "é-article-one", "title": normalise_id("Żółć storm"), "text": "storm storm"}])
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "recommender", "similar", "storm-1"]
    done = subprocess.run(command, capture_output=True, env=environ, check=False)
    assert done.returncode == 0
    assert b"storm" in done.stdout
    assert done.stderr == b""
