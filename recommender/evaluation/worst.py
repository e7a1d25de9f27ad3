"""The lists to look at: those that missed most, and those that should have been empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recommender.article import Article
from recommender.evaluation.document.lists import ListedItem, NeedlessList, WorstList
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.run import Run
from recommender.evaluation.shown import LIMIT

MOST = 20


def worst(
    qrels: Qrels, run: Run, values: Mapping[str, float], articles: Mapping[str, Article]
) -> tuple[WorstList, ...]:
    """The twenty queries with the least value, ties by id, their first ten items in full."""
    chosen = sorted(values, key=lambda query: (values[query], query))[:MOST]
    return tuple(
        WorstList(
            id=query,
            title=articles[query].title,
            value=values[query],
            items=_items(qrels, run, query, articles),
            missed=tuple(
                ListedItem(id=doc, title=articles[doc].title, score=None, relevance=grade)
                for doc, grade in sorted(qrels.relevance[query].items(), key=lambda one: (-one[1], one[0]))
                if grade > 0 and doc not in run.docs(query, LIMIT)
            ),
        )
        for query in chosen
    )


def needless(
    qrels: Qrels, run: Run, queries: Sequence[str], articles: Mapping[str, Article]
) -> tuple[NeedlessList, ...]:
    """Of ``queries``, to which nothing is related, the twenty longest default lists; ties by id."""
    filled = [query for query in queries if run.docs(query)]
    return tuple(
        NeedlessList(id=query, title=articles[query].title, items=_items(qrels, run, query, articles))
        for query in sorted(filled, key=lambda query: (-len(run.docs(query, LIMIT)), query))[:MOST]
    )


def _items(qrels: Qrels, run: Run, query: str, articles: Mapping[str, Article]) -> tuple[ListedItem, ...]:
    return tuple(
        ListedItem(id=doc, title=articles[doc].title, score=score, relevance=qrels.grade(query, doc))
        for doc, score in run.lists.get(query, ())[:LIMIT]
    )
