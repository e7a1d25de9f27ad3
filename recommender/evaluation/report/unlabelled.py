"""Measures of lists that need no labels, as tables and plots; keys are those of `recommender.measures`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recommender.evaluation.document.names import SOURCE, THIS
from recommender.evaluation.document.whole import ListMeasures
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.numbers import NONE, decimal, percent
from recommender.evaluation.report.panels import Bars, histograms
from recommender.evaluation.report.svg import Plot
from recommender.measures import DAY_BOUNDS
from recommender.phrases import count

_PLOTTED = (THIS, SOURCE)


@dataclass(frozen=True, slots=True)
class _Line:
    """One measure: where it stands, what it is called, how it is printed, and whether it leads."""

    path: str
    label: str
    show: Callable[[Any], str] = count
    leads: bool = False


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_GROUPS: tuple[tuple[str, tuple[_Line, ...]], ...] = (
    (
        "Length",
        (
            _Line("articles", "articles whose list is measured", leads=True),
            _Line("coverage", "of these, with a list that is not empty", percent, leads=True),
            _Line("with_items", "lists with items"),
            _Line("empty", "empty lists"),
            _Line("full", "full lists"),
            _Line("limit", "items that make a list full"),
            _Line("min_score", "floor under which nothing is shown", decimal),
            _Line("items", "items in all lists"),
            _Line("mean_length", "items a list", decimal, leads=True),
            _Line("longest", "items in the longest list"),
        ),
    ),
    (
        "The same story twice",
        (
            _Line("repeats.exact", "copies of an item above", leads=True),
            _Line("repeats.exact_lists", "lists that hold one"),
            _Line("repeats.near", "near copies of an item above", leads=True),
            _Line("repeats.near_lists", "lists that hold one of these"),
            _Line("repeats.near_copy", "cosine from which it is one", decimal),
        ),
    ),
    (
        "Likeness within a list",
        (
            _Line("similarity.mean", "mean cosine of two items", decimal, leads=True),
            _Line("similarity.lists", "lists with two items or more"),
        ),
    ),
    (
        "Days between article and recommendation",
        (
            _Line("days.median", "median", lambda value: decimal(value, 1), leads=True),
            _Line("days.p90", "90th percentile", lambda value: decimal(value, 1), leads=True),
            _Line("days.far", "more than 30 days apart", percent, leads=True),
            _Line("days.newer", "newer than the article", percent),
            _Line("days.pairs", "items with both dates"),
            _Line("days.undated", "items without"),
        ),
    ),
    (
        "Who is recommended",
        (
            _Line("exposure.never_share", "articles never recommended", percent, leads=True),
            _Line("exposure.never", "that is, articles"),
            _Line("exposure.gini", "Gini of how often (0 even, 1 uneven)", decimal, leads=True),
        ),
    ),
    (
        "Agreement with the snapshot before",
        (
            _Line("agreement.rbo", "rank-biased overlap (0 none, 1 the same)", decimal, leads=True),
            _Line("agreement.parent", "snapshot before", _plain),
            _Line("agreement.articles", "lists compared"),
            _Line("agreement.unchanged", "unchanged"),
            _Line("agreement.both_empty", "empty before and now"),
        ),
    ),
)
_REASONS = {
    "blocked": "the editors let the article have no list",
    "text_too_short": "the article is too short to be judged",
    "too_few_articles": "there are too few articles",
    "below_min_score": "nothing reaches the floor",
    "filtered": "filters or policy left nothing",
}
# Printed elsewhere: as plots with their numbers, and as the most recommended.
_APART = ("lengths", "days.counts", "exposure.most", "empty_because")
_NOT_THERE = ("agreement",)  # without a snapshot before it is there as a whole, and null


def leading_table(lists: Sequence[ListMeasures], labels: Mapping[str, str]) -> Table:
    """The measures that say most."""
    groups = [(head, [line for line in lines if line.leads]) for head, lines in _GROUPS]
    return _table(
        "The measures that say most; all of them are below", lists, labels, groups, known_alone=True
    )


def full_table(lists: Sequence[ListMeasures], labels: Mapping[str, str]) -> Table:
    """Every number, also of keys that this file has no words for."""
    flat = [dict(flatten(one.measures)) for one in lists]
    reasons = sorted({reason for one in lists for reason in one.measures.get("empty_because") or {}})
    longest = max((len(one.measures.get("lengths", ())) for one in lists), default=0)
    known = {line.path for _, lines in _GROUPS for line in lines}
    others = sorted(
        {
            path
            for one in flat
            for path in one
            if path not in {*known, *_NOT_THERE} and not path.startswith(_APART)
        }
    )
    groups = [
        *((head, list(lines)) for head, lines in _GROUPS),
        ("Why lists are empty", [_Line(f"empty_because.{one}", _REASONS.get(one, one)) for one in reasons]),
        (
            "Lists by length",
            [_Line(f"lengths.{place}", count(place, "item")) for place in range(longest)],
        ),
        (
            "Items by days from their article",
            [_Line(f"days.counts.{place}", name) for place, name in enumerate(_days())],
        ),
        ("More", [_Line(path, path, _plain) for path in others]),
    ]
    return _table("Every number of the lists", lists, labels, groups)


def flatten(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf under its dotted path; the items of a list have their place as name."""
    for key, value in values.items():
        path = f"{before}{key}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{path}.")
        elif isinstance(value, list | tuple):
            yield from flatten({str(place): one for place, one in enumerate(value)}, f"{path}.")
        else:
            yield path, value


def most_recommended(one: ListMeasures) -> list[tuple[str, int]]:
    """Title, else id, and times of the articles that a system recommends most."""
    found = one.measures.get("exposure", {}).get("most", ())
    return [(str(item.get("title") or item.get("id", NONE)), item.get("times", 0)) for item in found]


def length_plot(lists: Sequence[ListMeasures], labels: Mapping[str, str]) -> Plot | None:
    """How many lists have how many items."""
    chosen = [one for one in _plotted(lists) if one.measures.get("lengths")]
    longest = max((len(one.measures["lengths"]) for one in chosen), default=0)
    bars = []
    for one in chosen:
        counts = [*one.measures["lengths"], *[0] * (longest - len(one.measures["lengths"]))]
        shown = f"{decimal(one.measures.get('mean_length'))} items a list"
        bins = [count(place, "item") for place in range(longest)]
        bars.append(Bars(_name(one, labels), bins, counts, shown, accent=one.system == THIS))
    step = max(1, -(-longest // 11))
    ticks = [(place + 0.5, str(place)) for place in range(0, longest, step)]
    return histograms("lengths", "How long lists are", bars, ticks) if bars else None


def age_plot(lists: Sequence[ListMeasures], labels: Mapping[str, str]) -> Plot | None:
    """How many days lie between an article and what is recommended under it."""
    bars = []
    for one in _plotted(lists):
        days = one.measures.get("days") or {}
        if any(days.get("counts", ())):
            shown = f"median {decimal(days.get('median'), 1)} days"
            bars.append(Bars(_name(one, labels), _days(), days["counts"], shown, accent=one.system == THIS))
    ticks = [(place + 0.5, text) for place, text in enumerate([*(f"≤ {day}" for day in DAY_BOUNDS), "more"])]
    return histograms("age", "Days between article and recommendation", bars, ticks) if bars else None


def _days() -> list[str]:
    return [*(f"up to {count(day, 'day')}" for day in DAY_BOUNDS), f"more than {DAY_BOUNDS[-1]} days"]


def _plotted(lists: Sequence[ListMeasures]) -> list[ListMeasures]:
    return [one for name in _PLOTTED for one in lists if one.system == name]


def _name(one: ListMeasures, labels: Mapping[str, str]) -> str:
    return "This project" if one.system == THIS else labels.get(one.system, one.system)


def _table(
    caption: str,
    lists: Sequence[ListMeasures],
    labels: Mapping[str, str],
    groups: Sequence[tuple[str, Sequence[_Line]]],
    *,
    known_alone: bool = False,
) -> Table:
    """Lines of which some system has the key; with ``known_alone`` those of which some has a value."""
    flat = [dict(flatten(one.measures)) for one in lists]
    made = []
    for head, lines in groups:
        kept = [
            line
            for line in lines
            if any(one.get(line.path) is not None if known_alone else line.path in one for one in flat)
        ]
        rows = [
            Row(
                line.label,
                tuple(
                    Cell(NONE if one.get(line.path) is None else line.show(one[line.path])) for one in flat
                ),
            )
            for line in kept
        ]
        if rows:
            made.append(Group(tuple(rows), head))
    columns = tuple(
        "this project" if one.system == THIS else labels.get(one.system, one.system) for one in lists
    )
    return Table(caption, "Measure", columns, tuple(made))
