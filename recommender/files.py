"""The only module that writes to disk: one small function per file-system step.

Nothing else in the package opens a file for writing, renames, removes or locks, so that every step
can be counted, made to fail and recorded by replacing these functions. Each raises StorageError with
the step, the path and the reason. Order of steps for a publish: see `recommender.store`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import RebuildRunning, StorageError

# What names of scratch directories begin with.
SCRATCH = ".scratch-"


@contextmanager
def _step(name: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"cannot {name} {path}: {reason}") from error


def make_directories(path: Path) -> None:
    """Create a directory and its parents, each name made durable; one that is there already is fine."""
    with _step("create directory", path):
        made = [one for one in (path, *path.parents) if not one.exists()]
        path.mkdir(parents=True, exist_ok=True)
    for one in made:
        sync_directory(one.parent)


def make_new_directory(path: Path) -> None:
    """Create one directory that must not exist yet."""
    with _step("create directory", path):
        path.mkdir()


def write_new(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Create a file that must not exist yet, write the chunks in order and fsync it."""
    with _step("write", path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())


def sync_directory(path: Path) -> None:
    """fsync a directory, so that the names in it survive a power loss."""
    with _step("sync directory", path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def rename_new(old: Path, new: Path) -> None:
    """Rename a directory to a name that must not exist yet."""
    with _step("rename to", new):
        if new.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        old.rename(new)


def replace(old: Path, new: Path) -> None:
    """Put one file in the place of another, atomically; both in the same directory."""
    with _step("replace", new):
        old.replace(new)


def remove_file(path: Path) -> None:
    """Remove a file; one that is gone already is fine."""
    with _step("remove", path):
        path.unlink(missing_ok=True)


def remove_tree(path: Path) -> None:
    """Remove a directory and all that is in it; links are removed, never followed."""
    with _step("remove", path):
        shutil.rmtree(path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, also after a power loss."""
    fresh = path.with_name(f".{path.name}.tmp")
    remove_file(fresh)
    write_new(fresh, [content])
    replace(fresh, path)
    sync_directory(path.parent)


@contextmanager
def exclusive_lock(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold an advisory lock on a file; if another process holds it, raise RebuildRunning at once, or
    ``wait`` for it.

    The kernel drops the lock with the process, so that a killed rebuild never blocks the next one.
    """
    with _step("open lock", path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with _step("lock", path):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise RebuildRunning(
                    f"another rebuild holds {path}; wait for it to end, then run this again"
                ) from None
        try:
            yield
        finally:
            # Closing alone is not enough: a child process that is being started has the descriptor too.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


@contextmanager
def scratch_directory(inside: Path | None = None) -> Iterator[Path]:
    """A new directory for files that are gone with the block; in ``inside``, or where the system has such."""
    where = inside or Path(tempfile.gettempdir())
    with _step("create scratch directory in", where):
        made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=inside))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_scratch(path: Path, array: NDArray[Any]) -> None:
    """Write an array as .npy, with nothing done to make it durable."""
    with _step("write", path):
        np.save(path, array, allow_pickle=False)
