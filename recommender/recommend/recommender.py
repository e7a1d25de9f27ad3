"""Lists from a snapshot: look a row up, apply the caller's filters, cut.

The order of a list is fixed in the snapshot. What a caller asks for only leaves items out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import ArticleNotFound, OptionError, TakenDown
from recommender.overlay import Overlay, in_force
from recommender.policy import is_too_short
from recommender.recommend.absence import Listing
from recommender.recommend.explanation import Explanation, explained
from recommender.recommend.filters import Filters, Labels
from recommender.recommend.lists import SimilarList
from recommender.recommend.options import DEFAULT_LIMIT, Options, given_options
from recommender.recommend.pins import scored
from recommender.recommend.ranked import Ranked
from recommender.recommend.ready import Ready
from recommender.recommend.reasons import Draft, explain
from recommender.recommend.scores import Scores
from recommender.recommend.view import View
from recommender.rules import Applied
from recommender.scoring import DECIMALS
from recommender.snapshot import Snapshot


class Recommender:
    """Lists over one snapshot, seen through the overlay in force. Safe to share between threads."""

    def __init__(
        self,
        snapshot: Snapshot,
        overlay: Overlay | None = None,
        *,
        min_score: float | None = None,
        min_best: float | None = None,
    ) -> None:
        """``overlay`` is the one beside the snapshots; the snapshot's own holds where its generation is
        not lower. ``min_score`` and ``min_best`` replace the snapshot's floor (`Floor.with_own`)."""
        self.snapshot = snapshot
        self.overlay = in_force(snapshot.overlay, overlay) if overlay else snapshot.overlay
        self.floor = snapshot.floor.with_own(min_score, min_best)
        self.overlay_digest = self.overlay.digest()
        self._scores = Scores(snapshot)
        self._view = View(snapshot, self.overlay, self._scores)
        self._labels = Labels(snapshot)

    @property
    def rules(self) -> Applied:
        """What the editors' rules mean for the snapshot."""
        return self._view.rules

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Which articles are taken down, ``(n,) bool``."""
        return self._view.hidden

    def ready(self) -> Ready | None:
        """The default lists that are answered as they are stored; ``None`` where the floor is another one
        than they were stored under. Raises CorruptSnapshot."""
        if self.floor != self.snapshot.floor:
            return None
        return Ready(self.snapshot, self._view.touched(), self._view.listable)

    def visible(self, row: int) -> bool:
        """Whether the overlay lets an article be shown."""
        return not self._view.hidden[row]

    def row(self, article_id: str) -> int:
        """The row of an article that may be shown. Raises ArticleNotFound, TakenDown."""
        row = self.snapshot.ids.row(article_id)
        if not self.visible(row):
            raise TakenDown(article_id)
        return row

    def similar(self, article_id: str, options: Options | None = None, **given: Any) -> SimilarList:
        """The list of an article: ``similar(id, limit=5)``, or ``similar(id, Options(limit=5))``.

        Raises ArticleNotFound, TakenDown, OptionError.
        """
        row = self.row(article_id)
        chosen = given_options(options, given)
        return self._cut(self._view.stored(row), chosen, self._filters(chosen))

    def similar_to_each(
        self, ids: Iterable[str], options: Options
    ) -> Iterator[SimilarList | ArticleNotFound | TakenDown]:
        """The lists of many articles, as `similar` has them, one by one in the order of ``ids``; in the
        place of an article without one the error that says why."""
        filters = self._filters(options)
        for one in ids:
            try:
                row = self.row(one)
            except (ArticleNotFound, TakenDown) as error:
                yield error
            else:
                yield self._cut(self._view.stored(row), options, filters)

    def listed(
        self, row: int, *, limit: int, min_score: float | None = None, policy: bool = True
    ) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
        """Rows and scores of an article's list, as `similar` has them, for callers who go through all
        lists: by row, without filters or reasons, ``limit`` unbounded (no more is stored than
        `candidates.DEPTH`, and pins). ``policy=False`` is the bare ranking: by score, then newer, then id;
        what policy and rules struck stays and nothing is pinned; what was taken down is left out. Raises
        IndexError."""
        ranked = self._view.stored(row, policy=policy)
        return ranked.values(ranked.reaching(self.floor.with_own(min_score))[:limit])

    def left(self, row: int) -> NDArray[np.int32]:
        """The rows of an article's stored candidates that policy and overlay leave, whatever they score, in
        the order of its list, ``(m,) int32``; nothing is pinned. Raises IndexError."""
        return self.snapshot.candidates(row)[0][self._view.left(row)]

    def scored(self, row: int, rows: Sequence[int], scores: Sequence[float | None]) -> tuple[float, ...]:
        """The scores of a list of the article at ``row``, where a pin has none that of the pair
        (`score_pairs`)."""
        return scored(row, rows, scores, self.score_pairs)

    def similar_to_text(
        self,
        title: str,
        text: str,
        vector: NDArray[np.float32],
        *,
        now: datetime,
        options: Options | None = None,
    ) -> SimilarList:
        """The neighbours, among all articles, of a text that is in no snapshot, in score order: of the
        policy what needs no article of its own (`policy.kept_for_query`).

        ``vector`` ``(dim,) float32`` is the text's unit vector by the snapshot's encoder, ``now`` the time
        from which ``max_age_days`` counts.
        """
        draft = Draft(self._scores, title, text, vector)
        ranked = self._view.among_all(
            draft.scores,
            draft,
            opening=draft.scores,
            published=int(now.timestamp()),
            too_short=is_too_short(title, text),
        )
        chosen = given_options(options, {})
        return self._cut(ranked, chosen, self._filters(chosen))

    def similar_to_several(
        self, ids: Sequence[str], negative_ids: Sequence[str] = (), options: Options | None = None
    ) -> SimilarList:
        """The neighbours of several articles together: the mean of their scores less the mean of the
        negatives' scores, clipped at 0. The list is opened by the score with any one of ``ids``, since a mean
        is high only where all of them are alike. An article named twice on one side counts once. The articles
        named are left out themselves; ``max_age_days`` counts from the newest of ``ids``.

        Raises ArticleNotFound, TakenDown, and OptionError where ``ids`` is empty.
        """
        if not ids:
            raise OptionError("ids", "found none, expected at least one id")
        wanted = list(dict.fromkeys(self.row(one) for one in ids))
        unwanted = list(dict.fromkeys(self.row(one) for one in negative_ids))
        scores, best = self._scores.to_several(wanted, unwanted)
        ranked = self._view.among_all(
            np.round(scores, DECIMALS).astype(np.float32),
            None,
            opening=best,
            published=max(int(self.snapshot.published[row]) for row in wanted),
            too_short=all(bool(self.snapshot.facts.too_short[row]) for row in wanted),
            without=frozenset(wanted + unwanted),
            queries=wanted,
        )
        chosen = given_options(options, {})
        return self._cut(ranked, chosen, self._filters(chosen))

    def score_pairs(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """The score of each pair of articles, whatever lists, policy and overlay make of it.

        ``left`` and ``right`` ``(m,) int64`` are rows; ``(m,) float32`` comes back, in their order. It is
        what the stored lists have for the pairs that are in them: the same formula, over evidence that is
        rounded alike. Which of a pair is left and which is right makes no difference. Memory is bounded,
        however many pairs there are. Raises IndexError for a row outside 0..n-1, negative ones included,
        and ValueError for lengths that differ.
        """
        return self._scores.of_pairs(left, right)

    def explain(self, article_id: str, other_id: str) -> Explanation:
        """What the score of two articles is made of, and where the second stands in the default list of the
        first, or what keeps it out of it. Either may be taken down. Raises ArticleNotFound, and OptionError
        for an article and itself."""
        row, other = self.snapshot.ids.row(article_id), self.snapshot.ids.row(other_id)
        bare, ranked = self._view.stored(row, policy=False), self._view.stored(row)
        listing = Listing(
            row=row,
            hidden=self._view.hidden,
            rules=self.rules,
            floor=self.floor,
            bare=bare.rows.tolist(),
            left=self.left(row),
            reaching=ranked.rows[ranked.reaching(self.floor)].tolist(),
            limit=DEFAULT_LIMIT,
        )
        return explained(self._scores, listing, other)

    def _filters(self, options: Options) -> Filters:
        return Filters(self.snapshot, self._labels, options)

    def _cut(self, ranked: Ranked, options: Options, filters: Filters) -> SimilarList:
        reaching = ranked.reaching(self.floor.with_own(options.min_score))
        wanted = reaching[filters.keep(ranked, ranked.rows[reaching])]
        shown = wanted[: options.limit]
        rows, scores = ranked.values(shown)
        pins = int(np.count_nonzero(shown < ranked.pins)) if ranked.pins else 0
        reasons, evidence = None, None
        if options.explain:
            reasons, evidence = explain(
                ranked.asked,
                ranked.rows[shown],
                self.snapshot,
                self._scores.formula,
                published=ranked.published,
                section=ranked.section,
                pins=pins,
            )
        return SimilarList(
            id=ranked.id,
            snapshot=self.snapshot,
            requested=options.limit,
            abstained=len(reaching) == ranked.pins,
            reason=ranked.reason(options.limit, len(reaching), len(shown)),
            rows=rows,
            scores=scores,
            reasons=reasons,
            evidence=evidence,
            pins=pins,
        )
