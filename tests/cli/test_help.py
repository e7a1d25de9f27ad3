"""Every command explains itself, and every example that is printed anywhere is one that parses."""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.cli import (
    audit,
    evaluate,
    explain,
    export,
    rebuild,
    rules,
    serve,
    similar,
    snapshots,
    takedown,
)

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    ("rebuild",): (rebuild, "run"),
    ("serve",): (serve, "run"),
    ("similar",): (similar, "run"),
    ("explain",): (explain, "run"),
    ("audit",): (audit, "run"),
    ("export",): (export, "run"),
    ("evaluate",): (evaluate, "run"),
    ("rules", "list"): (rules, "show"),
    ("rules", "add"): (rules, "add"),
    ("rules", "remove"): (rules, "remove"),
    ("takedown",): (takedown, "run"),
    ("snapshots", "list"): (snapshots, "show"),
    ("snapshots", "verify"): (snapshots, "verify"),
    ("snapshots", "rollback"): (snapshots, "rollback"),
    ("snapshots", "publish"): (snapshots, "publish"),
    ("snapshots", "prune"): (snapshots, "prune"),
}
DOCUMENT = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.fixture
def parsed(run, monkeypatch):
    """Runs a command line as far as its parsing: gives the exit code and what the command would get."""
    got = []

    def instead(command):
        @functools.wraps(command)
        def take(**arguments):
            got.append(arguments)

        return take

    for room, name in COMMANDS.values():
        monkeypatch.setattr(room, name, instead(getattr(room, name)))

    def parse(line):
        got.clear()
        words = shlex.split(line.split(" | ")[-1].split(" > ")[0].split(" >> ")[0])
        assert words[0] == "recommender", line
        ran = run(*words[1:])
        assert ran.code == 0, (line, ran.err)
        assert len(got) == 1
        return got[0]

    return parse


def examples(text):
    return [line.strip() for line in text.splitlines() if re.match(r"\s*(\S.* \| )?recommender [a-z-]", line)]


@pytest.mark.parametrize("command", [(), ("rules",), ("snapshots",), *COMMANDS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_has_an_example(run, command, flag):
    ran = run(*command, flag)
    assert ran.code == 0
    assert ran.out.startswith("Usage: recommender")
    assert ran.err == ""
    assert examples(ran.out.split("Example:\n")[1])


def test_examples_in_help_parse(run, parsed):
    for command in [(), ("rules",), ("snapshots",), *COMMANDS]:
        found = examples(run(*command, "--help").out.split("Example:\n")[1])
        for line in found:
            assert line.split(" | ")[-1].startswith(" ".join(["recommender", *command]))
            parsed(line)


def test_examples_in_the_document_parse(parsed):
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > len(COMMANDS)
    for line in lines:
        parsed(line)


@pytest.mark.parametrize("room", sorted({command[0] for command in COMMANDS} - {"snapshots"}))
def test_the_document_has_every_flag_of_a_command_and_no_other(run, room):
    section = DOCUMENT.split(f"## {room}\n")[1].split("\n## ")[0]
    told = set(re.findall(r"^\| `(--[a-z-]+)", section, re.MULTILINE))
    helps = "\n".join(run(*command, "--help").out for command in COMMANDS if command[0] == room)
    there = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", helps, re.MULTILINE))
    assert there - told == {"--help", "--index", "--config"}
    assert told <= there


def test_the_document_has_every_command():
    for room, *rest in COMMANDS:
        section = DOCUMENT.split(f"## {room}\n")[1].split("\n## ")[0]
        assert all(f"| `{name}" in section for name in rest)


def test_flags_arrive(parsed):
    assert parsed(
        "recommender rebuild a b --add --max-age-days 3 --refit --dry-run --no-gate --json --encoder x"
    ) == {
        "sources": ["a", "b"],
        "index": None,
        "encoder": "x",
        "add": True,
        "max_age_days": 3.0,
        "refit": True,
        "dry_run": True,
        "no_gate": True,
        "as_json": True,
        "config": None,
    }
    assert parsed("recommender similar -- -dash")["article_id"] == "-dash"


def test_version(run):
    ran = run("--version")
    assert ran.code == 0
    assert re.fullmatch(r"recommender( \d+\.\d+\.\d+.*|, run from .*)\n", ran.out)


def test_the_module_is_the_command(tmp_path):
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "recommender", "snapshots", "list", "--index", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=tmp_path, check=False)
    assert done.returncode == 66
    assert done.stderr == "recommender: error: nowhere holds no snapshot\n"


def test_nothing_heavy_is_loaded_to_look_something_up(index):
    script = (
        "import sys\nfrom recommender.cli import main\ncode = main(['similar', 'storm-1'])\n"
        "heavy = {'torch', 'faiss', 'sentence_transformers', 'pyarrow', 'fastapi', 'trafilatura'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\nsys.exit(code)"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")
