"""The benchmark as a person runs it: made-up articles, and a part at a size that takes seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.benchmark import main


def test_the_script_makes_articles(tmp_path, capsys):
    out = tmp_path / "made.jsonl"
    assert main(["generate", "--articles", "30", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"30 articles in {out}\n"
    assert len(out.read_text().splitlines()) == 30
    assert main(["generate", "--articles", "30", "--source", str(tmp_path / "gone"), "--out", str(out)]) == 1
    assert "gone" in capsys.readouterr().err


def test_the_script_prints_and_writes_a_page(tmp_path, capsys):
    pytest.importorskip("sklearn")
    options = ["--only", "neighbours", "--vectors", "30", "--most-source", "4", "--runs", "1"]
    out = tmp_path / "bench.json"
    assert main([*options, "--work", str(tmp_path / "work"), "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.out == Path(out.with_suffix(".md")).read_text() + "\n"
    assert printed.err.startswith("neighbours: ")
    assert json.loads(out.read_text())["given"]["vectors"] == 30
