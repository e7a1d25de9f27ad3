"""This project, through the very code that serves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.evaluation.document.names import THIS
from recommender.evaluation.own import bare_lists
from recommender.evaluation.run import Run
from recommender.evaluation.systems.base import Ranker, Rows
from recommender.evaluation.systems.same import check_same_articles
from recommender.recommend import Recommender


class Served:
    """The bare ranking of a snapshot, by score: without floor, policy and rules; takedowns hold. A list is no
    longer than what the snapshot stores. What readers see is measured beside it, as served."""

    name = THIS
    label = "This project"

    def __init__(self, recommender: Recommender) -> None:
        """``recommender`` is over a snapshot of the corpus that the system will be fitted to."""
        self._recommender = recommender

    def fit(self, corpus: Corpus) -> Ranker:
        """See `System.fit`. Raises ValueError where the snapshot is of other articles."""
        check_same_articles(corpus, self._recommender.snapshot)
        return _ServedRanker(self._recommender)


class _ServedRanker:
    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender

    def run(self, rows: Sequence[int], depth: int) -> Run:
        """See `Ranker.run`. An article that has been taken down has an empty list."""
        return bare_lists(self._recommender, rows, limit=depth)

    def score_pairs(self, left: Rows, right: Rows) -> NDArray[np.float64]:
        """See `Ranker.score_pairs`: the score of any pair, also outside the stored candidates. NaN where
        either article has been taken down."""
        scores = self._recommender.score_pairs(left, right).astype(np.float64)
        visible = np.array([self._recommender.visible(row) for row in range(len(self._recommender.snapshot))])
        scores[~(visible[left] & visible[right])] = np.nan
        return scores
