"""Timing things in turn, in this process and in children."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.benchmark.figures import Figure
from recommender.errors import RecommenderError

_LOOK_EVERY_SECONDS = 0.1
_TAIL = 2000


@dataclass(frozen=True, slots=True)
class Usage:
    """What something took: wall-clock and processor seconds."""

    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Child:
    """What a child process answered (the JSON of its last line) and took. ``peak_bytes`` is the most that it
    and its own children held at once, pages that they share counted for each."""

    answer: Any
    usage: Usage
    peak_bytes: int


def interleaved(subjects: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[Usage]]:
    """Every subject once to warm up, then all of them in turn, ``runs`` times, each round beginning with
    another one."""
    for subject in subjects.values():
        subject()
    taken: dict[str, list[Usage]] = {name: [] for name in subjects}
    names = list(subjects)
    for run in range(runs):
        for place in range(len(names)):
            name = names[(run + place) % len(names)]
            taken[name].append(usage_of(subjects[name]))
    return taken


def usage_of(subject: Callable[[], object]) -> Usage:
    """What one call takes of this process."""
    seconds, cpu = time.perf_counter(), time.process_time()
    subject()
    return Usage(time.perf_counter() - seconds, time.process_time() - cpu)


def seconds_of(what: str, taken: Sequence[Usage]) -> Figure:
    """The wall-clock seconds, as a figure."""
    return Figure(what, "s", tuple(one.seconds for one in taken))


def cpu_of(what: str, taken: Sequence[Usage]) -> Figure:
    """The processor seconds, as a figure."""
    return Figure(what, "CPU s", tuple(one.cpu for one in taken))


def in_child(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Child:
    """Run ``python -m module arguments`` to its end, with variables besides those that are there. Raises
    RecommenderError, with the end of what it wrote to stderr, where it fails."""
    started, before = time.perf_counter(), os.times()
    command = [sys.executable, "-m", module, *arguments]
    pipe, variables = subprocess.PIPE, {**os.environ, **(environment or {})}
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=variables) as process:
        watch = _Watch(process.pid)
        output, complaint = process.communicate()
        watch.end()
    seconds, after = time.perf_counter() - started, os.times()
    if process.returncode:
        raise RecommenderError(f"{module} ended with {process.returncode}: {complaint[-_TAIL:].strip()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Child(json.loads(output.splitlines()[-1]), Usage(seconds, cpu), watch.peak)


def with_children(pid: int) -> list[int]:
    """A process and all below it that are there now."""
    found, index = [pid], 0
    while index < len(found):
        with suppress(OSError):  # it may end while it is looked at
            for task in Path(f"/proc/{found[index]}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        index += 1
    return found


def kilobytes(pid: int, name: str, path: str = "status") -> int:
    """One line of ``/proc/PID/status`` or another such file, such as ``VmRSS``; 0 where there is none."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{path}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0


class _Watch:
    """Looks now and then at what a process and those below it hold in memory."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_SECONDS):
            alive = with_children(self._pid)
            self.peak = max(self.peak, 1024 * sum(kilobytes(pid, "VmRSS") for pid in alive))
