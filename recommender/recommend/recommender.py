"""Lists from a snapshot: look a row up, apply the caller's filters, cut.

The order of a list is fixed in the snapshot. What a caller asks for only leaves items out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.article import normalise_id
from recommender.dense import cosines_to_all
from recommender.errors import OptionError, TakenDown
from recommender.overlay import Overlay, in_force
from recommender.policy import FEWEST_WORDS, KEPT, kept_for_query
from recommender.recommend.lists import SimilarList
from recommender.recommend.options import Options
from recommender.scoring import DECIMALS, UNDATED, Scoring, order_of_ids, order_pairs
from recommender.snapshot import Snapshot
from recommender.statistics import centred

_DAY_SECONDS = 86_400
_NO_LABEL = -2  # the code of a label that no article has; -1 is an article without a label


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What the policy left of one query's candidates, in order, before floor and filters.
    ``published`` is the query's own time in seconds, `UNDATED` where unknown; ``cosines`` is ``None``
    where the score is of several articles."""

    id: str | None
    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    cosines: NDArray[np.float32] | None
    published: int
    section: int
    too_short: bool
    others: int


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
        self._scoring = Scoring(**snapshot.manifest.scoring["formula"])
        hidden = {snapshot.ids.row(one) for one in self.overlay.takedowns if one in snapshot.ids}
        self._hidden = frozenset(hidden)
        self._section_codes = {label: code for code, label in enumerate(snapshot.section_labels)}
        self._source_codes = {label: code for code, label in enumerate(snapshot.source_labels)}

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
        return self._cut(self._stored(row), _options(options, given))

    def listed(
        self, row: int, *, limit: int, min_score: float | None = None, policy: bool = True
    ) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Rows and scores of an article's list, as `similar` has them, for callers who go through all
        lists: by row, without filters or reasons, ``limit`` unbounded (no more is stored than
        `candidates.DEPTH`). ``policy=False`` is the bare ranking: what the policy struck stays, what the
        overlay hides does not. Raises IndexError."""
        ranked = self._stored(row, policy=policy)
        return self._values(ranked, self._reaching(ranked, min_score)[:limit])

    def similar_to_vector(
        self, vector: NDArray[np.float32], *, words: int, now: datetime, options: Options | None = None
    ) -> SimilarList:
        """The neighbours, among all articles, of a text that is in no snapshot.

        ``vector`` ``(dim,) float32`` is the text's unit vector by the snapshot's encoder, ``words`` how
        many words the text has, ``now`` the time from which ``max_age_days`` counts.
        """
        cosines = self._cosines_to_all(vector)
        scores = self._scoring.score(cosines, len(self.snapshot))
        ranked = self._over_all(
            scores, cosines, published=int(now.timestamp()), too_short=words < FEWEST_WORDS
        )
        return self._cut(ranked, _options(options, {}))

    def similar_to_several(
        self, ids: Sequence[str], negative_ids: Sequence[str] = (), options: Options | None = None
    ) -> SimilarList:
        """The neighbours of several articles together: the mean of their scores less the mean of the
        negatives' scores, clipped at 0. The articles named are left out themselves; ``max_age_days``
        counts from the newest of ``ids``.

        Raises ArticleNotFound, TakenDown, and OptionError where ``ids`` is empty.
        """
        if not ids:
            raise OptionError("ids", "found none, expected at least one id")
        wanted = [self.row(one) for one in ids]
        unwanted = [self.row(one) for one in negative_ids]
        scores = self._mean_score(wanted)
        if unwanted:
            scores = np.clip(scores - self._mean_score(unwanted), 0, 1)
        ranked = self._over_all(
            np.round(scores, DECIMALS).astype(np.float32),
            None,
            published=max(int(self.snapshot.published[row]) for row in wanted),
            too_short=all(bool(self.snapshot.facts.too_short[row]) for row in wanted),
            without=frozenset(wanted + unwanted),
        )
        return self._cut(ranked, _options(options, {}))

    def _stored(self, row: int, *, policy: bool = True) -> _Ranked:
        rows, scores, verdicts = self.snapshot.candidates(row)
        kept = self._shown(rows)
        if policy:
            kept &= verdicts == KEPT
        return _Ranked(
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
    ) -> _Ranked:
        n = len(self.snapshot)
        rows = np.arange(n, dtype=np.int32)
        order = order_pairs(
            np.zeros(n, dtype=np.int32), rows, scores, self.snapshot.published, self._id_order
        )
        if too_short:
            order = order[:0]
        rows = rows[order]
        rows = rows[kept_for_query(rows, self.snapshot.facts, without) & self._shown(rows)]
        return _Ranked(
            id=None,
            rows=rows,
            scores=scores[rows],
            cosines=None if cosines is None else cosines[rows],
            published=published,
            section=_NO_LABEL,
            too_short=too_short,
            others=n - len(self._hidden | without),
        )

    def _cut(self, ranked: _Ranked, options: Options) -> SimilarList:
        reaching = self._reaching(ranked, options.min_score)
        wanted = reaching[self._wanted(ranked, ranked.rows[reaching], options)]
        shown = wanted[: options.limit]
        rows, scores = self._values(ranked, shown)
        reasons, evidence = self._explain(ranked, shown) if options.explain else (None, None)
        return SimilarList(
            id=ranked.id,
            snapshot=self.snapshot,
            requested=options.limit,
            abstained=len(reaching) == 0,
            reason=_reason(ranked, options.limit, len(reaching), len(shown)),
            rows=rows,
            scores=scores,
            reasons=reasons,
            evidence=evidence,
        )

    def _reaching(self, ranked: _Ranked, min_score: float | None) -> NDArray[np.int64]:
        floor = self.min_score if min_score is None else min_score
        return np.flatnonzero(ranked.scores >= np.float32(floor))

    def _values(
        self, ranked: _Ranked, places: NDArray[np.int64]
    ) -> tuple[tuple[int, ...], tuple[float, ...]]:
        scores = ranked.scores[places].tolist()
        return tuple(ranked.rows[places].tolist()), tuple(round(score, DECIMALS) for score in scores)

    def _wanted(self, ranked: _Ranked, rows: NDArray[np.int32], options: Options) -> NDArray[np.bool_]:
        wanted = np.ones(len(rows), dtype=np.bool_)
        if options.exclude:
            ids = self.snapshot.ids
            excluded = [ids.row(one) for one in options.exclude if one in ids]
            wanted &= _among(rows, excluded, expected=False)
        sections = self.snapshot.sections[rows]
        if options.section:
            wanted &= _among(sections, _codes(self._section_codes, options.section))
        if options.exclude_section:
            unwanted = _codes(self._section_codes, options.exclude_section)
            wanted &= _among(sections, unwanted, expected=False)
        if options.source:
            wanted &= _among(self.snapshot.sources[rows], _codes(self._source_codes, options.source))
        if options.dated:
            wanted &= self._dated(ranked, self.snapshot.published[rows], options)
        return wanted

    def _dated(self, ranked: _Ranked, published: NDArray[np.int64], options: Options) -> NDArray[np.bool_]:
        wanted: NDArray[np.bool_] = published != UNDATED
        if options.published_after is not None:
            wanted &= published > options.published_after.timestamp()
        if options.published_before is not None:
            wanted &= published < options.published_before.timestamp()
        if options.max_age_days is not None:
            if ranked.published == UNDATED:  # nothing to count from
                return np.zeros(len(published), dtype=np.bool_)
            wanted &= published >= ranked.published - options.max_age_days * _DAY_SECONDS
        return wanted

    def _explain(
        self, ranked: _Ranked, shown: NDArray[np.int64]
    ) -> tuple[tuple[tuple[str, ...], ...], tuple[dict[str, float], ...]]:
        reasons, evidence = [], []
        for place in shown:
            row = int(ranked.rows[place])
            found = {}
            said = []
            if ranked.cosines is not None:
                found["lead_cosine"] = round(float(ranked.cosines[place]), DECIMALS)
                said.append(f"close in meaning: cosine {found['lead_cosine']:.2f} of title and lead")
            if ranked.section >= 0 and ranked.section == int(self.snapshot.sections[row]):
                said.append(f"same section: {self.snapshot.section_labels[ranked.section]}")
            published = int(self.snapshot.published[row])
            if UNDATED not in (published, ranked.published):
                days = abs(published - ranked.published) / _DAY_SECONDS
                found["days_apart"] = round(days, 2)
                said.append("published the same day" if days < 1 else f"{days:.0f} days apart")
            reasons.append(tuple(said))
            evidence.append(found)
        return tuple(reasons), tuple(evidence)

    def _cosines_to_all(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        mean = self.snapshot.statistics().mean
        return cosines_to_all(self.snapshot.vectors, mean, centred(vector[None, :], mean)[0])

    def _mean_score(self, rows: Sequence[int]) -> NDArray[np.float64]:
        total = np.zeros(len(self.snapshot))
        for row in rows:
            cosines = self._cosines_to_all(self.snapshot.vectors[row])
            total += self._scoring.score(cosines, len(self.snapshot))
        return total / len(rows)

    def _shown(self, rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        return _among(rows, self._hidden, expected=False)

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


def _reason(ranked: _Ranked, requested: int, reaching: int, returned: int) -> str | None:
    causes: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("text_too_short", lambda: ranked.too_short),
        ("too_few_articles", lambda: ranked.others < requested),
        ("below_min_score", lambda: reaching < min(requested, len(ranked.rows))),
    )
    if returned == requested:
        return None
    return next((name for name, applies in causes if applies()), "filtered")


def _codes(known: dict[str, int], labels: Collection[str]) -> list[int]:
    return [known.get(normalise_id(label), _NO_LABEL) for label in labels]


def _among(values: NDArray[Any], some: Collection[int], *, expected: bool = True) -> NDArray[np.bool_]:
    """Which values are among ``some``; with ``expected=False`` which are not."""
    return np.isin(values, list(some), invert=not expected)
