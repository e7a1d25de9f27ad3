"""Servers in processes of their own, and what they hold and use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from recommender.benchmark.timing import kilobytes, with_children
from recommender.errors import RecommenderError

_LISTENING = "listening on "
_SECONDS_TO_END = 20


@dataclass(frozen=True, slots=True)
class Server:
    """One that listens at ``url``."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor seconds of the process and those below it that are there, since they began."""
        return sum(map(_cpu_seconds, with_children(self.pid)))

    def get(self, path: str) -> bytes:
        """The body of a GET. Raises RecommenderError for any answer but 200."""
        return get(self.url, path)

    def memory(self) -> list[dict[str, int]]:
        """For the process and each below it bytes by kind: ``anonymous`` (its own), ``file`` (mapped),
        ``proportional`` (the file pages divided among those who share them, and its own)."""
        return [
            {
                "anonymous": 1024 * kilobytes(pid, "RssAnon"),
                "file": 1024 * kilobytes(pid, "RssFile"),
                "proportional": 1024 * kilobytes(pid, "Pss", "smaps_rollup"),
            }
            for pid in with_children(self.pid)
        ]


@contextmanager
def running(module: str, arguments: Sequence[str], cores: set[int] | None = None) -> Iterator[Server]:
    """``python -m module arguments``, which says on its first line where it listens, pinned to ``cores``;
    ended when left. Raises RecommenderError where it does not start."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            if cores and hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(process.pid, cores)  # before it has threads, which would keep their own
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith(_LISTENING):
                raise RecommenderError(f"{module} {' '.join(arguments)} did not start; it said {line!r}")
            yield Server(line.removeprefix(_LISTENING).strip(), process.pid)
        finally:
            process.terminate()
            process.wait(timeout=_SECONDS_TO_END)


def first_answer(arguments: Sequence[str], path: str) -> float:
    """Seconds from the start of ``recommender`` with these arguments to the end of its first answer."""
    started = time.perf_counter()
    with running("recommender", arguments) as server:
        server.get(path)
        return time.perf_counter() - started


def get(url: str, path: str) -> bytes:
    """The body of a GET. Raises RecommenderError for any answer but 200."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RecommenderError(f"{url}{path} answered {answer.status}, expected 200: {body[:200]!r}")
    return body


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
