"""What one side shows to readers: a build that is about to be published, or the snapshot that is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.measures import Lists


@dataclass(frozen=True, slots=True)
class Shown:
    """``ids`` in row order; ``lists`` the default lists before they are cut to their limit; ``hidden`` and
    ``teaser`` ``(n,) bool``, taken down and known only by a link; all as the overlay in force has it. Of
    ``measures`` the gate reads ``articles``, ``with_items``, ``items``, ``empty_because`` and ``repeats``, as
    `index/README.md` describes them. ``encoder`` is the fingerprint of the vectors. ``name`` is the
    snapshot's, ``None`` before it has one. Raises ValueError where these are not as many."""

    name: str | None
    ids: Sequence[str]
    lists: Lists
    hidden: NDArray[np.bool_]
    teaser: NDArray[np.bool_]
    measures: Mapping[str, Any]
    encoder: str

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.lists) == len(self.hidden) == len(self.teaser):
            raise ValueError(
                f"{len(self.ids)} ids, {len(self.lists)} lists, {len(self.hidden)} marks of hidden articles "
                f"and {len(self.teaser)} of teasers; expected as many of each"
            )

    @property
    def articles(self) -> int:
        """Articles that may be shown."""
        return int(np.count_nonzero(~self.hidden))

    @property
    def full_articles(self) -> int:
        """Those of them that are no teasers."""
        return int(np.count_nonzero(~(self.hidden | self.teaser)))

    def listed(self, row: int, limit: int) -> list[str]:
        """The ids in one article's list."""
        start, end = self.lists.offsets[row : row + 2].tolist()
        return [self.ids[one] for one in self.lists.rows[start : min(end, start + limit)].tolist()]
