"""Is it better, by how much, how sure: read off a document's numbers.

Systems are compared by the mean nDCG@10 of their lists in full, and by the Holm-corrected p of the paired
randomisation test. What is served ends at the floor and is told beside. The pages' own lists are compared
twice, by nDCG@10 and by off-topic@10: a list that is filled up never loses in the former.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.judged import RankedDataset, SystemScores
from recommender.evaluation.document.lists import Shown
from recommender.evaluation.document.names import ALL_SETS, HEADLINE, OFF_TOPIC, SOURCE, THIS
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report.outcomes import (
    FEW,
    Footing,
    Outcome,
    footing,
    outcome_of,
    page_footing,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """This project against another system by one measure: ``this`` and ``other`` are the means,
    ``difference`` is this project's less the other's, with its interval; ``unit`` is what there are too few
    of where nothing can be said. ``wins``, ``ties`` and ``losses`` count queries, all 0 where no single
    query is known."""

    outcome: Outcome
    system: str
    label: str
    measure: str
    this: Estimate
    other: Estimate
    difference: float
    low: float | None
    high: float | None
    p: float
    unit: str = "queries"
    wins: int = 0
    ties: int = 0
    losses: int = 0


@dataclass(frozen=True, slots=True)
class AgainstPages:
    """This project against the pages' own lists: ``ranking`` by nDCG@10 on the ``answerable`` ones of
    ``queries`` pages, ``None`` where there is none; ``off_topic`` on all of them, a mean over pages. The
    ``unfloored`` ones are what this project would have without its floor."""

    queries: int
    answerable: int
    ranking: Comparison | None
    unfloored: Estimate | None
    off_topic: Comparison | None
    unfloored_off_topic: Estimate | None
    this: Shown
    source: Shown


@dataclass(frozen=True, slots=True)
class DatasetVerdict:
    """What one dataset of judgements says. ``this`` is of lists in full, ``served`` of those that readers
    get, with the floor; ``outcomes`` are those against each other system, in order; ``why_no_pages`` says
    why there is no comparison with the pages' own lists."""

    name: str
    queries: int
    groups: int
    unanswerable: int
    this: Estimate | None
    served: Estimate | None
    best: Comparison | None
    outcomes: tuple[Outcome, ...]
    pages: AgainstPages | None
    why_no_pages: str
    shown: Shown | None
    scored_with: str = ALL_SETS

    @property
    def outcome(self) -> Outcome:
        """Against the best other system."""
        return self.best.outcome if self.best is not None else Outcome.UNKNOWN

    @property
    def few(self) -> bool:
        """Whether what is said rests on fewer than ten queries or groups of queries."""
        return min(self.queries, self.groups) < FEW

    @property
    def unit(self) -> str:
        """What there are few of, where there are: ``queries`` or ``groups``."""
        return Footing(self.queries, self.groups).unit


def how_scored(scored_with: str) -> str:
    """``fitted without galaxy``, nothing where nothing was held out."""
    return "" if scored_with == ALL_SETS else scored_with


def verdicts(document: Document) -> tuple[DatasetVerdict, ...]:
    """One verdict a dataset of judgements, in the document's order."""
    labels = {system.name: system.label for system in document.systems}
    reasons = {system.name: system.not_applicable for system in document.systems}
    if SOURCE not in reasons:
        missing = "the pages' own lists were not among the systems"
    else:
        missing = reasons[SOURCE] or "no query's page prints a list of its own"
    return tuple(_verdict(dataset, labels, missing) for dataset in document.datasets)


def best_other(systems: Sequence[SystemScores]) -> SystemScores | None:
    """The system with the highest mean nDCG@10 but for this project's; the first of equals."""
    others = [one for one in systems if one.system != THIS and HEADLINE in one.measures]
    return max(others, key=lambda one: one.measures[HEADLINE].mean, default=None)


def turned(less_this: Difference) -> dict[str, Any]:
    """What a `Comparison` has of it. The document says how much more the other has than this project;
    readers ask the other way round."""
    return {
        "difference": -less_this.mean,
        "low": None if less_this.high is None else -less_this.high,
        "high": None if less_this.low is None else -less_this.low,
        "p": less_this.p_holm,
    }


def scores_of(systems: Sequence[SystemScores], name: str) -> SystemScores | None:
    """The scores of a system, if it was tried."""
    return next((one for one in systems if one.system == name), None)


def _verdict(dataset: RankedDataset, labels: dict[str, str], missing: str) -> DatasetVerdict:
    this = scores_of(dataset.systems, THIS)
    best = best_other(dataset.systems)
    others = [one for one in dataset.systems if one.system != THIS]
    rests_on = footing(dataset)
    return DatasetVerdict(
        name=dataset.name,
        queries=dataset.answerable,
        groups=dataset.groups,
        unanswerable=dataset.unanswerable,
        this=this.measures.get(HEADLINE) if this else None,
        served=dataset.with_floor.get(HEADLINE),
        best=_against(this, best, labels, rests_on) if this and best else None,
        outcomes=tuple(outcome_of(one.less_this.get(HEADLINE), rests_on) for one in others),
        pages=_pages(dataset, labels),
        why_no_pages=missing if dataset.against_source is None else "",
        shown=this.shown if this else None,
        scored_with=dataset.scored_with,
    )


def _against(
    this: SystemScores, other: SystemScores, labels: dict[str, str], rests_on: Footing
) -> Comparison | None:
    pairs = [
        (values[HEADLINE], other.per_query[query][HEADLINE])
        for query, values in this.per_query.items()
        if HEADLINE in values and HEADLINE in other.per_query.get(query, {})
    ]
    label = labels.get(other.system, other.system)
    found = _comparison(
        HEADLINE, other.system, label, this.measures, other.measures, other.less_this, rests_on
    )
    if found is None:
        return None
    wins, ties, losses = _wins_ties_losses(pairs)
    return replace(found, wins=wins, ties=ties, losses=losses)


def _pages(dataset: RankedDataset, labels: dict[str, str]) -> AgainstPages | None:
    against = dataset.against_source
    if against is None:
        return None
    label = labels.get(SOURCE, SOURCE)
    sides = (against.this, against.source, against.less_this)

    def compared(measure: str) -> Comparison | None:
        return _comparison(measure, SOURCE, label, *sides, page_footing(dataset, against, measure))

    return AgainstPages(
        queries=against.queries,
        answerable=against.answerable,
        ranking=compared(HEADLINE),
        unfloored=against.without_floor.get(HEADLINE),
        off_topic=compared(OFF_TOPIC),
        unfloored_off_topic=against.without_floor.get(OFF_TOPIC),
        this=against.shown_this,
        source=against.shown_source,
    )


def _comparison(
    measure: str,
    system: str,
    label: str,
    this: Mapping[str, Estimate],
    other: Mapping[str, Estimate],
    less_this: Mapping[str, Difference],
    rests_on: Footing,
) -> Comparison | None:
    if not (measure in this and measure in other and measure in less_this):
        return None
    found = less_this[measure]
    return Comparison(
        outcome=outcome_of(found, rests_on, measure),
        system=system,
        label=label,
        measure=measure,
        this=this[measure],
        other=other[measure],
        unit=rests_on.unit,
        **turned(found),
    )


def _wins_ties_losses(pairs: Sequence[tuple[float, float]]) -> tuple[int, int, int]:
    wins = sum(this > other for this, other in pairs)
    losses = sum(this < other for this, other in pairs)
    return wins, len(pairs) - wins - losses, losses
