"""How near in time a candidate is to the article, weighed into the order. The clock plays no part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.scoring import UNDATED

# How far time can move a pair, in logits, either way: a score of 0.5 counts as 0.73 on the article's own day,
# and as 0.27 long before or after it.
STRENGTH = 1.0
_DAY_SECONDS = 86_400
# A score of exactly 0 or 1 has no logit; scores are rounded to six decimals.
_LEAST = 1e-7


def timely(
    scores: NDArray[np.float32],
    own: NDArray[np.int64],
    theirs: NDArray[np.int64],
    half_life_days: float,
) -> NDArray[np.float64]:
    """What pairs are ordered by, ``(m,) float64`` in 0..1, higher is better: the score, moved in logits by
    ``STRENGTH * (2 * 2 ** (-days / half_life_days) - 1)``.

    ``days`` lie between the article's date ``own`` and the candidate's ``theirs``, both ``(m,) int64`` in
    seconds. At one half-life nothing moves, nor where either is undated: that is neither new nor old.
    """
    clipped = np.clip(scores.astype(np.float64), _LEAST, 1 - _LEAST)
    dated = (own != UNDATED) & (theirs != UNDATED)
    days = np.where(dated, np.abs(np.where(dated, theirs, 0) - np.where(dated, own, 0)), 0) / _DAY_SECONDS
    moved = np.where(dated, STRENGTH * (2 * np.exp2(-days / half_life_days) - 1), 0.0)
    odds = clipped / (1 - clipped) * np.exp(moved)
    timed: NDArray[np.float64] = odds / (1 + odds)
    return timed
