"""Two reports beside each other, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from recommender.cli.terminal import console, print_facts, print_table, shown
from recommender.evaluation import Comparison, DatasetChange, Moved
from recommender.evaluation.document.names import HEADLINE
from recommender.evaluation.report.numbers import p_value
from recommender.evaluation.report.outcomes import SIGNIFICANT
from recommender.phrases import count


def print_changes(comparison: Comparison, *, since: str) -> None:
    """What got better and what got worse since the report ``since``."""
    print(f"\nsince {shown(since)}:")
    for dataset in comparison.datasets:
        print(f"\n{shown(dataset.name)}: {verdict(dataset)}")
        if dataset.changes:
            print_table(_table(dataset))
        if not dataset.same_judgements:
            print("the judgements are not the same ones: what changed need not be the lists")
        facts = [*_moved("better", dataset.better), *_moved("worse", dataset.worse)]
        facts += [("shown", f"{name}: {_plain(old)} -> {_plain(new)}") for name, old, new in dataset.shown]
        if dataset.only_before or dataset.only_after:
            facts.append(
                ("queries", f"{dataset.only_before} only before, {dataset.only_after} only now: left out")
            )
        print_facts(facts)
    for name in comparison.missing:
        print(f"\n{shown(name)}: only in one of the two reports")
    for heading, changed in (
        ("lists", comparison.lists),
        ("the pages' own lists", comparison.audit),
        ("how it was made", comparison.made),
    ):
        if changed:
            print(f"\n{heading}:")
            print_facts((name, f"{_plain(old)} -> {_plain(new)}") for name, old, new in changed)


def verdict(dataset: DatasetChange) -> str:
    """One sentence on the measure that reports lead with, nDCG@10."""
    found = next((one for one in dataset.changes if one.measure == HEADLINE), None)
    if found is None:
        return "no query in common"
    moved = f"{HEADLINE} {100 * found.before:.1f} -> {100 * found.after:.1f}"
    over = count(dataset.queries, "query", "queries")
    if not dataset.better and not dataset.worse:
        return f"no list changed its {HEADLINE} ({moved}, {over})"
    lists = f"{len(dataset.better)} lists better" if len(dataset.better) < 10 else "10 lists or more better"
    lists += f", {len(dataset.worse)} worse" if len(dataset.worse) < 10 else ", 10 or more worse"
    if found.p >= SIGNIFICANT:
        return f"{moved}, no difference shown (p {p_value(found.p)}, {over}; {lists})"
    which = "better" if found.after > found.before else "worse"
    return f"{moved}, {which} (p {p_value(found.p)}, {over}; {lists})"


def _table(dataset: DatasetChange) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("measure", no_wrap=True)
    for heading in ("before", "now", "change", "95 % interval", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in dataset.changes:
        interval = (
            "" if one.low is None or one.high is None else f"{100 * one.low:+.1f} .. {100 * one.high:+.1f}"
        )
        style = None
        if console().is_terminal and one.p < SIGNIFICANT:
            style = "green" if one.after > one.before else "red"
        table.add_row(
            one.measure,
            f"{100 * one.before:.1f}",
            f"{100 * one.after:.1f}",
            f"{100 * (one.after - one.before):+.1f}",
            interval,
            p_value(one.p),
            style=style,
        )
    return table


def _moved(heading: str, some: Sequence[Moved]) -> Iterator[tuple[str, str]]:
    for one in some:
        yield heading, f"{100 * one.before:5.1f} -> {100 * one.after:5.1f}  {one.query_id}"


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple | dict):
        return f"({len(value)} entries)"
    return "none" if value is None else shown(str(value))
