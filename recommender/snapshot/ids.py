"""Ids on disk, looked up by their hashes where they lie: no process holds a hundred thousand of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Ids
from recommender.snapshot import format as names
from recommender.snapshot.checked import Checked

_HASH_BYTES = 8


def hash_of(content: bytes) -> int:
    """The hash by which an id, in UTF-8, is looked up: the first 64 bits of its BLAKE2b, little-endian."""
    return int.from_bytes(blake2b(content, digest_size=_HASH_BYTES).digest(), "little")


def files_of_ids(ids: Sequence[str]) -> tuple[list[bytes], dict[str, NDArray[Any]]]:
    """The content of the file of ids, one after the other in row order, and the arrays beside it by their
    files' names."""
    encoded = [one.encode() for one in ids]
    offsets = np.zeros(len(ids) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(ids)), out=offsets[1:])
    hashes = np.fromiter(map(hash_of, encoded), dtype=np.uint64, count=len(ids))
    order = np.argsort(hashes, kind="stable")
    arrays: dict[str, NDArray[Any]] = {
        names.ID_OFFSETS: offsets,
        names.ID_HASHES: hashes[order],
        names.ID_ROWS: order.astype(np.int32),
    }
    return encoded, arrays


class StoredIds(Ids):
    """`Ids` over the files of a snapshot."""

    __slots__ = ("_bytes", "_hashes", "_n", "_offsets", "_places")

    def __init__(self, files: Checked, n: int) -> None:
        """The ids of n articles. Raises CorruptSnapshot, also where an id stands twice."""
        offsets = files.offsets(names.ID_OFFSETS, n)
        hashes = files.array(names.ID_HASHES, np.uint64, n)
        if (hashes[1:] < hashes[:-1]).any():
            raise files.corrupt(names.ID_HASHES, "does not ascend")
        rows = files.rows(names.ID_ROWS, n, n)
        if (np.bincount(rows, minlength=n) != 1).any():
            raise files.corrupt(names.ID_ROWS, "does not name every row once")
        self._n = n
        self._bytes = files.mapped(names.IDS, int(offsets[-1]))
        # Views that give back Python's own numbers, at a third of the cost.
        self._offsets, self._hashes, self._places = offsets.data, hashes.data, rows.data
        alike = np.flatnonzero(hashes[1:] == hashes[:-1])
        if any(self._at(rows[place]) == self._at(rows[place + 1]) for place in alike):
            raise files.corrupt(names.IDS, "holds an id twice, expected each once")

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[str]:
        return (str(self._at(row), "utf-8") for row in range(self._n))

    def id(self, row: int) -> str:
        """See `Ids.id`."""
        if not 0 <= row < self._n:
            raise IndexError(f"row {row} is outside 0..{self._n - 1}")
        return str(self._at(row), "utf-8")

    def find(self, article_id: str) -> int | None:
        """See `Ids.find`."""
        try:
            content = article_id.encode()
        except UnicodeEncodeError:  # a lone surrogate is in no id
            return None
        sought = hash_of(content)
        place = bisect_left(self._hashes, sought)
        while place < self._n and self._hashes[place] == sought:
            row: int = self._places[place]
            if self._at(row) == content:
                return row
            place += 1
        return None

    def misplaced(self) -> int | None:
        """A row whose id is not looked up where it stands, if there is one. Cost: a look at every id."""
        for row in range(self._n):
            try:
                if self.find(self.id(row)) != row:
                    return row
            except UnicodeDecodeError:
                return row
        return None

    def _at(self, row: int) -> memoryview:
        return self._bytes[self._offsets[row] : self._offsets[row + 1]]
