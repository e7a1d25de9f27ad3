"""How much the items of one list resemble each other: the same report twice, and likeness as such.

Why a near copy begins at a cosine of 0.95 (packaged encoder, title and lead, not centred). In 12,000 real
articles 59 pairs reach it, and in 52 of them the shorter text shares half or more of its five-word sequences
with the other: one report but for a headline, a byline or a trimmed end. Of the pairs from 0.93 to 0.94 that
holds for 29 % only; there other reports of the same event begin. Of all pairs that share half their sequences
it finds 28 %, exact copies aside, so what it counts is a lower bound. (Counted once, when the threshold was
chosen; no command of this project repeats it.)

A retelling in other words cannot be told by a cosine from the next day's report. The packaged sample retells
its agency's reports and nowhere copies them, and nothing in it reaches 0.95. From 0.82 there are five pairs:
two days' weather, two live pages each with a report of the same event, a vote and the vote ten days on, two
death tolls of one fire; from 0.80 twelve, one of them a retelling, the others mostly follow-ups that
belong in a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.dense import Vectors
from recommender.measures.lists import Lists, rounded

# Plain cosine of title and lead from which two texts are one report: see above.
NEAR_COPY = 0.95

_BLOCK_FLOATS = 4_000_000


def repeats(
    lists: Lists, stories: NDArray[np.int32], vectors: Vectors, near_copy: float = NEAR_COPY
) -> dict[str, Any]:
    """Items that are the same report as one placed above them in their list.

    ``stories`` ``(n,) int32`` is equal where two articles are copies (`copy` in `recommender.policy.Facts`),
    ``vectors`` ``(n, dim) float32`` are plain unit rows. An item is ``exact`` where an item above it has its
    story, else ``near`` where its cosine to an item above it is ``near_copy`` or more; each is counted
    once. Four counts from 0: the items ``exact`` and ``near``, ``exact_lists`` and ``near_lists`` with one at
    least, beside the ``near_copy`` that they were counted with. An empty list, or no list, adds nothing.
    """
    exact = _seen_above(lists, stories)
    near = np.zeros(len(lists.rows), dtype=np.bool_)
    for items, cosines in _within(lists, vectors):
        near[items] = np.tril(cosines, -1).max(axis=2) >= near_copy
    near &= ~exact
    queries = lists.queries()
    return {
        "near_copy": near_copy,
        "exact": int(np.count_nonzero(exact)),
        "exact_lists": len(np.unique(queries[exact])),
        "near": int(np.count_nonzero(near)),
        "near_lists": len(np.unique(queries[near])),
    }


def similarity(lists: Lists, vectors: Vectors) -> dict[str, Any]:
    """Intra-list similarity: how alike the items of a list are, whatever their article.

    ``mean`` over the lists with two items or more, ``lists`` of them, of the mean over the list's pairs
    i < j of cos(i, j); -1..1, 1 for copies of one text. ``vectors`` ``(n, dim) float32`` are unit rows, and
    say which in the report: plain and centred ones differ by a constant and more. A list of none or one has
    no pair and is left out; ``mean`` is ``None`` where no list is left.

    Source: Ziegler, McNee, Konstan and Lausen, Improving recommendation lists through topic diversification,
    WWW 2005, section 3.3; they add the pairs up, the mean lets lists of unequal length be compared.
    """
    counted, total = 0, 0.0
    for items, cosines in _within(lists, vectors):
        length = items.shape[1]
        pairs = cosines.sum(axis=(1, 2)) - np.trace(cosines, axis1=1, axis2=2)
        total += float((pairs / (length * (length - 1))).sum())
        counted += len(items)
    return {"lists": counted, "mean": rounded(total / counted) if counted else None}


def _seen_above(lists: Lists, stories: NDArray[np.int32]) -> NDArray[np.bool_]:
    _, codes = np.unique(stories, return_inverse=True)
    key = lists.queries().astype(np.int64) * max(1, len(lists)) + codes[lists.rows]
    seen = np.ones(len(key), dtype=np.bool_)
    seen[np.unique(key, return_index=True)[1]] = False
    return seen


def _within(lists: Lists, vectors: Vectors) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Lists of two or more, those of one length together, a block at a time: the places of their items in
    the table ``(m, length)``, and the cosines within each ``(m, length, length)``, in double precision."""
    lengths = lists.lengths()
    dim = vectors.shape[1]
    for length in np.unique(lengths[lengths > 1]).tolist():
        starts = lists.offsets[:-1][lengths == length]
        step = max(1, _BLOCK_FLOATS // (length * max(length, dim)))
        for start in range(0, len(starts), step):
            items = starts[start : start + step, None] + np.arange(length)
            unit = vectors[lists.rows[items]].astype(np.float64)
            yield items, unit @ unit.transpose(0, 2, 1)
