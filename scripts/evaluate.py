"""Evaluate the lists: the same as `recommender evaluate`, for cron and `make evaluate`.

    python scripts/evaluate.py --dataset sample
    python scripts/evaluate.py --data-dir labelled/ --out reports/monday --compare reports/friday/report.json

report.html, report.json and report.md are written to --out (default: INDEX/reports); the verdict goes to
standard output. `--help` lists the flags.
"""

import sys
from collections.abc import Sequence

from recommender.cli import main as recommender


def main(argv: Sequence[str]) -> int:
    """Run the evaluation; the exit code of `recommender evaluate`."""
    return recommender(["evaluate", *argv])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
