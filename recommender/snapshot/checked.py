"""The files of an opened snapshot: none is read from before its sha256 has been compared.

Their sizes have been (`recommender.snapshot.verification.check_sizes`). A file is hashed when it is first
asked for, once; one that was refused is refused from then on without being read again.
"""

from __future__ import annotations

import io
import math
import mmap
import os
import threading
import weakref
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import CorruptSnapshot
from recommender.snapshot.format import Manifest
from recommender.snapshot.verification import check_content

# What an array's header may have: as long as its version allows.
_LONGEST_HEADER = 65_536 + 10


class Checked:
    """Every file is open from the start, so that a snapshot goes on where its directory is moved or removed.
    Safe to share between threads: who asks for a file that is being hashed waits for that one alone."""

    def __init__(self, directory: Path, manifest: Manifest, *, whole: bool) -> None:
        """With ``whole`` every file has been hashed already. Raises CorruptSnapshot."""
        self._manifest = manifest
        self._good = set(manifest.files) if whole else set()
        self._refused: dict[str, str] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._maps: dict[str, memoryview] = {}
        self._open: dict[str, int] = {}
        # Nothing else closes them once nobody serves the snapshot any more.
        weakref.finalize(self, _close, self._open)
        for name in manifest.files:
            try:
                self._open[name] = os.open(directory / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except OSError as error:
                raise self.corrupt(name, f"cannot be read: {error.strerror}") from error

    def content(self, name: str) -> bytes:
        """A file's bytes. Raises CorruptSnapshot."""
        return bytes(self._mapped(name))

    def mapped(self, name: str, size: int) -> memoryview:
        """A file's bytes, mapped. Raises CorruptSnapshot, also where there are not ``size`` of them."""
        found = self._mapped(name)
        if len(found) != size:
            raise self.corrupt(name, f"has {len(found)} bytes, its offsets say {size}")
        return found

    def array(self, name: str, dtype: Any, *shape: int) -> NDArray[Any]:
        """The array in a file, mapped; a length of -1 is for the file to say. Raises CorruptSnapshot for
        another type or shape."""
        content = self._mapped(name)
        try:
            array = _array_in(content)
        except (ValueError, EOFError) as error:
            raise self.corrupt(name, f"is not a readable array: {error}") from None
        if len(shape) == array.ndim:
            shape = tuple(
                found if length < 0 else length for length, found in zip(shape, array.shape, strict=True)
            )
        if array.shape != shape or array.dtype != dtype:
            raise self.corrupt(
                name,
                f"has shape {array.shape} of {array.dtype}, expected {shape} of {np.dtype(dtype)}",
            )
        return array

    def offsets(self, name: str, n: int) -> NDArray[np.int64]:
        """Where each of n pieces begins, and the last ends, ``(n + 1,) int64``. Raises CorruptSnapshot where
        they do not rise from 0."""
        offsets = self.array(name, np.int64, n + 1)
        if offsets[0] != 0 or (offsets[1:] < offsets[:-1]).any():
            raise self.corrupt(name, "does not rise from 0")
        return offsets

    def rows(self, name: str, length: int, n: int) -> NDArray[np.int32]:
        """So many rows of n articles, ``(length,) int32``. Raises CorruptSnapshot for a row outside."""
        rows = self.array(name, np.int32, length)
        if rows.size and not (int(rows.min()) >= 0 and int(rows.max()) < n):
            raise self.corrupt(name, f"names a row outside 0..{n - 1}")
        return rows

    def corrupt(self, name: str, what: str) -> CorruptSnapshot:
        """The error that says what is wrong with a file."""
        return CorruptSnapshot(f"snapshot {self._manifest.name}: {name} {what}")

    def check(self, name: str) -> None:
        """Hash a file now, unless that was done. Raises CorruptSnapshot."""
        with self._locks[name]:
            if name in self._refused:
                raise CorruptSnapshot(self._refused[name])
            if name not in self._good:
                try:
                    with os.fdopen(os.dup(self._open[name]), "rb") as stream:
                        check_content(self._manifest, name, stream)
                except OSError as error:
                    raise self.corrupt(name, f"cannot be read: {error.strerror}") from error
                except CorruptSnapshot as error:
                    self._refused[name] = str(error)
                    raise
                self._good.add(name)

    def _mapped(self, name: str) -> memoryview:
        self.check(name)
        with self._locks[name]:
            if name not in self._maps:
                descriptor = self._open[name]
                empty = os.fstat(descriptor).st_size == 0  # which cannot be mapped
                self._maps[name] = memoryview(
                    b"" if empty else mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
                )
                os.close(self._open.pop(name))  # the map has a descriptor of its own
            return self._maps[name]


def _array_in(content: memoryview) -> NDArray[Any]:
    """The array in the content of a ``.npy`` file, read-only and not copied. Raises ValueError."""
    header = io.BytesIO(content[:_LONGEST_HEADER])
    if (version := np.lib.format.read_magic(header)) != (1, 0):
        raise ValueError(f"its version is {version}, expected (1, 0)")
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(header)
    if by_column or dtype.hasobject:
        raise ValueError(f"it holds {dtype} by {'column' if by_column else 'row'}, expected numbers by row")
    expected = math.prod(shape) * dtype.itemsize
    if len(content) - header.tell() != expected:
        raise ValueError(f"it has {len(content) - header.tell()} bytes, its header says {expected}")
    # A plain array over the map: slicing a memmap costs several times as much, and lists do it on each call.
    return np.frombuffer(content, dtype, offset=header.tell(), count=math.prod(shape)).reshape(shape)


def _close(opened: dict[str, int]) -> None:
    for descriptor in opened.values():
        os.close(descriptor)
    opened.clear()
