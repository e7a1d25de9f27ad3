"""What `scripts/benchmark.py` takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path

from recommender.benchmark.material import QUICK, Sizes
from recommender.benchmark.running import PARTS

DESCRIPTION = """Measure this project against its peers.

Every figure is the median of several runs in which all that is compared takes turns. bench.json keeps them
all, with the machine and the versions; bench.md is the same as a page (see docs/benchmark.md).

  scripts/benchmark.py --quick                      about two minutes, at small sizes
  scripts/benchmark.py --only neighbours,serving    some parts alone
  scripts/benchmark.py --source articles.jsonl      on articles made of your own
  scripts/benchmark.py generate --articles 100000 --out articles.jsonl
"""
_RUNS, _QUICK_RUNS = 5, 3


def measuring(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a run: ``only`` (names of parts), ``source``, ``runs``, ``large_runs``, ``work``,
    ``out`` and ``sizes``. Ends the process with 2 where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="benchmark.py", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--only", type=_names, default=list(PARTS), help=f"parts, with commas: {','.join(PARTS)}")
    add("--quick", action="store_true", help=f"small sizes, {_QUICK_RUNS} runs")
    add("--source", help="what articles are made of, in any form that a rebuild reads; else the sample")
    add("--runs", type=_positive, help=f"how often everything is measured (default {_RUNS})")
    add("--large-runs", type=_positive, help="how often a corpus above 20,000 is built (default: --runs)")
    add("--work", type=Path, default=Path("index/bench"), help="directory for what is measured on")
    add("--out", type=Path, default=Path("bench.json"))
    for size in fields(Sizes):
        kind = _KINDS.get(size.name, _positive)
        add(f"--{size.name.replace('_', '-')}", type=kind, help=f"default {size.default}")
    given = parser.parse_args(argv)
    own = {size.name: getattr(given, size.name) for size in fields(Sizes)}
    basis = QUICK if given.quick else Sizes()
    given.sizes = replace(basis, **{name: value for name, value in own.items() if value is not None})
    given.runs = given.runs or (_QUICK_RUNS if given.quick else _RUNS)
    return given


def generating(argv: Sequence[str]) -> argparse.Namespace:
    """The options of ``generate``: ``articles``, ``source``, ``seed``, ``out``, ``night`` and ``share``."""
    parser = argparse.ArgumentParser(
        prog="benchmark.py generate",
        description="Write a JSONL file of made-up articles, the same for the same source and seed.",
    )
    add = parser.add_argument
    add("--articles", type=_positive, required=True, help="how many, say 10,000 to a million")
    add("--source", help="what they are made of, in any form that a rebuild reads; else the sample")
    add("--seed", type=int, default=0)
    add("--out", type=Path, required=True)
    add("--night", type=int, default=0, help="as they are after so many nights")
    add("--share", type=float, default=0.01, help="what changes in a night, all in all")
    return parser.parse_args(argv)


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted(set(names) - PARTS.keys()):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return names


def _positive(text: str) -> int:
    number = int(text.replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number


def _several(text: str) -> tuple[int, ...]:
    return tuple(sorted(_positive(one) for one in text.split(",")))


_KINDS: dict[str, Callable[[str], object]] = {"builds": _several, "seconds": float}
