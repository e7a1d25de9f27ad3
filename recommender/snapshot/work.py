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
from recommender.evidence import Evidence
from recommender.nearest import Lists
from recommender.snapshot import format as names
from recommender.snapshot.geometry import Read


@dataclass(frozen=True, slots=True)
class Work:
    """``digests`` ``(n, 16) uint8`` of each article's title and text (`recommender.embedding.digests_of`);
    the ``search`` for candidates, and the ``evidence`` for each of its pairs, also of those that are no
    longer among an article's stored candidates."""

    digests: NDArray[np.uint8]
    lead: Lists
    terms: Lists
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    evidence: Evidence

    def __post_init__(self) -> None:
        freeze(self.digests)
        n = len(self.digests)
        if not len(self.lead) == len(self.terms) == len(self.offsets) - 1 == n:
            raise ValueError(
                f"{len(self.lead)} and {len(self.terms)} lists of nearest and {len(self.offsets) - 1} of "
                f"candidates for {n} articles"
            )
        if not len(self.rows) == len(self.evidence) == self.offsets[-1]:
            raise ValueError(
                f"{len(self.evidence)} pieces of evidence for {len(self.rows)} pairs, expected "
                f"{self.offsets[-1]} of each"
            )


def work_of(digests: NDArray[np.uint8], search: Search, evidence: Evidence) -> Work:
    """The work of a build."""
    pairs = search.pairs
    return Work(digests, search.lead, search.terms, pairs.offsets, pairs.rows, evidence)


def arrays_of_work(work: Work) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each file's path and the array in it."""
    yield names.ARTICLE_DIGESTS, work.digests
    for files, lists in ((names.NEAREST_LEAD, work.lead), (names.NEAREST_TERMS, work.terms)):
        yield from zip(files, (lists.offsets, lists.rows, lists.values, lists.beyond), strict=True)
    yield names.PAIR_OFFSETS, work.offsets
    yield names.PAIR_ROWS, work.rows
    evidence = work.evidence
    yield from zip(
        names.PAIR_COSINES,
        (evidence.lead_cosine, evidence.lexical_cosine, evidence.name_cosine, evidence.neighbour_cosine),
        strict=True,
    )


def read_work(read: Read, n: int) -> Work:
    """The work of the build that made a snapshot of n articles. Raises ValueError, naming the file, where
    offsets do not rise or a row is outside 0..n-1."""

    def lists(files: tuple[str, str, str, str]) -> Lists:
        offsets = _rising(read, files[0], n)
        rows = _rows(read, files[1], int(offsets[-1]), n)
        return Lists(offsets, rows, read(files[2], np.float32, len(rows)), read(files[3], np.float32, n))

    offsets = _rising(read, names.PAIR_OFFSETS, n)
    rows = _rows(read, names.PAIR_ROWS, int(offsets[-1]), n)
    return Work(
        digests=read(names.ARTICLE_DIGESTS, np.uint8, n, DIGEST_BYTES),
        lead=lists(names.NEAREST_LEAD),
        terms=lists(names.NEAREST_TERMS),
        offsets=offsets,
        rows=rows,
        evidence=Evidence(*(read(name, np.float32, len(rows)) for name in names.PAIR_COSINES)),
    )


def _rising(read: Read, name: str, n: int) -> NDArray[np.int64]:
    offsets = read(name, np.int64, n + 1)
    if offsets[0] != 0 or (np.diff(offsets) < 0).any():
        raise ValueError(f"{name} does not rise from 0")
    return offsets


def _rows(read: Read, name: str, count: int, n: int) -> NDArray[np.int32]:
    rows = read(name, np.int32, count)
    if count and not (int(rows.min()) >= 0 and int(rows.max()) < n):
        raise ValueError(f"{name} names a row outside 0..{n - 1}")
    return rows
