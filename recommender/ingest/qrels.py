"""TREC qrels, line by line: ``query 0 document grade``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from recommender.article import normalise_id
from recommender.ingest.labels import bad, integer, read_fields

FIELDS = "query 0 document grade"


def read_judgements(path: Path) -> Iterator[tuple[int, str, str, int]]:
    """Line number, query id, document id and grade of every judgement in a file, ids in NFC, in file order.

    Fields stand between white space, blank lines pass, the second field is not looked at. Raises
    SourceNotFound, StorageError, and InputError, with file and line, for a line of other than four fields,
    a grade that is no integer, a pair that stands twice and what is not UTF-8.
    """
    lines: dict[tuple[str, str], int] = {}
    for line, (query_field, _, doc_field, grade_field) in read_fields(path, FIELDS):
        try:
            grade = integer(grade_field)
        except ValueError as error:
            raise bad(path, line, f"grade: {error}") from None
        query, doc = (normalise_id(one.decode("utf-8")) for one in (query_field, doc_field))
        if (query, doc) in lines:
            raise bad(
                path,
                line,
                f"query {query!r} and document {doc!r} stand here and on line {lines[query, doc]}, "
                "expected each pair once",
            )
        lines[query, doc] = line
        yield line, query, doc, grade
