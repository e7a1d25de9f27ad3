"""What a rebuild says about itself: counts, and what each stage cost."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import orjson

from recommender.encoder import Advance
from recommender.ingest import Rejection, Tally


class Progress(Protocol):
    """Shows how far a stage is. ``total`` is ``None`` where it is not known beforehand."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Advance]:
        """Enter a stage; the function it gives is called with the number of units done."""
        ...


class Silent:
    """Progress that shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        """See `Progress.stage`."""
        yield lambda _: None


@dataclass(slots=True)
class Report:
    """The build report, filled in as the build goes; ``encode`` makes ``build.json`` of it.

    ``snapshot`` is the published name, ``None`` for a dry run or a refused build, whose ``refused`` says
    why; ``kept`` the name of one that the gate refused, and ``gate`` what that said, empty where it was not
    asked. ``read`` counts what came in, ``corpus`` what it was assembled to, ``embedding`` what was
    encoded and reused, ``policy`` what each step struck, ``rules`` what the editors' rules do,
    ``lists`` what the default lists are like, both under the keys that `index/README.md` describes.
    A stage's cost: ``seconds`` by the clock, ``cpu_seconds`` of this process and of those that it started and
    that ended, and ``peak_megabytes``, the most memory that this process has held by the stage's end, or one
    that it started. ``sources`` and ``read`` are empty where the corpus was in
    memory.
    """

    created_at: str
    sources: list[str]
    dry_run: bool = False
    snapshot: str | None = None
    parent: str | None = None
    refused: str | None = None
    kept: str | None = None
    notes: list[str] = field(default_factory=list)
    read: dict[str, Any] = field(default_factory=dict)
    corpus: dict[str, int] = field(default_factory=dict)
    encoder: str | None = None
    embedding: dict[str, int] = field(default_factory=dict)
    statistics: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, int] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    gate: dict[str, Any] = field(default_factory=dict)
    pruned: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    peak_megabytes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as a mapping ready for JSON."""
        content = asdict(self)
        # A path need not be UTF-8; JSON has to be.
        content["sources"] = [_as_utf8(one) for one in self.sources]
        content["refused"] = None if self.refused is None else _as_utf8(self.refused)
        return content

    def encode(self) -> bytes:
        """The report as indented JSON."""
        return orjson.dumps(self.as_json(), option=orjson.OPT_INDENT_2) + b"\n"

    @contextmanager
    def timed(self, progress: Progress, name: str, total: int | None) -> Iterator[Advance]:
        """A stage shown by ``progress`` whose cost goes into the report."""
        started, cpu = time.perf_counter(), _cpu_seconds()
        with progress.stage(name, total) as advance:
            yield advance
        self.seconds[name] = round(time.perf_counter() - started, 3)
        self.cpu_seconds[name] = round(_cpu_seconds() - cpu, 3)
        self.peak_megabytes[name] = _peak_megabytes()


def read_counts(tally: Tally, too_old: int, duplicates: int) -> dict[str, Any]:
    """What a reading counted, ready for JSON."""
    return {
        "files": tally.files,
        "records": tally.records,
        "accepted": tally.accepted,
        "rejected": len(tally.rejections),
        "duplicates": duplicates,
        "too_old": too_old,
        "unreadable": dict(tally.unreadable),
        "ignored_fields": dict(tally.ignored_fields),
        "passed_over": [{"path": path, "reason": reason} for path, reason in tally.passed_over],
        "notes": [{"path": path, "note": note} for path, note in tally.notes],
    }


def encode_rejections(rejections: list[Rejection]) -> bytes:
    """``rejected.jsonl``: one line a record set aside, with its file, line, id and reason."""
    return b"".join(
        orjson.dumps(
            {
                "file": rejection.source,
                "line": rejection.line,
                "id": rejection.id,
                "reason": rejection.reason,
            }
        )
        + b"\n"
        for rejection in rejections
    )


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


def _peak_megabytes() -> int:
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def _as_utf8(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "replace")
