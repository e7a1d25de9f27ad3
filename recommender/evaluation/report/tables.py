"""The tables of a dataset of judgements: systems, their differences, and slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.judged import RankedDataset, SystemScores
from recommender.evaluation.document.names import HEADLINE, JUDGED, MEASURES, THIS
from recommender.evaluation.document.whole import SystemInfo
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.numbers import NONE, interval, p_equation, points, signed
from recommender.evaluation.report.outcomes import (
    BESIDE,
    FEW,
    Footing,
    Outcome,
    footing,
    outcome_of,
    tone,
)
from recommender.evaluation.report.verdict import how_scored, scores_of
from recommender.phrases import count

SERVED = "This project, as served (with its floor)"


def own_score(scored_with: str) -> str:
    """What a caption adds where this project was scored by other coefficients than the packaged ones."""
    scored = how_scored(scored_with)
    return f"; this project {scored}" if scored else ""


def by_measure(names: Iterable[str]) -> list[str]:
    """Measures in the order of the house, then any others by name."""
    known = set(names)
    return [name for name in MEASURES if name in known] + sorted(known - set(MEASURES))


def systems_table(dataset: RankedDataset, systems: Sequence[SystemInfo]) -> Table:
    """Every measure of every system with its interval; the headline first, and how sure a difference is.
    Lists are in full; under this project's stand those that it serves."""
    names = by_measure({name for one in dataset.systems for name in one.measures})
    if HEADLINE in names:
        names = [HEADLINE, *(name for name in names if name != HEADLINE)]
    best = {
        name: max(one.measures[name].mean for one in dataset.systems if name in one.measures)
        for name in names
        if name != JUDGED
    }

    def cells(scores: SystemScores) -> list[Cell]:
        found = [estimate_cell(scores.measures.get(name), best.get(name)) for name in names]
        found.insert(1 if found else 0, _beside(scores, rests_on))
        return [*found, Cell(count(scores.answered), (f"of {dataset.answerable:,}",))]

    def served() -> Row:
        found = [estimate_cell(dataset.with_floor.get(name), None) for name in names]
        found.insert(1 if found else 0, Cell(""))
        return Row(SERVED, (*found, Cell(NONE)), this=True)

    rests_on = footing(dataset)
    rows = list(rows_of(dataset, systems, cells))
    place = next((place for place, row in enumerate(rows, start=1) if row.this), 0)
    if dataset.with_floor and place:
        rows.insert(place, served())
    columns = [*names]
    columns.insert(1 if names else 0, "against this project")
    return Table(
        caption=f"Systems on {dataset.name}: means over the {count(dataset.answerable)} queries that have a "
        "related article, times 100, with 95 % intervals; lists in full but where it says as served"
        f"{own_score(dataset.scored_with)}",
        corner="System",
        columns=(*columns, "answered"),
        groups=(Group(tuple(rows)),),
    )


def differences_table(dataset: RankedDataset, systems: Sequence[SystemInfo]) -> Table:
    """Every system's difference to this project on every measure."""
    names = by_measure({name for one in dataset.systems for name in one.less_this})

    def cells(scores: SystemScores) -> list[Cell]:
        return [difference_cell(scores.less_this.get(name), footing(dataset, name), name) for name in names]

    others = [system for system in systems if system.name != THIS]
    return Table(
        caption=f"Differences on {dataset.name}: each system's mean less this project's, times 100, with "
        "95 % interval and Holm-corrected p",
        corner="System",
        columns=tuple(names),
        groups=(Group(rows_of(dataset, others, cells)),),
    )


def slices_table(dataset: RankedDataset, systems: Sequence[SystemInfo]) -> Table:
    """Mean nDCG@10 of each system on queries that share a property."""
    tried = [one for one in systems if scores_of(dataset.systems, one.name)]
    groups: dict[str, list[Row]] = {}
    for part in dataset.slices:
        best = max(part.means.values(), default=None)
        cells = [Cell(count(part.queries), ("few",) if part.queries < FEW else ())]
        for one in tried:
            mean = part.means.get(one.name)
            cells.append(Cell(points(mean), best=mean is not None and mean == best))
        groups.setdefault(part.dimension, []).append(Row(part.value, tuple(cells), few=part.queries < FEW))
    return Table(
        caption=f"Slices of {dataset.name}: mean {HEADLINE} times 100. A slice of fewer than {FEW} queries "
        'is marked "few": it is an anecdote',
        corner="Slice",
        columns=("queries", *("this project" if one.name == THIS else one.label for one in tried)),
        groups=tuple(Group(tuple(rows), f"by {dimension}") for dimension, rows in groups.items()),
    )


def rows_of(
    dataset: RankedDataset,
    systems: Sequence[SystemInfo],
    cells: Callable[[SystemScores], Sequence[Cell]],
) -> tuple[Row, ...]:
    """A line for each system in the document's order, with the reason for one that was not tried."""
    rows = []
    for system in systems:
        scores = scores_of(dataset.systems, system.name)
        if scores is not None:
            rows.append(Row(system.label, tuple(cells(scores)), this=system.name == THIS))
        else:
            why = system.not_applicable or dataset.not_applicable.get(system.name, "no lists on this dataset")
            rows.append(Row(system.label, instead=f"not applicable: {why}"))
    return tuple(rows)


def estimate_cell(estimate: Estimate | None, best: float | None = None) -> Cell:
    """A mean times 100 with its interval."""
    if estimate is None:
        return Cell(NONE)
    sure = interval(estimate.low, estimate.high)
    return Cell(points(estimate.mean), (sure,) if sure else (), best=estimate.mean == best)


def _beside(scores: SystemScores, rests_on: Footing) -> Cell:
    if scores.system == THIS:
        return Cell("")
    return difference_cell(scores.less_this.get(HEADLINE), rests_on, in_words=True)


def difference_cell(
    difference: Difference | None, rests_on: Footing, measure: str = HEADLINE, *, in_words: bool = False
) -> Cell:
    """Another system's mean less this project's, with interval and p, and what it says ``in_words``."""
    if difference is None:
        return Cell(NONE)
    outcome = outcome_of(difference, rests_on, measure)
    sure = interval(difference.low, difference.high, sign=True)
    p = p_equation(difference.p_holm)
    words: tuple[str, ...] = (p,)
    if outcome is Outcome.UNKNOWN:
        words = (p, f"{BESIDE[outcome]}: too few {rests_on.unit}")
    elif in_words:
        words = (f"{BESIDE[outcome]}, {p}",) if len(BESIDE[outcome]) < 6 else (p, BESIDE[outcome])
    return Cell(signed(difference.mean), (*((sure,) if sure else ()), *words), tone=tone(outcome))
