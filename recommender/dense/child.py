"""All pairs in a process of its own: `python -m recommender.dense.child DIRECTORY K THREADS`.

Reads `vectors.npy` there, prints the count of rows as they are done, a line each, and writes `rows.npy`,
`cosines.npy` and `counts.npy`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender import files
from recommender.dense.pairs import all_pairs


def main(argv: Sequence[str]) -> int:
    """Do as the module says. Raises what `all_pairs` raises."""
    directory, k, threads = Path(argv[0]), int(argv[1]), int(argv[2])
    unit = np.load(directory / "vectors.npy", mmap_mode="r", allow_pickle=False)
    hits = all_pairs(unit, k, advance=_say, threads=threads)
    for name in ("rows", "cosines", "counts"):
        files.write_scratch(directory / f"{name}.npy", getattr(hits, name))
    return 0


def _say(count: int) -> None:
    sys.stdout.write(f"{count}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
