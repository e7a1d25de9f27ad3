"""What of a judged list is left standing once some of it may not be shown.

A story that is taken down or blocked must not take with it what was struck for its sake: the next that tells
the same report stands in its place, and the next of its source moves up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.policy.filters import same_story
from recommender.policy.verdicts import KEPT, SOURCE_CAP, STEP_NAMES, beyond_cap

_SAME_STORY = STEP_NAMES.index(same_story.__name__)
_BEYOND_CAP = STEP_NAMES.index(SOURCE_CAP)


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
    capped = verdicts == _BEYOND_CAP
    kept: NDArray[np.bool_] = (verdicts == KEPT) & shown
    gone = ((verdicts == KEPT) | capped) & ~shown
    if not gone.any():
        return kept
    report = queries.astype(np.int64) * (int(told.max(initial=0)) + 1) + told[rows]
    again = np.flatnonzero((verdicts == _SAME_STORY) & shown & np.isin(report, report[gone]))
    # What tells one report stands in the order of its scores.
    kept[again[np.unique(report[again], return_index=True)[1]]] = True
    if most:
        kept |= capped & shown
        places = np.flatnonzero(kept)
        kept[places[beyond_cap(queries[places], sources[rows[places]], most)]] = False
    return kept
