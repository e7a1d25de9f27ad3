"""Measure: python scripts/benchmark.py --only ranking --source articles.jsonl --index DIR

Every figure is a ratio of two things timed in turn in one run; ``bench.json`` keeps them with the machine and
the versions. DIR keeps the vectors, so that only the first run embeds the articles.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from recommender.benchmark import ranking, record
from recommender.settings import load


def main(argv: Sequence[str] | None = None) -> int:
    """Time, print a line a figure, write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["ranking"], default="ranking", help="the part to run")
    parser.add_argument("--source", required=True, help="articles, in any form that a rebuild reads")
    parser.add_argument("--index", type=Path, required=True, help="index directory that keeps the vectors")
    parser.add_argument("--articles", type=int, default=10_000, help="how many of them")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    given = parser.parse_args(argv)
    settings = load({"index": given.index}, environ={})
    times = ranking(given.source, settings, articles=given.articles, runs=given.runs, now=datetime.now(UTC))
    print(f"ranking {times.articles:,} articles, vectors at hand: {_spread(times.ranking)}")
    print("  of which " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in times.stages.items()))
    print(f"SentenceTransformer.encode of {times.embedded:,} articles: {_spread(times.encoding)}")
    print(f"ratio of the medians: {times.ratio:.2f}")
    record(given.out, {"ranking": {**asdict(times), "ratio": times.ratio}})
    return 0


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.1f} s, from {min(seconds):.1f} to {max(seconds):.1f} in {len(seconds)} runs"


if __name__ == "__main__":
    sys.exit(main())
