"""At most so many of one source in a list, and what stands in where that struck the best of a report."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from recommender.policy.facts import UNLABELLED
from recommender.policy.filters import report_of_each


def beyond_cap(queries: NDArray[np.int32], sources: NDArray[np.int32], most: int) -> NDArray[np.bool_]:
    """Which pairs are past the first ``most`` of their source in their list; 0 is no cap, and an article
    without a source is not capped."""
    if most == 0:
        return np.zeros(len(queries), dtype=np.bool_)
    order = np.lexsort((sources, queries))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(queries[order]) != 0) | (np.diff(sources[order]) != 0)
    starts = np.flatnonzero(new)
    nth = np.arange(len(order)) - starts[np.cumsum(new) - 1]
    beyond = np.zeros(len(order), dtype=np.bool_)
    beyond[order] = (nth >= most) & (sources[order] != UNLABELLED)
    return beyond


def stand_ins(
    queries: NDArray[np.int32],
    rows: NDArray[np.int32],
    kept: NDArray[np.bool_],
    others: NDArray[np.bool_],
    told: NDArray[np.int32],
    sources: NDArray[np.int32],
    most: int,
) -> NDArray[np.int64]:
    """The places of those of ``others`` ``(m,) bool`` that stand in for a report of which none is ``kept``
    ``(m,) bool``: of each the first in the order of the list whose source has room. The pairs are grouped by
    ``queries`` ``(m,) int32``; ``told`` and ``sources`` ``(n,) int32`` are those of articles."""
    report = report_of_each(queries, rows, told)
    wanted = np.flatnonzero(others & ~np.isin(report, report[kept]))
    # Only the sources of what may stand in are counted.
    of_lists = np.flatnonzero(kept & np.isin(queries, queries[wanted]))
    room = Counter(zip(queries[of_lists].tolist(), sources[rows[of_lists]].tolist(), strict=True))
    done: set[int] = set()
    found = []
    for place in wanted.tolist():
        source = int(sources[rows[place]])
        here, same = (int(queries[place]), source), int(report[place])
        if same not in done and (not most or source == UNLABELLED or room[here] < most):
            done.add(same)
            room[here] += 1
            found.append(place)
    return np.array(found, dtype=np.int64)
