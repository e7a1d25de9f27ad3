"""How recommendations spread over the articles: who is never recommended, and who everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.measures.lists import Lists, chosen, rounded

_MOST = 10


def exposure(lists: Lists, listable: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """In how many lists each article stands, over the articles that are ``listable`` ``(n,) bool``; all
    without it.

    With x_1 <= ... <= x_n the times that each is recommended:

    - ``never``: articles with x = 0; ``never_share`` = never / n, 0..1
    - ``gini`` = sum_i (2i - n - 1) x_i / (n sum_i x_i), 0 (all alike) .. (n - 1) / n (one alone)
    - ``most``: the ten most recommended as ``{"row", "times"}``, most often first, then lower row

    An empty list adds nothing; where all are empty ``gini`` is ``None`` and ``most`` is empty, with no
    article ``never_share`` is ``None`` too. Raises ValueError where a list holds what is not listable.
    """
    among = chosen(listable, lists)
    times = np.bincount(lists.rows, minlength=len(lists))
    if times[~among].any():
        raise ValueError(f"{int(times[~among].sum())} items of lists are not listable")
    n, total = int(np.count_nonzero(among)), len(lists.rows)
    ordered = np.sort(times[among])
    weights = 2 * np.arange(1, n + 1) - n - 1
    order = np.argsort(-times, kind="stable")[:_MOST]
    never = int(np.count_nonzero(ordered == 0))
    return {
        "never": never,
        "never_share": rounded(never / n) if n else None,
        "gini": rounded(float(weights @ ordered) / (n * total)) if total else None,
        "most": [{"row": row, "times": int(times[row])} for row in order.tolist() if times[row]],
    }
