"""The files that only the next build reads: what this one looked up and measured, so that what has not
changed need not be looked up and measured again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import Search
from recommender.dense import freeze
from recommender.embedding import DIGEST_BYTES
from recommender.evidence import Measured
from recommender.nearest import Lists
from recommender.snapshot import format as names
from recommender.snapshot.geometry import Read


@dataclass(frozen=True, slots=True)
class Work:
    """``digests`` ``(n, 16) uint8`` of each article's title and text (`recommender.embedding.digests_of`);
    the nearest by vectors, ``lead``, and by ``terms``; and what was ``measured`` of all candidates, also of
    those that are not among an article's stored ones."""

    digests: NDArray[np.uint8]
    lead: Lists
    terms: Lists
    measured: Measured

    def __post_init__(self) -> None:
        freeze(self.digests)
        n = len(self.digests)
        if not len(self.lead) == len(self.terms) == n:
            raise ValueError(f"{len(self.lead)} and {len(self.terms)} lists of nearest for {n} articles")


def work_of(digests: NDArray[np.uint8], search: Search, measured: Measured) -> Work:
    """The work of a build."""
    return Work(digests, search.lead, search.terms, measured)


def arrays_of_work(work: Work) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each file's path and the array in it."""
    yield names.ARTICLE_DIGESTS, work.digests
    for files, lists in ((names.NEAREST_LEAD, work.lead), (names.NEAREST_TERMS, work.terms)):
        yield from zip(files, (lists.offsets, lists.rows, lists.values, lists.beyond), strict=True)
    said = work.measured
    yield from zip(names.PAIR_ROWS, (said.left, said.right), strict=True)
    yield from zip(names.PAIR_COSINES, (said.lead, said.lexical, said.names), strict=True)


def read_work(read: Read, n: int) -> Work:
    """The work of the build that made a snapshot of n articles. Raises ValueError, naming the file, where
    offsets do not rise or a row is outside 0..n-1."""

    def lists(files: tuple[str, str, str, str]) -> Lists:
        offsets = _rising(read, files[0], n)
        rows = _rows(read, files[1], int(offsets[-1]), n)
        return Lists(offsets, rows, read(files[2], np.float32, len(rows)), read(files[3], np.float32, n))

    left, right = (_rows(read, name, -1, n) for name in names.PAIR_ROWS)
    if (left >= right).any():
        raise ValueError(f"{names.PAIR_ROWS[0]} names a row that is not below the other of its pair")
    cosines = (read(name, np.float32, len(left)) for name in names.PAIR_COSINES)
    measured = Measured(left, right, *cosines)
    if (np.diff(measured.codes(n)) <= 0).any():
        raise ValueError(f"{names.PAIR_ROWS[0]} and {names.PAIR_ROWS[1]} do not ascend")
    return Work(
        digests=read(names.ARTICLE_DIGESTS, np.uint8, n, DIGEST_BYTES),
        lead=lists(names.NEAREST_LEAD),
        terms=lists(names.NEAREST_TERMS),
        measured=measured,
    )


def _rising(read: Read, name: str, n: int) -> NDArray[np.int64]:
    offsets = read(name, np.int64, n + 1)
    if offsets[0] != 0 or (np.diff(offsets) < 0).any():
        raise ValueError(f"{name} does not rise from 0")
    return offsets


def _rows(read: Read, name: str, count: int, n: int) -> NDArray[np.int32]:
    rows = read(name, np.int32, count)
    if len(rows) and not (int(rows.min()) >= 0 and int(rows.max()) < n):
        raise ValueError(f"{name} names a row outside 0..{n - 1}")
    return rows
