"""What one build has to work with, handed from stage to stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from recommender import files, scoring
from recommender.article import rfc3339
from recommender.errors import CorruptSnapshot, RecommenderError, SnapshotNotFound, StorageError
from recommender.rebuild.report import Progress, Report
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from recommender.store import Store

REPORT_FILE = "build.json"


class Job:
    """One build's fixed inputs and its report, so that each stage reads as what it does."""

    def __init__(
        self,
        settings: Settings,
        now: datetime,
        progress: Progress,
        sources: Sequence[str] = (),
        *,
        dry_run: bool = False,
    ) -> None:
        self.settings = settings
        self.now = now
        self.progress = progress
        self.store = Store(settings.index)
        self.formula = scoring.packaged_scoring()
        floor = settings.min_score
        self.min_score = self.formula.min_score if floor is None else floor
        self.report = Report(created_at=rfc3339(now) or "", sources=list(sources), dry_run=dry_run)

    def parent(self, *, needed: bool) -> Snapshot | None:
        """The current snapshot, or ``None`` where there is none. One that cannot be read costs its
        vectors, and stops the build only where its articles are ``needed``."""
        try:
            parent = self.store.open_current()
        except (SnapshotNotFound, CorruptSnapshot) as error:
            if needed and not (isinstance(error, SnapshotNotFound) and not self.store.names()):
                raise
            if isinstance(error, CorruptSnapshot) or self.store.names():
                self.report.notes.append(f"nothing reused from the current snapshot: {error}")
            return None
        self.report.parent = parent.name
        return parent

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Leave a report, also where the build ends in an error, which it then names."""
        try:
            yield
        except RecommenderError as error:
            if self.report.snapshot is None:
                self.report.refused = str(error)
            else:  # published, and only what comes after it failed
                self.report.notes.append(str(error))
            with suppress(StorageError):  # the disk may be what is wrong
                self.write_report()
            raise

    def write_report(self) -> None:
        """``build.json`` in the index directory; nothing in a dry run."""
        if not self.report.dry_run:
            files.replace_file(self.settings.index / REPORT_FILE, self.report.encode())
