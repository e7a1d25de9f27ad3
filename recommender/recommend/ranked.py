"""One query's candidates before floor and filters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.recommend.reasons import Asked
from recommender.scoring import DECIMALS, Floor

NO_LABEL = -2  # the code of a label that no article has; -1 is an article without a label


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the policy left of one query's candidates, in order.

    ``rows`` ``(m,) int32`` and ``scores`` ``(m,) float32``; ``asked`` is whom they were
    compared with, ``None`` where that is several articles. Of the query itself: ``published`` in seconds,
    `UNDATED` where unknown; ``section`` its code, `NO_LABEL` where it has none to compare; ``too_short``
    whether its text can be judged at all; ``others`` how many articles could be in its list;
    ``blocked`` whether the editors let it have none. ``best`` is the highest score of its candidates as the
    policy left them, 0 where there are none; what may not be shown counts, since a takedown or a block leaves
    the rest of a list as it was. The first ``pins`` candidates are the editors', whatever they score: the
    score of one that is not stored is NaN.
    """

    id: str | None
    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    asked: Asked | None
    published: int
    section: int
    too_short: bool
    others: int
    best: float
    blocked: bool = False
    pins: int = 0

    def values(self, places: NDArray[np.int64]) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
        """Rows and scores at these places, as they are handed out."""
        rows, scores = tuple(self.rows[places].tolist()), self.scores[places].tolist()
        if self.pins:
            return rows, tuple(None if math.isnan(score) else round(score, DECIMALS) for score in scores)
        return rows, tuple(round(score, DECIMALS) for score in scores)

    def reaching(self, floor: Floor) -> NDArray[np.int64]:
        """The places of what reaches a floor, and of the pins, ascending. A pin opens no list and closes
        none: the others are those that there would be without it."""
        reaches = floor.reached(self.scores[self.pins :], self.best)
        if self.pins:
            reaches = np.concatenate([np.ones(self.pins, dtype=np.bool_), reaches])
        return np.flatnonzero(reaches)

    def reason(self, requested: int, reaching: int, returned: int) -> str | None:
        """Why a list is not full: ``reaching`` candidates, pins included, reached the floor, ``returned``
        were listed. The first cause that applies; ``None`` for a full list."""
        if returned == requested:
            return None
        if self.blocked:
            return "blocked"
        if self.too_short:
            return "text_too_short"
        if self.others < requested:
            return "too_few_articles"
        if reaching < min(requested, len(self.rows)):
            return "below_min_score"
        return "filtered"
