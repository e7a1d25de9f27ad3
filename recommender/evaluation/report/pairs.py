"""Agreement with people on graded pairs, beside the figures that were published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.names import THIS
from recommender.evaluation.document.pairs import Correlation, PairDataset
from recommender.evaluation.document.whole import Document, SystemInfo
from recommender.evaluation.report.agreement import COMPARED, Agreement, agreements
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.numbers import (
    NONE,
    correlation,
    correlation_interval,
    decimal,
    p_equation,
    signed_correlation,
)
from recommender.evaluation.report.outcomes import BESIDE, Outcome, by_sign, tone
from recommender.evaluation.report.plots import Mark, intervals
from recommender.evaluation.report.svg import Plot
from recommender.evaluation.report.tables import own_score
from recommender.phrases import count

_CORRELATIONS = ("spearman", "pearson", "kendall")


@dataclass(frozen=True, slots=True)
class PairsView:
    """One dataset of graded pairs."""

    anchor: str
    data: PairDataset
    verdict: Agreement
    table: Table
    differences: Table | None
    plot: Plot | None
    sources: tuple[str, ...]


def pairs_views(document: Document) -> Iterator[PairsView]:
    """Every dataset of graded pairs, in the document's order."""
    labels = {system.name: system.label for system in document.systems}
    verdicts = agreements(document)
    for place, (data, verdict) in enumerate(zip(document.pairs, verdicts, strict=True), start=1):
        key, systems = f"pairs-{place}", document.systems
        compared = any(one.less_this for one in data.systems)
        yield PairsView(
            anchor=key,
            data=data,
            verdict=verdict,
            table=pairs_table(data, systems),
            differences=differences_table(data, systems) if compared else None,
            plot=_pairs_plot(key, data, labels) if data.systems else None,
            sources=sources(data),
        )


def pairs_table(data: PairDataset, systems: Sequence[SystemInfo]) -> Table:
    """Each system's agreement with people, and the published figures under them."""

    def cells(one: Correlation) -> list[Cell]:
        found = [_correlation(getattr(one, name)) for name in _CORRELATIONS]
        beside = Cell("") if one.system == THIS else _difference(one.less_this.get(COMPARED), in_words=True)
        return [found[0], beside, *found[1:], Cell(count(one.pairs))]

    groups = [Group(_rows(data, systems, cells))]
    published = []
    for figure in data.published:
        given = [
            Cell(f"{figure.value:g}" if name == figure.measure.lower() else "") for name in _CORRELATIONS
        ]
        measure = "" if figure.measure.lower() in _CORRELATIONS else f" ({figure.measure} {figure.value:g})"
        row = (given[0], Cell(""), *given[1:], Cell(""))
        published.append(Row(f"{figure.label}{measure}", row))
    if published:
        groups.append(Group(tuple(published), "Published"))
    return Table(
        caption=f"Agreement with people on {data.name}: correlations with 95 % intervals, which resample "
        f"articles, or whole groups of pairs{own_score(data.scored_with)}",
        corner="System",
        columns=("Spearman", "against this project", "Pearson", "Kendall", "pairs"),
        groups=tuple(groups),
    )


def differences_table(data: PairDataset, systems: Sequence[SystemInfo]) -> Table:
    """Every system's difference to this project in every correlation."""
    others = [system for system in systems if system.name != THIS]

    def cells(one: Correlation) -> list[Cell]:
        return [_difference(one.less_this.get(name)) for name in _CORRELATIONS]

    return Table(
        caption=f"Differences on {data.name}: each system's correlation less this project's, over the pairs "
        "that both score, with 95 % interval and Holm-corrected p",
        corner="System",
        columns=("Spearman", "Pearson", "Kendall"),
        groups=(Group(_rows(data, others, cells)),),
    )


def sources(data: PairDataset) -> tuple[str, ...]:
    """Where the published figures come from, each source once with what it gives."""
    found: dict[str, list[str]] = {}
    for figure in data.published:
        found.setdefault(figure.source, []).append(figure.label)
    return tuple(f"{', '.join(names)}: {source}" for source, names in found.items())


def _pairs_plot(key: str, data: PairDataset, labels: Mapping[str, str]) -> Plot:
    """By the measure that the published figures have, Spearman's without any."""
    published = {figure.measure.lower() for figure in data.published} & {*_CORRELATIONS}
    name = sorted(published)[0] if published else "spearman"
    marks = []
    for one in data.systems:
        found: Estimate = getattr(one, name)
        sure = correlation_interval(found.low, found.high)
        label = labels.get(one.system, one.system)
        shown, accent = correlation(found.mean), one.system == THIS
        marks.append(Mark(label, found.mean, found.low, found.high, shown, sure, accent=accent))
    for figure in data.published:
        if figure.measure.lower() == name:
            value = figure.value
            marks.append(Mark(f"Published: {figure.label}", value, None, None, f"{value:g}", hollow=True))
    marks.sort(key=lambda mark: -(mark.value or 0))
    title = f"{name.capitalize()} with people's grades, with 95 % intervals"
    return intervals(f"{key}-plot", title, marks, lambda tick: decimal(tick, 1), step=0.2, bounds=(-1, 1))


def _rows(
    data: PairDataset, systems: Sequence[SystemInfo], cells: Callable[[Correlation], Sequence[Cell]]
) -> tuple[Row, ...]:
    """A line for each system in the document's order, with the reason for one that has no correlation."""
    found = {one.system: one for one in data.systems}
    rows = []
    for system in systems:
        one = found.get(system.name)
        if one is not None:
            rows.append(Row(system.label, tuple(cells(one)), this=system.name == THIS))
        else:
            why = data.not_applicable.get(system.name) or system.not_applicable
            rows.append(Row(system.label, instead=f"not applicable: {why or 'it has no scores of them'}"))
    return tuple(rows)


def _difference(difference: Difference | None, *, in_words: bool = False) -> Cell:
    if difference is None:
        return Cell(NONE)
    outcome = by_sign(difference)
    sure = correlation_interval(difference.low, difference.high, sign=True)
    words = BESIDE[outcome] if in_words else ""
    if outcome is Outcome.UNKNOWN:
        words = f"{BESIDE[outcome]}: too few pairs"
    under = (sure, p_equation(difference.p_holm), words)
    return Cell(signed_correlation(difference.mean), tuple(filter(None, under)), tone=tone(outcome))


def _correlation(found: Estimate) -> Cell:
    sure = correlation_interval(found.low, found.high)
    return Cell(correlation(found.mean), (sure,) if sure else ())
