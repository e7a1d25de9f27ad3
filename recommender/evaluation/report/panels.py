"""Small multiples: a short panel for each curve or histogram, over one axis, with its name and number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

from recommender.evaluation.report.svg import (
    ACCENT,
    AXIS,
    GREY,
    INK,
    LINE,
    QUIET,
    SCALE,
    SIDE,
    TEXT,
    WIDTH,
    Plot,
    align_ends,
    axes,
    draw,
)
from recommender.evaluation.report.text import one_line

_HIGH = 78  # pixels a panel, without its heading
_HEADING = 30
_MOST_LETTERS = 28
_LIFT = 7  # between a heading's feet and its panel
Ticks = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Curve:
    """A share against the floor: ``values`` beside the thresholds, ``None`` where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram: ``counts`` of the named ``bins``, and ``shown``, what it comes to. ``accent``: this
    project."""

    name: str
    bins: Sequence[str]
    counts: Sequence[int]
    shown: str
    accent: bool = False


def against_threshold(
    key: str,
    title: str,
    thresholds: Sequence[float],
    curves: Sequence[Curve],
    floor: float,
    percent: Callable[[float | None], str],
) -> Plot:
    """What lists would be with other floors; the floor in force is marked and each value at it written."""

    def paint(figure: Any) -> None:
        ticks = [(place / 5, f"{place / 5:g}") for place in range(6)]
        panels = _panels(figure, len(curves), (0, 1), ticks, left=SCALE)
        for panel, curve in zip(panels, curves, strict=True):
            panel.set_ylim(-0.04, 1.06)
            panel.set_yticks([0, 1], ["0", "100\u00a0%"])
            panel.grid(axis="y")
            panel.axvline(floor, color=INK, linewidth=1)
            known = [(at, one) for at, one in zip(thresholds, curve.values, strict=True) if one is not None]
            panel.plot([at for at, _ in known], [one for _, one in known], color=ACCENT, linewidth=2.2)
            at_floor = value_at(thresholds, curve.values, floor)
            if at_floor is not None:
                panel.plot([floor], [at_floor], marker="o", markersize=7, color=ACCENT, linestyle="none")
            heading(panel, curve.name, f"{percent(at_floor)} at {floor:g}", ACCENT)

    said = "; ".join(f"{curve.name} {percent(value_at(thresholds, curve.values, floor))}" for curve in curves)
    text = f"{title}. At the floor of {floor:g}: {said}."
    return draw(key, title, text, len(curves) * (_HIGH + _HEADING) + AXIS, paint)


def histograms(
    key: str,
    title: str,
    all_bars: Sequence[Bars],
    ticks: Ticks,
    floor: float | None = None,
    *,
    logarithmic: bool = False,
) -> Plot:
    """Histograms one above the other, each as high as its highest bar. Bin ``i`` stands from ``i`` to
    ``i + 1``: ``ticks`` and ``floor`` are on that scale."""

    def paint(figure: Any) -> None:
        width = max(len(bars.counts) for bars in all_bars)
        for panel, bars in zip(_panels(figure, len(all_bars), (0, width), ticks), all_bars, strict=True):
            heights = [log1p(number) if logarithmic else number for number in bars.counts]
            panel.set_ylim(0, max([*heights, 1]))
            panel.set_yticks([])
            panel.axhline(0, color=LINE, linewidth=1.5, clip_on=False)
            middles = [place + 0.5 for place in range(len(bars.counts))]
            panel.bar(middles, heights, 0.84, color=ACCENT if bars.accent else GREY, clip_on=False)
            if floor is not None:
                panel.axvline(floor, color=INK, linewidth=1)
            heading(panel, bars.name, bars.shown, QUIET)

    said = " ".join(
        f"{bars.name}, {bars.shown}: "
        + ", ".join(
            f"{name}: {number:,}" for name, number in zip(bars.bins, bars.counts, strict=True) if number
        )
        + "."
        for bars in all_bars
    )
    return draw(key, title, f"{title}. {said}", len(all_bars) * (_HIGH + _HEADING) + AXIS, paint)


def value_at(thresholds: Sequence[float], values: Sequence[float | None], floor: float) -> float | None:
    """The value at the last threshold that is not above the floor."""
    below = [value for at, value in zip(thresholds, values, strict=True) if at <= floor + 1e-9]
    return below[-1] if below else None


def _panels(
    figure: Any, number: int, limits: tuple[float, float], ticks: Ticks, *, left: int = SIDE
) -> list[Any]:
    """Axes one above the other, ``left`` pixels from the edge; only the last has its numbers written."""
    panels = []
    for place in range(number):
        top = place * (_HIGH + _HEADING) + _HEADING - 2
        panel = axes(figure, left, top, WIDTH - left - SIDE, _HIGH)
        panel.set_xlim(*limits)
        panel.set_xticks([at for at, _ in ticks], [text if place == number - 1 else "" for _, text in ticks])
        align_ends(panel)
        panels.append(panel)
    return panels


def heading(panel: Any, name: str, shown: str, colour: str, high: int = _HIGH) -> None:
    """Over a panel, ``high`` pixels from foot to top: its name, and ``shown`` at the other end."""
    words = {"transform": panel.transAxes, "fontsize": TEXT, "va": "baseline"}
    above = 1 + _LIFT / high
    panel.text(0, above, one_line(name)[:_MOST_LETTERS], fontweight="bold", **words)
    panel.text(1, above, shown, ha="right", color=colour, **words)
