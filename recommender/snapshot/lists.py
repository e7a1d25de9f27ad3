"""The default lists as they are stored: the rows of each that the floor lets be shown, and their scores as
JSON has them, so that an answer is joined and not made."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender.policy import KEPT
from recommender.scoring import DECIMALS, Floor, Ranking
from recommender.snapshot import format as names
from recommender.snapshot.checked import Checked

# As many as anybody may ask for; of what lies beyond nothing is ever shown.
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of n articles under one floor, as the policy left them; the overlay has no part in them.

    ``offsets`` ``(n + 1,) int64`` and ``rows`` ``(m,) int32``: the list of article ``i`` is
    ``rows[offsets[i]:offsets[i+1]]``, at most `MOST_LISTED` in order. ``scores`` are theirs as JSON numbers
    with commas between, those of article ``i`` at ``score_offsets[i]:score_offsets[i+1]``. ``left`` ``(n,)
    uint8`` is how many the policy left, whatever they score.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    scores: bytes | memoryview
    score_offsets: NDArray[np.int64]
    left: NDArray[np.uint8]

    def is_same_as(self, other: Lists) -> bool:
        """Whether both say the same."""
        return bytes(self.scores) == bytes(other.scores) and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("offsets", "rows", "score_offsets", "left")
        )


def lists_of(ranking: Ranking, verdicts: NDArray[np.uint8], floor: Floor) -> Lists:
    """The default lists of a judged ranking. ``verdicts`` ``(pairs,) uint8``."""
    n = len(ranking.offsets) - 1
    kept = np.flatnonzero(verdicts == KEPT)
    queries, scores = ranking.queries()[kept], ranking.scores[kept]
    left = np.bincount(queries, minlength=n)
    best = np.zeros(n, dtype=np.float32)
    np.maximum.at(best, queries, scores)
    opened = best >= np.float32(floor.min_best)
    reaching = np.flatnonzero((scores >= np.float32(floor.min_score)) & opened[queries])
    place = _counted(queries[reaching], n)
    reaching = reaching[place < MOST_LISTED]
    offsets = _offsets(np.bincount(queries[reaching], minlength=n))
    rounded = [round(score, DECIMALS) for score in scores[reaching].tolist()]
    texts = [orjson.dumps(rounded[start:end])[1:-1] for start, end in pairwise(offsets.tolist())]
    return Lists(
        offsets=offsets,
        rows=ranking.rows[kept[reaching]],
        scores=b"".join(texts),
        score_offsets=_offsets(np.fromiter(map(len, texts), dtype=np.int64, count=n)),
        left=np.minimum(left, np.iinfo(np.uint8).max).astype(np.uint8),
    )


def read_lists(files: Checked, n: int) -> Lists:
    """The lists of n articles. Raises CorruptSnapshot."""
    offsets = files.offsets(names.LIST_OFFSETS, n)
    if n and int((offsets[1:] - offsets[:-1]).max()) > MOST_LISTED:
        raise files.corrupt(names.LIST_OFFSETS, f"has a list of more than {MOST_LISTED}")
    score_offsets = files.offsets(names.LIST_SCORE_OFFSETS, n)
    return Lists(
        offsets=offsets,
        rows=files.rows(names.LIST_ROWS, int(offsets[-1]), n),
        scores=files.mapped(names.LIST_SCORES, int(score_offsets[-1])),
        score_offsets=score_offsets,
        left=files.array(names.LIST_LEFT, np.uint8, n),
    )


def _counted(queries: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """Each pair's place in its list, from 0; the pairs are grouped by ascending query."""
    return np.arange(len(queries)) - _offsets(np.bincount(queries, minlength=n))[queries]


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
