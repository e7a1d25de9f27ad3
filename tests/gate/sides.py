"""Two sides of the gate, written down outright."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from recommender.gate import Shown
from recommender.measures import Lists


def side(
    lists: Mapping[str, Sequence[str]],
    *,
    name: str | None = None,
    hidden: Collection[str] = (),
    teasers: Collection[str] = (),
    repeated: int = 0,
    filtered: int = 0,
    encoder: str = "w:c:text1",
) -> Shown:
    """Articles and their lists; ``filtered`` of the empty ones are so for another reason than the floor."""
    ids = tuple(lists)
    place = {each: row for row, each in enumerate(ids)}
    of_rows = Lists.of([[place[one] for one in lists[each]] for each in ids])
    asked = len(ids) - len(hidden)
    with_items = int(np.count_nonzero(of_rows.lengths()))
    measures: dict[str, Any] = {
        "articles": asked,
        "with_items": with_items,
        "items": len(of_rows.rows),
        "empty_because": {"below_min_score": asked - with_items - filtered, "filtered": filtered},
        "repeats": {"exact": repeated, "near": 0},
    }
    return Shown(
        name=name,
        ids=ids,
        lists=of_rows,
        hidden=np.array([each in hidden for each in ids], dtype=np.bool_),
        teaser=np.array([each in teasers for each in ids], dtype=np.bool_),
        measures=measures,
        encoder=encoder,
    )


def ring(n: int, step: int = 1, length: int = 3, first: int = 0) -> dict[str, list[str]]:
    """Articles in a ring, each with the ``length`` that follow it in steps."""
    ids = [f"a{number:03}" for number in range(first, first + n)]
    return {
        each: [ids[(place + step * (k + 1)) % n] for k in range(length)] for place, each in enumerate(ids)
    }
