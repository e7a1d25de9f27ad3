"""All measures of one set of lists, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.dense import Vectors
from recommender.measures.dates import days_apart
from recommender.measures.exposure import exposure
from recommender.measures.likeness import repeats, similarity
from recommender.measures.lists import Lists
from recommender.measures.sizes import abstention, sizes


def measure(
    lists: Lists,
    *,
    limit: int,
    vectors: Vectors,
    stories: NDArray[np.int32],
    published: NDArray[np.int64],
    empty_because: Mapping[str, int] | None = None,
    asked: NDArray[np.bool_] | None = None,
    listable: NDArray[np.bool_] | None = None,
) -> dict[str, Any]:
    """Every measure of ``lists`` under the keys that `index/README.md` describes.

    ``limit`` is how long a list could be; ``vectors`` ``(n, dim) float32`` plain unit rows; ``stories`` and
    ``published`` as `repeats` and `days_apart` take them; ``empty_because`` as `abstention` takes it, or
    ``None`` where nobody knows; ``asked`` the articles that have a list at all, ``listable`` those that may
    be in one, both ``(n,) bool`` and all without it. Raises ValueError where these do not fit together.
    """
    for name, values in (("vectors", vectors), ("stories", stories), ("published", published)):
        if len(values) != len(lists):
            raise ValueError(f"{len(values)} {name} for {len(lists)} lists, expected one an article")
    because = None if empty_because is None else abstention(lists, empty_because, asked)
    return {
        "limit": limit,
        **sizes(lists, limit, asked),
        "empty_because": because,
        "repeats": repeats(lists, stories, vectors),
        "similarity": similarity(lists, vectors),
        "days": days_apart(lists, published),
        "exposure": exposure(lists, listable),
    }
