"""Systems beside each other: a point and its interval each; this project in colour, all others grey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from recommender.evaluation.report.svg import (
    ACCENT,
    AXIS,
    GREY,
    INK,
    LINE,
    QUIET,
    SIDE,
    TEXT,
    WIDTH,
    Plot,
    align_ends,
    axes,
    draw,
    interval_line,
)
from recommender.evaluation.report.text import one_line

_ROW = 42  # pixels a system
_MOST_LETTERS = 48  # of a label and the number beside it


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a plot of systems: a value with its interval, and both as printed, ``shown`` and
    ``sure``. ``accent``: this project. ``hollow``: a published figure. ``value`` is ``None`` where there is
    none, and ``shown`` then says why."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    shown: str
    sure: str = ""
    accent: bool = False
    hollow: bool = False


def intervals(
    key: str,
    title: str,
    marks: Sequence[Mark],
    number: Callable[[float], str],
    *,
    step: float,
    bounds: tuple[float, float],
) -> Plot:
    """A point and its interval for each system, one above the other, with the value beside the label.

    ``number`` writes the numbers of the axis, multiples of ``step`` within ``bounds``.
    """
    known = [one for mark in marks for one in (mark.value, mark.low, mark.high) if one is not None]
    first = max(bounds[0], step * floor(min(known, default=0) / step))
    last = max(min(bounds[1], step * ceil(max(known, default=step) / step)), first + step)
    ticks = [first + step * place for place in range(round((last - first) / step) + 1)]
    rows = max(1, len(marks))
    height = _ROW * rows + AXIS

    def paint(figure: Any) -> None:
        panel = axes(figure, SIDE, 0, WIDTH - 2 * SIDE, _ROW * rows)
        panel.set_xlim(first, last)
        panel.set_ylim(rows, 0)
        panel.set_yticks([])
        panel.set_xticks(ticks, [number(tick) for tick in ticks])
        align_ends(panel)
        end = max((place for place, mark in enumerate(marks) if mark.value is not None), default=0) + 0.66
        for place, mark in enumerate(marks):
            if mark.accent and mark.value is not None:  # a thread to read the others against
                thread = {"color": ACCENT, "linewidth": 1, "linestyle": (0, (1, 3))}
                panel.plot([mark.value] * 2, [place + 0.66, end], **thread)
        for place, mark in enumerate(marks):
            _row(panel, place, mark)

    said = (f"{mark.label}: {mark.shown}{mark.sure and f' ({mark.sure})'}" for mark in marks)
    text = f"{title}. {'; '.join(said)}."
    return draw(key, title, text, height, paint)


def _row(panel: Any, place: int, mark: Mark) -> None:
    colour = ACCENT if mark.accent else GREY
    weight = "bold" if mark.accent else "normal"
    words = {"fontsize": TEXT, "va": "center", "fontweight": weight, "transform": panel.get_yaxis_transform()}
    shown = {"color": ACCENT if mark.accent else INK if mark.value is not None else QUIET} | words
    panel.text(0, place + 0.27, _short(one_line(mark.label), mark.shown), **({"color": INK} | words))
    panel.text(1, place + 0.27, mark.shown, ha="right", **shown)
    height = place + 0.66
    panel.plot([0, 1], [height] * 2, color=LINE, linewidth=1, transform=panel.get_yaxis_transform())
    if mark.low is not None and mark.high is not None:
        interval_line(panel, [mark.low, mark.high], [height] * 2, colour)
    if mark.value is not None:
        filled = "none" if mark.hollow else colour
        panel.plot(
            [mark.value],
            [height],
            linestyle="none",
            marker="D" if mark.hollow else "o",
            markersize=7,
            markerfacecolor=filled,
            markeredgecolor=colour,
            clip_on=False,
        )


def _short(label: str, beside: str) -> str:
    """The label as far as there is room beside a number."""
    most = _MOST_LETTERS - len(beside)
    return label if len(label) <= most else label[: most - 1] + "…"
