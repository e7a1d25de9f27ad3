"""Measure this project against its peers, or make articles to measure on: `--help` says how."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from recommender import benchmark
from recommender.errors import RecommenderError


def main(argv: Sequence[str] | None = None) -> int:
    """0 whatever was found: a bound may be missed on another machine. 1 where something failed."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if arguments[:1] == ["generate"]:
            return generate(arguments[1:])
        return measure(arguments)
    except RecommenderError as error:
        print(error, file=sys.stderr)
        return 1


def measure(argv: Sequence[str]) -> int:
    """Run the parts, print and write what they found."""
    given = benchmark.measuring(argv)
    material = benchmark.Material(
        given.source, given.work, sizes=given.sizes, runs=given.runs, large_runs=given.large_runs
    )
    parts = benchmark.run_parts(given.only, material, lambda line: print(line, file=sys.stderr, flush=True))
    told = {"source": given.source or "the packaged sample", "runs": given.runs, **asdict(given.sizes)}
    print(benchmark.write(parts, told, given.out))
    return 0


def generate(argv: Sequence[str]) -> int:
    """Write a file of made-up articles."""
    given = benchmark.generating(argv)
    room = benchmark.Newsroom(benchmark.source_articles(given.source), given.seed)
    made = room.nightly(given.articles, given.share, given.night)
    count = benchmark.write_articles(given.out, (one.article for one in made))
    print(f"{count:,} articles in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
