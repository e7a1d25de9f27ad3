"""Rebuild the index: the same as `recommender rebuild`, for cron.

    python scripts/rebuild_index.py export.jsonl --index /var/lib/recommender/index

What was read and published goes to standard output, a line a stage and errors to standard error; the exit
codes are those of the command, 75 where another rebuild is still running. Settings come from flags, then
RECOMMENDER_* variables, then recommender.toml. `--help` lists the flags.
"""

import sys
from collections.abc import Sequence

from recommender.cli import main as recommender


def main(argv: Sequence[str]) -> int:
    """Run the rebuild; the exit code of `recommender rebuild`."""
    return recommender(["rebuild", *argv])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
