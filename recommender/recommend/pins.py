"""What editors pin goes in front of the candidates, whatever it scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.scoring import DECIMALS

Rows = NDArray[np.int64]


def in_front(
    pins: NDArray[np.int32],
    kept: Rows,
    told: NDArray[np.int32],
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
) -> tuple[Rows, NDArray[np.int32], NDArray[np.float32]]:
    """Candidates with ``pins`` ``(p,) int32`` before them. ``kept`` ``(k,) int64`` are the places of those
    that the list keeps, ``rows`` and ``scores`` ``(m,)`` are those of all; ``told`` ``(n,)`` is equal
    for articles of which a list holds only one. Places, rows and scores come back, with
    the pins in them.

    A pin has its pair's own score, NaN where the pair is not stored. Where it stood before, and
    where others tell the same, nothing is left.
    """
    kept = kept[~np.isin(told[rows[kept]], told[pins])]
    stored = {row: place for place, row in enumerate(rows.tolist())}
    places = [stored.get(pin, len(rows)) for pin in pins.tolist()]  # one past the end: not stored
    own = np.append(scores, np.float32(np.nan))[places]
    front = np.arange(len(pins), dtype=np.int64)
    return (
        np.concatenate([front, kept + len(pins)]),
        np.concatenate([pins, rows]),
        np.concatenate([own, scores]),
    )


def scored(
    row: int,
    rows: Sequence[int],
    scores: Sequence[float | None],
    score_pairs: Callable[[Rows, Rows], NDArray[np.float32]],
) -> tuple[float, ...]:
    """The scores of a list of the article at ``row``; a pin that has none gets that of the pair."""
    bare = [one for one, score in zip(rows, scores, strict=True) if score is None]
    found: dict[int, float] = {}
    if bare:
        right = np.array(bare, dtype=np.int64)
        found = dict(zip(bare, score_pairs(np.full_like(right, row), right).tolist(), strict=True))
    return tuple(
        round(found[one], DECIMALS) if score is None else score
        for one, score in zip(rows, scores, strict=True)
    )
