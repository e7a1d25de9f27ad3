"""Articles for an evaluation, through the normal ingestion, with its limit on what is rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from recommender.article import Article
from recommender.errors import InputError, SourceNotFound
from recommender.ingest import Rejection, Tally, read_sources
from recommender.ingest.labels import file_name
from recommender.ingest.sources import entries_below, shown

MAX_REJECTED = 0.05  # the setting max_rejected's own default
_NAMED = 5


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The articles of one file in its order, and the records of it that were rejected."""

    articles: tuple[Article, ...]
    rejections: tuple[Rejection, ...]


@dataclass(slots=True)
class Shelf:
    """Reads files of articles one at a time, and counts what that leaves out."""

    advance: Callable[[int], None]
    tally: Tally = field(default_factory=Tally)

    def files_below(self, directory: Path) -> Iterator[Path]:
        """The files of a folder and of those inside it, in name order; what is neither is counted.

        A link to a file counts as the file, one to a folder is not followed. Raises SourceNotFound,
        StorageError, and InputError for what is no folder.
        """
        if not directory.exists():
            raise SourceNotFound(f"folder {shown(directory)!r} does not exist")
        if not directory.is_dir():
            raise InputError(f"{shown(directory)} is no folder, expected one with labelled files")
        for path in entries_below(directory):
            if path.is_file():
                yield path
            else:
                self.tally.pass_over(str(path), "is neither a file nor a folder")

    def read(self, path: Path) -> ReadFile:
        """One file that a folder held; what ingestion passes over is counted and holds no article.

        Raises StorageError, and InputError for a file that is cut short or of another format than its
        name says.
        """
        tally = _Folder()
        articles: list[Article] = []
        try:
            source = "./-" if str(path) == "-" else str(path)  # a bare one is standard input
            for article in read_sources([source], tally):
                articles.append(article)
                self.advance(1)
        except _PassedOver as passed:
            self.tally.pass_over(str(path), str(passed))
        self.tally.records += tally.records
        self.tally.rejections += tally.rejections
        self.tally.files += tally.files
        return ReadFile(tuple(articles), tuple(tally.rejections))


def notes_of(tally: Tally, duplicates: int) -> tuple[str, ...]:
    """What a reading left out, in sentences; paths are cut to names, so that notes are the same anywhere."""
    notes = []
    if tally.rejections:
        first = tally.rejections[0]
        place = replace(first, source=file_name(Path(first.source))).place
        notes.append(
            f"{len(tally.rejections):,} of {tally.records:,} records were rejected; the first is "
            f"{place}: {first.reason}"
        )
    if duplicates:
        notes.append(f"{duplicates:,} records had the id of another one, which replaced them or was replaced")
    if tally.passed_over:
        named = "; ".join(
            f"{file_name(Path(path))} {why.split(', expected')[0]}"
            for path, why in tally.passed_over[:_NAMED]
        )
        more = "; ..." if len(tally.passed_over) > _NAMED else ""
        notes.append(f"{len(tally.passed_over):,} files were passed over: {named}{more}")
    return tuple(notes)


class _PassedOver(Exception):
    """A file is no source of articles; the message says why."""


class _Folder(Tally):
    """The counts of one file. `read_sources` refuses a file that was named and is no source; in a folder
    nobody named it, so reading ends before that."""

    def pass_over(self, path: str, why: str) -> None:  # noqa: ARG002
        raise _PassedOver(why)
