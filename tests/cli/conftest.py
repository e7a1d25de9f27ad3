"""A command line in the test's own directory, without the machine's settings and without a real encoder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from recommender.cli import main
from recommender.rebuild import Outcome
from tests.conftest import NEWSROOM, write_jsonl
from tests.fakes import FakeEncoder


@dataclass(frozen=True)
class Ran:
    """What one command left."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEncoder:
    """The encoder that every rebuild gets; nothing of the surroundings counts."""
    fake = FakeEncoder()
    monkeypatch.setattr("recommender.rebuild.build.load_encoder", lambda name, **_: fake)
    for name in [name for name in os.environ if name.startswith("RECOMMENDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return fake


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one command in this process: ``run("similar", "storm-1", "--json")``."""

    def command(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(one) for one in arguments])
        return Ran(code, *capsys.readouterr())

    return command


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The newsroom as a JSONL file."""
    return write_jsonl(tmp_path / "newsroom.jsonl", NEWSROOM)


@pytest.fixture
def index(build: Callable[..., Outcome], tmp_path: Path) -> Path:
    """An index directory, ./index, with one snapshot of the newsroom."""
    build()
    return tmp_path / "index"


def damage(directory: Path) -> str:
    """Flips one bit in the middle of a snapshot's ids and gives back the file's name."""
    path = directory / "ids" / "ids.bin"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return "ids/ids.bin"
