"""A reliability diagram: is a score the share of pairs that is related?"""

from __future__ import annotations

from math import log1p
from typing import Any

from recommender.evaluation.calibration import Bin, Reliability
from recommender.evaluation.report.numbers import decimal, percent
from recommender.evaluation.report.panels import heading
from recommender.evaluation.report.svg import (
    ACCENT,
    AXIS,
    GREY,
    INK,
    LINE,
    QUIET,
    SCALE,
    SIDE,
    WIDTH,
    Plot,
    align_ends,
    axes,
    draw,
    interval_line,
)
from recommender.phrases import count

_TOP, _HIGH, _BETWEEN, _LOW = 28, 230, 42, 56  # pixels, from above


def diagram(key: str, name: str, found: Reliability) -> Plot:
    """The share of pairs that is related against their mean score, a point a bin with its interval; under it
    how many pairs each bin has."""
    shown = [one for one in found.bins if one.pairs]
    error = f"error {decimal(found.error, 3)}"

    def paint(figure: Any) -> None:
        wide = WIDTH - SCALE - SIDE
        panel = axes(figure, SCALE, _TOP, wide, _HIGH)
        panel.set_xlim(0, 1)
        panel.set_ylim(-0.02, 1.05)
        panel.set_xticks([place / 5 for place in range(6)], [""] * 6)
        panel.set_yticks([0, 0.5, 1], ["0", "50", "100\N{NO-BREAK SPACE}%"])
        panel.grid(axis="y")
        panel.set_axisbelow(True)
        panel.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=(0, (1, 3)))
        for one in shown:
            _point(panel, one)
        heading(panel, "Related, by mean score", error, ACCENT, _HIGH)
        below = axes(figure, SCALE, _TOP + _HIGH + _BETWEEN, wide, _LOW)
        below.set_xlim(0, 1)
        below.set_xticks([place / 5 for place in range(6)], [f"{place / 5:g}" for place in range(6)])
        below.set_yticks([])
        bars = [found.below, *found.bins]
        heights = [log1p(one.pairs) for one in bars]
        below.set_ylim(0, max([*heights, 1]))
        below.axhline(0, color=LINE, linewidth=1.5, clip_on=False)
        widths = [0.84 * (one.high - one.low) for one in bars]
        middles = [(one.low + one.high) / 2 for one in bars]
        below.bar(middles, heights, widths, color=GREY, clip_on=False)
        heading(below, "Pairs (logarithmic)", f"{count(found.pairs)} in all", QUIET, _LOW)
        align_ends(below)

    title = f"Calibration on {name}: the share of pairs that is related against their score"
    said = "; ".join(
        f"{one.low:g} to {one.high:g}: mean score {decimal(one.mean_score)}, {percent(one.share)} of "
        f"{count(one.pairs, 'pair')} related"
        for one in shown
    )
    text = f"{title}. On the dotted line the two are equal. {error.capitalize()}. {said}."
    return draw(f"{key}-reliability", title, text, _TOP + _HIGH + _BETWEEN + _LOW + AXIS, paint)


def _point(panel: Any, one: Bin) -> None:
    at = [one.mean_score, one.mean_score]
    interval_line(panel, at, [one.share_low, one.share_high], ACCENT)
    panel.plot(at[:1], [one.share], linestyle="none", marker="o", markersize=7, color=ACCENT, clip_on=False)
