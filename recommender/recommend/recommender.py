"""Lists from a snapshot: look a row up, apply the caller's filters, cut.

The order of a list is fixed in the snapshot. What a caller asks for only leaves items out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import ArticleNotFound, OptionError, TakenDown
from recommender.overlay import Overlay, in_force
from recommender.policy import KEPT, kept_for_query
from recommender.recommend.filters import Filters, Labels, among
from recommender.recommend.lists import SimilarList
from recommender.recommend.options import Options
from recommender.recommend.ranked import NO_LABEL, Ranked, explain
from recommender.recommend.scores import Scores
from recommender.scoring import DECIMALS, order_of_ids, order_pairs
from recommender.snapshot import Snapshot


class Recommender:
    """Lists over one snapshot, seen through the overlay in force. Safe to share between threads."""

    def __init__(
        self, snapshot: Snapshot, overlay: Overlay | None = None, *, min_score: float | None = None
    ) -> None:
        """``overlay`` is the one beside the snapshots; the snapshot's own holds where its generation is
        not lower. ``min_score`` replaces the snapshot's floor."""
        self.snapshot = snapshot
        self.overlay = in_force(snapshot.overlay, overlay) if overlay else snapshot.overlay
        self.min_score = snapshot.min_score if min_score is None else min_score
        self._scores = Scores(snapshot)
        hidden = {snapshot.ids.row(one) for one in self.overlay.takedowns if one in snapshot.ids}
        self._hidden = frozenset(hidden)
        self._labels = Labels(snapshot)

    def visible(self, row: int) -> bool:
        """Whether the overlay lets an article be shown."""
        return row not in self._hidden

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
        chosen = _options(options, given)
        return self._cut(self._stored(row), chosen, self._filters(chosen))

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
                yield self._cut(self._stored(row), options, filters)

    def listed(
        self, row: int, *, limit: int, min_score: float | None = None, policy: bool = True
    ) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Rows and scores of an article's list, as `similar` has them, for callers who go through all
        lists: by row, without filters or reasons, ``limit`` unbounded (no more is stored than
        `candidates.DEPTH`). ``policy=False`` is the bare ranking: what the policy struck stays, what the
        overlay hides does not. Raises IndexError."""
        ranked = self._stored(row, policy=policy)
        return ranked.values(self._reaching(ranked, min_score)[:limit])

    def similar_to_vector(
        self,
        vector: NDArray[np.float32],
        *,
        too_short: bool = False,
        now: datetime,
        options: Options | None = None,
    ) -> SimilarList:
        """The neighbours, among all articles, of a text that is in no snapshot.

        ``vector`` ``(dim,) float32`` is the text's unit vector by the snapshot's encoder, ``too_short``
        what `policy.is_too_short` says of it, ``now`` the time from which ``max_age_days`` counts.
        """
        scores, cosines = self._scores.to_vector(vector)
        ranked = self._over_all(scores, cosines, published=int(now.timestamp()), too_short=too_short)
        chosen = _options(options, {})
        return self._cut(ranked, chosen, self._filters(chosen))

    def similar_to_several(
        self, ids: Sequence[str], negative_ids: Sequence[str] = (), options: Options | None = None
    ) -> SimilarList:
        """The neighbours of several articles together: the mean of their scores less the mean of the
        negatives' scores, clipped at 0. An article named twice on one side counts once. The articles
        named are left out themselves; ``max_age_days`` counts from the newest of ``ids``.

        Raises ArticleNotFound, TakenDown, and OptionError where ``ids`` is empty.
        """
        if not ids:
            raise OptionError("ids", "found none, expected at least one id")
        wanted = list(dict.fromkeys(self.row(one) for one in ids))
        unwanted = list(dict.fromkeys(self.row(one) for one in negative_ids))
        scores = self._scores.to_several(wanted, unwanted)
        ranked = self._over_all(
            np.round(scores, DECIMALS).astype(np.float32),
            None,
            published=max(int(self.snapshot.published[row]) for row in wanted),
            too_short=all(bool(self.snapshot.facts.too_short[row]) for row in wanted),
            without=frozenset(wanted + unwanted),
        )
        chosen = _options(options, {})
        return self._cut(ranked, chosen, self._filters(chosen))

    def score_pairs(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """The score of each pair of articles, whatever lists, policy and overlay make of it.

        ``left`` and ``right`` ``(m,) int64`` are rows; ``(m,) float32`` comes back, in their order. It is
        what the stored lists have for the pairs that are in them: the same formula, over a cosine that is
        rounded alike. Which of a pair is left and which is right makes no difference. Memory is bounded,
        however many pairs there are. Raises IndexError for a row outside 0..n-1, negative ones included,
        and ValueError for lengths that differ.
        """
        return self._scores.of_pairs(left, right)

    def _stored(self, row: int, *, policy: bool = True) -> Ranked:
        rows, scores, verdicts = self.snapshot.candidates(row)
        kept = self._shown(rows)
        if policy:
            kept &= verdicts == KEPT
        return Ranked(
            id=self.snapshot.ids.id(row),
            rows=rows[kept],
            scores=scores[kept],
            cosines=self.snapshot.cosines(row)[kept],
            published=int(self.snapshot.published[row]),
            section=int(self.snapshot.sections[row]),
            too_short=bool(self.snapshot.facts.too_short[row]),
            others=len(self.snapshot) - len(self._hidden) - 1,
        )

    def _over_all(
        self,
        scores: NDArray[np.float32],
        cosines: NDArray[np.float32] | None,
        *,
        published: int,
        too_short: bool,
        without: frozenset[int] = frozenset(),
    ) -> Ranked:
        n = len(self.snapshot)
        rows = np.arange(n, dtype=np.int32)
        order = order_pairs(
            np.zeros(n, dtype=np.int32), rows, scores, self.snapshot.published, self._id_order
        )
        if too_short:
            order = order[:0]
        rows = rows[order]
        rows = rows[kept_for_query(rows, self.snapshot.facts, without) & self._shown(rows)]
        return Ranked(
            id=None,
            rows=rows,
            scores=scores[rows],
            cosines=None if cosines is None else cosines[rows],
            published=published,
            section=NO_LABEL,
            too_short=too_short,
            others=n - len(self._hidden | without),
        )

    def _filters(self, options: Options) -> Filters:
        return Filters(self.snapshot, self._labels, options)

    def _cut(self, ranked: Ranked, options: Options, filters: Filters) -> SimilarList:
        reaching = self._reaching(ranked, options.min_score)
        wanted = reaching[filters.keep(ranked, ranked.rows[reaching])]
        shown = wanted[: options.limit]
        rows, scores = ranked.values(shown)
        reasons, evidence = explain(ranked, shown, self.snapshot) if options.explain else (None, None)
        return SimilarList(
            id=ranked.id,
            snapshot=self.snapshot,
            requested=options.limit,
            abstained=len(reaching) == 0,
            reason=ranked.reason(options.limit, len(reaching), len(shown)),
            rows=rows,
            scores=scores,
            reasons=reasons,
            evidence=evidence,
        )

    def _reaching(self, ranked: Ranked, min_score: float | None) -> NDArray[np.int64]:
        floor = self.min_score if min_score is None else min_score
        return np.flatnonzero(ranked.scores >= np.float32(floor))

    def _shown(self, rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        return among(rows, self._hidden, expected=False)

    @cached_property
    def _id_order(self) -> NDArray[np.int64]:
        return order_of_ids(list(self.snapshot.ids))


def _options(options: Options | None, given: dict[str, Any]) -> Options:
    if options is None:
        try:
            return Options(**given)
        except TypeError as error:  # names the unknown option
            raise OptionError("options", str(error)) from None
    if given:
        raise OptionError("options", f"given twice: {', '.join(sorted(given))} and an Options")
    return options
