"""What is being served: the current snapshot under the overlay in force, swapped while requests run.

A request holds on to the one `Loaded` that it began with; a swap replaces a reference, so nobody waits
and nothing is answered from two snapshots. What cannot be loaded changes nothing but `State.error`, which
anybody may read and therefore names no path; the log has each failure in full.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request

from recommender import overlay as overlays
from recommender.errors import CorruptSnapshot, RecommenderError, SnapshotNotFound
from recommender.overlay import Beside, Ledger, Overlay
from recommender.recommend import Ready, Recommender
from recommender.rules import NO_FILE, RulesFile
from recommender.service import problems
from recommender.service.titles import Titles
from recommender.settings import Settings, own_floor
from recommender.snapshot import Snapshot
from recommender.store import Store

LOADED = "recommender.loaded"
_LOG = logging.getLogger("recommender.service")
# A snapshot that was refused is read in full again after 1, 2, 4, ... looks, at the most after this many.
_MOST_LOOKS = 32
_OVERLAY, _RULES, _APPLIED, _SNAPSHOT = "overlay", "rules", "applied", "snapshot"

Given = TypeVarTuple("Given")
Made = TypeVar("Made")
_NOTHING_YET = "no snapshot has been loaded yet"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One recommender and what is needed beside it: ``ready`` the lists that are answered as they are stored,
    ``None`` where none are; the ``titles``; ``shown`` ``(n,) bool``, false where an article is taken down."""

    recommender: Recommender
    ready: Ready | None
    titles: Titles
    shown: NDArray[np.bool_]

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot below the recommender."""
        return self.recommender.snapshot


class State:
    """Looks after the pointer and the overlay file; ``loaded`` is what to serve now, if anything."""

    def __init__(self, settings: Settings, *, on_failure: Callable[[], None]) -> None:
        """``on_failure`` is called once for each new reason why something could not be loaded."""
        self.loaded: Loaded | None = None
        self._settings = settings
        self._store = Store(settings.index)
        self._on_failure = on_failure
        self._ledger: Ledger | None = None
        self._rules: RulesFile | None = None
        # Of each part what is said of its failure, and the failure in full.
        self._failed: dict[str, tuple[str, str]] = {}
        self._refused: str | None = None
        self._refusals = 0
        self._looks_to_wait = 0
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="look")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")

    @property
    def error(self) -> str | None:
        """What could not be loaded the last time, for anybody to read; ``None`` where all is well."""
        said = [said for said, _ in dict(self._failed).values()]
        return f"{'; '.join(said)}; the service's log says why" if said else None

    def of(self, request: Request) -> Loaded:
        """What was loaded when the request began. Raises ProblemError where nothing was."""
        loaded: Loaded | None = request.scope[LOADED]
        if loaded is None:
            raise problems.ProblemError(problems.NO_SNAPSHOT, self.why_not())
        return loaded

    async def opened(self, request: Request, parts: Sequence[str]) -> Loaded:
        """`of`, with these parts of the snapshot open: what reading them costs the first time is paid beside
        the event loop. Raises ProblemError, also where one is damaged."""
        loaded = self.of(request)
        if not loaded.snapshot.has_open(parts):
            await self.aside(loaded.snapshot.open, parts)
        return loaded

    async def aside(self, work: Callable[[*Given], Made], *args: *Given) -> Made:
        """What ``work`` makes in a thread beside the event loop, one piece at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, work, *args)

    def why_not(self) -> str:
        """Why nothing is loaded."""
        return self.error or _NOTHING_YET

    async def poll(self) -> None:
        """Look every ``poll_seconds``, until cancelled."""
        while True:
            await asyncio.sleep(self._settings.poll_seconds)
            await self.look()

    async def look(self) -> None:
        """`refresh`, in a thread that does nothing else: a takedown waits for nobody's work."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.refresh)

    def refresh(self) -> None:
        """Load what has changed on disk. Never raises: what fails is remembered in ``error``, and what
        was loaded stays."""
        with self._lock:
            # First of all: a takedown must not wait for a snapshot that cannot be loaded.
            self._attempt(_OVERLAY, self._look_at_takedowns)
            self._attempt(_RULES, self._look_at_rules)
            if self._overlay is not None:
                self._attempt(_APPLIED, self._apply_overlay)
                self._attempt(_SNAPSHOT, self._look_at_snapshot)

    @property
    def _overlay(self) -> Overlay | None:
        """What lies beside the snapshots; ``None`` until both of its files have been read."""
        if self._ledger is None or self._rules is None:
            return None
        return Beside(self._ledger, self._rules).overlay

    def _attempt(self, part: str, look: Callable[[], bool]) -> None:
        """Looks at a part; ``look`` gives back false where the part is no better than it was."""
        try:
            if look():
                self._failed.pop(part, None)
        except RecommenderError as error:
            self._remember(part, error, str(error))
        except Exception as error:
            # Whatever it is (memory, a bug): the service goes on with what it has.
            _LOG.exception("loading failed")
            self._remember(part, error, f"loading failed: {error!r}")

    def _look_at_takedowns(self) -> bool:
        """Reads the file of takedowns. One that cannot be read, or is older than the last one read, never
        counts: the last one stays in force."""
        self._ledger = overlays.read_ledger(self._settings.index, self._ledger)
        return True

    def _look_at_rules(self) -> bool:
        """Reads the editors' rules where the file is another one than the last. Rules that cannot be read
        never count: the last ones stay in force."""
        ledger = self._ledger or Ledger()
        self._rules = overlays.read_rules(self._settings.index, ledger, self._rules or NO_FILE)
        return True

    def _apply_overlay(self) -> bool:
        if self.loaded is not None and self._overlay is not None:
            snapshot = self.loaded.snapshot
            if overlays.in_force(snapshot.overlay, self._overlay) != self.loaded.recommender.overlay:
                self._swap(snapshot)
        return True

    def _look_at_snapshot(self) -> bool:
        name = self._store.current_name()
        if name is None and self.loaded is not None:
            raise CorruptSnapshot(f"{self._settings.index} no longer names a snapshot")
        if name is None:
            self._store.open_current()  # raises what says how to make one
        elif self.loaded is not None and name == self.loaded.snapshot.name:
            self._refused = None
        elif self._must_wait(name):
            return False
        else:
            self._swap(self._open(name))
        return True

    def _open(self, name: str) -> Snapshot:
        try:
            return self._store.open(name)
        except Exception:
            self._refusals = self._refusals + 1 if name == self._refused else 1
            self._refused = name
            self._looks_to_wait = min(2 ** (self._refusals - 1), _MOST_LOOKS) - 1
            raise

    def _must_wait(self, name: str) -> bool:
        if name != self._refused or self._looks_to_wait == 0:
            return False
        self._looks_to_wait -= 1
        return True

    def _swap(self, snapshot: Snapshot) -> None:
        started = time.perf_counter()
        recommender = Recommender(snapshot, self._overlay, **own_floor(self._settings))
        old = self.loaded
        same = old is not None and old.snapshot is snapshot
        titles = old.titles if old is not None and same else Titles(snapshot)
        self.loaded = Loaded(recommender, self._ready(recommender), titles, ~recommender.hidden)
        _LOG.info(
            "serving snapshot %s: %d articles, overlay generation %d, loaded in %.2f s",
            snapshot.name,
            len(snapshot),
            recommender.overlay.generation,
            time.perf_counter() - started,
        )

    def _ready(self, recommender: Recommender) -> Ready | None:
        try:
            return recommender.ready()
        except CorruptSnapshot as error:
            # The overlay is in force all the same: each list is made under it, or refused.
            _LOG.warning("%s; no list can be answered as it is stored", error)
            return None

    def _remember(self, part: str, error: Exception, full: str) -> None:
        missing = isinstance(error, SnapshotNotFound)
        if part == _OVERLAY:
            said = "the overlay cannot be read"
        elif part == _RULES:
            said = "the editors' rules cannot be read"
        elif part == _APPLIED:
            said = "a change to the overlay cannot be applied"
        elif missing and self.loaded is None:
            said = "there is no snapshot to load yet"
        else:
            said = "the current snapshot cannot be loaded"
        _, before = self._failed.get(part, (None, None))
        if full == before:
            return
        self._failed[part] = said, full
        kept = f"; still serving {self.loaded.snapshot.name}" if self.loaded else ""
        _LOG.warning("%s%s", full, kept)
        if not missing:
            self._on_failure()
