"""A snapshot seen through the overlay in force: which candidates an article, a text or several have left."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender import rules
from recommender.overlay import Overlay
from recommender.policy import KEPT, kept_for_query, left_standing
from recommender.recommend.pins import in_front
from recommender.recommend.ranked import NO_LABEL, Ranked
from recommender.recommend.reasons import Asked, Stored
from recommender.recommend.scores import Scores
from recommender.scoring import order_pairs
from recommender.snapshot import Snapshot

# So many pairs at a time, so that memory stays small.
_BLOCK_PAIRS = 1_000_000


class View:
    """``hidden`` ``(n,) bool`` are the articles that are taken down, ``absent`` ``(n,) bool`` those that the
    overlay keeps out of every list, ``listable`` how many it does not."""

    def __init__(self, snapshot: Snapshot, overlay: Overlay, scores: Scores) -> None:
        self._snapshot, self._scores = snapshot, scores
        self._overlay = overlay
        self.hidden = overlay.hides(snapshot.ids)
        self.absent = self.hidden | self.rules.nowhere if overlay.rules else self.hidden
        self.listable = int(np.count_nonzero(~self.absent))

    @cached_property
    def rules(self) -> rules.Applied:
        """What the editors' rules mean here."""
        return rules.apply(self._overlay.rules, self._snapshot.catalogue(), self.hidden)

    def touched(self) -> NDArray[np.bool_]:
        """The articles whose lists the overlay may have changed, ``(n,) bool``: those that it keeps out
        itself or has rules for, and those with a candidate that may not be shown."""
        touched = self.absent.copy()
        if self.absent.any():
            ranking, _ = self._snapshot.ranking()
            for start in range(0, len(ranking.rows), _BLOCK_PAIRS):
                found = start + np.flatnonzero(self.absent[ranking.rows[start : start + _BLOCK_PAIRS]])
                touched[np.searchsorted(ranking.offsets, found, side="right") - 1] = True
        if self._overlay.rules:
            touched |= self.rules.no_list
            touched[[*self.rules.pins, *self.rules.of_row]] = True
            for one, _ in self.rules.of_label:
                touched |= one
        return touched

    def left(self, row: int) -> NDArray[np.int64]:
        """The places of an article's stored candidates that policy and overlay leave, whatever they score,
        ascending; nothing is pinned."""
        rows, _, verdicts = self._snapshot.candidates(row)
        if self.rules.no_list[row]:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(
            left_standing(
                np.zeros_like(rows),
                rows,
                verdicts,
                self._shown(rows, (row,)),
                self.rules.told,
                self._snapshot.sources,
                self._snapshot.facts.policy.max_per_source,
            )
        )

    def stored(self, row: int, *, policy: bool = True) -> Ranked:
        """The stored candidates of an article; without ``policy`` by score, then newer, then id, and all of
        them but what is taken down."""
        snapshot, pins = self._snapshot, None
        rows, scores, verdicts = snapshot.candidates(row)
        if policy:
            places, pins = self.left(row), self.rules.pins.get(row)
            best = scores[verdicts == KEPT].max(initial=0)
        else:
            order = snapshot.bare_order(row)
            places = order[~self.hidden[rows[order]]]
            best = scores.max(initial=0)
        if pins is not None:
            places, rows, scores = in_front(pins, places, self.rules.told, rows, scores)
        return Ranked(
            id=snapshot.ids.id(row),
            rows=rows[places],
            scores=scores[places],
            asked=Stored(self._scores, row),
            published=int(snapshot.published[row]),
            section=int(snapshot.sections[row]),
            too_short=bool(snapshot.facts.too_short[row]),
            others=self.listable - (not self.absent[row]),
            best=float(best),
            blocked=policy and bool(self.rules.no_list[row]),
            pins=0 if pins is None else len(pins),
        )

    def among_all(
        self,
        scores: NDArray[np.float32],
        asked: Asked | None,
        *,
        opening: NDArray[np.float32],
        published: int,
        too_short: bool,
        without: frozenset[int] = frozenset(),
        queries: Sequence[int] = (),
    ) -> Ranked:
        """All articles as candidates of something that has no row of its own: by ``scores`` ``(n,)
        float32``; ``opening`` ``(n,) float32`` are those by which a list is opened. What the articles
        ``without`` tell is left out, and the rules of ``queries`` hold."""
        snapshot, facts = self._snapshot, self._snapshot.facts
        n = len(snapshot)
        rows = np.arange(n, dtype=np.int32)
        order = order_pairs(np.zeros_like(rows), rows, scores, snapshot.published, snapshot.id_order)
        blocked = any(self.rules.no_list[row] for row in queries)
        rows = rows[order if not (too_short or blocked) else order[:0]]
        best = opening[rows[kept_for_query(rows, facts, without)]].max(initial=0)
        rows = rows[self._shown(rows, queries)]
        rows = rows[kept_for_query(rows, facts, without)]
        return Ranked(
            id=None,
            rows=rows,
            scores=scores[rows],
            asked=asked,
            published=published,
            section=NO_LABEL,
            too_short=too_short,
            others=self.listable - sum(not self.absent[row] for row in without),
            best=float(best),
            blocked=blocked,
        )

    def _shown(self, rows: NDArray[np.int32], queries: Sequence[int]) -> NDArray[np.bool_]:
        """Which of ``rows`` takedowns and rules let stand in a list of the articles at ``queries``."""
        shown = ~self.absent[rows]
        if self.rules.has_pairs:
            self.rules.strike_pairs(queries, rows, shown)
        return shown
