"""Maximal marginal relevance: each place in a list goes to what is relevant and not yet said above it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.dense import Vectors

_BLOCK_FLOATS = 4_000_000
# Cosines are rounded, and what is weighed is counted in millionths: so the last bits of a product never
# decide between two candidates, and equal ones are equal.
_DECIMALS = 4
_WHOLE = 1_000_000
_TAKEN = -(2**30)


def diversified(
    lengths: NDArray[np.int64],
    rows: NDArray[np.int32],
    relevance: NDArray[np.float64],
    unit: Vectors,
    diversity: float,
) -> NDArray[np.int64]:
    """The permutation ``(m,) int64`` that puts each list of a flat table in the order of maximal marginal
    relevance: from the top, the candidate with the highest

        (1 - diversity) * relevance - diversity * max(0, cosine to any chosen before),

    of equal ones the one that stood first. ``lengths`` ``(lists,)`` add up to m; ``rows`` ``(m,) int32``
    stand in plain order; ``relevance`` ``(m,)`` in 0..1; ``unit`` ``(n, dim) float32`` centred unit rows.
    ``diversity`` in 0..1, with 0 the plain order where relevance falls along it.

    Source: Carbonell and Goldstein, The use of MMR, diversity-based reranking for reordering documents and
    producing summaries, SIGIR 1998.
    """
    order = np.arange(len(rows), dtype=np.int64)
    if diversity == 0:
        return order
    starts = np.cumsum(lengths) - lengths
    for length in np.unique(lengths[lengths > 1]).tolist():
        these = starts[lengths == length]
        step = max(1, _BLOCK_FLOATS // (length * max(length, unit.shape[1])))
        for start in range(0, len(these), step):
            places = these[start : start + step, None] + np.arange(length)
            found = unit[rows[places]]
            cosines = np.maximum(found @ found.transpose(0, 2, 1), 0).round(_DECIMALS)
            gain = np.rint((1 - diversity) * _WHOLE * relevance[places]).astype(np.int32)
            loss = np.rint(np.float32(diversity * _WHOLE) * cosines).astype(np.int32)
            order[places] = np.take_along_axis(places, _greedy(gain, loss), axis=1)
    return order


def _greedy(gain: NDArray[np.int32], loss: NDArray[np.int32]) -> NDArray[np.int64]:
    """For lists of one length the columns ``(m, length)`` in the order in which they are chosen: the highest
    ``gain`` ``(m, length)`` less the highest ``loss`` ``(m, length, length)`` to any chosen before."""
    m, length = gain.shape
    lists = np.arange(m)
    worst = np.zeros_like(gain)
    chosen = np.empty((m, length), dtype=np.int64)
    for place in range(length):
        best = (gain - worst).argmax(axis=1)  # of equal ones the first
        chosen[:, place] = best
        gain[lists, best] = _TAKEN
        np.maximum(worst, loss[lists, best], out=worst)
    return chosen
