"""Measured numbers, and what is asked of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured several times, in the order of the runs: ``what`` and its ``unit``."""

    what: str
    unit: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError(f"{self.what}: no value, expected at least one")

    @property
    def median(self) -> float:
        """The middle of the values."""
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """A quarter of the values lies below the first and above the second."""
        return quartiles(self.values)

    def as_json(self) -> dict[str, Any]:
        """All of it, with the median, the quartiles and the extremes."""
        summary = {"median": self.median, "quartiles": self.quartiles}
        return {**asdict(self), **summary, "min": min(self.values), "max": max(self.values)}


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked of a figure. ``bound`` is the least that it may be, or the most where ``at_most``.
    ``elsewhere`` says at what it is asked where that is not what was measured: then it says neither that it
    is met nor that it is not."""

    figure: Figure
    bound: float
    at_most: bool = False
    elsewhere: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the bound; ``None`` where something else was measured."""
        if self.elsewhere:
            return None
        value = self.figure.median
        return value <= self.bound if self.at_most else value >= self.bound

    def as_json(self) -> dict[str, Any]:
        """All of it, with the verdict."""
        asked = {"bound": self.bound, "at_most": self.at_most, "elsewhere": self.elsewhere, "met": self.met}
        return {"figure": self.figure.as_json(), **asked}


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a benchmark found. ``notes`` are sentences."""

    name: str
    figures: tuple[Figure, ...]
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "figures": [one.as_json() for one in self.figures],
            "lines": [one.as_json() for one in self.lines],
            "notes": list(self.notes),
        }


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """The first and the third quartile, the values being the whole of what there is."""
    if len(values) == 1:
        return values[0], values[0]
    first, _, third = quantiles(values, n=4, method="inclusive")
    return first, third


def ratio(what: str, over: Figure, under: Figure) -> Figure:
    """One figure over another, run by run. Raises ValueError unless both have as many values."""
    pairs = zip(over.values, under.values, strict=True)
    return Figure(what, "x", tuple(one / other for one, other in pairs))


def exponent(seconds: Mapping[int, float]) -> float:
    """The slope of ln seconds on ln n by least squares: 1 grows as n does, 2 as its square; NaN for fewer
    than two sizes and where something took no time. ``seconds`` by size."""
    points = [(math.log(n), math.log(one)) for n, one in seconds.items() if one > 0]
    if len(points) < max(2, len(seconds)):
        return math.nan
    mean_x, mean_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    together: float = sum((x - mean_x) * (y - mean_y) for x, y in points)
    spread: float = sum((x - mean_x) * (x - mean_x) for x, _ in points)
    return together / spread
