"""TREC run files: ``query Q0 document rank score tag``, what some system listed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from recommender.corpus import Corpus
from recommender.evaluation.run import Run
from recommender.evaluation.truth.known import Known
from recommender.ingest.labels import bad, finite, integer, read_fields

_FIELDS = "query Q0 document rank score tag"


def read_run(path: Path, corpus: Corpus, *, name: str | None = None) -> Run:
    """The lists of a run file, each by score, highest first; of equal scores the lower rank, then the
    earlier line, comes first. The run is called ``name``, by default as its tag says.

    Raises SourceNotFound, StorageError, and InputError, with file and line, for a line of other than six
    fields, a rank that is no integer, a score that is no finite number, a document that stands twice in a
    list or is the query itself, another tag than on the first line and what is not UTF-8; for ids that
    the corpus does not know; and for a file without a line.
    """
    known = Known(corpus.ids)
    lists: dict[str, list[tuple[float, int, int, str]]] = defaultdict(list)
    lines: dict[tuple[str, str], int] = {}
    tag = ""
    for line, fields in read_fields(path, _FIELDS):
        try:
            rank, score = integer(fields[3]), finite(fields[4])
        except ValueError as error:
            raise bad(path, line, f"rank and score: {error}") from None
        if fields[5].decode("utf-8") != (tag := tag or fields[5].decode("utf-8")):
            problem = f"found the tag {fields[5].decode('utf-8')!r}, expected {tag!r} as in the lines before"
            raise bad(path, line, problem)
        query, doc = known.id(fields[0], "query", line), known.id(fields[2], "document", line)
        if query == doc:
            raise bad(path, line, f"the list of {query!r} names the article itself")
        if (query, doc) in lines:
            before = f"here and on line {lines[query, doc]}, expected once"
            raise bad(path, line, f"document {doc!r} stands in the list of {query!r} {before}")
        lines[query, doc] = line
        lists[query].append((-score, rank, line, doc))
    known.refuse_unknown(path)
    if not lists:
        raise bad(path, None, f"found no line, expected {_FIELDS}")
    ordered = {
        query: tuple((doc, -score) for score, _, _, doc in sorted(listed)) for query, listed in lists.items()
    }
    return Run(name or tag, ordered)
