"""What every reader shares: the shape of a reader, and the counts that a reading leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from recommender.article import Article
from recommender.errors import InputError


class Broken(Exception):
    """A stream whose end is missing, or that is damaged within: what is lost there cannot be counted.

    A rejection would pass for one record, so `read_sources` stops with an InputError instead.
    """


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that was set aside.

    ``source`` is the path as named (``-`` for standard input). ``line`` counts from 1: the physical
    line on which the record begins; for Parquet the row; ``None`` where the whole file is meant.
    ``id`` is the record's id where it had a usable one.
    """

    source: str
    line: int | None
    id: str | None
    reason: str

    @property
    def place(self) -> str:
        """``export.jsonl:12``, or the file alone."""
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(slots=True)
class Tally:
    """The counts of one reading.

    ``records`` counts what was accepted and what was rejected; ``unreadable`` the optional values left
    out, by field; ``ignored_fields`` the records that held a field of another name; ``passed_over`` the
    files and directory entries that are no articles, with why; ``notes`` files that were read all the
    same, with a remark; ``files`` the files read.
    """

    records: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    unreadable: Counter[str] = field(default_factory=Counter)
    ignored_fields: Counter[str] = field(default_factory=Counter)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0

    @property
    def accepted(self) -> int:
        """How many records became articles."""
        return self.records - len(self.rejections)

    def refuse_rejected(self, most: float) -> None:
        """Raises InputError where more than ``most`` (0..1) of the records are unusable."""
        rejected = len(self.rejections)
        if rejected and rejected / self.records > most:
            first = self.rejections[0]
            raise InputError(
                f"{rejected} of {self.records} records are unusable, at most {most:.0%} may be (setting "
                f"max_rejected); the first is {first.place}: {first.reason}"
            )

    def reject(self, source: str, line: int | None, reason: str, *, id: str | None = None) -> None:
        """Set one record aside, with its place and the reason."""
        self.records += 1
        self.rejections.append(Rejection(source, line, id, reason))

    def pass_over(self, path: str, why: str) -> None:
        """Count something found that holds no articles."""
        self.passed_over.append((path, why))


Reader: TypeAlias = Callable[[BinaryIO, str, Tally], Iterator[Article]]
"""``(stream, source, tally)`` -> articles in the stream's order. Unusable records go into the tally.

Raises InputError where a stream is of another kind from its beginning, `Broken` where a part of it is
lost. A stream that turns out to hold no articles of the reader's kind is passed over in the tally."""
