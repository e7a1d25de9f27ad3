"""The one face of all systems: a corpus in, ranked lists and scores of pairs out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.errors import InputError
from recommender.evaluation.run import Run
from recommender.scoring import order_of_ids, published_seconds

Rows = NDArray[np.int64]
# Rows (m,) to the score of every article for each of them, (m, n) float64; NaN is never listed.
Scores = Callable[[Rows], NDArray[np.float64]]
# Scores held at once, 32 MB of them: all pairs of 12,000 articles would be over a gigabyte.
_CELLS_PER_STEP = 4_000_000


class NotApplicable(Exception):
    """The system cannot be tried on this corpus; the message says why, for the report."""


class Ranker(Protocol):
    """A system that has seen a corpus. Rows are the corpus's."""

    def run(self, rows: Sequence[int], depth: int) -> Run:
        """For each of ``rows`` its list, best first, at most ``depth`` long, never the article itself."""
        ...

    def score_pairs(self, left: Rows, right: Rows) -> NDArray[np.float64]:
        """How alike the system finds each pair of rows ``(m,)``, higher is more alike, ``(m,) float64``;
        NaN where it cannot say. Which of a pair is left and which is right makes no difference. Raises
        NotApplicable for a system that only makes lists."""
        ...


def score_listed(ranker: Ranker, queries: Rows, others: Rows) -> NDArray[np.float64]:
    """What a system's lists have for each pair ``(m,)`` of a query and another article. A `ScoredRanker`
    knows it; of any other it is the score of the pair. Raises what `Ranker.score_pairs` raises."""
    one_way = getattr(ranker, "score_listed", ranker.score_pairs)
    found: NDArray[np.float64] = one_way(queries, others)
    return found


class System(Protocol):
    """Something that can be evaluated: ``name`` in files and arguments, ``label`` for people."""

    @property
    def name(self) -> str:
        """A word, such as ``bm25``."""
        ...

    @property
    def label(self) -> str:
        """What it is, in a few words."""
        ...

    def fit(self, corpus: Corpus) -> Ranker:
        """Look at the corpus. Raises NotApplicable."""
        ...


class ScoredSystem(ABC):
    """A system that gives every article a score; sorting, ties and the article itself are seen to here.

    What a subclass writes: ``name``, ``label`` and `prepare`; and ``no_pairs`` where its scores put lists
    in order but do not say how alike two articles are: the reason, for the report.
    """

    name: str
    label: str
    no_pairs: str = ""

    @abstractmethod
    def prepare(self, corpus: Corpus) -> Scores:
        """Look at the corpus and give back the function from rows to scores. Raises NotApplicable."""

    def fit(self, corpus: Corpus) -> ScoredRanker:
        """See `System.fit`."""
        return ScoredRanker(self.name, corpus, self.prepare(corpus), no_pairs=self.no_pairs)


class ScoredRanker:
    """Lists in the house's order: higher score, then newer, then id."""

    def __init__(self, system: str, corpus: Corpus, scores: Scores, *, no_pairs: str = "") -> None:
        self._system = system
        self._ids = list(corpus.ids)
        self._scores = scores
        self._no_pairs = no_pairs
        self._step = max(1, _CELLS_PER_STEP // max(1, len(corpus)))
        places = order_of_ids(self._ids)
        # Ties are broken the same way for every query: one permutation, put under the score.
        self._tie_order = np.lexsort((places, ~published_seconds(corpus.articles)))

    def run(self, rows: Sequence[int], depth: int) -> Run:
        """See `Ranker.run`. Raises IndexError for a row outside 0..n-1, ValueError for a depth below 1,
        and InputError where what the system gave is no table of numbers, has another shape or is
        infinite."""
        if depth < 1:
            raise ValueError(f"depth is {depth}, expected at least 1")
        lists = {}
        for start in range(0, len(rows), self._step):
            some = np.asarray(rows[start : start + self._step], dtype=np.int64)
            block = self._block(some)
            block[np.arange(len(some)), some] = np.nan
            for row, scores in zip(some.tolist(), block, strict=True):
                best = self._best(scores, depth)
                lists[self._ids[row]] = tuple(
                    (self._ids[other], score)
                    for other, score in zip(best.tolist(), scores[best].tolist(), strict=True)
                )
        return Run(self._system, lists)

    def score_pairs(self, left: Rows, right: Rows) -> NDArray[np.float64]:
        """See `Ranker.score_pairs`: the mean of the score that either article has for the other, since
        people graded the pair and asked for neither. Raises as `run` does, and NotApplicable."""
        if self._no_pairs:
            raise NotApplicable(self._no_pairs)
        return (self._one_way(left, right) + self._one_way(right, left)) / 2

    def score_listed(self, queries: Rows, others: Rows) -> NDArray[np.float64]:
        """The score that each of ``queries`` ``(m,)`` has in its list for the one of ``others`` ``(m,)``,
        ``(m,) float64``, NaN for what it never lists: that way round alone. Raises as `score_pairs` does."""
        if self._no_pairs:
            raise NotApplicable(self._no_pairs)
        return self._one_way(queries, others)

    def _one_way(self, queries: Rows, others: Rows) -> NDArray[np.float64]:
        self._check(others)
        result = np.empty(len(queries), dtype=np.float64)
        distinct, places = np.unique(queries, return_inverse=True)
        for start in range(0, len(distinct), self._step):
            block = self._block(distinct[start : start + self._step])
            of_block = np.flatnonzero((places >= start) & (places < start + len(block)))
            result[of_block] = block[places[of_block] - start, others[of_block]]
        return result

    def _block(self, rows: Rows) -> NDArray[np.float64]:
        self._check(rows)
        found = self._scores(rows)
        try:
            block = np.array(found, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(f"system {self._system!r} gave no table of numbers: {error}") from None
        expected = (len(rows), len(self._ids))
        if block.shape != expected:
            raise InputError(
                f"system {self._system!r} gave scores of shape {block.shape}, expected {expected}: "
                "every article for each row"
            )
        if np.isinf(block).any():
            raise InputError(
                f"system {self._system!r} gave an infinite score, expected a number, or NaN for what is "
                "not to be listed"
            )
        return block

    def _check(self, rows: Rows) -> None:
        odd = rows[(rows < 0) | (rows >= len(self._ids))]
        if odd.size:
            raise IndexError(f"row {odd[0]} is outside 0..{len(self._ids) - 1}")

    def _best(self, scores: NDArray[np.float64], depth: int) -> Rows:
        tied = self._tie_order[~np.isnan(scores[self._tie_order])]
        if len(tied) > depth:  # sorting what cannot reach the list costs more than all the rest
            least = np.partition(scores[tied], len(tied) - depth)[len(tied) - depth]
            tied = tied[scores[tied] >= least]
        best: Rows = tied[np.argsort(-scores[tied], kind="stable")][:depth]
        return best
