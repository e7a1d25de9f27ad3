"""CSV with a header row that names the fields."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from recommender.article import Article
from recommender.errors import InputError
from recommender.ingest.reading import Broken, Tally
from recommender.ingest.records import take_record

CELL_LIMIT = 64 * 1024 * 1024  # characters; a quote that is never closed must not swallow a whole disk
REREAD_LIMIT = 1 << 24  # characters; more may be read twice only in proportion to what was read once
_UNDECODED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that is no UTF-8


def read_csv(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The articles of a CSV stream, row by row; ``line`` in a rejection is the row's first line.

    Cells are text; ``authors``, ``tags`` and ``links`` may hold a JSON list. Where a row is no CSV (a quote
    that is never closed takes in all that follows), its first line alone is rejected and reading goes on
    with the next. Raises InputError where there is no header row with a column ``id``, `Broken` where the
    data ends inside quotes and no rows are found there, or the quotes are past reading.
    """
    csv.field_size_limit(CELL_LIMIT)  # the module's only way; its default of 131,072 cuts long articles
    lines = _Lines(stream)
    rows = csv.reader(lines, strict=True)
    header: list[str] | None = None
    unclosed: int | None = None  # the line with the quote that was open when the data ended
    good, rejected = 0, 0  # rows that became articles after that line; rejections up to it
    while True:
        start = lines.begin_row()
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            tally.reject(source, start, f"not CSV: {error}")
            if lines.at_end:
                unclosed, good, rejected = start, 0, len(tally.rejections)
            lines.go_back()
            continue
        if not row or (len(row) == 1 and not row[0].strip()):
            continue
        if header is None:
            header = _check_header(row)
            continue
        if any(_UNDECODED.search(cell) for cell in row):
            tally.reject(source, start, "not UTF-8")
        elif len(row) != len(header):
            tally.reject(source, start, f"found {len(row)} columns, expected {len(header)}")
            lines.go_back()  # a quote that a later row closed may have taken in whole rows
        elif (article := take_record(dict(zip(header, row, strict=True)), tally, source, start)) is not None:
            good += 1
            yield article
    # Rows follow upon a stray quote, pieces of a cell upon one whose end is missing.
    if unclosed is not None and good <= len(tally.rejections) - rejected:
        raise Broken(f"CSV data ends inside quotes that were opened on line {unclosed}")
    if header is None:
        raise InputError("found no header row, expected one that names the columns")


def _check_header(row: list[str]) -> list[str]:
    header = [name.strip() for name in row]
    if "id" not in header:
        raise InputError(f"found the columns {', '.join(header)[:200]!r}, expected one named 'id'")
    for name in header:
        if header.count(name) > 1:
            raise InputError(f"column {name!r} stands twice in the header row, expected once")
    return header


class _Lines:
    """Decoded lines, counted; those of the row being read are kept, so that they can be read again.

    Bytes that are no UTF-8 become lone surrogates, so that their row is known.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._row: list[str] = []
        self._again: deque[str] = deque()
        self._characters = 0
        self._repeated = 0
        self.number = 0
        self.at_end = False

    def begin_row(self) -> int:
        """Forgets the row before; returns the number of the line on which the next one begins."""
        self._row.clear()
        self.at_end = False
        return self.number + 1

    def go_back(self) -> None:
        """To the line after the one on which the row began. Raises `Broken` if that were without end."""
        self._again.extendleft(reversed(self._row[1:]))
        self.number -= len(self._row) - 1
        self._repeated += sum(map(len, self._row[1:]))
        if self._repeated > REREAD_LIMIT + 4 * self._characters:
            raise Broken(f"the quotes around line {self.number} do not pair: too much was read twice")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next_line()
        self.number += 1
        self._row.append(line)
        return line

    def _next_line(self) -> str:
        line = self._stream.readline()
        if not line:
            self.at_end = True
            raise StopIteration
        if self.number == 0:
            line = line.removeprefix(codecs.BOM_UTF8)
        self._characters += len(line)
        return line.decode("utf-8", "surrogateescape")
