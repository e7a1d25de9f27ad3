"""What a reader sees: default lists judged item by item, also where the right list is empty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.evaluation.document.lists import Distribution, Shown, Threshold
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.run import Run

LIMIT = 10
THRESHOLDS = tuple(step / 20 for step in range(20))
_BINS = 20


def shown(qrels: Qrels, run: Run, queries: Sequence[str], limit: int = LIMIT) -> Shown:
    """The first ``limit`` items of each query's list, over all ``queries``, answerable or not.

    Off-topic at k: of the judged items in places 1..k of all lists together, the share with relevance 0;
    ``None`` where none was judged.
    """
    lists = {query: run.docs(query, limit) for query in queries}
    grades = [[qrels.grade(query, doc) for doc in docs] for query, docs in lists.items()]
    judged = [grade for listed in grades for grade in listed if grade is not None]
    unanswerable = [query for query in queries if not any(qrels.relevance[query].values())]
    needless = [len(lists[query]) for query in unanswerable]
    return Shown(
        queries=len(queries),
        items=sum(len(docs) for docs in lists.values()),
        judged=len(judged),
        related=sum(grade > 0 for grade in judged),
        off_topic_at_5=_off_topic(grades, 5),
        off_topic_at_10=_off_topic(grades, 10),
        empty_where_nothing_is_related=_mean([items == 0 for items in needless]),
        items_where_nothing_is_related=_mean(needless),
    )


def thresholds(qrels: Qrels, run: Run, queries: Sequence[str]) -> tuple[Threshold, ...]:
    """What the lists would be with other floors: items that score less are left out, the next move up.
    ``run`` holds each query's whole list, its scores between 0 and 1."""
    found = []
    for floor in THRESHOLDS:
        cut = Run(
            run.system,
            {q: tuple(item for item in run.lists.get(q, ()) if item[1] >= floor)[:LIMIT] for q in queries},
        )
        seen = shown(qrels, cut, queries)
        found.append(
            Threshold(
                min_score=floor,
                items=seen.items,
                precision=seen.related / seen.judged if seen.judged else None,
                recall=_mean(
                    [
                        sum((qrels.grade(query, doc) or 0) > 0 for doc in cut.docs(query))
                        / min(LIMIT, related)
                        for query in queries
                        if (related := sum(grade > 0 for grade in qrels.relevance[query].values()))
                    ]
                ),
                empty=_mean([not cut.lists[query] for query in queries]) or 0.0,
            )
        )
    return tuple(found)


def distribution(qrels: Qrels, run: Run) -> Distribution:
    """Scores of the judged pairs in a run, related and unrelated apart, in twenty bins over 0..1."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for query in qrels.relevance:
        for doc, score in run.lists.get(query, ()):
            grade = qrels.grade(query, doc)
            if grade is not None:
                scores[grade > 0].append(score)
    edges = np.round(np.linspace(0, 1, _BINS + 1), 4)
    related, unrelated = (np.histogram(scores[side], bins=edges)[0].tolist() for side in (True, False))
    return Distribution(edges=tuple(edges.tolist()), related=related, unrelated=unrelated)


def _off_topic(grades: Sequence[Sequence[int | None]], k: int) -> float | None:
    return _mean([grade == 0 for listed in grades for grade in listed[:k] if grade is not None])


def _mean(values: Sequence[float | bool]) -> float | None:
    return sum(values) / len(values) if values else None
