"""Lists as they are measured: rows in one flat table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import query_rows
from recommender.dense import freeze

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Lists:
    """One list an article, in row order of the corpus: that of article ``i`` at
    ``offsets[i]:offsets[i + 1]``, best first.

    ``offsets`` ``(n + 1,) int64``, rising from 0; ``rows`` ``(items,) int32`` in 0..n-1. Raises ValueError.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]

    def __post_init__(self) -> None:
        if len(self.offsets) == 0 or self.offsets[0] != 0 or (np.diff(self.offsets) < 0).any():
            raise ValueError("the offsets of the lists do not rise from 0")
        if len(self.rows) != self.offsets[-1]:
            raise ValueError(f"{len(self.rows)} items, expected {self.offsets[-1]} by the offsets")
        if self.rows.size and not (int(self.rows.min()) >= 0 and int(self.rows.max()) < len(self)):
            raise ValueError(f"a list names a row outside 0..{len(self) - 1}")
        freeze(self.offsets, self.rows)

    @classmethod
    def of(cls, lists: Iterable[Sequence[int]]) -> Lists:
        """From one sequence of rows an article."""
        kept = [np.asarray(listed, dtype=np.int32) for listed in lists]
        offsets = np.cumsum([0, *map(len, kept)], dtype=np.int64)
        return cls(offsets, np.concatenate(kept) if kept else np.zeros(0, dtype=np.int32))

    def __len__(self) -> int:
        """How many articles there are."""
        return len(self.offsets) - 1

    def lengths(self) -> NDArray[np.int64]:
        """Items a list, ``(n,) int64``."""
        return np.diff(self.offsets)

    def queries(self) -> NDArray[np.int32]:
        """The article in whose list each item stands, ``(items,) int32``."""
        return query_rows(self.offsets)


def rounded(value: float) -> float:
    """As measures are given, so that no last bit of a sum is ever compared."""
    return round(float(value), _DECIMALS)


def chosen(mask: NDArray[np.bool_] | None, lists: Lists) -> NDArray[np.bool_]:
    """The mask over the articles, all of them where it is ``None``. Raises ValueError for another length."""
    if mask is None:
        return np.ones(len(lists), dtype=np.bool_)
    if mask.shape != (len(lists),):
        raise ValueError(f"a mask has shape {mask.shape}, expected ({len(lists)},): one value an article")
    return mask
