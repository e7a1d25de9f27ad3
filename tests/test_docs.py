"""What the documents say is compared with the code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.cli import main
from recommender.rebuild import Outcome
from recommender.settings import TABLE
from recommender.snapshot.format import FILES, MANIFEST

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_settings_table_is_the_code_s() -> None:
    lines = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    expected = [
        f"| `{row.name}` | {'' if row.default is None else f'`{row.default}`'} | {row.meaning} |"
        for row in TABLE
    ]
    assert rows == expected


def test_index_readme_names_every_file_of_a_snapshot() -> None:
    text = (ROOT / "index" / "README.md").read_text(encoding="utf-8")
    table = text.split("## Files of a snapshot")[1].split("## The manifest")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}
    assert named == FILES | {MANIFEST}


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("docs/*.md")]
    assert documents
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_readme_names_the_two_commands_that_make_knows() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    said = re.findall(r"^make ([a-z]+)", README, re.MULTILINE)
    assert said == ["demo", "test"]
    assert set(said) <= set(targets)


def test_readme_s_commands_are_ones_that_parse(capsys: pytest.CaptureFixture[str]) -> None:
    lines = README.split("## Your own newsroom")[1].split("In Python:")[0].splitlines()
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("recommender ")]
    assert [command[0] for command in commands] == ["rebuild", "similar", "serve"]
    for command in commands:
        # With --help every option before it is looked up, and nothing is run.
        assert main([*command, "--no-such-option"]) == 2
        assert "--no-such-option" in capsys.readouterr().err
        assert main([*command, "--help"]) == 0


def test_readme_s_python_example_runs(
    build: Callable[..., Outcome], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    example = README.split("```python\n")[1].split("```")[0]
    snapshot = build().snapshot
    assert snapshot is not None
    monkeypatch.chdir(snapshot.directory.parents[2])  # where the example's "index" is
    exec(example.replace("an-article-id", "storm-1"), {})
    assert [line.partition(" ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "Storm lands",
        "Storm bill",
    ]
