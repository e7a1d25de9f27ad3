"""What one build has to work with, handed from stage to stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from recommender import files, overlay, scoring
from recommender.article import rfc3339
from recommender.encoder import model_of
from recommender.errors import CorruptSnapshot, RecommenderError, SnapshotNotFound, StorageError
from recommender.overlay import EMPTY
from recommender.rebuild.report import Progress, Report
from recommender.rules import RULES_FILE
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
        refit: bool = False,
        formula: scoring.Scoring | None = None,
    ) -> None:
        self.settings = settings
        self.now = now
        self.progress = progress
        self.store = Store(settings.index)
        self.refit = refit
        self._formula = formula
        self.overlay = EMPTY
        self.report = Report(created_at=rfc3339(now) or "", sources=list(sources), dry_run=dry_run)

    def formula_for(self, fingerprint: str) -> scoring.Scoring:
        """The formula to score by, of the encoder with this ``fingerprint`` unless another was given."""
        if self._formula is None:
            self._formula = scoring.packaged_scoring(fingerprint)
            if self._formula.fingerprint != model_of(fingerprint):
                self.report.notes.append(
                    f"no score was fitted with the encoder {fingerprint}: scores go by words and names, and "
                    "its vectors only find candidates"
                )
        return self._formula

    @property
    def formula(self) -> scoring.Scoring:
        """The formula that was scored by. Raises ValueError before `formula_for`."""
        if self._formula is None:
            raise ValueError("no formula was chosen yet")
        return self._formula

    def floor_among(self, articles: int) -> scoring.Floor:
        """The floor that lists have by default in a corpus of so many articles."""
        return self.formula.floors.among(articles).with_own(self.settings.min_score, self.settings.min_best)

    def parent(self, *, needed: bool) -> Snapshot | None:
        """The current snapshot, or ``None`` where there is none. One that cannot be read costs what
        could be taken over, and stops the build only where its articles are ``needed``."""
        try:
            parent = self.store.open_current(whole=True)
        except (SnapshotNotFound, CorruptSnapshot) as error:
            if needed and not (isinstance(error, SnapshotNotFound) and not self.store.names()):
                raise
            if isinstance(error, CorruptSnapshot) or self.store.names():
                self.report.notes.append(f"nothing reused from the current snapshot: {error}")
            return None
        self.report.parent = parent.name
        return parent

    def refused(self) -> Snapshot | None:
        """The snapshot that the gate refused since the current one, for its vectors: a refused night need
        not be embedded again. ``None`` where there is none that can be read."""
        with suppress(SnapshotNotFound, CorruptSnapshot, StorageError):
            if (name := self.store.newest_refused()) is not None:
                return self.store.open(name, whole=True)
        return None

    def take_overlay(self, parent: Snapshot | None) -> None:
        """The overlay in force, to build under; first of all, so that rules which cannot be read cost no
        embedding. A later change to it has a higher generation. Raises CorruptSnapshot, BadRules."""
        carried = EMPTY if parent is None else parent.overlay
        if self.report.dry_run:
            self.overlay = overlay.in_force(overlay.read(self.settings.index), carried)
        else:
            self.overlay = overlay.settle(self.settings.index, when=self.now, carried=carried)
        beside = self.settings.index / RULES_FILE
        if self.overlay is carried and carried.generation and beside.exists():
            self.report.notes.append(
                f"{beside} is not in force: the current snapshot carries an overlay of generation "
                f"{carried.generation}; any `recommender rules` command that changes something joins the two"
            )

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
