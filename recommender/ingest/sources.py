"""From what was named (files, directories, standard input) to articles, in a fixed order."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from recommender.article import Article
from recommender.errors import InputError, SourceNotFound, StorageError
from recommender.ingest.detect import detect, unknown_suffix
from recommender.ingest.reading import Broken, Tally
from recommender.ingest.streams import GZIP_MAGIC, buffered, inflated

STDIN = "-"


def read_sources(sources: Sequence[str], tally: Tally, *, stdin: BinaryIO | None = None) -> Iterator[Article]:
    """The articles of all sources, streamed: sources in the order given, a directory in name order.

    A source is a file, a directory or ``-`` (``stdin``, by default the process's own). What is rejected,
    left out or passed over goes into ``tally`` as the reading gets there; the caller decides whether it
    is too much, and what no article at all means.

    Raises, at the call, SourceNotFound for a source that does not exist; while reading, StorageError for
    one that cannot be read, and InputError for one of which a part is lost (gzip data or Parquet cut short
    or damaged, CSV that ends inside quotes) and for a file named directly that is of no known format, or
    of another than its name says. In a directory the former is passed over and the latter rejected.
    """
    kinds = [None if source == STDIN else _kind(source) for source in sources]
    return _read_all(list(zip(sources, kinds, strict=True)), tally, stdin)


def _read_all(
    sources: Sequence[tuple[str, int | None]], tally: Tally, stdin: BinaryIO | None
) -> Iterator[Article]:
    for source, kind in sources:
        if kind is None:
            yield from _read_named(stdin or sys.stdin.buffer, STDIN, tally)
        elif stat.S_ISDIR(kind):
            for path in _files_below(Path(source), tally):
                yield from _read_found(str(path), tally)
        elif stat.S_ISREG(kind):
            with _open(source) as stream:
                yield from _read_named(stream, source, tally)
        else:
            raise InputError(f"source {shown(source)} is neither a file nor a directory; for a pipe use '-'")


def _read_named(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """A stream that was asked for by name: what would be passed over in a directory is refused."""
    passed_over = len(tally.passed_over)
    try:
        yield from _read_stream(stream, source, tally)
    except (InputError, Broken) as error:
        raise InputError(f"{shown(source)}: {error}") from None
    if len(tally.passed_over) > passed_over:
        path, why = tally.passed_over.pop()
        raise InputError(f"{path} {why}")


def _read_found(path: str, tally: Tally) -> Iterator[Article]:
    """A file that a directory held: one of another kind than it seems must not stop the others."""
    with _open(path) as stream:
        try:
            yield from _read_stream(stream, path, tally)
        except Broken as error:
            raise InputError(f"{shown(path)}: {error}") from None
        except InputError as error:
            tally.reject(shown(path), None, str(error))


def _read_stream(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    place = shown(source)
    name = None if source == STDIN else Path(source).name
    named_gzip = name is not None and name.lower().endswith(".gz")
    name = name[:-3] if name is not None and named_gzip else name
    if name is not None and (why := unknown_suffix(name)) is not None:
        tally.pass_over(place, why)
        return
    records = tally.records
    try:
        head, stream = buffered(stream)
        if head.startswith(GZIP_MAGIC):
            head, stream = buffered(inflated(stream))
        elif named_gzip and GZIP_MAGIC.startswith(head):
            raise Broken("gzip data ends early after 0 bytes of content")
        elif named_gzip:
            raise InputError(f"not gzip data: begins with {head[:2].hex(' ')}, expected 1f 8b")
        reader = detect(name, head)
        if isinstance(reader, str):
            tally.pass_over(place, reader)
            return
        tally.files += 1
        passed_over = len(tally.passed_over)
        for article in reader(stream, place, tally):
            tally.records += 1
            yield article
        if len(tally.passed_over) > passed_over:
            tally.files -= 1
    except Broken as broken:
        raise Broken(f"{broken}; {tally.records - records} records were read before that") from None
    except OSError as error:
        raise StorageError(f"cannot read {place}: {error.strerror or error}") from error


def entries_below(top: Path) -> Iterator[Path]:
    """Everything below a directory but the directories themselves, sorted by path components. A link to a
    directory is such an entry and is not followed, so there are no loops. Raises StorageError."""
    pending = [top]
    while pending:
        path = pending.pop()
        if path is top or (path.is_dir() and not path.is_symlink()):
            try:
                pending += sorted(path.iterdir(), key=lambda entry: os.fsencode(entry.name), reverse=True)
            except OSError as error:
                raise StorageError(f"cannot read {shown(path)}: {error.strerror or error}") from error
        else:
            yield path


def shown(path: str | Path) -> str:
    """A path for messages and reports; bytes that are no UTF-8 show as U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def _files_below(top: Path, tally: Tally) -> Iterator[Path]:
    """Regular files, and links to such; other entries are passed over."""
    for path in entries_below(top):
        if path.is_file():
            yield path
        elif path.is_symlink():
            tally.pass_over(shown(path), "is a link to a directory, or to nothing")
        else:
            tally.pass_over(shown(path), "is neither a file nor a directory")


def _kind(source: str) -> int:
    try:
        # Path("") would be the working directory, which nobody named.
        return Path(source or "\0").stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise SourceNotFound(f"source {shown(source)!r} does not exist") from None
    except OSError as error:
        raise StorageError(f"cannot read {shown(source)}: {error.strerror}") from error


def _open(path: str) -> BinaryIO:
    try:
        # Non-blocking, in case a pipe took the file's place since it was looked at.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(f"cannot read {shown(path)}: {error.strerror}") from error
    return os.fdopen(descriptor, "rb")
