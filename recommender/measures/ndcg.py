"""How well one list fits what people judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import islice


def ndcg(ranked: Iterable[str], grades: Mapping[str, int], k: int = 10) -> float | None:
    """Normalised discounted cumulative gain of the first ``k`` of a list, best first.

    With g_i the grade of the item at rank i, and 0 where nobody graded it,

        DCG = sum_{i=1..k} g_i / log2(i + 1),    nDCG = DCG / (DCG of all grades, highest first)

    0 (nothing related) .. 1 (no order of any articles does better); an empty list has 0, and where
    nothing is related, no grade above 0, it is ``None``: there is nothing to find. The gain is the grade
    itself, as in trec_eval; a grade below 0 counts as 0. Raises ValueError for ``k`` below 1 and for an item
    that stands twice.

    Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002.
    """
    if k < 1:
        raise ValueError(f"k is {k}, expected 1 or more")
    shown = list(islice(ranked, k))
    if len(set(shown)) != len(shown):
        raise ValueError(f"{len(shown) - len(set(shown))} items stand twice in a list, expected each once")
    best = _dcg(sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k])
    return _dcg(max(grades.get(one, 0), 0) for one in shown) / best if best else None


def _dcg(gains: Iterable[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
