"""What an article, a text or any pair scores by the formula that a snapshot was ranked with, also outside
the stored candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.dense import centred, cosines_in_blocks, cosines_of_pairs, cosines_to_all
from recommender.scoring import Scoring
from recommender.snapshot import Snapshot


class Scores:
    """The formula of one snapshot over its own vectors. Scores are 0..1, rounded as stored ones are."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._vectors = snapshot.vectors
        self._mean = snapshot.statistics().mean
        self._scoring = Scoring(**snapshot.manifest.scoring["formula"])

    def to_vector(self, vector: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores and cosines ``(n,)`` of every row with the unit vector ``(dim,)`` of a text."""
        query = centred(vector[None, :], self._mean)[0]
        cosines = cosines_to_all(self._vectors, self._mean, query)
        return self._score(cosines), cosines

    def to_several(self, wanted: Sequence[int], unwanted: Sequence[int]) -> NDArray[np.float64]:
        """For every row ``(n,)`` the mean score with the ``wanted`` rows less that with the ``unwanted``,
        if any, clipped at 0."""
        queries = centred(self._vectors[[*wanted, *unwanted]], self._mean)
        result = np.zeros(len(self._vectors))
        for span, cosines in cosines_in_blocks(self._vectors, self._mean, queries):
            scores = self._score(cosines)
            result[span] = scores[: len(wanted)].mean(axis=0, dtype=np.float64)
            if unwanted:
                result[span] -= scores[len(wanted) :].mean(axis=0, dtype=np.float64)
        return np.clip(result, 0, 1)

    def of_pairs(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """The score of each pair of rows ``(m,)``. Raises IndexError, ValueError."""
        if left.shape != right.shape or left.ndim != 1:
            raise ValueError(f"rows have shapes {left.shape} and {right.shape}, expected (m,) twice")
        n = len(self._vectors)
        for rows in (left, right):
            odd = rows[(rows < 0) | (rows >= n)]
            if odd.size:
                raise IndexError(f"row {odd[0]} is outside 0..{n - 1}")
        return self._score(cosines_of_pairs(self._vectors, self._mean, left, right))

    def _score(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._scoring.score(cosines, len(self._vectors))
