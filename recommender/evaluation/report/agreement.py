"""Does this project agree with people better than others do: the verdict on graded pairs.

Systems are compared by Spearman's correlation, which asks for the order alone, and by the Holm-corrected p of
the paired bootstrap. Pearson's stands beside it: the published figures are Pearson's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.evaluation.document.names import ALL_SETS, THIS
from recommender.evaluation.document.pairs import Correlation, PairDataset, PublishedFigure
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report.numbers import (
    correlation,
    correlation_interval,
    p_equation,
    signed_correlation,
)
from recommender.evaluation.report.outcomes import Outcome, by_sign
from recommender.evaluation.report.verdict import Comparison, how_scored, turned

COMPARED = "spearman"
BESIDE = "pearson"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one dataset of graded pairs says: this project's correlations, the best other system's by
    Spearman, the two compared, and the published figures that are Pearson's."""

    name: str
    pairs: int
    this: Correlation | None
    other: Correlation | None
    label: str
    best: Comparison | None
    published: tuple[PublishedFigure, ...]
    scored_with: str = ALL_SETS

    @property
    def outcome(self) -> Outcome:
        """Against the best other system."""
        return self.best.outcome if self.best is not None else Outcome.UNKNOWN


def agreements(document: Document) -> tuple[Agreement, ...]:
    """One a dataset of graded pairs, in the document's order."""
    labels = {system.name: system.label for system in document.systems}
    return tuple(_agreement(one, labels) for one in document.pairs)


def agreement_in_words(found: Agreement) -> str:
    """How far this project's scores agree with people's grades, and how it stands to the best other."""
    if found.this is None:
        said = "This project has no scores for these pairs."
        return f"{said} {_other(found.other, found.label)}." if found.other else f"{said} Nor has any other."
    spearman = found.this.spearman
    sure = correlation_interval(spearman.low, spearman.high)
    scored = how_scored(found.scored_with)
    whose = f"This project's scores{scored and f' ({scored})'}"
    said = (
        f"{whose} correlate {correlation(spearman.mean)} with people's grades (Spearman"
        f"{sure and ', ' + sure}; Pearson {correlation(found.this.pearson.mean)}). "
    )
    if found.other is None:
        return said + "No other system scores these pairs."
    compared = f": {_difference(found.best)}" if found.best else ""
    return f"{said}{_other(found.other, found.label)}{compared}."


def _other(other: Correlation, label: str) -> str:
    spearman, pearson = correlation(other.spearman.mean), correlation(other.pearson.mean)
    return f"The best other system, {label}, has {spearman} (Pearson {pearson})"


def _difference(best: Comparison) -> str:
    sure = f"{correlation_interval(best.low, best.high, sign=True)}, {p_equation(best.p)}"
    if best.outcome is Outcome.UNKNOWN:
        return f"{signed_correlation(best.difference)}, from which nothing follows: too few {best.unit}"
    if best.outcome is Outcome.UNDECIDED:
        return f"no difference is shown ({signed_correlation(best.difference)}, {sure})"
    return f"this project is {best.outcome} by {correlation(abs(best.difference))} ({sure})"


def _agreement(pairs: PairDataset, labels: Mapping[str, str]) -> Agreement:
    this = next((one for one in pairs.systems if one.system == THIS), None)
    others = [one for one in pairs.systems if one.system != THIS]
    other = max(others, key=lambda one: one.spearman.mean, default=None)
    label = labels.get(other.system, other.system) if other else ""
    return Agreement(
        name=pairs.name,
        pairs=pairs.pairs,
        this=this,
        other=other,
        label=label,
        best=_compared(this, other, label) if this and other else None,
        published=tuple(one for one in pairs.published if one.measure.lower() == BESIDE),
        scored_with=pairs.scored_with,
    )


def _compared(this: Correlation, other: Correlation, label: str) -> Comparison | None:
    found = other.less_this.get(COMPARED)
    if found is None:
        return None
    return Comparison(
        outcome=by_sign(found),
        system=other.system,
        label=label,
        measure="Spearman",
        this=this.spearman,
        other=other.spearman,
        unit="pairs",
        **turned(found),
    )
