from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.store import Store
from scripts.rebuild_index import main
from tests.conftest import NEWSROOM, write_jsonl
from tests.fakes import FakeEncoder

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("recommender.rebuild.build.load_encoder", lambda name, **_: FakeEncoder())
    index = tmp_path / "index"
    source = write_jsonl(tmp_path / "newsroom.jsonl", NEWSROOM)
    assert main([str(source), "--index", str(index), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["snapshot"] == Store(index).current_name()
    with Store(index).lock():
        assert main([str(source), "--index", str(index)]) == 75


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), ([], 2), (["gone.jsonl"], 66)])
def test_exit_codes_come_through(tmp_path, arguments, code):
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, ROOT / "scripts" / "rebuild_index.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=tmp_path, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
