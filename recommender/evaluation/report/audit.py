"""The audit as tables and pairs of lists; the shapes are those that `recommender.audit` gives as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recommender.audit import REASONS, SIMILAR
from recommender.evaluation.document.whole import AuditExample, AuditTotals
from recommender.evaluation.report.cells import Cell, Group, Row, Table
from recommender.evaluation.report.numbers import NONE, decimal, percent
from recommender.phrases import count

_FACTS: tuple[tuple[str, str], ...] = (
    ("articles", "articles"),
    ("pages", "pages that print a list"),
    ("links", "links on them"),
    ("kept", "links kept"),
    ("new", "stories new in the rebuilt lists"),
    ("below_floor", "links below the floor"),
    ("share_below_floor", "their share"),
    ("empty", "pages whose rebuilt list is empty"),
    ("identical", "pages whose lists are the same"),
    ("mean_links", "links a page"),
    ("mean_rebuilt", "items a rebuilt list"),
    ("min_score", "the floor"),
    ("min_best", "the floor for the best story of a list"),
    ("requested", "places in a rebuilt list"),
    ("snapshot", "snapshot"),
)
_SHARES = {"share_below_floor"}
_AS_PRINTED = "as many as the page printed"


@dataclass(frozen=True, slots=True)
class Story:
    """One entry of a list: its place from 1, the pair's score, and ``verdict`` in a word (kept, dropped,
    new) with ``why`` in words."""

    place: int
    title: str
    id: str
    score: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A page's own list and the rebuilt one; ``opened``: shown without being asked for."""

    id: str
    title: str
    source: tuple[Story, ...]
    rebuilt: tuple[Story, ...]
    kept: int
    dropped: int
    new: int
    opened: bool = False


def facts(totals: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The totals in words and numbers; keys without words come last, under their own name."""
    found = [(label, _fact(key, totals[key])) for key, label in _FACTS if key in totals]
    known = {key for key, _ in _FACTS} | {"dropped", "most_below_floor"}
    return found + [(key, str(totals[key])) for key in sorted(totals) if key not in known]


def reasons_table(totals: Mapping[str, Any]) -> Table:
    """What became of the links: kept, or dropped and why."""
    dropped: Mapping[str, int] = totals.get("dropped") or {}
    links = totals.get("links") or 0
    order = [*(reason for reason in REASONS if reason in dropped), *sorted(set(dropped) - set(REASONS))]
    lines = [("kept: " + REASONS[SIMILAR], totals.get("kept", 0))]
    lines += [("dropped: " + REASONS.get(reason, reason), dropped[reason]) for reason in order]
    rows = [
        Row(label, (Cell(count(number)), Cell(percent(number / links if links else None))))
        for label, number in lines
    ]
    return Table("What became of the pages' own links", "Reason", ("links", "share"), (Group(tuple(rows)),))


def below_floor_table(totals: Mapping[str, Any]) -> Table | None:
    """The pages with the largest share of links below the floor."""
    rows = [
        Row(
            page.get("title") or page.get("id", NONE),
            (
                Cell(count(page["links"])),
                Cell(count(page["below_floor"])),
                Cell(percent(page["share_below_floor"])),
                Cell(count(page["kept"])),
                Cell(count(page["rebuilt"])),
            ),
        )
        for page in totals.get("most_below_floor") or ()
    ]
    columns = ("links", "below the floor", "share", "kept", "rebuilt list")
    caption = "The pages with the largest share of links below the floor, of those with four links or more. "
    caption += "The score is this project's own: below the floor is no judgement"
    return Table(caption, "Page", columns, (Group(tuple(rows)),)) if rows else None


def examples(audit: AuditTotals) -> list[SideBySide]:
    """The examples, each as two lists; the first with something in both is open."""
    found = [_side_by_side(example) for example in audit.examples]
    opened = next((place for place, one in enumerate(found) if one.kept), 0)
    return [replace(one, opened=place == opened) for place, one in enumerate(found)]


def _side_by_side(example: AuditExample) -> SideBySide:
    source = example.audit.get("source") or ()
    rebuilt = example.audit.get("rebuilt") or ()
    return SideBySide(
        id=example.id,
        title=example.title,
        source=tuple(_story(place, one, "dropped") for place, one in enumerate(source, start=1)),
        rebuilt=tuple(_story(place, one, "new") for place, one in enumerate(rebuilt, start=1)),
        kept=sum(_in_both(one) for one in source),
        dropped=sum(not _in_both(one) for one in source),
        new=sum(not _in_both(one) for one in rebuilt),
    )


def _story(place: int, entry: Mapping[str, Any], otherwise: str) -> Story:
    both = _in_both(entry)
    reason = str(entry.get("reason", ""))
    if not both:
        why = REASONS.get(reason, reason) if otherwise == "dropped" else ""
    elif otherwise == "dropped":
        why = f"number {entry['rank']} in the rebuilt list"
    else:
        why = f"number {entry['place']} on the page"
    return Story(
        place=place,
        title=entry.get("title") or entry.get("id", NONE),
        id=entry.get("id", ""),
        score=decimal(entry.get("score")),
        verdict="kept" if both else otherwise,
        why=why,
    )


def _in_both(entry: Mapping[str, Any]) -> bool:
    return entry.get("place") is not None and entry.get("rank") is not None


def _fact(key: str, value: Any) -> str:
    if key == "requested":
        return _AS_PRINTED if value is None else count(value)
    if value is None:
        return NONE
    if key in _SHARES:
        return percent(value)
    if isinstance(value, float):
        return decimal(value)
    return count(value) if isinstance(value, int) else str(value)
