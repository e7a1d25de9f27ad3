"""Queries by what can be said of their articles: where a system is good and where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.evaluation.document.judged import Slice

Dimension = Literal["section", "source", "body length", "age", "kind"]
_MOST_VALUES = 10
_OTHERS = "all others"
_WORDS = ((50, "under 50 words"), (150, "50 to 149 words"), (400, "150 to 399 words"))
_LONGEST = "400 words and more"
_DAYS = ((2, "under 2 days"), (8, "2 to 7 days"), (31, "8 to 30 days"))
_OLDEST = "over 30 days"


def slices(articles: Sequence[Article], means: Mapping[str, NDArray[np.float64]]) -> tuple[Slice, ...]:
    """The mean of each system on every slice of the queries.

    ``articles`` are the queries', ``means`` holds each system's value for each of them ``(n,)``. Age is
    counted back from the newest of the articles. Of sections and sources the ten with the most queries
    stand alone, the rest together. A property that all queries share is left out: it divides nothing.
    """
    newest = max((a.published_at for a in articles if a.published_at is not None), default=None)
    found: list[Slice] = []
    for dimension, values, order in _dimensions(articles, newest):
        counts = Counter(values)
        if len(counts) < 2:
            continue
        ranked = order or [value for value, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
        if not order and len(ranked) > _MOST_VALUES:
            kept = set(ranked[:_MOST_VALUES])
            values = [value if value in kept else _OTHERS for value in values]
            ranked, counts = [*ranked[:_MOST_VALUES], _OTHERS], Counter(values)
        for value in ranked:
            if counts[value]:
                chosen = np.array([one == value for one in values])
                found.append(
                    Slice(
                        dimension=dimension,
                        value=value,
                        queries=counts[value],
                        means={system: float(some[chosen].mean()) for system, some in means.items()},
                    )
                )
    return tuple(found)


def _dimensions(
    articles: Sequence[Article], newest: datetime | None
) -> Iterator[tuple[Dimension, list[str], list[str] | None]]:
    """Each dimension, its value for every article, and the order of its values where they have one."""
    yield "section", [article.section or "none" for article in articles], None
    yield "source", [article.source or "none" for article in articles], None
    lengths = [_bucket(len(article.text.split()), _WORDS, _LONGEST) for article in articles]
    yield "body length", lengths, [*(name for _, name in _WORDS), _LONGEST]
    ages = [_age(article.published_at, newest) for article in articles]
    yield "age", ages, [*(name for _, name in _DAYS), _OLDEST, "undated"]
    kinds = ["teaser" if article.teaser else "full article" for article in articles]
    yield "kind", kinds, ["full article", "teaser"]


def _age(published: datetime | None, newest: datetime | None) -> str:
    if published is None or newest is None:
        return "undated"
    return _bucket((newest - published).total_seconds() / 86_400, _DAYS, _OLDEST)


def _bucket(value: float, bounds: Sequence[tuple[int, str]], beyond: str) -> str:
    return next((name for bound, name in bounds if value < bound), beyond)
