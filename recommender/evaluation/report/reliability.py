"""Whether scores are the probabilities that they are called: diagrams, tables and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from recommender.evaluation.calibration import (
    COUNTED_FROM,
    Bin,
    Calibration,
    PairOrder,
    Reliability,
)
from recommender.evaluation.document.names import THIS
from recommender.evaluation.document.whole import Document, SystemInfo
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.diagram import diagram
from recommender.evaluation.report.numbers import NONE, decimal, percent, points
from recommender.evaluation.report.svg import Plot
from recommender.phrases import count, joined


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """One set of pairs: this project's bins, and the order that each system puts them in."""

    anchor: str
    head: str
    about: str
    reliability: Reliability
    plot: Plot
    bins: Table
    orders: Table


def dataset_view(
    key: str, name: str, found: Calibration, systems: Sequence[SystemInfo], about: str = ""
) -> CalibrationView:
    """The stored candidate pairs of one dataset, or of several together."""
    return CalibrationView(
        anchor=key,
        head=name,
        about=about,
        reliability=found.reliability,
        plot=diagram(key, name, found.reliability),
        bins=bins_table(name, found.reliability),
        orders=orders_table(name, found, systems),
    )


def shared_views(document: Document) -> Iterator[CalibrationView]:
    """What is of no single dataset: several pooled, and what was measured when the score was fitted."""
    if document.pooled is not None:
        name = f"{joined(document.pooled.datasets)}, pooled"
        about = (
            "The pairs of these datasets together, each scored as it is in its own dataset, none weighted."
        )
        yield dataset_view("pooled", name, document.pooled.calibration, document.systems, about)
    if document.cross_fitted is not None:
        about = (
            "What the packaged score has with it from its fitting: every pair scored by coefficients "
            f"that were fitted without its event: {document.cross_fitted.about.rstrip('. ')}."
        )
        found, name = document.cross_fitted.calibration, "events held out in fitting"
        view = dataset_view("cross-fitted", name, found, document.systems, about)
        yield replace(view, head="Events held out in fitting")


def in_words(found: Calibration, systems: Sequence[SystemInfo]) -> str:
    """``error 0.031 over 312 pairs scored 0.05 or more; average precision 61.2, best other (BM25) 55.0``."""
    best = best_order(found)
    said = f"error {decimal(found.reliability.error, 3)} over {_counted(found.reliability)}"
    said += f"; average precision {points(_own(found))}"
    if best is not None:
        label = next((one.label for one in systems if one.name == best.system), best.system)
        said += f", best other ({label}) {points(best.counted_average_precision)}"
    return said


def best_order(found: Calibration) -> PairOrder | None:
    """The system other than this project that orders the counted pairs best."""
    others = [
        one for one in found.systems if one.system != THIS and one.counted_average_precision is not None
    ]
    return max(others, key=lambda one: one.counted_average_precision or 0, default=None)


def bins_table(name: str, found: Reliability) -> Table:
    """Each bin with its mean score and the share that is related."""
    rows = [Row(f"under {COUNTED_FROM:g}", _bin_cells(found.below))]
    rows += [Row(f"{one.low:g} to {one.high:g}", _bin_cells(one)) for one in found.bins]
    return Table(
        caption=f"Calibration on {name}: pairs by score, with the mean score of each bin and the share of it "
        f"that is related, with its 95 % interval. Pairs under {COUNTED_FROM:g} are not counted in the error",
        corner="Score",
        columns=("pairs", "mean score", "related"),
        groups=(Group(tuple(rows)),),
    )


def orders_table(name: str, found: Calibration, systems: Sequence[SystemInfo]) -> Table:
    """Average precision of every system on the same pairs."""
    best = [
        max((getattr(one, field) or 0 for one in found.systems), default=0)
        for field in ("counted_average_precision", "average_precision")
    ]
    rows = []
    for system in systems:
        one = _of(found, system.name)
        if one is None:
            why = system.not_applicable or found.not_applicable.get(system.name, "it has no scores of pairs")
            rows.append(Row(system.label, instead=f"not applicable: {why}"))
            continue
        values = (one.counted_average_precision, one.average_precision)
        cells = tuple(
            Cell(points(value), best=value is not None and value == top)
            for value, top in zip(values, best, strict=True)
        )
        rows.append(Row(system.label, cells, this=system.name == THIS))
    return Table(
        caption=f"The same pairs on {name} put in one order by each system: average precision, times 100",
        corner="System",
        columns=(f"pairs that this project scores {COUNTED_FROM:g} or more", "all candidate pairs"),
        groups=(Group(tuple(rows)),),
    )


def summary_table(document: Document) -> Table | None:
    """A line for each dataset, for several pooled, and for what was measured in fitting; ``None`` where
    there is nothing of the kind."""
    rows = []
    for data in document.datasets:
        if data.calibration is not None:
            recall = (percent(data.candidates.recall), percent(data.candidates.few_recall))
            rows.append(_summary(f"{data.name}, {data.scored_with}", data.calibration, recall))
    if document.pooled is not None:
        name = f"{joined(document.pooled.datasets)}, pooled"
        rows.append(_summary(name, document.pooled.calibration, ("", "")))
    if document.cross_fitted is not None:
        found = document.cross_fitted.calibration
        rows.append(_summary("events held out in fitting", found, ("", "")))
    if not rows:
        return None
    most = {data.candidates.most for data in document.datasets}
    return Table(
        caption=f"Calibration over stored candidate pairs scored {COUNTED_FROM:g} or more, and the related "
        "pairs that are stored candidates",
        corner="Set, and what the score was fitted on",
        columns=(
            *("pairs", "related", "calibration error", "Brier, all pairs", "average precision"),
            "the best other system's",
            "related among the candidates",
            f"the same, queries with at most {max(most, default=0)} related",
        ),
        groups=(Group(tuple(rows)),),
    )


def _summary(name: str, found: Calibration, recall: tuple[str, str]) -> Row:
    best = best_order(found)
    beside = Cell(NONE) if best is None else Cell(points(best.counted_average_precision), (best.system,))
    own = Cell(points(_own(found)))
    return Row(name, (*_measured(found.reliability), own, beside, *map(Cell, recall)))


def _measured(found: Reliability) -> tuple[Cell, ...]:
    counted, related = (sum(getattr(one, of) for one in found.bins) for of in ("pairs", "related"))
    share = percent(related / counted) if counted else NONE
    return (Cell(count(counted)), Cell(share), Cell(decimal(found.error, 3)), Cell(decimal(found.brier, 3)))


def _bin_cells(one: Bin) -> tuple[Cell, ...]:
    sure = () if one.share_low is None else (f"{points(one.share_low)} to {points(one.share_high)}",)
    return (Cell(count(one.pairs)), Cell(decimal(one.mean_score, 3)), Cell(percent(one.share), sure))


def _of(found: Calibration, system: str) -> PairOrder | None:
    return next((one for one in found.systems if one.system == system), None)


def _own(found: Calibration) -> float | None:
    order = _of(found, THIS)
    return order.counted_average_precision if order else None


def _counted(found: Reliability) -> str:
    return f"{count(sum(one.pairs for one in found.bins), 'pair')} scored {COUNTED_FROM:g} or more"
