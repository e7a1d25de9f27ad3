"""Two lists beside each other: what a page printed, and what was rebuilt for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from recommender.phrases import count

# The package has this module's names, and most commands print nothing of the kind: what prints is imported
# where it is used.
if TYPE_CHECKING:
    from rich.text import Text

_PIPED_WIDTH = 100
_KEPT = ("kept", "green")
_NEW = ("new", "cyan")
# Each of `REASONS` in a word or two, for the mark beside a link that was dropped.
MARKS: Mapping[str, str] = {
    "blocked": "blocked",
    "text_too_short": "too short",
    "unwanted_teaser": "teaser",
    "other_language": "language",
    "wrong_time": "time",
    "copy_of_article": "copy",
    "same_story": "again",
    "source_cap": "source",
    "below_min_score": "too low",
    "not_among_candidates": "not near",
    "beyond_limit": "no room",
}


@dataclass(frozen=True, slots=True)
class Story:
    """One entry of a list; ``score`` is ``None`` where there is none, and so is ``reason``, one of the codes
    in `REASONS`."""

    id: str
    title: str
    score: float | None = None
    reason: str | None = None


def print_side_by_side(source: Sequence[Story], rebuilt: Sequence[Story]) -> None:
    """Print both lists in their order, with what was kept, dropped and new, what the marks of dropped links
    mean, and a line that counts it. A list has scores where one of its stories has."""
    from rich.text import Text

    from recommender.audit import REASONS
    from recommender.cli.terminal import new_table, print_table

    kept = {story.id for story in source} & {story.id for story in rebuilt}
    table = new_table(padding=(0, 1), expand=True)
    left = _rows(source, [_mark_of_link(story, kept) for story in source])
    right = _rows(rebuilt, [Text(*(_KEPT if story.id in kept else _NEW)) for story in rebuilt])
    table.add_column("", justify="right", no_wrap=True, min_width=1)
    blanks = []
    for heading, stories in (("the page's own list", source), ("rebuilt", rebuilt)):
        if scored := _scored(stories):
            table.add_column("", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, min_width=len("kept"))
        table.add_column(f"{heading}: {len(stories)}", ratio=1, overflow="fold")
        blanks.append([Text()] * (2 + scored))
    for place, (one, other) in enumerate(zip_longest(left, right), start=1):
        table.add_row(str(place) if one else "", *(one or blanks[0]), *(other or blanks[1]))
    print_table(table, width=_PIPED_WIDTH)
    found = {story.reason for story in source if story.id not in kept}
    for reason, mark in MARKS.items():
        if reason in found:
            print(f"{mark}: {REASONS[reason]}")
    print(in_words(source, rebuilt))


def in_words(source: Sequence[Story], rebuilt: Sequence[Story]) -> str:
    """The two lists in one sentence, every number counted."""
    if not source:
        return f"The page prints no list of its own; the rebuilt list has {len(rebuilt)}."
    kept = len({story.id for story in source} & {story.id for story in rebuilt})
    return (
        f"The page printed {count(len(source), 'story', 'stories')}; the rebuilt list has {len(rebuilt)}: "
        f"{kept} kept, {len(source) - kept} dropped, {len(rebuilt) - kept} new."
    )


def _mark_of_link(story: Story, kept: set[str]) -> Text:
    from rich.text import Text

    return Text(*_KEPT) if story.id in kept else Text(MARKS.get(story.reason or "", "dropped"), style="red")


def _rows(stories: Sequence[Story], marks: Sequence[Text]) -> list[list[Text]]:
    """Each story's cells: its score, where the list has scores, its mark and its title."""
    from rich.text import Text

    from recommender.cli.terminal import shown

    rows, scored = [], _scored(stories)
    for story, mark in zip(stories, marks, strict=True):
        score = Text("" if story.score is None else f"{story.score:.2f}")
        title = Text(shown(story.title) or "(no title)", style="dim" if mark.style == "red" else "")
        rows.append([score, mark, title] if scored else [mark, title])
    return rows


def _scored(stories: Sequence[Story]) -> bool:
    return any(story.score is not None for story in stories)
