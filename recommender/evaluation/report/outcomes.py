"""What can be said of a difference: better, worse, no difference shown, or nothing at all.

Under a corrected p of 0.05 this project is better or worse, by the sign of the difference; from there on no
difference is shown, which is not the same as none. Where no p could have come under 0.05, whatever the
lists, nothing can be said: g groups that are exchanged as one give a two-sided p of 2 / 2^g at the least,
and Holm's correction multiplies the smallest of m by m.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recommender.evaluation.document.estimates import Difference
from recommender.evaluation.document.judged import AgainstSource, RankedDataset
from recommender.evaluation.document.names import HEADLINE, OFF_TOPIC, THIS

SIGNIFICANT = 0.05
FEW = 10  # fewer queries, or groups of them, are marked wherever they stand


class Outcome(StrEnum):
    """What can be said of this project against something else."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "no difference shown"
    UNKNOWN = "cannot be said"


# What that makes of the other, beside this project; the first two are classes in the page too.
BESIDE = {
    Outcome.BETTER: "below",
    Outcome.WORSE: "above",
    Outcome.UNDECIDED: "no difference shown",
    Outcome.UNKNOWN: "cannot be said",
}


def tone(outcome: Outcome) -> str:
    """The class of a cell with another system's difference: ``below``, ``above``, or none."""
    return BESIDE[outcome] if outcome in (Outcome.BETTER, Outcome.WORSE) else ""


@dataclass(frozen=True, slots=True)
class Footing:
    """What a comparison rests on: queries in groups that share their answers, and the number of systems
    that p is corrected for."""

    queries: int
    groups: int
    compared: int = 1

    @property
    def least_p(self) -> float:
        """The least corrected p that these groups can give, two-sided."""
        return min(1.0, max(1, self.compared) * 2.0 ** (1 - self.groups))

    @property
    def unit(self) -> str:
        """What there are few of, where there are: groups, where queries are grouped."""
        return "groups" if self.groups < self.queries else "queries"


def footing(dataset: RankedDataset, measure: str = HEADLINE) -> Footing:
    """What the comparisons of a dataset by one measure rest on."""
    compared = sum(one.system != THIS and measure in one.less_this for one in dataset.systems)
    return Footing(dataset.answerable, dataset.groups, compared)


def page_footing(dataset: RankedDataset, against: AgainstSource, measure: str) -> Footing:
    """The same of the comparison with the pages' own lists, where groups are no more than this."""
    if measure == OFF_TOPIC:  # also over pages to which nothing is related
        return Footing(against.queries, min(against.queries, dataset.groups + dataset.unanswerable))
    return Footing(against.answerable, min(against.answerable, dataset.groups))


def outcome_of(difference: Difference | None, rests_on: Footing, measure: str = HEADLINE) -> Outcome:
    """This project's outcome where another system's difference to it is ``difference``."""
    if rests_on.least_p >= SIGNIFICANT:
        return Outcome.UNKNOWN
    return by_sign(difference, less_is_better=measure == OFF_TOPIC)


def by_sign(difference: Difference | None, *, less_is_better: bool = False) -> Outcome:
    """The same by corrected p and sign alone."""
    if difference is None or difference.low is None:
        return Outcome.UNKNOWN
    if difference.p_holm >= SIGNIFICANT or difference.mean == 0:
        return Outcome.UNDECIDED
    return Outcome.BETTER if (difference.mean > 0) is less_is_better else Outcome.WORSE
