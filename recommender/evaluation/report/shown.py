"""The tables of what readers see: default lists, and this project's beside the pages' own."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.evaluation.document.judged import AgainstSource, RankedDataset
from recommender.evaluation.document.lists import Shown
from recommender.evaluation.document.names import OFF_TOPIC, SOURCE
from recommender.evaluation.document.whole import SystemInfo
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.numbers import decimal, percent
from recommender.evaluation.report.outcomes import page_footing
from recommender.evaluation.report.sentences import precision
from recommender.evaluation.report.tables import (
    by_measure,
    difference_cell,
    estimate_cell,
    own_score,
    rows_of,
)
from recommender.phrases import count

_SHOWN_COLUMNS = (
    "queries",
    "items",
    "judged",
    "related",
    "precision",
    "off-topic of all items in places 1-5",
    "off-topic of all items in places 1-10",
    "empty where nothing is related",
    "items a list there",
)


def shown_table(dataset: RankedDataset, systems: Sequence[SystemInfo]) -> Table:
    """What readers would see: lists of at most ten, this project's with its floor, the pages' own where
    there is one."""
    return Table(
        caption=f"What is shown on {dataset.name}: lists of at most ten on all {dataset.queries:,} queries, "
        "this project's as served, with its floor; the pages' own on those that print one"
        f"{own_score(dataset.scored_with)}",
        corner="System",
        columns=_SHOWN_COLUMNS,
        groups=(Group(rows_of(dataset, systems, lambda scores: _shown(scores.shown))),),
    )


def against_source_table(
    dataset: RankedDataset, against: AgainstSource, systems: Sequence[SystemInfo]
) -> Table:
    """This project beside the pages' own lists, the difference, and this project without its floor."""
    names = by_measure({*against.this, *against.source})
    label = next((one.label for one in systems if one.name == SOURCE), "the page's own list")
    rows = []
    for name in names:
        sides = [estimate_cell(one.get(name)) for one in (against.this, against.source)]
        less = difference_cell(against.less_this.get(name), page_footing(dataset, against, name), name)
        head = f"{name}, on an average page" if name == OFF_TOPIC else name
        rows.append(Row(head, (*sides, less, estimate_cell(against.without_floor.get(name)))))
    blank = Cell("")
    shown = zip(_SHOWN_COLUMNS, _shown(against.shown_this), _shown(against.shown_source), strict=True)
    of_items = tuple(Row(name, (this, source, blank, blank)) for name, this, source in shown)
    return Table(
        caption=f"On the {count(against.queries, 'query', 'queries')} whose page prints a list, each cut "
        "where the page's ends",
        corner="Measure",
        columns=("this project", label, "the page's less this project's", "this project without its floor"),
        groups=(
            Group(
                tuple(rows),
                f"Means: {OFF_TOPIC} over all of these pages, an empty list counting 0; the others over the "
                f"{count(against.answerable)} with related articles",
            ),
            Group(of_items, "What is shown: items of all pages taken together"),
        ),
    )


def _shown(shown: Shown) -> tuple[Cell, ...]:
    return (
        Cell(count(shown.queries)),
        Cell(count(shown.items)),
        Cell(count(shown.judged)),
        Cell(count(shown.related)),
        Cell(percent(precision(shown))),
        Cell(percent(shown.off_topic_at_5)),
        Cell(percent(shown.off_topic_at_10)),
        Cell(percent(shown.empty_where_nothing_is_related)),
        Cell(decimal(shown.items_where_nothing_is_related)),
    )
