"""Phrases that commands and reports have in common."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, noun: str = "", plural: str | None = None) -> str:
    """``12,176``; with a noun ``1 article``, ``10,000 articles``; ``plural`` is the noun's where that takes
    more than an s."""
    if not noun:
        return f"{number:,}"
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def whole_floor(min_score: float, min_best: float) -> str:
    """``0.4``, and where the best story of a list has to score more than that ``0.4, with a best of 0.9``."""
    return f"{min_score:g}{with_best(min_score, min_best)}"


def with_best(min_score: float, min_best: float) -> str:
    """The second half of that: nothing where the floor is a plain one, the same for the best as for all."""
    return f", with a best of {min_best:g}" if min_best > min_score else ""


def joined(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``. Raises IndexError for none."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
