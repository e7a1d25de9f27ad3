"""Is a score the probability that it is called: scores of pairs against whether people call them related.

A constant that is the base rate has no calibration error at all, and says nothing. That is why the average
precision of the same pairs stands beside it: how well the score tells related from unrelated.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recommender.evaluation.part import Part, Share

# Most candidate pairs are plainly unrelated and score next to nothing: they would make any error small.
COUNTED_FROM = 0.05
BINS = 10
# Both sides of a normal distribution without its outer 5 %.
_Z = 1.959963984540054
_DECIMALS = 6


class Bin(Part):
    """Pairs scored ``low`` or more and less than ``high``; the last bin includes 1."""

    low: Share
    high: Share
    pairs: int
    related: int
    mean_score: Share | None = Field(description="null where there is no pair, as the three below")
    share: Share | None = Field(description="of the pairs that are related")
    share_low: Share | None = Field(description="lower end of its 95 % interval (Wilson 1927)")
    share_high: Share | None


class Reliability(Part):
    """Scores of pairs against what people say of them. *Counted* are the pairs scored 0.05 or more."""

    pairs: int
    related: int
    below: Bin = Field(description="the pairs scored less than 0.05, which are not counted")
    bins: tuple[Bin, ...] = Field(
        description="the counted pairs in ten bins of equal width over 0..1; the first begins at 0.05"
    )
    error: Share | None = Field(
        description="expected calibration error: the mean over the counted pairs of the distance between the "
        "mean score of their bin and the share of it that is related; null without such pairs"
    )
    brier: Share | None = Field(description="mean square of score less 1 (related) or 0, over all pairs")
    average_precision: Share | None = Field(
        description="of all pairs in one order, best score first; null where none is related"
    )
    counted_average_precision: Share | None = Field(description="the same of the counted pairs alone")


class PairOrder(Part):
    """How well one system's scores put the same pairs in order."""

    system: str
    average_precision: Share | None
    counted_average_precision: Share | None = Field(
        description="of the pairs that this project scores 0.05 or more"
    )


class Calibration(Part):
    """The stored candidate pairs of judged queries, each query with each of its candidates: this project's
    scores, and how the systems order the same pairs."""

    reliability: Reliability
    unjudged: int = Field(description="pairs that nobody judged, which count as unrelated")
    systems: tuple[PairOrder, ...]
    not_applicable: Mapping[str, str] = Field(
        default_factory=dict, description="system -> why it has no scores of these pairs"
    )


class PooledCalibration(Part):
    """The same over the pairs of several datasets together, none weighted."""

    datasets: tuple[str, ...]
    calibration: Calibration


class CrossFitted(Part):
    """What was measured when the packaged score was fitted: every pair scored by coefficients fitted without
    its event. ``about`` says on what and how, in a line."""

    about: str
    calibration: Calibration


def reliability(scores: NDArray[np.float64], related: NDArray[np.bool_]) -> Reliability:
    """Scores ``(m,)`` in 0..1 of pairs, against whether each is ``related`` ``(m,)``.

    Raises ValueError for lengths that differ and for a score outside 0..1.
    """
    if scores.shape != related.shape:
        raise ValueError(f"{len(scores)} scores and {len(related)} judgements, expected as many of each")
    if not ((scores >= 0) & (scores <= 1)).all():
        odd = scores[~((scores >= 0) & (scores <= 1))][0]
        raise ValueError(f"a score is {odd}, expected 0..1")
    counted = scores >= COUNTED_FROM
    # Edges with one decimal: a score of 0.3 belongs to the bin that begins there.
    edges = [COUNTED_FROM, *(round(place / BINS, 1) for place in range(1, BINS + 1))]
    places = np.clip(np.searchsorted(edges, scores, side="right") - 1, -1, BINS - 1)
    bins = tuple(
        _bin(edges[place], edges[place + 1], scores[places == place], related[places == place])
        for place in range(BINS)
    )
    total = int(counted.sum())
    gaps = [
        abs(float(scores[places == place].mean()) - float(related[places == place].mean())) * one.pairs
        for place, one in enumerate(bins)
        if one.pairs
    ]
    return Reliability(
        pairs=len(scores),
        related=int(related.sum()),
        below=_bin(0, COUNTED_FROM, scores[~counted], related[~counted]),
        bins=bins,
        error=_rounded(sum(gaps) / total) if total else None,
        brier=_rounded(float(np.square(scores - related).mean())) if len(scores) else None,
        average_precision=average_precision(scores, related),
        counted_average_precision=average_precision(scores[counted], related[counted]),
    )


def average_precision(scores: NDArray[np.float64], related: NDArray[np.bool_]) -> float | None:
    """The sum over the distinct scores, highest first, of the precision there times the recall gained
    there, 0..1; ``None`` where nothing is related. Equal scores are taken together, so that no order among
    them counts; NaN, a pair without a score, stands last."""
    if not related.any():
        return None
    keys = np.where(np.isnan(scores), -np.inf, scores)
    order = np.argsort(-keys, kind="stable")
    ordered = keys[order]
    # The last place of each distinct score.
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    found = np.cumsum(related[order])[last]
    gained = np.diff(found, prepend=0) / found[-1]
    return _rounded(float((gained * found / (last + 1)).sum()))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (Journal of the American Statistical Association 22,
    1927), within 0..1; from 0 to 1 where there was no trial. Trials count as independent."""
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z / trials
    middle = share + square / 2
    half = _Z * sqrt(share * (1 - share) / trials + square / (4 * trials))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    # At either end rounding alone would miss the exact value.
    return (low if successes else 0.0), (high if successes < trials else 1.0)


def _bin(low: float, high: float, scores: NDArray[np.float64], related: NDArray[np.bool_]) -> Bin:
    pairs, found = len(scores), int(related.sum())
    ends = wilson(found, pairs) if pairs else (None, None)
    return Bin(
        low=low,
        high=high,
        pairs=pairs,
        related=found,
        mean_score=_rounded(float(scores.mean())) if pairs else None,
        share=_rounded(found / pairs) if pairs else None,
        share_low=None if ends[0] is None else _rounded(ends[0]),
        share_high=None if ends[1] is None else _rounded(ends[1]),
    )


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)
