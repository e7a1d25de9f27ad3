"""Two lists beside each other: what a page printed, and what was rebuilt for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from recommender.cli.terminal import console, count, print_table, shown

_PIPED_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Story:
    """One entry of a list; ``score`` is ``None`` where there is none."""

    id: str
    title: str
    score: float | None = None


def print_side_by_side(source: Sequence[Story], rebuilt: Sequence[Story]) -> None:
    """Print both lists in their order, with what was kept, dropped and new, and a line that counts it."""
    kept = {story.id for story in source} & {story.id for story in rebuilt}
    table = Table(
        box=SIMPLE_HEAD if console().is_terminal else None,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
        expand=True,
    )
    for heading in (f"the page's own list: {len(source)}", f"rebuilt: {len(rebuilt)}"):
        table.add_column("", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        table.add_column(heading, ratio=1, overflow="fold")
    ranks = {story.id: rank for rank, story in enumerate(rebuilt, start=1)}
    for place in range(max(len(source), len(rebuilt))):
        left = _left(place, source, ranks) if place < len(source) else ("", "", "")
        right = _right(place, rebuilt, kept) if place < len(rebuilt) else ("", "", "")
        table.add_row(*left, *right)
    print_table(table, width=_PIPED_WIDTH)
    print(in_words(source, rebuilt))


def in_words(source: Sequence[Story], rebuilt: Sequence[Story]) -> str:
    """The two lists in one sentence, every number counted."""
    kept = len({story.id for story in source} & {story.id for story in rebuilt})
    return (
        f"The page printed {count(len(source), 'story', 'stories')}; the rebuilt list has {len(rebuilt)}: "
        f"{kept} kept, {len(source) - kept} dropped, {len(rebuilt) - kept} new."
    )


def _left(place: int, source: Sequence[Story], ranks: dict[str, int]) -> tuple[str, Text, Text]:
    story = source[place]
    if story.id in ranks:
        return str(place + 1), Text("kept", style="green"), Text(shown(story.title))
    return str(place + 1), Text("dropped", style="red"), Text(shown(story.title), style="dim")


def _right(place: int, rebuilt: Sequence[Story], kept: set[str]) -> tuple[Text, Text, Text]:
    story = rebuilt[place]
    mark = Text("kept", style="green") if story.id in kept else Text("new", style="cyan")
    score = "" if story.score is None else f"{story.score:.2f}"
    return Text(score), mark, Text(shown(story.title))
