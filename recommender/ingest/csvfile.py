"""CSV with a header row that names the fields."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from recommender.article import Article
from recommender.errors import InputError
from recommender.ingest.reading import Tally
from recommender.ingest.records import take_record

CELL_LIMIT = 64 * 1024 * 1024  # characters; a quote that is never closed must not swallow a whole disk
_UNDECODED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that is no UTF-8


def read_csv(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The articles of a CSV stream, row by row; ``line`` in a rejection is the row's first line.

    Cells are text; ``authors``, ``tags`` and ``links`` may hold a JSON list. Raises InputError where
    there is no header row with a column ``id``.
    """
    csv.field_size_limit(CELL_LIMIT)  # the module's only way; its default of 131,072 cuts long articles
    lines = _Lines(stream)
    rows = csv.reader(lines, strict=True)
    header: list[str] | None = None
    while True:
        start = lines.number + 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            tally.reject(source, start, f"not CSV: {error}")
            continue
        except EOFError as broken:
            tally.reject(source, start, str(broken))
            return
        if not row or (len(row) == 1 and not row[0].strip()):
            continue
        if header is None:
            header = _check_header(row)
            continue
        if any(_UNDECODED.search(cell) for cell in row):
            tally.reject(source, start, "not UTF-8")
        elif len(row) != len(header):
            tally.reject(source, start, f"found {len(row)} columns, expected {len(header)}")
        elif (article := take_record(dict(zip(header, row, strict=True)), tally, source, start)) is not None:
            yield article
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
    """Decoded lines, counted. Bytes that are no UTF-8 become lone surrogates, so their row is known."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            raise StopIteration
        self.number += 1
        if self.number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        return line.decode("utf-8", "surrogateescape")
