"""A document as a page shows it: each dataset with its verdict, tables and plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.names import HEADLINE, THIS
from recommender.evaluation.document.whole import Document, Made, SystemInfo
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.numbers import interval, percent, points
from recommender.evaluation.report.panels import Bars, Curve, against_threshold, histograms
from recommender.evaluation.report.plots import Mark, intervals
from recommender.evaluation.report.reliability import CalibrationView, dataset_view
from recommender.evaluation.report.shown import against_source_table, shown_table
from recommender.evaluation.report.svg import Plot
from recommender.evaluation.report.tables import differences_table, slices_table, systems_table
from recommender.evaluation.report.unlabelled import flatten
from recommender.evaluation.report.verdict import DatasetVerdict, scores_of
from recommender.phrases import count, whole_floor, with_best


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One dataset of judgements; ``anchor`` leads to it within the page."""

    anchor: str
    data: RankedDataset
    verdict: DatasetVerdict
    systems: Table
    differences: Table
    shown: Table
    against_source: Table | None
    slices: Table
    thresholds: Table
    distribution: Table
    plots: tuple[Plot, ...]
    calibration: CalibrationView | None


def dataset_views(document: Document, verdicts: Sequence[DatasetVerdict]) -> Iterator[DatasetView]:
    """Every dataset of judgements, in the document's order."""
    systems = document.systems
    for place, (data, verdict) in enumerate(zip(document.datasets, verdicts, strict=True), start=1):
        key, against = f"dataset-{place}", data.against_source
        plots = [_systems_plot(f"{key}-systems", data, systems)] if data.answerable else []
        if data.thresholds:
            plots.append(_threshold_plot(f"{key}-floor", data))
        if any(data.scores.related) or any(data.scores.unrelated):
            plots.append(_distribution_plot(f"{key}-scores", data))
        yield DatasetView(
            anchor=key,
            data=data,
            verdict=verdict,
            systems=systems_table(data, systems),
            differences=differences_table(data, systems),
            shown=shown_table(data, systems),
            against_source=against_source_table(data, against, systems) if against else None,
            slices=slices_table(data, systems),
            thresholds=_threshold_table(data),
            distribution=_distribution_table(data),
            plots=tuple(plots),
            calibration=dataset_view(key, data.name, data.calibration, systems) if data.calibration else None,
        )


def made_facts(made: Made) -> list[tuple[str, list[tuple[str, str]]]]:
    """How a report was made, in groups of name and value."""
    values = made.model_dump()
    nested = ("encoder", "scoring", "policy", "versions")
    apart = (*nested, "command")  # which stands above them
    groups = [("Run", [(key.replace("_", " "), _text(values[key])) for key in values if key not in apart])]
    for name in nested:
        facts = sorted((path, _text(value)) for path, value in flatten(_joined(values[name])))
        groups.append((name.capitalize(), facts))
    return groups


def _systems_plot(key: str, data: RankedDataset, systems: Sequence[SystemInfo]) -> Plot:
    tried, others = [], []
    for system in systems:
        scores = scores_of(data.systems, system.name)
        estimate = scores.measures.get(HEADLINE) if scores else None
        if estimate is None:
            others.append(Mark(system.label, None, None, None, "not applicable"))
        else:
            tried.append(
                Mark(
                    system.label,
                    estimate.mean,
                    estimate.low,
                    estimate.high,
                    points(estimate.mean),
                    interval(estimate.low, estimate.high),
                    accent=system.name == THIS,
                )
            )
    tried.sort(key=lambda mark: -(mark.value or 0))
    title = f"{HEADLINE} by system, with 95 % intervals"
    return intervals(key, title, tried + others, lambda tick: f"{100 * tick:.0f}", step=0.2, bounds=(0, 1))


def _threshold_plot(key: str, data: RankedDataset) -> Plot:
    curves = [
        Curve("Precision", [one.precision for one in data.thresholds]),
        Curve("Recall", [one.recall for one in data.thresholds]),
        Curve("Empty lists", [one.empty for one in data.thresholds]),
    ]
    at = [one.min_score for one in data.thresholds]
    title = f"What another plain floor would show; {whole_floor(data.min_score, data.min_best)} is in force"
    return against_threshold(key, title, at, curves, data.min_score, percent)


def _threshold_table(data: RankedDataset) -> Table:
    # A plain floor is not what is in force where the best of a list has a floor of its own.
    mark = f" (in force{with_best(data.min_score, data.min_best)})"
    in_force = [abs(one.min_score - data.min_score) < 1e-9 for one in data.thresholds]
    rows = tuple(
        Row(
            f"{one.min_score:g}" + (mark if this else ""),
            (
                Cell(count(one.items)),
                Cell(percent(one.precision)),
                Cell(percent(one.recall)),
                Cell(percent(one.empty)),
            ),
            this=this,
        )
        for one, this in zip(data.thresholds, in_force, strict=True)
    )
    return Table(
        f"Lists on {data.name} with other floors, each a plain one: whatever the best of a list scores",
        "Floor",
        ("items", "precision", "recall", "empty lists"),
        (Group(rows),),
    )


def _distribution_plot(key: str, data: RankedDataset) -> Plot:
    edges, bins = data.scores.edges, _bins(data)
    first, last = edges[0], edges[-1]
    bars = [
        Bars("Related", bins, data.scores.related, count(sum(data.scores.related), "pair"), accent=True),
        Bars("Unrelated", bins, data.scores.unrelated, count(sum(data.scores.unrelated), "pair")),
    ]
    step = max(1, len(bins) // 5)
    ticks = [(float(place), f"{edges[place]:g}") for place in range(0, len(edges), step)]
    return histograms(
        key,
        f"Scores of judged candidate pairs (logarithmic), and the floor of {data.min_score:g}",
        bars,
        ticks,
        (data.min_score - first) / (last - first) * len(bins),
        logarithmic=True,
    )


def _distribution_table(data: RankedDataset) -> Table:
    rows = tuple(
        Row(name, (Cell(count(related)), Cell(count(unrelated))))
        for name, related, unrelated in zip(
            _bins(data), data.scores.related, data.scores.unrelated, strict=True
        )
    )
    caption = f"Scores of judged candidate pairs of {data.name}"
    return Table(caption, "Score", ("related", "unrelated"), (Group(rows),))


def _bins(data: RankedDataset) -> list[str]:
    edges = data.scores.edges
    return [f"{left:g} to {right:g}" for left, right in pairwise(edges)]


def _joined(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with plain lists as one text, since the place in a list is no name."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list | tuple) and not any(isinstance(one, dict | list | tuple) for one in value):
            found[key] = ", ".join(map(str, value)) or "none"
        else:
            found[key] = _joined(value) if isinstance(value, Mapping) else value
    return found


def _text(value: Any) -> str:
    return count(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)
