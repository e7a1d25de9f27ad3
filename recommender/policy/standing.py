"""What of a judged list is left standing once some of it may not be shown.

A story that is taken down or blocked must not take with it what was struck for its sake: the next that tells
the same report stands in its place, and the next of its source moves up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.policy.cap import beyond_cap, stand_ins
from recommender.policy.filters import report_of_each, same_story
from recommender.policy.verdicts import BEYOND_CAP, KEPT, SOURCE_CAP, STEP_NAMES, TOLD_AGAIN


def left_standing(
    queries: NDArray[np.int32],
    rows: NDArray[np.int32],
    verdicts: NDArray[np.uint8],
    shown: NDArray[np.bool_],
    told: NDArray[np.int32],
    sources: NDArray[np.int32],
    most: int,
) -> NDArray[np.bool_]:
    """Which pairs their lists hold, ``(m,) bool``, whatever they score. The pairs are grouped by ``queries``
    ``(m,) int32`` in the order of each list, with their ``verdicts`` ``(m,) uint8``; ``shown`` ``(m,) bool``
    says which may be shown at all. By article ``told`` ``(n,) int32`` is equal where a list holds only one of
    the two, ``sources`` ``(n,) int32`` its source, of which a list holds ``most``, 0 for any number.

    Where all may be shown these are the pairs whose verdict is `KEPT`.
    """
    passed = (verdicts == KEPT) | (verdicts == BEYOND_CAP)
    if (shown | ~passed).all():
        unchanged: NDArray[np.bool_] = verdicts == KEPT
        return unchanged
    alive = np.flatnonzero(shown & (passed | (verdicts == TOLD_AGAIN)))
    report = report_of_each(queries[alive], rows[alive], told)
    # The best telling of each report: one that the cap struck is better than what stands in for it, and what
    # tells the same as another stands in the order of its scores.
    rank = np.select([verdicts[alive] == BEYOND_CAP, verdicts[alive] == KEPT], [0, 1], 2)
    order = np.lexsort((alive, rank, report))
    best = np.sort(alive[order[np.unique(report[order], return_index=True)[1]]])
    kept = np.zeros(len(rows), dtype=np.bool_)
    kept[best[~beyond_cap(queries[best], sources[rows[best]], most)]] = True
    others = np.zeros(len(rows), dtype=np.bool_)
    others[alive] = True
    others[best] = False
    kept[stand_ins(queries, rows, kept, others, told, sources, most)] = True
    return kept


def step_against(verdict: int, told_by_another: bool) -> str:
    """The name of the step that keeps a stored pair that may be shown out of what is left: that of its
    ``verdict``, but where it would be kept if the cap per source had not decided otherwise.
    ``told_by_another`` says whether what is left tells the same."""
    if verdict in (KEPT, TOLD_AGAIN):
        return same_story.__name__ if told_by_another else SOURCE_CAP
    return STEP_NAMES[verdict]
