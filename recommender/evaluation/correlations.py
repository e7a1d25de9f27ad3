"""Agreement of scores with people's grades of pairs, and how sure it is."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.components import components
from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.names import THIS
from recommender.evaluation.document.pairs import Correlation
from recommender.evaluation.judge import rounded
from recommender.evaluation.judgements import Pairs
from recommender.evaluation.significance import holm

RESAMPLES = 999
_NAMES = ("pearson", "spearman", "kendall")
# With fewer groups than this the articles are resampled instead.
_FEWEST_GROUPS = 20
Values = NDArray[np.float64]


def correlations(
    pairs: Pairs, scores: Mapping[str, Values], *, seed: int, resamples: int = RESAMPLES
) -> tuple[Correlation, ...]:
    """Pearson, Spearman and Kendall (tau-b) of each system's ``scores`` ``(m,)`` with the grades, in the
    order given, and each less this project's.

    Pairs whose score is NaN are left out, and counted out of ``pairs``; a system with fewer than three left,
    or whose scores never vary, is left out: there is nothing to correlate. A difference is over the pairs
    that both systems score.

    Pairs that share articles are not independent. Where pairs fall into twenty groups or more without a
    common article, groups are resampled; else articles are, and a pair counts as often as both of its
    articles were drawn (Snijders and Borgatti 1999). All systems see the same draws. p is the share of draws
    in which the difference has the other sign, doubled (Efron and Tibshirani 1993, chapter 15),
    Holm-corrected for the number of systems.
    """
    draw = _sampler(pairs.ids, np.random.default_rng(seed))
    draws = [draw() for _ in range(resamples)]
    grades = np.array(pairs.grades)
    known = {system: ~np.isnan(some) for system, some in scores.items()}
    exact = {name: _three(grades[known[name]], some[known[name]]) for name, some in scores.items()}
    usable = [name for name in scores if not np.isnan(exact[name]).any()]
    drawn = {name: _drawn(grades, scores[name], known[name], draws) for name in usable}
    less: dict[str, list[Difference]] = {}
    for name in usable if THIS in usable else []:
        both = known[name] & known[THIS]
        if name != THIS:
            # What was drawn already serves where both score the same pairs.
            sides = [
                (_three(grades[both], scores[one][both]), _drawn(grades, scores[one], both, draws))
                if (both != known[one]).any()
                else (exact[one], drawn[one])
                for one in (name, THIS)
            ]
            less[name] = _differences(sides[0][0] - sides[1][0], sides[0][1] - sides[1][1])
    compared = _corrected(less)
    return tuple(
        Correlation(
            system=name,
            pairs=int(known[name].sum()),
            pearson=estimates[0],
            spearman=estimates[1],
            kendall=estimates[2],
            less_this=dict(zip(_NAMES, compared.get(name, ()), strict=False)),
        )
        for name in usable
        for estimates in (
            [
                Estimate(mean=rounded(value), low=low, high=high)
                for value, (low, high) in zip(exact[name].tolist(), _ends(drawn[name]), strict=True)
            ],
        )
    )


def _differences(exact: Values, drawn: Values) -> list[Difference]:
    """From the differences of the three correlations ``(3,)`` and of those in every draw ``(draws, 3)``;
    p not corrected yet. Where nothing can be compared, nothing differs for sure."""
    sure = drawn[~np.isnan(drawn).any(axis=1)]
    return [
        Difference(
            mean=0 if np.isnan(value) else rounded(value),
            low=low,
            high=high,
            p=1 if low is None else _p(sure[:, place]),
            p_holm=1,
        )
        for place, (value, (low, high)) in enumerate(zip(exact.tolist(), _ends(drawn), strict=True))
    ]


def _corrected(less: Mapping[str, Sequence[Difference]]) -> dict[str, list[Difference]]:
    """The same with p values corrected for the number of systems, correlation by correlation."""
    columns = [holm([some[place].p for some in less.values()]) for place in range(len(_NAMES))]
    return {
        name: [
            one.model_copy(update={"p_holm": rounded(column[row])})
            for one, column in zip(some, columns, strict=True)
        ]
        for row, (name, some) in enumerate(less.items())
    }


def _p(differences: Values) -> float:
    """Two-sided, with the draw that was observed counted among them: never 0."""
    below = 1 + int((differences <= 0).sum())
    above = 1 + int((differences >= 0).sum())
    return rounded(min(1.0, 2 * min(below, above) / (len(differences) + 1)))


def _drawn(
    grades: Values, scores: Values, known: NDArray[np.bool_], draws: Sequence[NDArray[np.int64]]
) -> Values:
    """The three correlations in every draw, ``(draws, 3)``; NaN for a draw in which nothing varies."""
    rows = np.full((len(draws), len(_NAMES)), np.nan)
    for place, times in enumerate(draws):
        some = times[known]
        rows[place] = _three(np.repeat(grades[known], some), np.repeat(scores[known], some))
    return rows


def _ends(drawn: Values) -> list[tuple[float | None, float | None]]:
    """The 2.5th and 97.5th percentile of each column; ``None`` where most draws say nothing."""
    sure = drawn[~np.isnan(drawn).any(axis=1)]
    if len(sure) <= len(drawn) // 2:
        return [(None, None)] * drawn.shape[1]
    low, high = np.percentile(sure, [2.5, 97.5], axis=0)
    return [(rounded(float(a)), rounded(float(b))) for a, b in zip(low, high, strict=True)]


def _sampler(ids: Sequence[tuple[str, str]], rng: np.random.Generator) -> Callable[[], NDArray[np.int64]]:
    """A function that draws how often each pair counts in one resample, ``(m,) int64``."""
    groups = np.array(components(ids))
    n = int(groups.max()) + 1
    if n >= _FEWEST_GROUPS:
        return lambda: np.bincount(rng.integers(0, n, n), minlength=n)[groups]
    places: dict[str, int] = {}
    ends = np.array([[places.setdefault(one, len(places)) for one in pair] for pair in ids])
    articles = len(places)

    def draw() -> NDArray[np.int64]:
        drawn = np.bincount(rng.integers(0, articles, articles), minlength=articles)
        times: NDArray[np.int64] = drawn[ends].prod(axis=1)
        return times

    return draw


def _three(grades: Values, scores: Values) -> Values:
    """Pearson, Spearman and Kendall ``(3,)``; NaN with fewer than three pairs or a side that never varies."""
    from scipy import stats

    if len(grades) < 3 or np.ptp(grades) == 0 or np.ptp(scores) == 0:
        return np.full(len(_NAMES), np.nan)
    with warnings.catch_warnings():
        # Scores that hardly vary: the library warns that the result is uncertain, the interval says how.
        warnings.simplefilter("ignore", stats.NearConstantInputWarning)
        found = (
            stats.pearsonr(grades, scores).statistic,
            stats.spearmanr(grades, scores).statistic,
            stats.kendalltau(grades, scores).statistic,
        )
    return np.array(found, dtype=np.float64)
