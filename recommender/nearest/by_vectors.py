"""Nearest by vectors: exact by matrix products, up to a number of articles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.dense import Hits, Vectors, above, nearest_of_all, nearest_to
from recommender.nearest.lists import Pairs


class Units:
    """The side of vectors: cosines of ``unit`` ``(n, dim) float32``, unit or zero rows. ``directory`` is
    where a search of all may keep what it works on. After one ``note`` says, where there is anything to say,
    how it was made, and ``recall`` the share of the nearest that it finds, 1 where it is exact."""

    least = -np.inf

    def __init__(self, unit: Vectors, directory: Path | None = None) -> None:
        self._unit, self._directory = unit, directory
        self.note: str | None = None
        self.recall: float = 1.0

    def nearest(self, rows: NDArray[np.int64] | None, k: int) -> Pairs:
        """See `Side.nearest`."""
        if rows is None:
            found = nearest_of_all(self._unit, k + 1, directory=self._directory)
            self.note = found.note
            self.recall = 1.0 if found.recall is None else found.recall
            return _others(found.hits, np.arange(len(self._unit)), k)
        return _others(nearest_to(self._unit, rows, k + 1), rows, k)

    def settled(self, rows: NDArray[np.int64], k: int) -> Pairs:
        """See `Side.settled`."""
        return self.nearest(rows, k)

    def reaching(self, fresh: NDArray[np.int64], beyond: NDArray[np.float32]) -> Pairs:
        """See `Side.reaching`."""
        asked = ~np.isnan(beyond)
        places, queries, values = above(self._unit, fresh, np.where(asked, beyond, np.float32(2)))
        rows = fresh[places]
        kept = asked[queries] & (values > beyond[queries]) & (queries != rows)
        return Pairs(queries[kept], rows[kept], values[kept])


def _others(hits: Hits, asked: NDArray[np.int64], k: int) -> Pairs:
    """Hits without the article itself, ``asked`` ``(m,)``. Among exact copies the first hit is somebody else:
    it is left out by row, never by place. Where it is not among its own hits, the last one goes."""
    own = asked[:, None]
    keep = (np.arange(hits.rows.shape[1])[None, :] < hits.counts[:, None]) & (hits.rows != own)
    keep &= np.cumsum(keep, axis=1) <= k
    return Pairs(np.broadcast_to(own, keep.shape)[keep].astype(np.int64), hits.rows[keep], hits.cosines[keep])
