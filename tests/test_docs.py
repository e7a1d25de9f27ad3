"""What the documents say is compared with the code."""

from __future__ import annotations

import re
from pathlib import Path

from recommender.settings import TABLE
from recommender.snapshot.format import FILES, MANIFEST

ROOT = Path(__file__).parents[1]


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
    said = re.findall(r"^make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert said == ["demo", "test"]
    assert set(said) <= set(targets)
