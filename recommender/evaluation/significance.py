"""How sure a mean is: bootstrap intervals, paired randomisation tests, Holm's correction.

Queries on one event share their answers and are not independent, so whole groups of queries are resampled
and flipped. Both are scipy's; the same seed draws the same resamples for every system and measure.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 9999
LEVEL = 0.95
_BATCH = 200
Values = NDArray[np.float64]


def group_places(groups: Sequence[Hashable]) -> NDArray[np.int64]:
    """Each query's group as a number from 0, in order of appearance, ``(n,) int64``."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(group, len(known)) for group in groups], dtype=np.int64)


def intervals(
    values: Values, groups: NDArray[np.int64], *, seed: int, resamples: int = RESAMPLES
) -> tuple[Values, Values]:
    """The ends of each row's 95 % percentile bootstrap interval of the mean, ``(k,)`` each.

    ``values`` ``(k, n)`` holds k systems' values for n queries, ``groups`` ``(n,)`` each query's group.
    Groups are drawn with replacement, as many as there are, and the mean is over all queries drawn, the
    same draws for every row (Efron and Tibshirani 1993, chapter 13). NaN with fewer than two groups.
    """
    from scipy import stats

    sums, counts = _by_group(values, groups)
    if sums.shape[1] < 2:
        nothing = np.full(len(values), np.nan)
        return nothing, nothing.copy()

    def mean(sums: Values, counts: Values, axis: int) -> Any:
        return sums.sum(axis=axis) / counts.sum(axis=axis)

    found = stats.bootstrap(
        (sums, np.broadcast_to(counts, sums.shape)),
        mean,
        paired=True,
        vectorized=True,
        axis=-1,
        n_resamples=resamples,
        batch=_BATCH,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return found.low, found.high


def paired_p_values(
    differences: Values, groups: NDArray[np.int64], *, seed: int, resamples: int = RESAMPLES
) -> Values:
    """Two-sided p of each row of paired differences ``(k, n)`` under random exchange of the two systems,
    ``(k,)`` in 0..1.

    The sign of each group's summed difference is flipped at random (Smucker, Allan and Carterette 2007);
    every combination of signs is tried where there are no more than ``resamples``. Equal systems have 1.
    """
    from scipy import stats

    sums, _ = _by_group(differences, groups)
    if sums.shape[1] < 2:  # either sign is as far from 0: nothing can be told
        return np.ones(len(differences))

    def total(sums: Values, axis: int) -> Any:
        return sums.sum(axis=axis)

    found = stats.permutation_test(
        (sums,),
        total,
        permutation_type="samples",
        vectorized=True,
        axis=-1,
        n_resamples=resamples,
        batch=_BATCH,
        rng=np.random.default_rng(seed),
    )
    p: Values = np.atleast_1d(found.pvalue)
    return p


def holm(p_values: Sequence[float]) -> list[float]:
    """p values corrected for their number (Holm 1979), in their order, each at most 1.

    The smallest is multiplied by m, the next by m - 1 and so on, and none is smaller than the one before.
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for place, row in enumerate(sorted(range(len(p_values)), key=lambda row: p_values[row])):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[row]))
        corrected[row] = largest
    return corrected


def _by_group(values: Values, groups: NDArray[np.int64]) -> tuple[Values, Values]:
    """Each row's sum in each group ``(k, g)``, and the number of queries in it ``(g,)``."""
    if values.ndim != 2 or values.shape[1] != len(groups):
        raise ValueError(f"values have shape {values.shape}, expected (k, {len(groups)})")
    counts = np.bincount(groups)
    sums = np.zeros((len(values), len(counts)))
    for row, one in enumerate(values):
        sums[row] = np.bincount(groups, weights=one, minlength=len(counts))
    return sums, counts.astype(np.float64)
