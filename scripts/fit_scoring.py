"""Fit the score: python scripts/fit_scoring.py INDEX --labels galaxy.jsonl ecbplus.jsonl --origin TEXT

INDEX holds the labelled articles (JSONL with `id` and `event`) and others as distractors. Corpora of many
sizes are drawn from it, half labelled by whole events; a logistic function of centred cosine and log size is
fitted to "same event" over every labelled article's candidates, each drawn corpus weighing the same. Writes
recommender/background/scoring.json and prints precision and recall at the floor for each size.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # comes with sentence-transformers

from recommender import candidates, files, statistics
from recommender.dense import FaissIndex
from recommender.snapshot import Snapshot
from recommender.store import Store

TARGET = Path(__file__).parents[1] / "recommender" / "background" / "scoring.json"
SIZES = {20: 60, 50: 30, 150: 12, 500: 5, 1500: 3, 5000: 2, 11000: 1}  # articles -> corpora drawn a set
MOST_PER_EVENT = 8  # so that no single event is half of a small corpus
MIN_SCORE = 0.15


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, fit, write, and print what the floor keeps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--origin", required=True, help="what was fitted on, for the file")
    given = parser.parse_args(argv)
    snapshot, rng = Store(given.index).open_current(), np.random.default_rng(0)
    sets = [[json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in given.labels]
    drawn = [
        (size, *draw(snapshot, sets, one, size, rng))
        for one in sets
        for size in SIZES
        for _ in range(SIZES[size])
    ]
    x = np.concatenate(
        [np.column_stack([cosines, np.full(len(cosines), np.log(size))]) for size, cosines, _ in drawn]
    )
    y = np.concatenate([related for _, _, related in drawn])
    weight = np.concatenate([np.full(len(cosines), 1 / len(cosines)) for _, cosines, _ in drawn])
    model = LogisticRegression(C=1e6, max_iter=1000).fit(x, y, weight * len(y) / weight.sum())
    slope, size_slope = (round(float(value), 4) for value in model.coef_[0])
    formula = {"name": "logistic-cosine-size-1", "intercept": round(float(model.intercept_[0]), 4)}
    formula |= {"slope": slope, "size_slope": size_slope, "smallest": min(SIZES), "largest": max(SIZES)}
    formula |= {"min_score": MIN_SCORE}
    kept = model.predict_proba(x)[:, 1] >= MIN_SCORE
    for size in SIZES:
        at = np.isclose(x[:, 1], np.log(size))
        precision, recall = y[at & kept].mean(), (y & at & kept).sum() / (y & at).sum()
        print(f"{size:6d} articles: precision {precision:.3f}, recall {recall:.3f} at {MIN_SCORE}")
    said = {
        "fingerprint": snapshot.manifest.encoder["fingerprint"],
        "origin": given.origin,
        "made_by": "scripts/fit_scoring.py",
    }
    files.replace_file(TARGET, (json.dumps(said | {"formula": formula}, indent=1) + "\n").encode())
    print(f"{TARGET}: {formula}")
    return 0


def draw(
    snapshot: Snapshot, sets: list[Any], labelled: Any, size: int, rng: np.random.Generator
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cosines of the labelled articles' candidates in one drawn corpus, and which are of one event."""
    events: dict[str, list[int]] = defaultdict(list)
    for record in labelled:
        events[record["event"]].append(snapshot.ids.row(record["id"]))
    taken = [snapshot.ids.row(record["id"]) for one in sets for record in one]
    picked = [
        (row, name) for name in rng.permutation(sorted(events)) for row in events[name][:MOST_PER_EVENT]
    ]
    picked = picked[: max(size // 2, 8)]
    distractors = np.setdiff1d(np.arange(len(snapshot)), taken)
    others = rng.choice(distractors, min(len(distractors), size - len(picked)), replace=False)
    vectors = snapshot.vectors[np.array([row for row, _ in picked] + others.tolist())]
    fitted = statistics.fit(vectors, snapshot.embedding().fingerprint, statistics.packaged_background())
    unit = statistics.centred(vectors, fitted.mean)
    pairs = candidates.find(FaissIndex(unit), unit)
    end, event = int(pairs.offsets[len(picked)]), np.array([name for _, name in picked] + [""] * len(others))
    return pairs.cosines[:end], event[pairs.rows[:end]] == event[pairs.queries()[:end]]


if __name__ == "__main__":
    sys.exit(main())
