"""Which texts are computed together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def by_length(lengths: NDArray[np.int64], tokens: int) -> Iterator[NDArray[np.int64]]:
    """The rows of texts whose ``lengths`` ``(n,) int64`` are given in tokens, a batch at a time: longest
    first, so that too little memory shows at once. All texts of a batch are of one length, and it holds at
    most ``tokens``, or a single text.

    With nothing filled up nothing is computed in vain, and what is beside a text does not change its vector,
    but for last digits that a library may round in another order.
    """
    if not len(lengths):
        return
    order = np.argsort(-lengths, kind="stable")
    ends = np.flatnonzero(np.diff(lengths[order])) + 1
    for alike in np.split(order, ends):
        size = max(1, tokens // max(1, int(lengths[alike[0]])))
        for start in range(0, len(alike), size):
            yield alike[start : start + size]
