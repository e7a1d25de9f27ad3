"""Tables as plain values: worked out once, and printed in a page and in a pull request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, what stands under it, and whether it is the best of its column; ``tone`` is ``below``,
    ``above`` or nothing, by how a system stands to this project."""

    text: str
    under: tuple[str, ...] = ()
    best: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. ``this``: of this project. ``instead`` stands in place of all cells. ``few``: it
    rests on fewer than ten queries."""

    head: str
    cells: tuple[Cell, ...] = ()
    this: bool = False
    instead: str = ""
    few: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together, under a heading of their own where it is not empty."""

    rows: tuple[Row, ...]
    head: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; the first column is the line's head and is named ``corner``."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
