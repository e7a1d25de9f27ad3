"""What Prometheus is told. Labels are route templates, methods and statuses, never ids.

With ``PROMETHEUS_MULTIPROC_DIR`` in the environment prometheus_client keeps its counts in files there, and
/metrics adds up all workers'. What it says about the snapshot is then the answering worker's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from recommender.service.state import State

MULTIPROC_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

Clock = Callable[[], datetime]


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._snapshot: SnapshotCollector | None = None
        self._requests = Counter(
            "recommender_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "recommender_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._failures = Counter(
            "recommender_load_failures",
            "Times that a new snapshot or overlay could not be loaded and the old one stayed.",
            registry=self._registry,
        )

        # Looking labels up costs as much as joining a list, so what they lead to is kept.
        self._counted: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def watch(self, state: State, clock: Clock) -> None:
        """Tell of the snapshot that ``state`` serves; its age counts up to ``clock``."""
        self._snapshot = SnapshotCollector(state, clock)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer. ``route`` is the template, as in ``/similar/{id}``."""
        known = method if method in _METHODS else "other"
        counted = self._counted.get((known, route, status))
        if counted is None:
            counted = self._requests.labels(known, route, str(status)), self._seconds.labels(route)
            self._counted[known, route, status] = counted
        counted[0].inc()
        counted[1].observe(seconds)

    def count_failure(self) -> None:
        """Count a snapshot or an overlay that could not be loaded."""
        self._failures.inc()

    async def metrics(self, _: Request) -> Response:
        """Counts and times of requests, and which snapshot is served, in Prometheus's text format."""
        return Response(self.exposition(), media_type=CONTENT_TYPE_LATEST)

    def exposition(self) -> bytes:
        """All metrics in Prometheus's text format; of all workers where there are several."""
        text = b""
        if self._snapshot is not None:
            about_snapshot = CollectorRegistry()
            about_snapshot.register(self._snapshot)
            text = generate_latest(about_snapshot)
        if MULTIPROC_VARIABLE not in os.environ:
            return text + generate_latest(self._registry)
        of_all = CollectorRegistry()
        MultiProcessCollector(of_all)  # type: ignore[no-untyped-call]
        return text + generate_latest(of_all)


class SnapshotCollector(Collector):
    """What is served, looked up when it is asked for."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        loaded = self._state.loaded
        info = GaugeMetricFamily(
            "recommender_snapshot_info", "1 for the snapshot served.", labels=["snapshot"]
        )
        if loaded is not None:
            info.add_metric([loaded.snapshot.name], 1)
        yield info
        if loaded is None:
            return
        age = age_seconds(loaded.snapshot.manifest.created_at, self._clock())
        yield GaugeMetricFamily("recommender_snapshot_age_seconds", "Seconds since it was built.", age)
        yield GaugeMetricFamily("recommender_snapshot_articles", "Articles in it.", len(loaded.snapshot))
        yield GaugeMetricFamily(
            "recommender_overlay_generation",
            "Generation of the overlay in force.",
            loaded.recommender.overlay.generation,
        )


def age_seconds(created_at: str, now: datetime) -> float:
    """Seconds from an RFC 3339 time to ``now`` (aware), at least 0."""
    return max(0.0, (now - datetime.fromisoformat(created_at)).total_seconds())
