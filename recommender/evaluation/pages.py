"""This project against the pages' own lists, as readers see both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation import shown
from recommender.evaluation.document.judged import AgainstSource
from recommender.evaluation.document.names import OFF_TOPIC, SOURCE, THIS
from recommender.evaluation.judge import Judge
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.measuring import measure
from recommender.evaluation.run import Run
from recommender.recommend import MAX_LIMIT

_OF_RELATED = ("nDCG@10", "P@5", "R@10")


def against_source(
    qrels: Qrels,
    runs: Mapping[str, Run],
    default: Run,
    pages: Mapping[str, int],
    *,
    seed: int,
    resamples: int,
) -> AgainstSource | None:
    """The comparison on the queries whose page printed a list, every list cut where the page's ends;
    ``None`` where there is no such query, or the pages' own lists were not tried.

    ``runs``, ``default`` and ``pages`` are as in `recommender.evaluation.datasets.judge`. Filling a list up
    never lowers nDCG and R, so that two sides are told: what is shown off topic, over all pages, and what is
    shown of the related, over those that have related articles; the latter also without the floor.
    """
    queries = [query for query in qrels.queries if pages.get(query)]
    if SOURCE not in runs or not queries:
        return None
    this, source, whole = (
        Run(name, {query: run.lists.get(query, ())[: pages[query]] for query in queries})
        for name, run in ((THIS, default), (SOURCE, runs[SOURCE]), (THIS, runs[THIS]))
    )
    both = {THIS: this, SOURCE: source}
    answerable = [query for query in qrels.answerable if pages.get(query)]

    def judged(runs: Mapping[str, Run]) -> Judge:
        values = {name: measure(qrels, run, answerable, _OF_RELATED) for name, run in runs.items()}
        return Judge(values, answerable, qrels.groups, seed=seed, resamples=resamples)

    def shown_off_topic(runs: Mapping[str, Run]) -> Judge:
        values = {name: {OFF_TOPIC: off_topic(qrels, run, queries)} for name, run in runs.items()}
        return Judge(values, queries, qrels.groups, seed=seed, resamples=resamples)

    related, unrelated = judged(both), shown_off_topic(both)
    sides = related.estimates(), unrelated.estimates()
    return AgainstSource(
        queries=len(queries),
        answerable=len(answerable),
        this=sides[0][THIS] | sides[1][THIS],
        source=sides[0][SOURCE] | sides[1][SOURCE],
        less_this=related.differences().get(SOURCE, {}) | unrelated.differences()[SOURCE],
        without_floor=judged({THIS: whole}).estimates()[THIS]
        | shown_off_topic({THIS: whole}).estimates()[THIS],
        shown_this=shown.shown(qrels, this, queries, MAX_LIMIT),
        shown_source=shown.shown(qrels, source, queries, MAX_LIMIT),
    )


def off_topic(qrels: Qrels, run: Run, queries: Sequence[str]) -> NDArray[np.float64]:
    """Of each query's first ten items that were judged the share with relevance 0, ``(n,) float64``; 0 for
    a list without a judged item: nothing off topic is shown."""
    values = np.zeros(len(queries))
    for place, query in enumerate(queries):
        grades = [qrels.grade(query, doc) for doc in run.docs(query, shown.LIMIT)]
        judged = [grade for grade in grades if grade is not None]
        if judged:
            values[place] = sum(grade == 0 for grade in judged) / len(judged)
    return values
