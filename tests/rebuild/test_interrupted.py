"""A rebuild whose disk fails, or that is killed: what is served stays whole, and the next one works."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import recommender
from recommender.errors import StorageError
from recommender.rebuild import rebuild
from recommender.settings import load
from recommender.store import Store
from tests.conftest import NEWSROOM, NOW, write_jsonl
from tests.fakes import FakeEncoder
from tests.test_store import Failing, leftovers, steps_replaced

OLD, NEW = NEWSROOM[:5], NEWSROOM[3:]
# Two are there, and two are kept: every rebuild prunes the oldest.
KEEP = 2


def rebuild_into(index: Path, records, **options) -> str:
    source = write_jsonl(index.parent / f"{index.name}.jsonl", records)
    settings = load({"index": index, "keep_snapshots": KEEP}, environ={})
    outcome = rebuild([str(source)], settings, now=NOW, encoder=FakeEncoder(), **options)
    return outcome.snapshot.name


def served(index: Path) -> list[str]:
    """Ids of the current snapshot, which is verified and asked for every list on the way."""
    found = recommender.open(index)
    ids = list(found.snapshot.ids)
    assert all(item.id in ids for one in ids for item in found.similar(one, min_score=0))
    return ids


def ids(records) -> list[str]:
    return [record["id"] for record in records]


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Path:
    """An index of two snapshots, the newer one current."""
    index = tmp_path_factory.mktemp("standing") / "index"
    for _ in range(2):
        rebuild_into(index, OLD)
    return index


@pytest.fixture(scope="module")
def steps(standing, tmp_path_factory) -> list[str]:
    """The file-system steps of a rebuild that succeeds, with what each is about."""
    index = Path(shutil.copytree(standing, tmp_path_factory.mktemp("clean") / "index"))
    watch = Failing(None)
    with steps_replaced(watch):
        rebuild_into(index, NEW)
    return [f"{name} {path.name}" for name, path in watch.done]


def test_a_rebuild_takes_the_steps_that_are_broken_off_below(steps):
    kinds = {step.split()[0] for step in steps}
    assert len(steps) > 40
    assert kinds >= {"make_directories", "make_new_directory", "write_new", "sync_directory", "rename_new"}
    assert kinds >= {"replace", "remove_file", "remove_tree"}
    assert [step for step in steps if step.startswith("replace ")] == [
        "replace rejected.jsonl",
        "replace CURRENT",
        "replace build.json",
    ]


def test_wherever_a_rebuild_fails_what_is_served_stays_whole(standing, steps, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)  # hundreds of them; that it is asked for, steps show
    pointed = steps.index("replace CURRENT")
    for fatal, step in enumerate(steps):
        index = Path(shutil.copytree(standing, tmp_path / f"{fatal}"))
        with steps_replaced(Failing(fatal, "after")), pytest.raises(StorageError):
            rebuild_into(index, NEW)
        assert served(index) == ids(NEW if fatal >= pointed else OLD), step
        name = rebuild_into(index, NEW)
        assert served(index) == ids(NEW), step
        assert Store(index).current_name() == name
        assert leftovers(index) == [], step


def test_a_first_rebuild_that_fails_serves_nothing_and_the_next_one_works(tmp_path, steps):
    for fatal in (0, 3, len(steps) // 2):
        index = tmp_path / f"{fatal}"
        with steps_replaced(Failing(fatal)), pytest.raises(StorageError):
            rebuild_into(index, NEW)
        assert Store(index).current_name() is None
        rebuild_into(index, NEW)
        assert served(index) == ids(NEW)


class Killing:
    """Lets steps pass until the ``fatal``-th (from 0): there the process is killed, in the middle of the
    file that it writes."""

    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.done = 0

    def __call__(self, name: str, original: Callable[..., None]) -> Callable[..., None]:
        def step(*arguments: Any) -> None:
            if self.done == self.fatal:
                if name == "write_new":
                    arguments[0].write_bytes(b"half")
                os.kill(os.getpid(), signal.SIGKILL)
            self.done += 1
            original(*arguments)

        return step


KILLED = """
import sys
from pathlib import Path
from tests.rebuild.test_interrupted import NEW, Killing, rebuild_into
from tests.test_store import steps_replaced

with steps_replaced(Killing(int(sys.argv[2]))):
    rebuild_into(Path(sys.argv[1]), NEW)
print("published")
"""


def rebuild_in_a_process(index: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(index), str(fatal)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_wherever_a_rebuild_is_killed_what_is_served_stays_whole(standing, steps, tmp_path):
    pointed = steps.index("replace CURRENT")
    renamed = [step.split()[0] for step in steps].index("rename_new")
    for fatal in (2, renamed // 2, renamed - 1, renamed, renamed + 1, pointed, pointed + 1, len(steps) - 6):
        index = Path(shutil.copytree(standing, tmp_path / f"{fatal}"))
        assert rebuild_in_a_process(index, fatal).returncode == -9
        assert served(index) == ids(NEW if fatal > pointed else OLD), steps[fatal]
        rebuild_into(index, NEW)  # the lock went with the process
        assert served(index) == ids(NEW)
        assert leftovers(index) == []


def test_a_rebuild_that_is_not_killed_publishes(standing, tmp_path):
    """The control: the same process, with a step beyond the last."""
    index = Path(shutil.copytree(standing, tmp_path / "index"))
    done = rebuild_in_a_process(index, 10**6)
    assert (done.returncode, done.stdout, done.stderr) == (0, "published\n", "")
    assert served(index) == ids(NEW)
