"""The dense index against exact search: what the candidates of a snapshot missed."""

from __future__ import annotations

import numpy as np

from recommender.candidates import DEPTH
from recommender.dense import ExactIndex, centred
from recommender.evaluation.document import IndexRecall
from recommender.snapshot import Snapshot

QUERIES = 200
_DEPTHS = (10, DEPTH)
# Cosines are compared in single precision; a candidate as near as the last exact one counts as found.
_ROUNDING = 1e-6


def index_recall(snapshot: Snapshot, *, seed: int) -> IndexRecall:
    """The share of each article's exact k nearest, k 10 and 100, that are among its stored candidates' k
    nearest, mean over 200 articles drawn at random (all, where there are fewer). A true recall at k: a
    candidate that ties with the k-th counts."""
    n = len(snapshot)
    rows = np.sort(np.random.default_rng(seed).choice(n, min(n, QUERIES), replace=False))
    unit = centred(snapshot.vectors, snapshot.statistics().mean)
    hits = ExactIndex(unit).search(unit[rows], DEPTH + 1)
    found: dict[str, list[float]] = {str(k): [] for k in _DEPTHS}
    for place, row in enumerate(rows.tolist()):
        others = hits.rows[place] != row
        exact = hits.cosines[place][others & (hits.rows[place] >= 0)]
        # Of the rows that are stored, by exact products: what was stored beside them is not taken on trust.
        cosines = unit[np.unique(snapshot.candidates(row)[0])].astype(np.float64) @ unit[row].astype(
            np.float64
        )
        stored = np.sort(cosines)[::-1]
        for k in _DEPTHS:
            wanted = exact[:k]
            if len(wanted):
                reaching = int((stored[:k] >= wanted[-1] - _ROUNDING).sum())
                found[str(k)].append(min(reaching, len(wanted)) / len(wanted))
    return IndexRecall(
        kind="flat (exact inner products)",
        queries=len(rows),
        recall={k: round(float(np.mean(values)), 6) for k, values in found.items() if values},
    )
