"""What the commands share in printing: colours and columns on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Wide enough that nothing wraps where no terminal sets a width: such output is for grep and files.
_UNWRAPPED = 2000
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def console(*, stderr: bool = False) -> Console:
    """A console over the stream as it stands now; what it prints is taken literally."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, highlight=False, markup=False, emoji=False)


def shown(text: str) -> str:
    """Text from outside made fit for one line of a terminal: control characters, turns of the writing
    direction and lone surrogates become U+FFFD, white space one space."""
    safe = (
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) in ("Cc", "Cs") or one in _TURNS else one
        for one in " ".join(text.split())
    )
    return "".join(safe)


def floor_in_words(min_score: float, min_best: float) -> str:
    """``0.40``, and what the best story of a list needs, where that is more."""
    best = f" ({min_best:.2f} for the best story of a list)" if min_best > min_score else ""
    return f"{min_score:.2f}{best}"


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Labels and what there is to say, one a line; on a terminal wrapped within their column."""
    out = console()
    rows = [(label, shown(value)) for label, value in facts]
    if not out.is_terminal:
        width = max((len(label) for label, _ in rows), default=0)
        for label, value in rows:
            print(f"{label:<{width}}  {value}".rstrip())
        return
    grid = Table.grid(padding=(0, 2))
    for label, value in rows:
        grid.add_row(Text(label, style="bold"), Text(value))
    out.print(grid)


def new_table(**options: Any) -> Table:
    """A table with its headings underlined on a terminal, bare elsewhere; ``options`` are rich's."""
    box = SIMPLE_HEAD if console().is_terminal else None
    return Table(box=box, pad_edge=False, header_style="bold", **options)


def print_table(table: Table, *, width: int | None = None) -> None:
    """A table at the terminal's width; elsewhere without colours and padding, at ``width`` columns or
    as wide as it needs."""
    out = console()
    if out.is_terminal:
        out.print(table)
        return
    rendered = io.StringIO()
    options: dict[str, Any] = {"highlight": False, "markup": False, "emoji": False, "color_system": None}
    Console(file=rendered, width=width or _UNWRAPPED, **options).print(table)
    for line in rendered.getvalue().splitlines():
        print(line.rstrip())
