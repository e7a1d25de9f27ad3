"""Systems that read no text: chance, the newest, and the list that each page printed itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.evaluation.run import Run
from recommender.evaluation.systems.base import NotApplicable, Ranker, Rows, ScoredSystem, Scores
from recommender.scoring import UNDATED, published_seconds


class Random(ScoredSystem):
    """Every order equally likely: what a measure is worth by chance alone."""

    name = "random"
    label = "Random"

    def __init__(self, seed: int) -> None:
        """``seed`` is a whole number from 0; with the row of an article it settles that article's list,
        whichever others are asked for beside it."""
        self._seed = seed

    def prepare(self, corpus: Corpus) -> Scores:
        """See `ScoredSystem.prepare`. Scores are uniform in 0..1."""
        n = len(corpus)

        def scores(rows: Rows) -> NDArray[np.float64]:
            drawn = [np.random.default_rng([self._seed, row]).random(n) for row in rows.tolist()]
            return np.array(drawn).reshape(len(rows), n)

        return scores


class Newest(ScoredSystem):
    """The newest articles, whatever the article is about; undated ones are never listed. The score is the
    publication time, in seconds since 1970."""

    name = "newest"
    label = "Newest first"
    no_pairs = "a date does not say how alike two articles are"

    def prepare(self, corpus: Corpus) -> Scores:
        """See `ScoredSystem.prepare`."""
        seconds = published_seconds(corpus.articles)
        dated = seconds != UNDATED
        if not dated.any():
            raise NotApplicable("no article has a date")
        newness = np.where(dated, seconds, np.nan)
        return lambda rows: np.broadcast_to(newness, (len(rows), len(newness)))


class SourceLists:
    """The list that the article's own page printed, in page order; none where it printed none."""

    name = "source"
    label = "The page's own list"

    def fit(self, corpus: Corpus) -> Ranker:
        """See `System.fit`."""
        if not any(corpus.source_lists):
            raise NotApplicable("no article's page has a list of its own")
        return _SourceRanker(corpus)


class _SourceRanker:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def run(self, rows: Sequence[int], depth: int) -> Run:
        """See `Ranker.run`. The score is the place, from 1, with a minus before it."""
        ids = self._corpus.ids
        return Run(
            SourceLists.name,
            {
                ids.id(row): tuple(
                    (ids.id(other), -float(place))
                    for place, other in enumerate(self._corpus.source_lists[row][:depth], start=1)
                )
                for row in rows
            },
        )

    def score_pairs(self, left: Rows, right: Rows) -> NDArray[np.float64]:  # noqa: ARG002
        """See `Ranker.score_pairs`."""
        raise NotApplicable("a page's list does not say how alike two articles are")
