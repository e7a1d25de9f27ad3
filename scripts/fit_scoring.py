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

import numpy as np
from sklearn.linear_model import LogisticRegression

from recommender import candidates, files, statistics
from recommender.dense import FaissIndex
from recommender.snapshot import Snapshot
from recommender.store import Store

TARGET = Path(__file__).parents[1] / "recommender" / "background" / "scoring.json"
SIZES = {20: 60, 50: 30, 150: 12, 500: 5, 1500: 3, 5000: 2, 11000: 1}  # articles -> corpora drawn a set
MOST_PER_EVENT = 8  # so that no single event is half of a small corpus
MIN_SCORE = 0.2


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, fit, write, and print what the floor keeps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--origin", required=True, help="what was fitted on, for the file")
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args(argv)
    snapshot, rng = Store(given.index).open_current(), np.random.default_rng(0)
    sets = [_events(path, snapshot) for path in given.labels]
    labelled = [row for events in sets for rows in events.values() for row in rows]
    distractors = np.setdiff1d(np.arange(len(snapshot)), labelled)
    drawn = [
        (size, *_draw(snapshot, events, distractors, size, rng))
        for events in sets
        for size, times in SIZES.items()
        for _ in range(times)
    ]
    x = np.concatenate([np.column_stack([c, np.full(len(c), np.log(size))]) for size, c, _ in drawn])
    y = np.concatenate([related for _, _, related in drawn])
    weight = np.concatenate([np.full(len(c), 1 / len(c)) for _, c, _ in drawn])
    model = LogisticRegression(C=1e6, max_iter=1000).fit(x, y, weight * len(y) / weight.sum())
    formula = {"name": "logistic-cosine-size-1", "intercept": round(float(model.intercept_[0]), 4)}
    formula |= {"slope": round(float(model.coef_[0][0]), 4), "size_slope": round(float(model.coef_[0][1]), 4)}
    formula |= {"smallest": min(SIZES), "largest": max(SIZES), "min_score": MIN_SCORE}
    kept = model.predict_proba(x)[:, 1] >= MIN_SCORE
    for size in SIZES:
        at = np.isclose(x[:, 1], np.log(size))
        precision, recall = y[at & kept].mean(), (y & at & kept).sum() / (y & at).sum()
        print(f"{size:6d} articles: precision {precision:.3f}, recall {recall:.3f} at {MIN_SCORE}")
    encoder = snapshot.manifest.encoder["fingerprint"]
    content = {"fingerprint": encoder, "origin": given.origin, "made_by": "scripts/fit_scoring.py"}
    files.replace_file(given.out, (json.dumps(content | {"formula": formula}, indent=1) + "\n").encode())
    print(f"{given.out}: {formula}")
    return 0


def _events(path: Path, snapshot: Snapshot) -> dict[str, list[int]]:
    events: dict[str, list[int]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        events[record["event"]].append(snapshot.ids.row(record["id"]))
    return dict(events)


def _draw(
    snapshot: Snapshot,
    events: dict[str, list[int]],
    distractors: np.ndarray,
    size: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    names = rng.permutation(sorted(events))
    picked = [(row, name) for name in names for row in events[name][:MOST_PER_EVENT]][: max(size // 2, 8)]
    others = rng.choice(distractors, min(len(distractors), size - len(picked)), replace=False)
    vectors = snapshot.vectors[np.concatenate([[row for row, _ in picked], others]).astype(int)]
    fingerprint, background = snapshot.embedding().fingerprint, statistics.packaged_background()
    unit = statistics.centred(vectors, statistics.fit(vectors, fingerprint, background).mean)
    pairs = candidates.find(FaissIndex(unit), unit)
    end = int(pairs.offsets[len(picked)])
    event = np.array([name for _, name in picked] + [""] * len(others))
    return pairs.cosines[:end], event[pairs.rows[:end]] == event[pairs.queries()[:end]]


if __name__ == "__main__":
    sys.exit(main())
