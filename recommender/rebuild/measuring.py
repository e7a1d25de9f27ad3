"""The default lists as readers see them, and what they are like.

A build measures those that it is about to publish; whoever evaluates a snapshot measures its lists by the
very same code, so that the two cannot say different things.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import overlay, rules
from recommender.corpus import Ids
from recommender.dense import Vectors
from recommender.measures import Lists, agreement, measure
from recommender.overlay import Overlay
from recommender.policy import KEPT, Facts, left_standing, told_by_article, told_in_list
from recommender.rebuild.job import Job
from recommender.recommend import DEFAULT_LIMIT, Recommender
from recommender.rules import PIN, Applied, Catalogue, in_words
from recommender.scoring import Floor, Ranking, published_seconds
from recommender.snapshot import Contents, Snapshot


@dataclass(frozen=True, slots=True)
class Stored:
    """What default lists are made of and measured by, published or about to be: ``verdicts`` ``(pairs,)
    uint8``, plain unit ``vectors`` ``(n, dim) float32``, ``published`` ``(n,) int64`` seconds, ``sources``
    ``(n,) int32`` codes; ``takedowns``, ``hidden`` ``(n,) bool`` (their rows) and ``rules`` are those in
    force; ``name`` is ``None`` until it is published."""

    name: str | None
    ids: Ids
    ranking: Ranking
    verdicts: NDArray[np.uint8]
    facts: Facts
    vectors: Vectors
    published: NDArray[np.int64]
    sources: NDArray[np.int32]
    floor: Floor
    takedowns: frozenset[str]
    hidden: NDArray[np.bool_]
    rules: Applied

    @classmethod
    def to_publish(cls, contents: Contents, floor: Floor) -> Stored:
        """What a build made, under the overlay that it was built under."""
        ids, articles = contents.corpus.ids, contents.corpus.articles
        hidden = contents.overlay.hides(ids)
        facts = contents.facts
        told = told_by_article(facts), told_in_list(facts)
        catalogue = Catalogue.of(ids, articles, facts.copy, *told)
        return cls(
            name=None,
            ids=ids,
            ranking=contents.ranking,
            verdicts=contents.verdicts,
            facts=facts,
            vectors=contents.embedding.vectors,
            published=published_seconds(articles),
            sources=catalogue.labelled["source"].of_each(),
            floor=floor,
            takedowns=contents.overlay.takedowns,
            hidden=hidden,
            rules=rules.apply(contents.overlay.rules, catalogue, hidden),
        )

    @classmethod
    def published_as(cls, snapshot: Snapshot, floor: Floor, in_force: Overlay) -> Stored:
        """A snapshot under the overlay in force."""
        ranking, verdicts = snapshot.ranking()
        hidden = in_force.hides(snapshot.ids)
        return cls(
            name=snapshot.name,
            ids=snapshot.ids,
            ranking=ranking,
            verdicts=verdicts,
            facts=snapshot.facts,
            vectors=snapshot.vectors,
            published=snapshot.published,
            sources=snapshot.sources,
            floor=floor,
            takedowns=in_force.takedowns,
            hidden=hidden,
            rules=rules.apply(in_force.rules, snapshot.catalogue(), hidden),
        )

    @classmethod
    def served_by(cls, recommender: Recommender) -> Stored:
        """A snapshot as a recommender has it."""
        return cls.published_as(recommender.snapshot, recommender.floor, recommender.overlay)

    def left(self) -> NDArray[np.bool_]:
        """The pairs that policy and overlay leave, ``(pairs,) bool``."""
        most = self.facts.policy.max_per_source
        return left_of(self.ranking, self.verdicts, self.hidden, self.rules, self.sources, most)

    def lists(self, left: NDArray[np.bool_], limit: int = DEFAULT_LIMIT) -> Lists:
        """The default lists, cut to ``limit``."""
        return default_lists(self.ranking, self.verdicts, left, self.floor, self.rules, limit)

    def measured(self, before: Stored | None = None) -> dict[str, Any]:
        """All measures of the default lists, their agreement with those ``before`` among them."""
        return _measured(self, before)


def measure_lists(job: Job, contents: Contents, parent: Snapshot | None) -> tuple[Stored, Stored | None]:
    """Measure the default lists into the report, and how far they agree with the parent's, both as the
    overlay in force lets them be seen. Gives back what they were measured on, the parent's second."""
    with job.report.timed(job.progress, "measure", None):
        before = None
        if parent is not None:  # never served here: that its lists can be read is enough
            in_force = overlay.in_force(parent.overlay, contents.overlay)
            before = Stored.published_as(parent, parent.floor, in_force)
        stored = Stored.to_publish(contents, job.floor_among(len(contents.corpus)))
        job.report.lists = _measured(stored, before)
        _report_rules(job, stored.rules)
    return stored, before


def measures_of(recommender: Recommender, previous: Recommender | None = None) -> dict[str, Any]:
    """What the default lists of a published snapshot are like, as the overlay and the floor of
    ``recommender`` have them: the keys that `index/README.md` describes, and the very numbers of its
    manifest where overlay and floor are those of its build. ``agreement`` is with the lists of
    ``previous``, and ``None`` without it."""
    before = None if previous is None else Stored.served_by(previous)
    return _measured(Stored.served_by(recommender), before)


def _measured(stored: Stored, before: Stored | None) -> dict[str, Any]:
    left, hidden = stored.left(), stored.hidden
    lists = stored.lists(left)
    found = measure(
        lists,
        limit=DEFAULT_LIMIT,
        vectors=stored.vectors,
        stories=stored.facts.copy,
        published=stored.published,
        empty_because=why_empty(lists, stored.ranking, left, stored.facts.too_short, hidden, stored.rules),
        asked=~hidden,
        listable=~(hidden | stored.rules.nowhere),
    )
    found["exposure"]["most"] = [
        {"id": stored.ids.id(one["row"]), "times": one["times"]} for one in found["exposure"]["most"]
    ]
    same = None if before is None else _agreement(stored, lists, before)
    return {**asdict(stored.floor), **found, "agreement": same}


def left_of(
    ranking: Ranking,
    verdicts: NDArray[np.uint8],
    hidden: NDArray[np.bool_],
    applied: Applied,
    sources: NDArray[np.int32],
    most: int,
) -> NDArray[np.bool_]:
    """The pairs that policy and overlay leave, ``(pairs,) bool``, as `policy.left_standing` has them;
    ``hidden`` ``(n,) bool`` are the articles that the overlay hides, which have no list either."""
    queries, rows = ranking.queries(), ranking.rows
    shown = ~(hidden[rows] | hidden[queries]) & applied.keep_pairs(queries, rows)
    return left_standing(queries, rows, verdicts, shown, applied.told, sources, most)


def default_lists(
    ranking: Ranking,
    verdicts: NDArray[np.uint8],
    left: NDArray[np.bool_],
    floor: Floor,
    applied: Applied,
    limit: int = DEFAULT_LIMIT,
) -> Lists:
    """The lists that `Recommender.similar` gives where nothing is asked for but a ``limit``, all at once.
    ``verdicts`` ``(pairs,) uint8``; ``left`` ``(pairs,) bool`` as `left_of` has them."""
    n = len(ranking.offsets) - 1
    judged = np.flatnonzero(verdicts == KEPT)
    best = np.zeros(n, dtype=np.float32)
    np.maximum.at(best, ranking.queries()[judged], ranking.scores[judged])
    opened = best >= np.float32(floor.min_best)
    places = np.flatnonzero(
        left & (ranking.scores >= np.float32(floor.min_score)) & opened[ranking.queries()]
    )
    queries, rows = applied.with_pins(ranking.queries()[places], ranking.rows[places])
    lengths = np.bincount(queries, minlength=n)
    starts = np.cumsum(lengths) - lengths
    rows = rows[np.arange(len(rows)) - starts[queries] < limit]
    offsets = np.cumsum([0, *np.minimum(lengths, limit)], dtype=np.int64)
    return Lists(offsets, rows)


def why_empty(
    lists: Lists,
    ranking: Ranking,
    left: NDArray[np.bool_],
    too_short: NDArray[np.bool_],
    hidden: NDArray[np.bool_],
    applied: Applied,
) -> dict[str, int]:
    """How many lists are empty for which reason, as `SimilarList.reason` has it; hidden articles have no
    list that could be."""
    some_left = np.bincount(ranking.queries()[left], minlength=len(hidden)) > 0
    listable = ~(hidden | applied.nowhere)
    few = np.count_nonzero(listable) - listable < DEFAULT_LIMIT
    empty = (lists.lengths() == 0) & ~hidden
    because: dict[str, int] = {}
    causes = {
        "blocked": applied.no_list,
        "text_too_short": too_short,
        "too_few_articles": few,
        "below_min_score": some_left,
    }
    for reason, applies in causes.items():
        because[reason] = int(np.count_nonzero(empty & applies))
        empty &= ~applies
    because["filtered"] = int(np.count_nonzero(empty))
    return because


def _report_rules(job: Job, applied: Applied) -> None:
    """What the rules do to the lists, and which do nothing, into the report."""
    idle = [status for status in applied.statuses if status.problem]
    pins = sum(len(rows) for rows in applied.pins.values())
    job.report.rules = {
        "generation": job.overlay.generation,
        "rules": len(applied.statuses),
        "pinned": pins,
        "pins_dropped": sum(status.rule.kind == PIN for status in idle),
        "articles_without_list": int(np.count_nonzero(applied.no_list)),
        "articles_in_no_list": int(np.count_nonzero(applied.nowhere)),
        "idle": [{"id": status.rule.id, "problem": status.problem} for status in idle],
    }
    job.report.notes += [
        f"rule {status.rule.id} does nothing ({in_words(status.rule)}): {status.problem}" for status in idle
    ]


def _agreement(stored: Stored, lists: Lists, before: Stored) -> dict[str, Any]:
    found = agreement(
        lists,
        list(stored.ids),
        before.lists(before.left()),
        list(before.ids),
        leave_out=before.takedowns | stored.takedowns,
    )
    return {"parent": before.name, **found}
