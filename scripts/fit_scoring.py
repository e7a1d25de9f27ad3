"""Fit the score: python scripts/fit_scoring.py INDEX --labels galaxy.jsonl ecbplus.jsonl --origin TEXT

INDEX holds the labelled articles (`id`, `event`) and distractors. Over corpora of many sizes drawn from it a
logistic function of centred cosine and log size is fitted to "same event"; each corpus weighs the same.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # comes with sentence-transformers

from recommender import candidates, files, statistics
from recommender.dense import FaissIndex, centred
from recommender.embedding import Embedding
from recommender.store import Store

TARGET = Path(__file__).parents[1] / "recommender" / "background" / "scoring.json"
SIZES = {20: 60, 50: 30, 150: 12, 500: 5, 1500: 3, 5000: 2, 11000: 1}  # articles -> corpora drawn a set
MOST_PER_EVENT = 8  # so that no single event is half of a small corpus
CHOSEN = {"min_score": 0.2, "small_slope": 0.71}  # not fitted; how: docs/ranking.md


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, fit, write recommender/background/scoring.json, and print what the floor keeps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--origin", required=True, help="what was fitted on, for the file")
    given = parser.parse_args(argv)
    snapshot, rng = Store(given.index).open_current(), np.random.default_rng(0)
    sets = [[json.loads(line) for line in path.open(encoding="utf-8")] for path in given.labels]
    events = [[(snapshot.ids.row(one["id"]), one["event"]) for one in records] for records in sets]
    others = np.setdiff1d(np.arange(len(snapshot)), [row for one in events for row, _ in one])
    known = snapshot.embedding()
    drawn = [draw(known, one, others, n, rng) for one in events for n in SIZES for _ in range(SIZES[n])]
    x, y = (np.concatenate([corpus[part] for corpus in drawn]) for part in (0, 1))
    weight = np.concatenate([np.full(len(related), len(y) / len(related)) for _, related in drawn])
    model = LogisticRegression(C=1e6, max_iter=1000).fit(x, y, weight / len(drawn))
    numbers = [round(float(value), 4) for value in (model.intercept_[0], *model.coef_[0])]
    formula: dict[str, Any] = dict(zip(("intercept", "slope", "size_slope"), numbers, strict=True))
    formula |= {"name": "logistic-cosine-size-1", "smallest": min(SIZES), "largest": max(SIZES)}
    formula |= CHOSEN
    kept = model.predict_proba(x)[:, 1] >= CHOSEN["min_score"]
    for size in SIZES:
        at = np.isclose(x[:, 1], np.log(size))
        print(f"{size:6d} articles: precision {y[at & kept].mean():.3f}, recall {kept[at & y].mean():.3f}")
    content = {"fingerprint": known.fingerprint, "origin": given.origin, "formula": formula}
    files.replace_file(TARGET, (json.dumps(content, indent=1) + "\n").encode())
    return 0


def draw(
    known: Embedding, events: Any, others: Any, size: int, rng: Any
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cosine and log size of the labelled articles' candidates in one corpus; which are of one event."""
    names = rng.permutation(sorted({event for _, event in events}))
    members = [[one for one in events if one[1] == name][:MOST_PER_EVENT] for name in names]
    picked = [one for event in members for one in event][: max(size // 2, 8)]
    fill = rng.choice(others, min(len(others), size - len(picked)), replace=False)
    vectors = known.vectors[np.array([row for row, _ in picked] + fill.tolist())]
    mean = statistics.fit(vectors, known.fingerprint, statistics.packaged_background()).mean
    unit = centred(vectors, mean)
    pairs, label = (
        candidates.find(FaissIndex(unit), unit),
        np.array([e for _, e in picked] + [""] * len(fill)),
    )
    end = int(pairs.offsets[len(picked)])
    related = label[pairs.rows[:end]] == label[pairs.queries()[:end]]
    return np.column_stack([pairs.cosines[:end], np.full(end, np.log(size))]), related


if __name__ == "__main__":
    sys.exit(main())
