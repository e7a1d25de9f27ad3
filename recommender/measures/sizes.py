"""How long lists are, and why some are empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.measures.lists import Lists, chosen, rounded


def sizes(lists: Lists, limit: int, asked: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """Coverage and lengths over the articles that are ``asked`` ``(n,) bool`` for their list; all without it.

    - ``articles``: those asked; ``with_items``, ``empty`` and ``full`` (``limit`` items or more) of them
    - ``coverage`` = with_items / articles, 0..1
    - ``items``: in all lists; ``mean_length`` = items / articles, from 0, empty lists counted as 0
    - ``longest``: items of the longest list; ``lengths``: how many lists have 0, 1, ... ``longest`` items

    An empty list counts as one without items; with no article asked ``coverage`` and ``mean_length`` are
    ``None`` and the rest is 0. Raises ValueError where an article that is not asked has a list.
    """
    among = chosen(asked, lists)
    every = lists.lengths()
    if every[~among].any():
        raise ValueError(f"{np.count_nonzero(every[~among])} articles have a list and are not asked for one")
    lengths = every[among]
    articles, items = len(lengths), int(lengths.sum())
    with_items = int(np.count_nonzero(lengths))
    return {
        "articles": articles,
        "with_items": with_items,
        "empty": articles - with_items,
        "full": int(np.count_nonzero(lengths >= limit)),
        "coverage": rounded(with_items / articles) if articles else None,
        "items": items,
        "mean_length": rounded(items / articles) if articles else None,
        "longest": int(lengths.max(initial=0)),
        "lengths": np.bincount(lengths, minlength=1).tolist() if articles else [],
    }


def abstention(
    lists: Lists, reasons: Mapping[str, int], asked: NDArray[np.bool_] | None = None
) -> dict[str, int]:
    """Why lists are empty: reason -> articles, each 0..n. The reasons come from whoever made the lists, such
    as ``text_too_short``, ``too_few_articles``, ``below_min_score``, ``filtered``; with no empty list all
    are 0 or the mapping is empty. Raises ValueError where they are not as many as there are empty lists."""
    empty = int(np.count_nonzero(lists.lengths()[chosen(asked, lists)] == 0))
    if sum(reasons.values()) != empty:
        raise ValueError(f"{sum(reasons.values())} reasons for {empty} empty lists, expected one each")
    return dict(reasons)
