"""Days between an article and what is recommended under it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.measures.lists import Lists, rounded
from recommender.scoring import UNDATED

# Where the counts of `days_apart` are parted, in days.
DAY_BOUNDS = (1, 3, 7, 14, 30, 90, 365)
_FAR = 30
_DAY_SECONDS = 86_400


def days_apart(lists: Lists, published: NDArray[np.int64]) -> dict[str, Any]:
    """Days between article and item, over the items where both have a date.

    ``published`` ``(n,) int64`` seconds since 1970 UTC, `scoring.UNDATED` where unknown. With
    d = |published(item) - published(article)| in days:

    - ``pairs``: items with both dates; ``undated``: the other items
    - ``median`` and ``p90`` of d, from 0, interpolated between neighbours
    - ``far`` = share of pairs with d > 30; ``newer`` = share whose item is newer than the article; 0..1
    - ``counts``: pairs with d up to 1, up to 3, 7, 14, 30, 90, 365 (`DAY_BOUNDS`), and beyond

    An empty list adds nothing; with no pair ``median``, ``p90``, ``far`` and ``newer`` are ``None``.
    """
    of_article, of_item = published[lists.queries()], published[lists.rows]
    dated = (of_article != UNDATED) & (of_item != UNDATED)
    later = (of_item[dated] - of_article[dated]) / _DAY_SECONDS
    days = np.abs(later)
    pairs = len(days)
    counts = np.bincount(np.searchsorted(DAY_BOUNDS, days), minlength=len(DAY_BOUNDS) + 1)
    return {
        "pairs": pairs,
        "undated": len(dated) - pairs,
        "median": rounded(np.median(days)) if pairs else None,
        "p90": rounded(np.percentile(days, 90)) if pairs else None,
        "far": rounded((days > _FAR).mean()) if pairs else None,
        "newer": rounded((later > 0).mean()) if pairs else None,
        "counts": counts.tolist(),
    }
