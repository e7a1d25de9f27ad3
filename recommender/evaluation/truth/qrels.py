"""TREC qrels: ``query 0 document grade``, one judgement a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recommender.corpus import Corpus
from recommender.evaluation.components import components
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.truth.known import Known
from recommender.ingest.labels import bad, file_name
from recommender.ingest.qrels import FIELDS, read_judgements


def read_qrels(
    path: Path, corpus: Corpus, *, name: str, origin: str | None = None, complete: bool = False
) -> Qrels:
    """The judgements of a qrels file, over the articles of a corpus.

    Fields stand between white space, blank lines pass, ids are compared in NFC. The second field is not
    looked at. A negative grade, TREC's for junk, counts as 0. A query's line about itself keeps the query
    and is dropped from its documents. ``complete``: a pair of the corpus that is not listed was judged
    and is 0; otherwise nobody looked at it.

    Raises SourceNotFound, StorageError, and InputError, with file and line, for a line of other than four
    fields, a grade that is no integer, a pair that stands twice and what is not UTF-8; for ids that the
    corpus does not know; and for a file without a judgement.
    """
    known = Known(corpus.ids)
    relevance: dict[str, dict[str, int]] = {}
    negative = 0
    for line, query_id, doc_id, grade in read_judgements(path):
        query, doc = known.id(query_id, "query", line), known.id(doc_id, "document", line)
        docs = relevance.setdefault(query, {})
        if doc != query:
            docs[doc] = max(grade, 0)
            negative += grade < 0
    known.refuse_unknown(path)
    if not relevance:
        raise bad(path, None, f"found no judgement, expected lines of {FIELDS}")
    return Qrels(
        name=name,
        kind="qrels",
        origin=origin or f"TREC qrels ({file_name(path)})",
        relevance=relevance,
        judged=frozenset(corpus.ids) if complete else None,
        groups=_groups(relevance),
        notes=(f"{negative:,} negative grades count as 0",) if negative else (),
    )


def _groups(relevance: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Queries that share their answers: those joined by a chain of articles that are related by more than
    half of the highest grade (3 and 4 of 4; 1 of 1), each under the first query of its group. One that is
    joined to no other is left out: it stands alone. Lower grades would chain what merely touches: a
    round-up is of some use to every story in it."""
    highest = max((grade for docs in relevance.values() for grade in docs.values()), default=0)
    pairs = [
        (query, doc)
        for query, docs in relevance.items()
        for doc, grade in docs.items()
        if 2 * grade > highest
    ]
    members: dict[int, list[str]] = {}
    for (query, _), number in zip(pairs, components(pairs), strict=True):
        if query not in members.setdefault(number, []):
            members[number].append(query)
    return {query: min(some) for some in members.values() if len(some) > 1 for query in some}
