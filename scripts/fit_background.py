"""Fit the packaged background: python scripts/fit_background.py INDEX --origin "what the index holds"

INDEX holds a snapshot of background news, built with the encoder that the vectors' part is for. Into
recommender/background go numbers only: mean and covariance of the vectors, and of the terms that most
articles hold, known by a hash, in how many they stand and in how many with a capital in mid-sentence.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender import files
from recommender.encoder import model_of
from recommender.lexical import bags_of
from recommender.lexical.words import CAPITALISED
from recommender.statistics.background import DESCRIPTION, NUMBERS
from recommender.statistics.fit import at
from recommender.store import Store

PACKAGE = Path(__file__).parents[1] / "recommender"
MOST_TERMS = 60_000


def main(argv: Sequence[str] | None = None) -> int:
    """Fit and write the background; prints the length of the mean, the share that all news has in common."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--origin", required=True, help="what was fitted on, for the file")
    given = parser.parse_args(argv)
    snapshot = Store(given.index).open_current()
    vectors = snapshot.vectors.astype(np.float64)
    mean = vectors.mean(axis=0)
    covariance = (vectors - mean).T @ (vectors - mean) / len(snapshot)
    bags = bags_of(snapshot.articles())
    keys, holding = np.unique(bags.terms, return_counts=True)
    most = np.sort(np.argsort(-holding, kind="stable")[:MOST_TERMS])
    names, capitals = np.unique(bags.names[bags.how & CAPITALISED > 0], return_counts=True)
    numbers = io.BytesIO()
    np.savez_compressed(
        numbers,
        mean=mean.astype(np.float32),
        covariance=covariance[np.triu_indices(len(mean))].astype(np.float32),
        keys=keys[most],
        holding=holding[most].astype(np.uint16),
        capitalised=at(keys[most], names, capitals.astype(np.float64)).astype(np.uint16),
    )
    said = {
        "name": "news-2",
        "fingerprint": model_of(snapshot.manifest.encoder["fingerprint"]),
        "articles": len(snapshot),
        "terms": len(most),
        "origin": given.origin,
        "made_by": "scripts/fit_background.py",
    }
    files.replace_file(PACKAGE / NUMBERS, numbers.getvalue())
    files.replace_file(PACKAGE / DESCRIPTION, (json.dumps(said, indent=1) + "\n").encode())
    length, size = np.linalg.norm(mean), len(numbers.getvalue())
    print(f"{len(snapshot)} articles, mean of length {length:.3f}, {len(most)} terms, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
