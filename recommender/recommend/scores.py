"""What an article, a text or any pair scores by the formula that a snapshot was ranked with, also outside
the stored candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.evidence import Evidence, evidence_of_pairs, evidence_of_point, evidence_with_all
from recommender.lexical import mostly_latin, words_of
from recommender.neighbourhood import Neighbourhood
from recommender.snapshot import Snapshot
from recommender.space import Point, Space, point_of


class Scores:
    """The formula of one snapshot over its own articles. Scores are 0..1, rounded as stored ones are."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.formula = snapshot.formula

    @property
    def space(self) -> Space:
        """Where the articles lie."""
        return self.snapshot.space

    @property
    def near(self) -> Neighbourhood:
        """Their neighbourhoods."""
        return self.snapshot.neighbourhood

    def point(self, title: str, text: str, vector: NDArray[np.float32]) -> Point:
        """The place of a text whose plain unit vector is ``vector`` ``(dim,)``."""
        statistics = self.snapshot.statistics
        known = not statistics.whitened or mostly_latin(title, text)
        return point_of(vector, words_of(title, text), statistics, known=known)

    def to_point(self, point: Point) -> tuple[NDArray[np.float32], Evidence]:
        """Scores ``(n,)`` of every row with a text, and the evidence for each."""
        evidence = evidence_of_point(self.space, self.near, point, self.formula.closeness)
        return self.formula.score(evidence), evidence

    def to_several(
        self, wanted: Sequence[int], unwanted: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """For every row ``(n,)`` the mean score with the ``wanted`` rows less that with the ``unwanted``,
        if any, clipped at 0; and the highest with one of the ``wanted``."""
        result, best = self._mean(wanted)
        if unwanted:
            result -= self._mean(unwanted)[0]
        return np.clip(result, 0, 1), best

    def of_pairs(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """The score of each pair of rows ``(m,)``. Raises IndexError, ValueError."""
        return self.formula.score(self.evidence(left, right))

    def evidence(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Evidence:
        """The evidence for each pair of rows ``(m,)``, in their order. Raises IndexError for a row outside
        0..n-1, ValueError for lengths that differ."""
        if left.shape != right.shape or left.ndim != 1:
            raise ValueError(f"rows have shapes {left.shape} and {right.shape}, expected (m,) twice")
        n = len(self.space)
        for rows in (left, right):
            odd = rows[(rows < 0) | (rows >= n)]
            if odd.size:
                raise IndexError(f"row {odd[0]} is outside 0..{n - 1}")
        order = np.argsort(left, kind="stable")  # pairs with one left together
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return evidence_of_pairs(self.space, self.near, left[order], right[order]).at(back)

    def _mean(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        total, best = np.zeros(len(self.space)), np.zeros(len(self.space), dtype=np.float32)
        for row in rows:
            scores = self.formula.score(evidence_with_all(self.space, self.near, row))
            total += scores
            np.maximum(best, scores, out=best)
        return total / len(rows), best
