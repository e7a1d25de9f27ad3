"""What a system from outside answers, checked before anything is measured on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.errors import InputError
from recommender.evaluation.run import Run
from recommender.evaluation.systems.base import Ranker, Rows, System, score_listed


class Checked:
    """A system behind which another does the work. Its answers are the other's, or InputError says what
    is wrong with them."""

    def __init__(self, system: System) -> None:
        self.name = system.name
        self.label = system.label
        self._system = system

    def fit(self, corpus: Corpus) -> Ranker:
        """See `System.fit`."""
        ranker: Any = self._system.fit(corpus)
        for method in ("run", "score_pairs"):
            if not callable(getattr(ranker, method, None)):
                raise InputError(f"system {self.name!r}: what fit gave back has no method {method}")
        return _CheckedRanker(self.name, corpus, ranker)


class _CheckedRanker:
    def __init__(self, name: str, corpus: Corpus, ranker: Ranker) -> None:
        self._name, self._corpus, self._ranker = name, corpus, ranker

    def run(self, rows: Sequence[int], depth: int) -> Run:
        """See `Ranker.run`. Raises InputError for a list that nobody asked for, that is longer than
        ``depth`` or names an unknown document. `Run` itself sees to repeats and the article itself."""
        run: Any = self._ranker.run(rows, depth)
        if not isinstance(run, Run):
            raise self._error(f"its run is {type(run).__name__}, expected Run")
        asked = {self._corpus.ids.id(row) for row in rows}
        for query_id, listed in run.lists.items():
            if query_id not in asked:
                raise self._error(f"it has a list of {query_id!r}, which was not asked for")
            if len(listed) > depth:
                raise self._error(f"the list of {query_id!r} has {len(listed)} documents, at most {depth}")
            for doc_id, _ in listed:
                if doc_id not in self._corpus.ids:
                    raise self._error(f"the list of {query_id!r} names {doc_id!r}, which is no article")
        return run

    def score_pairs(self, left: Rows, right: Rows) -> NDArray[np.float64]:
        """See `Ranker.score_pairs`. Raises InputError for what is no number, for another shape, and for an
        infinite score."""
        return self._scores(self._ranker.score_pairs(left, right), left)

    def score_listed(self, queries: Rows, others: Rows) -> NDArray[np.float64]:
        """See `recommender.evaluation.systems.base.score_listed`. Raises as `score_pairs` does."""
        return self._scores(score_listed(self._ranker, queries, others), queries)

    def _scores(self, found: Any, left: Rows) -> NDArray[np.float64]:
        try:
            scores = np.asarray(found, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise self._error(f"its pair scores are no numbers: {error}") from None
        if scores.shape != left.shape:
            raise self._error(f"it gave pair scores of shape {scores.shape}, expected {left.shape}")
        if np.isinf(scores).any():
            raise self._error("it gave an infinite pair score, expected a number, or NaN for unknown")
        return scores

    def _error(self, what: str) -> InputError:
        return InputError(f"system {self._name!r}: {what}")
