"""Files of labels: their lines, numbers, ids and labels, and errors that say where."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from recommender.article import MAX_ID_BYTES, id_problem, normalise_id
from recommender.errors import InputError, SourceNotFound, StorageError
from recommender.ingest.cleaning import clean_line
from recommender.ingest.jsonl import parse_line
from recommender.ingest.reading import Broken
from recommender.ingest.records import found
from recommender.ingest.sources import shown
from recommender.ingest.streams import GZIP_MAGIC, buffered, inflated

_KIND = re.compile(r"(?<=[^/])(?:[_-](?:similarities|pairs|qrels))?\.[^./]+(?:\.gz)?\Z", re.IGNORECASE)
_INTEGER = re.compile(rb"[+-]?[0-9]{1,9}")  # nine digits fit wherever a grade or a place goes
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def file_name(path: Path) -> str:
    """The last part of a path: for what is written down, and must be the same on every machine."""
    return shown(Path(path.name))


def dataset_name(name: str) -> str:
    """What a dataset is called after its file, without what says its kind: ``lee_similarities.txt`` is
    ``lee``, ``qrels.txt`` stays ``qrels``."""
    return _KIND.sub("", name)


def bad(path: Path, line: int | None, problem: str) -> InputError:
    """The error that says what is wrong at a place, for the caller to raise."""
    return InputError(f"{shown(path)}:{line}: {problem}" if line else f"{shown(path)}: {problem}")


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, each with its end and its number from 1; gzip is taken off.

    Lines are cut at the byte ``\\n``, since Unicode has line ends that are part of an id or a text.
    Raises SourceNotFound, StorageError, and InputError where gzip data is cut short or damaged.
    """
    try:
        with path.open("rb") as file:
            head, stream = buffered(file)
            if head.startswith(GZIP_MAGIC):
                _, stream = buffered(inflated(stream))
            for number, line in enumerate(stream, 1):
                plain = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if plain.strip():
                    yield number, plain
    except FileNotFoundError:
        raise SourceNotFound(f"{shown(path)!r} does not exist") from None
    except OSError as error:
        raise StorageError(f"cannot read {shown(path)}: {error.strerror or error}") from error
    except Broken as error:
        raise bad(path, None, str(error)) from None


def read_fields(path: Path, names: str) -> Iterator[tuple[int, list[bytes]]]:
    """The fields of every line, split at ASCII white space: as many as ``names`` has words, in UTF-8.

    Raises what `read_lines` raises, and InputError with file and line.
    """
    expected = len(names.split())
    for number, line in read_lines(path):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            problem = f"not UTF-8: byte 0x{line[error.start]:02x} at column {error.start + 1}"
            raise bad(path, number, problem) from None
        fields = line.split()
        if len(fields) != expected:
            raise bad(path, number, f"found {len(fields)} fields, expected {expected}: {names}")
        yield number, fields


def read_records(path: Path) -> Iterator[tuple[int, dict[str, object] | ValueError]]:
    """The objects of a JSONL file; a line that is none comes as the error that says what it is."""
    for number, line in read_lines(path):
        try:
            yield number, parse_line(line)
        except ValueError as error:
            yield number, error


def integer(raw: bytes) -> int:
    """A whole number of at most nine digits. Raises ValueError."""
    if not _INTEGER.fullmatch(raw):
        raise ValueError(f"found {raw.decode('utf-8')!r}, expected an integer of at most nine digits")
    return int(raw)


def finite(raw: bytes) -> float:
    """A finite number. Raises ValueError, also for ``nan`` and for what is too large for a float."""
    number = float(raw) if _NUMBER.fullmatch(raw) else float("inf")
    if abs(number) == float("inf"):
        raise ValueError(f"found {raw.decode('utf-8', 'replace')!r}, expected a finite number")
    return number


def read_id(value: object) -> str:
    """An article's id as ingestion reads it: NFC, an integer as its decimal text. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > MAX_ID_BYTES * 4:  # str() of a huge integer is slow, or refused
            raise ValueError(f"is an integer of more than {MAX_ID_BYTES} digits")
        value = str(value)
    if not isinstance(value, str):
        raise ValueError(f"is {found(value)}, expected text or an integer")
    article_id = normalise_id(value)
    if (problem := id_problem(article_id)) is not None:
        raise ValueError(problem)
    return article_id


def read_label(value: object) -> str | None:
    """A label in NFC, white space collapsed; ``None`` where it is absent or blank. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return read_id(value)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"is {found(value)}, expected text or an integer")
    return normalise_id(clean_line(value)) or None if value is not None else None
