"""The default lists as readers see them, and what they are like.

A build measures those that it is about to publish; whoever evaluates a snapshot measures its lists by the
very same code, so that the two cannot say different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import overlay
from recommender.corpus import Ids
from recommender.dense import Vectors
from recommender.measures import Lists, agreement, measure
from recommender.overlay import Overlay
from recommender.policy import KEPT, Facts
from recommender.rebuild.job import Job
from recommender.recommend import DEFAULT_LIMIT, Recommender
from recommender.scoring import Ranking, published_seconds
from recommender.snapshot import Contents, Snapshot


@dataclass(frozen=True, slots=True)
class _Stored:
    """What default lists are made of and measured by, published or about to be: ``verdicts`` ``(pairs,)
    uint8``, plain unit ``vectors`` ``(n, dim) float32``, ``published`` ``(n,) int64`` seconds; ``takedowns``
    are those in force, ``name`` is ``None`` until it is published."""

    name: str | None
    ids: Ids
    ranking: Ranking
    verdicts: NDArray[np.uint8]
    facts: Facts
    vectors: Vectors
    published: NDArray[np.int64]
    min_score: float
    takedowns: frozenset[str]

    @classmethod
    def to_publish(cls, contents: Contents, min_score: float) -> _Stored:
        return cls(
            name=None,
            ids=contents.corpus.ids,
            ranking=contents.ranking,
            verdicts=contents.verdicts,
            facts=contents.facts,
            vectors=contents.embedding.vectors,
            published=published_seconds(contents.corpus.articles),
            min_score=min_score,
            takedowns=contents.overlay.takedowns,
        )

    @classmethod
    def published_as(cls, snapshot: Snapshot, min_score: float, in_force: Overlay) -> _Stored:
        ranking, verdicts = snapshot.ranking()
        return cls(
            name=snapshot.name,
            ids=snapshot.ids,
            ranking=ranking,
            verdicts=verdicts,
            facts=snapshot.facts,
            vectors=snapshot.vectors,
            published=snapshot.published,
            min_score=min_score,
            takedowns=in_force.takedowns,
        )

    @classmethod
    def served_by(cls, recommender: Recommender) -> _Stored:
        return cls.published_as(recommender.snapshot, recommender.min_score, recommender.overlay)

    def hidden(self) -> NDArray[np.bool_]:
        """The articles that the overlay hides, ``(n,) bool``."""
        hidden = np.zeros(len(self.ids), dtype=np.bool_)
        hidden[[self.ids.row(one) for one in self.takedowns if one in self.ids]] = True
        return hidden

    def lists(self) -> Lists:
        return default_lists(self.ranking, self.verdicts, self.min_score, self.hidden())


def measure_lists(job: Job, contents: Contents, parent: Snapshot | None) -> None:
    """Measure the default lists into the report, and how far they agree with the parent's, both as the
    overlay in force lets them be seen."""
    with job.report.timed(job.progress, "measure", None):
        before = None
        if parent is not None:  # never served here: that its lists can be read is enough
            in_force = overlay.in_force(parent.overlay, contents.overlay)
            before = _Stored.published_as(parent, parent.min_score, in_force)
        job.report.lists = _measured(_Stored.to_publish(contents, job.min_score), before)


def measures_of(recommender: Recommender, previous: Recommender | None = None) -> dict[str, Any]:
    """What the default lists of a published snapshot are like, as the overlay and the floor of
    ``recommender`` have them: the keys that `index/README.md` describes, and the very numbers of its
    manifest where overlay and floor are those of its build. ``agreement`` is with the lists of
    ``previous``, and ``None`` without it."""
    before = None if previous is None else _Stored.served_by(previous)
    return _measured(_Stored.served_by(recommender), before)


def _measured(stored: _Stored, before: _Stored | None) -> dict[str, Any]:
    lists, hidden = stored.lists(), stored.hidden()
    found = measure(
        lists,
        limit=DEFAULT_LIMIT,
        vectors=stored.vectors,
        stories=stored.facts.story,
        published=stored.published,
        empty_because=why_empty(lists, stored.ranking, stored.verdicts, stored.facts.too_short, hidden),
        asked=~hidden,
        listable=~hidden,
    )
    found["exposure"]["most"] = [
        {"id": stored.ids.id(one["row"]), "times": one["times"]} for one in found["exposure"]["most"]
    ]
    same = None if before is None else _agreement(stored, lists, before)
    return {"min_score": stored.min_score, **found, "agreement": same}


def default_lists(
    ranking: Ranking, verdicts: NDArray[np.uint8], min_score: float, hidden: NDArray[np.bool_]
) -> Lists:
    """The lists that `Recommender.similar` gives where nothing is asked for, all at once. ``verdicts``
    ``(pairs,) uint8``; ``hidden`` ``(n,) bool`` are the articles that the overlay hides: these have none."""
    queries = ranking.queries()
    shown = _left(ranking, queries, verdicts, hidden)
    shown &= ranking.scores >= np.float32(min_score)
    places = np.flatnonzero(shown)
    lengths = np.bincount(queries[places], minlength=len(hidden))
    starts = np.cumsum(lengths) - lengths
    places = places[np.arange(len(places)) - starts[queries[places]] < DEFAULT_LIMIT]
    offsets = np.cumsum([0, *np.minimum(lengths, DEFAULT_LIMIT)], dtype=np.int64)
    return Lists(offsets, ranking.rows[places])


def why_empty(
    lists: Lists,
    ranking: Ranking,
    verdicts: NDArray[np.uint8],
    too_short: NDArray[np.bool_],
    hidden: NDArray[np.bool_],
) -> dict[str, int]:
    """How many lists are empty for which reason, as `SimilarList.reason` has it; hidden articles have no
    list that could be."""
    queries = ranking.queries()
    left = _left(ranking, queries, verdicts, hidden)
    some_left = np.bincount(queries[left], minlength=len(hidden)) > 0
    few = np.full(len(hidden), np.count_nonzero(~hidden) - 1 < DEFAULT_LIMIT)
    empty = (lists.lengths() == 0) & ~hidden
    because: dict[str, int] = {}
    causes = {"text_too_short": too_short, "too_few_articles": few, "below_min_score": some_left}
    for reason, applies in causes.items():
        because[reason] = int(np.count_nonzero(empty & applies))
        empty &= ~applies
    because["filtered"] = int(np.count_nonzero(empty))
    return because


def _agreement(stored: _Stored, lists: Lists, before: _Stored) -> dict[str, Any]:
    found = agreement(
        lists,
        list(stored.ids),
        before.lists(),
        list(before.ids),
        leave_out=before.takedowns | stored.takedowns,
    )
    return {"parent": before.name, **found}


def _left(
    ranking: Ranking, queries: NDArray[np.int32], verdicts: NDArray[np.uint8], hidden: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The pairs that policy and overlay leave, ``(pairs,) bool``."""
    left: NDArray[np.bool_] = (verdicts == KEPT) & ~(hidden[ranking.rows] | hidden[queries])
    return left
