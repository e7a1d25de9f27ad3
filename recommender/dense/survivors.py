"""What is left of a product in single precision once it is held to a bound for each query."""

from __future__ import annotations

from threading import RLock

import numpy as np
from numpy.typing import NDArray

# A pair in one number, so that one sort brings a query's pairs together, best first and then by column: the
# query's place in its panel, the product from high to low, the column.
_COLUMN_BITS = 21
_VALUE_BITS = 32
PANEL = 1 << (64 - _COLUMN_BITS - _VALUE_BITS)
MOST_COLUMNS = 1 << _COLUMN_BITS
_COLUMN = np.uint64(MOST_COLUMNS - 1)
_SIGN = np.uint32(1 << 31)

Keys = NDArray[np.uint64]
Products = NDArray[np.float32]


def keys_of(places: NDArray[np.int64], values: Products, columns: NDArray[np.int64]) -> Keys:
    """Pairs ``(m,)`` as numbers: places below `PANEL`, columns below `MOST_COLUMNS`, values without NaN."""
    bits = (values + np.float32(0)).view(np.uint32)  # no negative zero
    falling = np.where(bits & _SIGN, bits, ~bits & ~_SIGN)
    keys: Keys = places.astype(np.uint64) << np.uint64(_VALUE_BITS + _COLUMN_BITS)
    keys |= falling.astype(np.uint64) << np.uint64(_COLUMN_BITS)
    keys |= columns.astype(np.uint64)
    return keys


def places_of(keys: Keys) -> NDArray[np.int64]:
    """The query's place of each pair."""
    return (keys >> np.uint64(_VALUE_BITS + _COLUMN_BITS)).astype(np.int64)


def values_of(keys: Keys) -> Products:
    """The product of each pair."""
    falling = ((keys >> np.uint64(_COLUMN_BITS)) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return np.where(falling & _SIGN, falling, ~falling & ~_SIGN).view(np.float32)


def columns_of(keys: Keys) -> NDArray[np.int64]:
    """The column of each pair."""
    return (keys & _COLUMN).astype(np.int64)


class Survivors:
    """The pairs of up to `PANEL` queries that may be among their k best.

    ``bounds`` ``(queries,) float32``: a product below its query's is left out. They rise as better ones are
    found, and keep ``band`` below the k-th: twice the error of a product, and what rounding makes a tie.
    """

    def __init__(self, bounds: Products, k: int, band: float) -> None:
        self.bounds = bounds
        self._k, self._band = k, np.float32(band)
        # A bound of minus infinity leaves nothing out; any other must turn out to lie below the k-th.
        self._first = bounds.copy()
        self._unsure = ~np.isneginf(bounds)
        self._parts: list[Keys] = []
        # To be held by who goes through what is held; several threads may add.
        self.lock = RLock()
        self._most = 3 * k * len(bounds)

    def add(self, block: Products, first_place: int, first_column: int) -> None:
        """Products of some of the queries with columns, ``(queries, columns) float32``, row by row."""
        found = np.flatnonzero(block >= self.bounds[first_place : first_place + len(block), None])
        places, columns = np.divmod(found, block.shape[1])
        self._put(places + first_place, block.ravel()[found], columns + first_column)

    def add_turned(self, block: Products, first_column: int) -> None:
        """Products of columns with all queries, ``(columns, queries) float32``."""
        found = np.flatnonzero(block >= self.bounds[None, :])
        columns, places = np.divmod(found, block.shape[1])
        self._put(places, block.ravel()[found], columns + first_column)

    def _put(self, places: NDArray[np.int64], values: Products, columns: NDArray[np.int64]) -> None:
        keys = keys_of(places, values, columns)
        with self.lock:
            self._parts.append(keys)

    def crowded(self) -> bool:
        """Whether so much is held that it should be gone through."""
        return sum(map(len, self._parts)) > self._most

    def best(self) -> Keys:
        """What may be among the k best of each query by what is held, sorted; the rest is left out, and the
        bounds rise."""
        keys = np.concatenate(self._parts) if self._parts else np.zeros(0, dtype=np.uint64)
        keys.sort()
        cuts = self._cuts(keys)
        keys = keys[values_of(keys) >= cuts[places_of(keys)]]
        np.maximum(self.bounds, cuts, out=self.bounds)
        self.hold(keys)
        return keys

    def hold(self, keys: Keys) -> None:
        """Hold these pairs alone."""
        self._parts = [keys]

    def short(self) -> NDArray[np.int64]:
        """The places of queries whose bound, as it was at first, may have left out one of their k best. To be
        asked after `best`."""
        return np.flatnonzero(self._unsure)

    def _cuts(self, keys: Keys) -> Products:
        starts = np.searchsorted(places_of(keys), np.arange(len(self.bounds) + 1))
        cuts = np.full(len(self.bounds), -np.inf, dtype=np.float32)
        full = np.flatnonzero(np.diff(starts) >= self._k)
        # Whatever is above 1 by rounding ties with 1.
        cuts[full] = np.minimum(values_of(keys[starts[full] + self._k - 1]), 1) - self._band
        self._unsure[full] &= cuts[full] < self._first[full]
        return cuts
