"""The titles of a snapshot, to be searched: made when they are first asked for, and kept as one text."""

from __future__ import annotations

import threading

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender.article import title_key
from recommender.snapshot import Snapshot

# No title holds one: `title_key` leaves only spaces between words.
_END = "\n"


class Titles:
    """Safe to share between threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._made: tuple[str, NDArray[np.int64]] | None = None

    def containing(self, sought: str) -> NDArray[np.bool_]:
        """Which titles hold these words, as `title_key` has them, ``(n,) bool``."""
        text, ends = self._text()
        found = np.zeros(len(ends), dtype=np.bool_)
        place = text.find(sought)
        while place >= 0:
            row = int(np.searchsorted(ends, place, side="right"))
            found[row] = True
            place = text.find(sought, int(ends[row]))
        return found

    def _text(self) -> tuple[str, NDArray[np.int64]]:
        """All titles, each with its end, and where the next one begins."""
        with self._lock:
            if self._made is None:
                item = self._snapshot.item
                keys = [
                    title_key(orjson.loads(b"{%b}" % item(row))["title"]) + _END
                    for row in range(len(self._snapshot))
                ]
                ends = np.cumsum(np.fromiter(map(len, keys), dtype=np.int64, count=len(keys)))
                self._made = "".join(keys), ends
            return self._made
