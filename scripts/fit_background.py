"""Fit the packaged mean: python scripts/fit_background.py INDEX --origin "what the index holds"

INDEX holds a snapshot of background news, built with the encoder that the mean is for. The mean of its
vectors goes into recommender/background/mean.json; texts do not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender import files
from recommender.store import Store

TARGET = Path(__file__).parents[1] / "recommender" / "background" / "mean.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Fit and write the mean; prints its length, the share of a vector that all news has in common."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--origin", required=True, help="what was fitted on, for the file")
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args(argv)
    snapshot = Store(given.index).open_current()
    mean = snapshot.vectors.mean(axis=0, dtype=np.float64)
    content = {
        "name": "news-mean-1",
        "fingerprint": snapshot.manifest.encoder["fingerprint"],
        "articles": len(snapshot),
        "origin": given.origin,
        "made_by": "scripts/fit_background.py",
        "mean": [round(float(value), 6) for value in mean],
    }
    files.replace_file(given.out, (json.dumps(content, indent=1) + "\n").encode())
    print(f"{given.out}: mean of {len(snapshot)} vectors, length {np.linalg.norm(mean):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
