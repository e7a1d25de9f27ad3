"""Where snapshots live: publish, keep, current, rollback, prune.

Publishing: write into a temporary sibling, fsync every file and directory, rename, fsync the parent,
open and verify what is on disk, then replace the pointer and fsync again. Killed before the
pointer is replaced, the old snapshot is still the current one, and the next run sweeps up what was left.

A snapshot that the gate refused is kept beside the others, and nothing goes to it unless it is named.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from recommender import files, history
from recommender.errors import CorruptSnapshot, GateRefused, SnapshotNotFound, StorageError
from recommender.snapshot import (
    MANIFEST,
    Contents,
    Manifest,
    Snapshot,
    files_of,
    open_snapshot,
    read_manifest,
    sequence_of,
)

POINTER = "CURRENT"
LOCK = "LOCK"
_SNAPSHOTS = "snapshots"
_TEMPORARY = ".tmp-"
# Gets path -> sha256 and size of every file, and answers with the manifest.
Describe = Callable[[dict[str, dict[str, object]]], Manifest]


class Store:
    """The snapshots of one index directory."""

    def __init__(self, index_dir: Path) -> None:
        self.index_dir = index_dir
        self._snapshots = index_dir / _SNAPSHOTS

    def lock(self) -> AbstractContextManager[None]:
        """Hold while anything changes. Creates the index directory. Raises RebuildRunning at once if
        another process holds it, StorageError where the directory cannot be written."""
        files.make_directories(self._snapshots)
        return files.exclusive_lock(self.index_dir / LOCK)

    def names(self) -> list[str]:
        """Names of the published snapshots, oldest first."""
        if not self._snapshots.is_dir():
            return []
        found = [path.name for path in self._snapshots.iterdir()]
        return sorted((name for name in found if sequence_of(name) is not None), key=_place)

    def current_name(self) -> str | None:
        """The name in the pointer, or ``None`` before the first publish. Raises CorruptSnapshot where
        the pointer holds anything but a snapshot's name, StorageError where its place is no directory."""
        try:
            content = (self.index_dir / POINTER).read_bytes()
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise StorageError(f"cannot read {self.index_dir / POINTER}: {error.strerror}") from error
        except OSError as error:
            raise CorruptSnapshot(f"{self.index_dir / POINTER} cannot be read: {error.strerror}") from error
        name = content.decode("ascii", "replace").strip()
        if sequence_of(name) is None:
            raise CorruptSnapshot(
                f"{self.index_dir / POINTER} holds {name[:80]!r}, expected a snapshot's name"
            )
        return name

    def path(self, name: str) -> Path:
        """The directory of a published snapshot. Raises SnapshotNotFound, saying which there are."""
        if sequence_of(name) is None or name not in self.names():
            known = ", ".join(self.names()) or "none"
            raise SnapshotNotFound(f"{self.index_dir} has no snapshot {name!r}; there are: {known}")
        return self._snapshots / name

    def open_current(self, *, whole: bool = False) -> Snapshot:
        """The current snapshot (`open`). Raises SnapshotNotFound, CorruptSnapshot."""
        name = self.current_name()
        if name is None:
            raise SnapshotNotFound(
                f"{self.index_dir} holds no snapshot yet; `recommender rebuild SOURCE --index "
                f"{self.index_dir}` makes one"
            )
        return self.open(name, whole=whole)

    def open(self, name: str, *, whole: bool = False) -> Snapshot:
        """A snapshot by name: what lists are answered from is verified now, the rest when it is first used;
        ``whole``, all of it now. Raises SnapshotNotFound, CorruptSnapshot."""
        return open_snapshot(self.path(name), whole=whole)

    def next_sequence(self) -> int:
        """One more than the highest number ever given here that is still on disk."""
        return max((sequence_of(name) or 0 for name in self.names()), default=0) + 1

    def refused(self, name: str) -> tuple[str, ...]:
        """Why the gate keeps a snapshot from being published, a line a check; none where it does not, where
        somebody has published it since, and where its manifest cannot be read. Raises CorruptSnapshot
        for a history that cannot be read."""
        try:
            why = read_manifest(self._snapshots / name).refused
        except CorruptSnapshot:
            return ()
        return why if why and name not in history.overridden(self.index_dir) else ()

    def newest_refused(self) -> str | None:
        """The snapshot that was refused since the current one was built, if there is one."""
        current = self.current_name()
        later = [name for name in self.names() if current is None or _is_before(current, name)]
        return next((name for name in reversed(later) if self.refused(name)), None)

    def publish(self, contents: Contents, describe: Describe) -> Snapshot:
        """Write a snapshot, verify it on disk and make it the current one. Hold the lock. Raises
        StorageError, CorruptSnapshot; then the pointer still names the old snapshot, or the new one where
        nothing but the last fsync failed."""
        snapshot = self.keep(contents, describe)
        self.point_to(snapshot.name)
        return snapshot

    def keep(self, contents: Contents, describe: Describe) -> Snapshot:
        """Write a snapshot and verify it on disk, as `publish` does, and leave the pointer where it is."""
        self.sweep()
        temporary = self._snapshots / f"{_TEMPORARY}{self.next_sequence():06d}"
        files.make_new_directory(temporary)
        written: dict[str, dict[str, object]] = {}
        subdirectories: set[Path] = set()
        for name, chunks in files_of(contents):
            path = temporary / name
            if path.parent != temporary and path.parent not in subdirectories:
                files.make_new_directory(path.parent)
                subdirectories.add(path.parent)
            files.write_new(path, chunks)
            digest = hashlib.sha256()
            for chunk in chunks:
                digest.update(chunk)
            size = sum(memoryview(chunk).nbytes for chunk in chunks)
            written[name] = {"sha256": digest.hexdigest(), "size": size}
        manifest = describe(written).sealed()
        files.write_new(temporary / MANIFEST, [manifest.encode()])
        for directory in sorted(subdirectories):
            files.sync_directory(directory)
        files.sync_directory(temporary)
        final = self._snapshots / manifest.name
        files.rename_new(temporary, final)
        files.sync_directory(self._snapshots)
        return open_snapshot(final, whole=True)

    def publish_kept(self, name: str, *, by: str, when: datetime, reason: str | None = None) -> Snapshot:
        """Make a snapshot the current one whatever the gate said, and write down who did and why. It is
        verified first. Takes the lock. Raises SnapshotNotFound, CorruptSnapshot, StorageError,
        RebuildRunning."""
        with self._lock_existing():
            snapshot = self.open(name, whole=True)
            failed = snapshot.manifest.refused
            # Before the pointer: nothing is ever in force against the gate and not in the history.
            history.note(
                self.index_dir, history.PUBLISHED, name, when=when, failed=failed, by=by, reason=reason
            )
            self.point_to(name)
        return snapshot

    def rollback(self, name: str | None = None) -> Snapshot:
        """Make another snapshot the current one: ``name``, or the one before the current: its parent,
        else the next lower number that was not refused. It is verified first. Takes the lock. Raises
        SnapshotNotFound, CorruptSnapshot, RebuildRunning; GateRefused where ``name`` was refused."""
        with self._lock_existing():
            if name is None:
                current = self.current_name()
                name = self._before(current)
                if name is None:
                    raise SnapshotNotFound(f"{self.index_dir} has no snapshot before {current}")
            snapshot = self.open(name, whole=True)
            if why := self.refused(name):
                raise GateRefused(
                    f"{name} was refused and never published; `recommender snapshots publish {name}` "
                    f"publishes it all the same: {'; '.join(why)}"
                )
            self.point_to(name)
        return snapshot

    def prune(self, keep: int) -> list[str]:
        """Remove the oldest snapshots so that ``keep`` are left; never the current one nor the one that
        a rollback goes to, so that more may be left. One that the gate refused does not count: of these the
        last stays until something newer is current. Gives back the removed names. Takes the lock. Raises
        RebuildRunning, StorageError, CorruptSnapshot."""
        with self._lock_existing():
            return self.prune_locked(keep)

    def prune_locked(self, keep: int) -> list[str]:
        """`prune` for a caller that holds the lock."""
        current = self.current_name()
        spared = {current, self._before(current), self.newest_refused()}
        refused = [name for name in self.names() if self.refused(name)]
        names = [name for name in self.names() if name not in refused]
        surplus = max(0, len(names) - keep)
        removed = [name for name in sorted([*refused, *names[:surplus]], key=_place) if name not in spared]
        for name in removed:
            # Renamed first, so that a kill midway never leaves half a snapshot under a valid name.
            doomed = self._snapshots / f"{_TEMPORARY}{name}"
            files.rename_new(self._snapshots / name, doomed)
            files.sync_directory(self._snapshots)
            files.remove_tree(doomed)
        return removed

    def sweep(self) -> None:
        """Remove what a killed run left behind. Hold the lock."""
        for path in self._leftovers():
            if path.is_dir() and not path.is_symlink():
                files.remove_tree(path)
            else:
                files.remove_file(path)

    def _before(self, name: str | None) -> str | None:
        """Where a rollback goes from a snapshot: to its parent, the one that was current when it was
        built; to the next lower number where that is gone or the manifest cannot be read."""
        if name is None:
            return None
        older = [one for one in self.names() if _is_before(one, name) and not self.refused(one)]
        with contextlib.suppress(CorruptSnapshot):
            parent = read_manifest(self._snapshots / name).parent
            if parent in older:
                return parent
        return older[-1] if older else None

    def _leftovers(self) -> Iterator[Path]:
        yield from sorted(self.index_dir.glob(f"{files.SCRATCH}*"))
        yield from sorted(self._snapshots.glob(f"{_TEMPORARY}*"))

    def _lock_existing(self) -> AbstractContextManager[None]:
        if not self._snapshots.is_dir():
            raise SnapshotNotFound(f"{self.index_dir} holds no snapshot")
        return self.lock()

    def point_to(self, name: str) -> None:
        """Make a snapshot that has been verified the current one. Hold the lock."""
        files.replace_file(self.index_dir / POINTER, f"{name}\n".encode("ascii"))


def _place(name: str) -> tuple[int, str]:
    return sequence_of(name) or 0, name


def _is_before(name: str, other: str) -> bool:
    return (sequence_of(name) or 0) < (sequence_of(other) or 0)
