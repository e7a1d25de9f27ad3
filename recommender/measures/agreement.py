"""How far two sets of lists agree, with more weight on what stands higher."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.measures.lists import Lists, rounded

# A reader who goes on from each item to the next with this probability sees ten on average.
PERSISTENCE = 0.9


def agreement(
    one: Lists,
    one_ids: Sequence[str],
    other: Lists,
    other_ids: Sequence[str],
    *,
    leave_out: Collection[str] = (),
    p: float = PERSISTENCE,
) -> dict[str, Any]:
    """How far the lists of two sets agree, over the articles that both know by id.

    ``one_ids`` and ``other_ids`` are in row order; ``leave_out`` are ids whose lists are not compared. An
    item that only one side knows counts as an item that the other does not list.

    - ``articles``: those compared; ``both_empty``: of these, lists empty on both sides
    - ``unchanged``: lists with the same items in the same order, the empty ones included
    - ``rbo``: mean of `rank_biased_overlap`, 0..1; ``None`` where no article is compared

    Raises ValueError where ids and lists are not as many.
    """
    for lists, ids in ((one, one_ids), (other, other_ids)):
        if len(ids) != len(lists):
            raise ValueError(f"{len(ids)} ids for {len(lists)} lists, expected one each")
    rows = {article_id: row for row, article_id in enumerate(other_ids)}
    # Other's rows in one's numbers; what one does not know is numbered on behind.
    meant = np.arange(len(one_ids), len(one_ids) + len(other_ids), dtype=np.int64)
    compared: list[tuple[int, int]] = []
    skipped = frozenset(leave_out)
    for row, article_id in enumerate(one_ids):
        found = rows.get(article_id)
        if found is not None:
            meant[found] = row
            if article_id not in skipped:
                compared.append((row, found))
    pairs = np.array(compared, dtype=np.int64).reshape(-1, 2)
    left = _taken(one, pairs[:, 0], np.arange(len(one_ids), dtype=np.int64))
    right = _taken(other, pairs[:, 1], meant)
    overlap = _overlap(left, right, p)
    return {
        "articles": len(pairs),
        "both_empty": int(np.count_nonzero((left.lengths == 0) & (right.lengths == 0))),
        "unchanged": int(np.count_nonzero(_equal(left, right))),
        "rbo": rounded(overlap.mean()) if len(pairs) else None,
    }


def rank_biased_overlap(one: Lists, other: Lists, p: float = PERSISTENCE) -> NDArray[np.float64]:
    """Rank-biased overlap, extrapolated, of the lists of each article, ``(n,) float64``; rows mean the same
    article in both.

    Of two lists let s be the shorter's length, l the longer's, and X_d the items that both have among
    their first d (the shorter ends at s). Then

        RBO = (1 - p) / p * (sum_{d=1..l} X_d / d * p^d + sum_{d=s+1..l} X_s (d - s) / (s d) * p^d)
              + ((X_l - X_s) / l + X_s / s) * p^l

    0 (nothing in common) .. 1. It is 1 also where one list is the beginning of the other: what is not seen
    is taken to go on as what is. Two empty lists: 1; one empty list: 0. An item that a list repeats counts
    at its first place.

    Source: Webber, Moffat and Zobel, A similarity measure for indefinite rankings, ACM TOIS 28(4), 2010,
    equation 32. Raises ValueError for ``p`` outside 0..1 (both exclusive) and for unequal numbers of lists.
    """
    if len(one) != len(other):
        raise ValueError(f"{len(one)} lists and {len(other)}, expected as many of each")
    rows = np.arange(len(one), dtype=np.int64)
    return _overlap(_taken(one, rows, rows), _taken(other, rows, rows), p)


class _Taken:
    """Some lists of a set in a given order: ``lengths`` ``(m,)``; of every item its renumbered row, the
    place of its list and its rank from 1, all ``(items,)``."""

    def __init__(self, lengths: NDArray[np.int64], items: NDArray[np.int64]) -> None:
        self.lengths = lengths
        self.items = items
        self.lists = np.repeat(np.arange(len(lengths)), lengths)
        starts = np.cumsum(lengths) - lengths
        self.ranks = np.arange(len(items)) - starts[self.lists] + 1


def _taken(lists: Lists, which: NDArray[np.int64], meant: NDArray[np.int64]) -> _Taken:
    lengths = lists.lengths()[which]
    starts = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(lists.offsets[:-1][which] - starts, lengths)
    return _Taken(lengths, meant[lists.rows[places]])


def _overlap(one: _Taken, other: _Taken, p: float) -> NDArray[np.float64]:
    if not 0 < p < 1:
        raise ValueError(f"p is {p}, expected more than 0 and less than 1")
    n = len(one.lengths)
    short, long = np.minimum(one.lengths, other.lengths), np.maximum(one.lengths, other.lengths)
    lists, depths = _common(one, other)

    # Of p^d and of p^d / d the sums up to each depth.
    d = np.arange(1, int(long.max(initial=0)) + 1)
    powers = np.concatenate([[0.0], np.cumsum(p**d)])
    ratios = np.concatenate([[0.0], np.cumsum(p**d / d)])

    # An item that both have from depth m on adds p^d / d for every d from there to l.
    seen = np.bincount(lists, ratios[long[lists]] - ratios[depths - 1], minlength=n)
    x_long = np.bincount(lists, minlength=n)
    x_short = np.bincount(lists, depths <= short[lists], minlength=n)
    s, depth = np.maximum(short, 1), np.maximum(long, 1)  # the quotients of empty lists are not used
    beyond = x_short * ((powers[long] - powers[short]) / s - (ratios[long] - ratios[short]))
    rest = ((x_long - x_short) / depth + x_short / s) * p**long
    result = (1 - p) / p * (seen + beyond) + rest
    return np.where(long == 0, 1.0, np.where(short == 0, 0.0, np.clip(result, 0, 1)))


def _common(one: _Taken, other: _Taken) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The items that both lists of a place have: the list, and the depth from which both have it."""
    width = 1 + max(int(one.items.max(initial=0)), int(other.items.max(initial=0)))
    # unique gives the first place of each, which is the best rank
    one_keys, one_first = np.unique(one.lists * width + one.items, return_index=True)
    other_keys, other_first = np.unique(other.lists * width + other.items, return_index=True)
    _, left, right = np.intersect1d(one_keys, other_keys, assume_unique=True, return_indices=True)
    left, right = one_first[left], other_first[right]
    return one.lists[left], np.maximum(one.ranks[left], other.ranks[right])


def _equal(one: _Taken, other: _Taken) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = one.lengths == other.lengths
    mine, theirs = same[one.lists], same[other.lists]
    differ = one.lists[mine][one.items[mine] != other.items[theirs]]
    same[differ] = False
    return same
