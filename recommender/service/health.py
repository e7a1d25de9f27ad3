"""`/livez`, `/readyz`, `/metrics` and `/snapshots`: for probes, Prometheus and operators."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from recommender.errors import CorruptSnapshot, SnapshotNotFound, StorageError
from recommender.service import examples, problems
from recommender.service.answers import LiveAnswer, NotReadyAnswer, ReadyAnswer, SnapshotsAnswer
from recommender.service.metrics import Clock, Metrics, age_seconds
from recommender.service.openapi import Document
from recommender.service.routing import add_route, json_response
from recommender.service.state import LOADED, Loaded, State
from recommender.settings import Settings
from recommender.snapshot import MANIFEST
from recommender.snapshot.format import decode_manifest
from recommender.store import Store

_HOUR_SECONDS = 3600
# However often it is asked for, the disk is read no more often than this.
HISTORY_SECONDS = 1.0


class Health:
    """What operators ask."""

    def __init__(self, state: State, settings: Settings, metrics: Metrics, clock: Clock) -> None:
        self._state = state
        self._store = Store(settings.index)
        self._max_age_hours = settings.max_snapshot_age_hours
        self._metrics = metrics
        self._clock = clock
        self._history: dict[str, Any] = {}
        self._history_at = -math.inf
        self._reading = asyncio.Lock()

    def add_to(self, app: FastAPI) -> None:
        """Put the routes in place."""
        add_route(app, "GET", "/snapshots", self.snapshots, SNAPSHOTS)
        add_route(app, "GET", "/livez", self.livez, LIVEZ)
        add_route(app, "GET", "/readyz", self.readyz, READYZ)
        add_route(app, "GET", "/metrics", self._metrics.metrics, METRICS)

    async def livez(self, _: Request) -> Response:
        """The process answers."""
        return json_response({"live": True})

    async def readyz(self, request: Request) -> Response:
        """Whether to send traffic here."""
        loaded: Loaded | None = request.scope[LOADED]
        age = None
        if loaded is not None:
            age = round(age_seconds(loaded.snapshot.manifest.created_at, self._clock()), 3)
        reason = self._reason(loaded, age)
        readiness: dict[str, Any] = {
            "ready": reason is None,
            "reason": reason,
            "snapshot": loaded.snapshot.name if loaded else None,
            "created_at": loaded.snapshot.manifest.created_at if loaded else None,
            "age_seconds": age,
            "articles": len(loaded.snapshot) if loaded else None,
            "overlay_generation": loaded.recommender.overlay.generation if loaded else None,
            "load_error": self._state.error,
        }
        if reason is None:
            return json_response(readiness)
        problem = problems.document(problems.NOT_READY, reason, **readiness)
        return problems.respond(problem, {"Retry-After": str(problems.RETRY_AFTER_SECONDS)})

    async def snapshots(self, request: Request) -> Response:
        """The snapshots on disk."""
        loaded: Loaded | None = request.scope[LOADED]
        async with self._reading:
            if time.monotonic() - self._history_at >= HISTORY_SECONDS:
                self._history = await asyncio.to_thread(_history, self._store)
                self._history_at = time.monotonic()
        return json_response({"serving": loaded.snapshot.name if loaded else None, **self._history})

    def _reason(self, loaded: Loaded | None, age: float | None) -> str | None:
        if loaded is None or age is None:
            return self._state.why_not()
        if self._max_age_hours and age > self._max_age_hours * _HOUR_SECONDS:
            return (
                f"snapshot {loaded.snapshot.name} is {age / _HOUR_SECONDS:.1f} hours old, at most "
                f"{self._max_age_hours:g} are allowed (setting max_snapshot_age_hours)"
            )
        return None


def _history(store: Store) -> dict[str, Any]:
    current, error = None, None
    try:
        current = store.current_name()
    except (CorruptSnapshot, StorageError):
        error = "the pointer to the current snapshot cannot be read"
    entries = (_entry(store, name, current) for name in reversed(store.names()))
    return {
        "current": current,
        "error": error,
        "snapshots": [entry for entry in entries if entry is not None],
    }


def _entry(store: Store, name: str, current: str | None) -> dict[str, Any] | None:
    """One snapshot by its manifest alone: reading every byte of every snapshot is `snapshots verify`.
    ``None`` where it has been pruned in the meantime."""
    try:
        directory = store.path(name)
    except SnapshotNotFound:
        return None
    found: dict[str, Any] = {
        "name": name,
        "created_at": None,
        "articles": None,
        "current": name == current,
        "error": None,
        "refused": [],
    }
    path = directory / MANIFEST
    try:
        manifest = decode_manifest(path.read_bytes(), path)
    except OSError:
        if not directory.is_dir():
            return None
        found["error"] = "its manifest cannot be read"
    except CorruptSnapshot:
        found["error"] = "its manifest is damaged"
    else:
        if manifest.name != name:
            found["error"] = f"its manifest is of snapshot {manifest.name}"
        else:
            found["created_at"], found["articles"] = manifest.created_at, manifest.counts.get("articles")
            with contextlib.suppress(CorruptSnapshot):  # what was published in spite of the gate is unknown
                found["refused"] = [] if found["current"] else list(store.refused(name))
    return found


SNAPSHOTS = Document(
    name="snapshots",
    tag="Operation",
    summary="The snapshots on disk",
    description="Newest first, each by its manifest; one that cannot be read says why, and one that "
    "the gate refused and nobody has published since.",
    curl="curl http://127.0.0.1:8000/snapshots",
    example=examples.SNAPSHOTS,
    answer=SnapshotsAnswer,
)
LIVEZ = Document(
    name="livez",
    tag="Operation",
    summary="Whether the process answers",
    description="Never touches the index: restart the process when this fails.",
    curl="curl http://127.0.0.1:8000/livez",
    example=examples.LIVE,
    answer=LiveAnswer,
)
READYZ = Document(
    name="readyz",
    tag="Operation",
    summary="Whether to send traffic here",
    description="503 while no snapshot is loaded, or while the one that is served is older than the setting "
    "`max_snapshot_age_hours` allows. A new snapshot that cannot be loaded is told in `load_error`; the old "
    "one is served and the answer stays 200.",
    curl="curl http://127.0.0.1:8000/readyz",
    example=examples.READY,
    answer=ReadyAnswer,
    problems=(problems.NOT_READY,),
    not_ready=NotReadyAnswer,
)
METRICS = Document(
    name="metrics",
    tag="Operation",
    summary="Metrics for Prometheus",
    description="Requests by route template and status, their seconds, the snapshot served and its age, and "
    "failed loads.",
    curl="curl http://127.0.0.1:8000/metrics",
    example=examples.METRICS,
    answer=None,
)
