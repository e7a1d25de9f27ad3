"""Why a link that a page printed is not in its rebuilt list: the codes, and what each means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recommender.policy import (
    KEPT,
    SOURCE_CAP,
    copy_of_article,
    is_wrong_time,
    language_of,
    other_language,
    same_story,
    step_against,
    text_too_short,
    told_by_article,
    unwanted_teaser,
    wrong_time,
)
from recommender.rules import Applied
from recommender.scoring import Floor
from recommender.snapshot import Snapshot

SIMILAR = "similar"
PINNED = "pinned"
BLOCKED = "blocked"
BELOW_MIN_SCORE = "below_min_score"
NOT_AMONG_CANDIDATES = "not_among_candidates"
BEYOND_LIMIT = "beyond_limit"
TOO_SHORT = text_too_short.__name__
UNWANTED_TEASER = unwanted_teaser.__name__
OTHER_LANGUAGE = other_language.__name__
WRONG_TIME = wrong_time.__name__
COPY_OF_ARTICLE = copy_of_article.__name__
SAME_STORY = same_story.__name__

# The codes of stories that are in the rebuilt list.
SHOWN = (SIMILAR, PINNED)

# In the order in which they are looked for: the first that applies is given. What has been taken down is
# in neither list, so that it needs no reason.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        SIMILAR: "in the rebuilt list",
        PINNED: "in the rebuilt list, pinned by the editors",
        BLOCKED: "blocked by the editors, or the article itself is",
        TOO_SHORT: "too short to be judged, or the article itself is",
        UNWANTED_TEASER: "only a teaser is known, and teasers are not wanted",
        OTHER_LANGUAGE: "in another language than the article",
        WRONG_TIME: "published on the side of the article's date that is not wanted",
        COPY_OF_ARTICLE: "a copy of the article, or its report in other words where these are not wanted",
        SAME_STORY: "the same report as a story that scores higher, or that is pinned",
        SOURCE_CAP: "its source has as many places in the list as one source may have",
        BELOW_MIN_SCORE: "below the floor, by its own score or by that of the list's best story",
        NOT_AMONG_CANDIDATES: "reaches the floor, but is not among the nearest that are stored",
        BEYOND_LIMIT: "reaches the floor, but the list has no room for it",
    }
)


class PageReasons:
    """The reasons for the links of one page, whose row is ``row``."""

    def __init__(
        self,
        snapshot: Snapshot,
        row: int,
        *,
        rules: Applied,
        left: NDArray[np.int32],
        floor: Floor,
        shown: Collection[int],
        reaching: Collection[int],
    ) -> None:
        """``left`` are the rows that policy and overlay leave (`Recommender.left`), ``shown`` those of the
        rebuilt list, ``reaching`` those of the list without a limit."""
        self._snapshot = snapshot
        self._rules = rules
        self._pins = rules.pins.get(row, np.zeros(0, dtype=np.int32))
        self._facts = snapshot.facts
        self._row = row
        self._min_score = np.float32(floor.min_score)  # scores are compared in single precision
        self._shown = shown
        self._reaching = reaching
        rows, scores, verdicts = snapshot.candidates(row)
        self._verdicts = dict(zip(rows.tolist(), verdicts.tolist(), strict=True))
        self._left = left
        opened = scores[verdicts == KEPT].max(initial=0) >= np.float32(floor.min_best)
        # Where the list did not open, a story not stored would have had to be good enough for that.
        self._needed = self._min_score if opened else np.float32(max(floor.min_score, floor.min_best))

    def of(self, link: int, score: np.float32) -> str:
        """The reason for the row that the page linked to, one that the overlay shows; ``score`` is the
        pair's."""
        if link in self._shown:
            return self.of_shown(link)
        if self._is_blocked(link):
            return BLOCKED
        if link in self._pins:
            return BEYOND_LIMIT
        struck = self._struck(link)
        if struck is not None:
            return struck
        if link in self._reaching:
            return BEYOND_LIMIT
        if link in self._verdicts or score < self._needed:
            return BELOW_MIN_SCORE
        return NOT_AMONG_CANDIDATES

    def of_shown(self, one: int) -> str:
        """The reason for a row of the rebuilt list."""
        return PINNED if one in self._pins else SIMILAR

    def is_below_floor(self, link: int, score: np.float32) -> bool:
        """Whether a link scores below ``min_score``, whatever else speaks against it. Not so where one of
        the two is too short to be judged: then the score says nothing."""
        return bool(score < self._min_score) and not self._too_short(link)

    def _is_blocked(self, link: int) -> bool:
        row, links = self._row, np.array([link], dtype=np.int32)
        return bool(self._rules.no_list[row] or not self._rules.keep((row,), links)[0])

    def _struck(self, link: int) -> str | None:
        """The policy's step that strikes the link from the list, if one does."""
        if link in self._left:
            return SAME_STORY if self._is_told_by(self._pins, link) else None
        if link in self._verdicts:
            return step_against(self._verdicts[link], self._is_told_by(self._left, link))
        # Beyond the stored depth there is no verdict; these are the steps as they would have found.
        if self._too_short(link):
            return TOO_SHORT
        wanted = self._facts.policy
        if wanted.teasers == "never" and self._facts.teaser[link]:  # its own page does link to it
            return UNWANTED_TEASER
        if wanted.languages == "same" and self._in_other_language(link):
            return OTHER_LANGUAGE
        if is_wrong_time(wanted, self._snapshot.published[self._row], self._snapshot.published[link]):
            return WRONG_TIME
        own = told_by_article(self._facts)
        if own[link] == own[self._row]:
            return COPY_OF_ARTICLE
        if self._is_told_by(self._pins, link) or self._is_told_by(self._left, link):
            return SAME_STORY  # beyond what is stored it ranks below
        return None

    def _is_told_by(self, rows: NDArray[np.int32], link: int) -> bool:
        """Whether a list that holds ``rows`` has no place for what the link tells."""
        told = self._rules.told
        return bool(np.isin(told[link], told[rows]))

    def _in_other_language(self, link: int) -> bool:
        one, other = (language_of(self._snapshot.article(row).language) for row in (self._row, link))
        return None not in (one, other) and one != other

    def _too_short(self, link: int) -> bool:
        return bool(self._facts.too_short[self._row] or self._facts.too_short[link])
