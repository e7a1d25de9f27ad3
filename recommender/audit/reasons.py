"""Why a link that a page printed is not in its rebuilt list: the codes, and what each means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np

from recommender.policy import KEPT, STEP_NAMES, exact_copy, text_too_short, unwanted_teaser
from recommender.snapshot import Snapshot

SIMILAR = "similar"
BELOW_MIN_SCORE = "below_min_score"
NOT_AMONG_CANDIDATES = "not_among_candidates"
BEYOND_LIMIT = "beyond_limit"
TOO_SHORT = text_too_short.__name__
UNWANTED_TEASER = unwanted_teaser.__name__
EXACT_COPY = exact_copy.__name__

# In the order in which they are looked for: the first that applies is given. What has been taken down is
# in neither list, so that it needs no reason.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        SIMILAR: "in the rebuilt list",
        TOO_SHORT: "too short to be judged, or the article itself is",
        UNWANTED_TEASER: "only a teaser is known, and teasers are not wanted",
        EXACT_COPY: "an exact copy of the article, or of a story ranked above it",
        BELOW_MIN_SCORE: "below the floor",
        NOT_AMONG_CANDIDATES: "reaches the floor, but is not among the nearest that are stored",
        BEYOND_LIMIT: "reaches the floor, but the list has no room for it",
    }
)


class PageReasons:
    """The reasons for the links of one page, whose row is ``row``."""

    def __init__(
        self, snapshot: Snapshot, row: int, *, floor: float, shown: Collection[int], reaching: Collection[int]
    ) -> None:
        """``shown`` are the rows of the rebuilt list, ``reaching`` those of the list without a limit."""
        self._facts = snapshot.facts
        self._row = row
        self._floor = np.float32(floor)  # scores are compared in single precision
        self._shown = shown
        self._reaching = reaching
        rows, _, verdicts = snapshot.candidates(row)
        self._verdicts = dict(zip(rows.tolist(), verdicts.tolist(), strict=True))
        self._kept = rows[verdicts == KEPT]

    def of(self, link: int, score: np.float32) -> str:
        """The reason for the row that the page linked to, one that the overlay shows; ``score`` is the
        pair's."""
        if link in self._shown:
            return SIMILAR
        struck = self._struck(link)
        if struck is not None:
            return struck
        if link in self._reaching:
            return BEYOND_LIMIT
        if link in self._verdicts or score < self._floor:
            return BELOW_MIN_SCORE
        return NOT_AMONG_CANDIDATES

    def is_below_floor(self, link: int, score: np.float32) -> bool:
        """Whether a link scores below the floor, whatever else speaks against it. Not so where one of the
        two is too short to be judged: then the score says nothing."""
        return bool(score < self._floor) and not self._too_short(link)

    def _struck(self, link: int) -> str | None:
        """The policy's step that strikes the link from the list, if one does."""
        verdict = self._verdicts.get(link)
        if verdict is not None:
            return None if verdict == KEPT else STEP_NAMES[verdict]
        # Beyond the stored depth there is no verdict; these are the steps as they would have found.
        if self._too_short(link):
            return TOO_SHORT
        if self._facts.teasers == "never" and self._facts.teaser[link]:  # its own page does link to it
            return UNWANTED_TEASER
        story = int(self._facts.story[link])
        if story == self._facts.story[self._row] or story in self._stories:
            return EXACT_COPY
        return None

    def _too_short(self, link: int) -> bool:
        return bool(self._facts.too_short[self._row] or self._facts.too_short[link])

    @cached_property
    def _stories(self) -> frozenset[int]:
        """The stories that the stored candidates hold: a copy beyond them ranks below."""
        return frozenset(self._facts.story[self._kept].tolist())
