"""The check by what people judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recommender.gate.bounds import Bounds
from recommender.gate.verdict import Check, in_words
from recommender.measures import Lists, Shared, ndcg
from recommender.measures.lists import rounded
from recommender.phrases import count
from recommender.recommend import DEFAULT_LIMIT

_NAME, _SETTING = f"ndcg@{DEFAULT_LIMIT}", "gate_max_ndcg_drop"


def judged(both: Shared, grades: Mapping[str, Mapping[str, int]], bounds: Bounds) -> Iterator[Check]:
    """Mean nDCG@10 of both sides over the queries to which something is related, as far as query and
    documents are in both; no check without judgements."""
    if not grades:
        return
    place = {article_id: row for row, article_id in enumerate(both.ids)}
    known = {
        query: {doc: grade for doc, grade in docs.items() if doc in place}
        for query, docs in grades.items()
        if query in place
    }
    asked = {query: docs for query, docs in known.items() if any(docs.values())}
    if not asked:
        yield Check(_NAME, None, "anything", None, True, _SETTING, "no judged article is in both")
        return
    found, was = (
        rounded(sum(ndcg(_list(lists, place[query], both), docs, DEFAULT_LIMIT) or 0.0 for query, docs in
                    asked.items()) / len(asked))
        for lists in (both.one, both.other)
    )  # fmt: skip
    least = max(0.0, was - bounds.max_ndcg_drop)
    passed = found >= rounded(least)
    allowed = f"{in_words(float(least))} or more"
    yield Check(_NAME, found, allowed, was, passed, _SETTING, f"over {count(len(asked), 'judged article')}")


def _list(lists: Lists, row: int, both: Shared) -> list[str]:
    start, end = lists.offsets[row : row + 2].tolist()
    return [both.ids[one] for one in lists.rows[start:end].tolist()]
