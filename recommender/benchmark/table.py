"""A benchmark as a readable page: what is asked, then what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recommender.benchmark.figures import Figure, Line, Part

_VERDICTS = {True: "yes", False: "NO"}


def page(machine: Mapping[str, Any], given: Mapping[str, Any], parts: Sequence[Part]) -> str:
    """Markdown that reads well as plain text."""
    lines = ["# Benchmark", "", *_machine(machine, given), ""]
    asked = [one for part in parts for one in part.lines]
    if asked:
        rows = [[line.figure.what, _spread(line.figure), _bound(line), _verdict(line)] for line in asked]
        lines += [
            "## What is asked",
            "",
            *table(["measured", "median (quartiles)", "asked", "met"], rows),
            "",
        ]
    for part in parts:
        rows = [[one.what, _spread(one), _extremes(one), str(len(one.values))] for one in part.figures]
        lines += [f"## {part.name}", "", *table(["", "median (quartiles)", "from, to", "runs"], rows), ""]
        lines += [f"- {note}" for note in part.notes] + [""] * bool(part.notes)
    return "\n".join(lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table whose columns are of one width."""
    cells = [list(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in cells)
    return [f"| {' | '.join(row)} |" for row in padded]


def number(value: float) -> str:
    """Three digits that count, and all of those before the point."""
    if value != value:  # NaN
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def _machine(machine: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    flags = ", ".join(machine["flags"]) or "none of those that matter"
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return [
        f"{machine['processor']}, {machine['cores']} cores ({flags}); Python {machine['python']}; "
        f"commit {machine['commit'] or 'unknown'}",
        "",
        packages,
        "",
        ", ".join(f"{name} {value}" for name, value in given.items()),
    ]


def _spread(figure: Figure) -> str:
    first, third = figure.quartiles
    return f"{number(figure.median)} {figure.unit} ({number(first)} to {number(third)})"


def _extremes(figure: Figure) -> str:
    return f"{number(min(figure.values))}, {number(max(figure.values))}"


def _bound(line: Line) -> str:
    return f"at {'most' if line.at_most else 'least'} {number(line.bound)} {line.figure.unit}"


def _verdict(line: Line) -> str:
    return _VERDICTS[line.met] if line.met is not None else f"not said: asked at {line.elsewhere}"
