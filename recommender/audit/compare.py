"""One page's two lists by row, for one page or for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from recommender.audit.reasons import SHOWN, PageReasons
from recommender.recommend import DEFAULT_LIMIT, MAX_LIMIT, Options, Recommender
from recommender.scoring import DECIMALS, Floor

# Pairs are scored for so many pages at once.
_PAGES_PER_STEP = 1024


@dataclass(frozen=True, slots=True)
class Scored:
    """One story in a list: its row, the pair's score as it is printed, and the reason's code."""

    row: int
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The two lists of the page at ``row``: ``source`` in page order, ``rebuilt`` best first with room for
    ``requested``. ``below_floor`` counts the links that score below ``min_score``
    (`recommender.audit.reasons.PageReasons.is_below_floor`)."""

    row: int
    requested: int
    source: tuple[Scored, ...]
    rebuilt: tuple[Scored, ...]
    below_floor: int

    @property
    def kept(self) -> int:
        """How many stories are in both."""
        return sum(story.reason in SHOWN for story in self.source)


def floor_of(recommender: Recommender, min_score: float | None) -> Floor:
    """The floor in force where a caller asks for ``min_score``, or for none; -0 is 0."""
    floor = recommender.floor.with_own(min_score)
    return Floor(floor.min_score + 0.0, floor.min_best + 0.0)


def compare(
    recommender: Recommender,
    rows: Iterable[int],
    *,
    limit: int | None = None,
    min_score: float | None = None,
) -> Iterator[Compared]:
    """The two lists of each page, in the order of ``rows``. Without ``limit`` a rebuilt list has as many
    places as the page printed, ten where it printed nothing, at most 50. What the overlay hides is in
    neither list. Raises OptionError."""
    Options(limit=DEFAULT_LIMIT if limit is None else limit, min_score=min_score)  # refuses what is none
    rows = iter(rows)
    while some := list(islice(rows, _PAGES_PER_STEP)):
        links = [_links(recommender, row) for row in some]
        scores = _scores(recommender, some, links)
        for row, linked, found in zip(some, links, scores, strict=True):
            places = limit or min(len(linked) or DEFAULT_LIMIT, MAX_LIMIT)
            yield _compared(recommender, row, dict(zip(linked, found, strict=True)), places, min_score)


def _compared(
    recommender: Recommender,
    row: int,
    links: dict[int, np.float32],
    places: int,
    min_score: float | None,
) -> Compared:
    snapshot = recommender.snapshot
    listed, scores = recommender.listed(row, limit=len(snapshot), min_score=min_score)
    best = listed[:places]
    shown = dict(zip(best, recommender.scored(row, best, scores[:places]), strict=True))
    reasons = PageReasons(
        snapshot,
        row,
        rules=recommender.rules,
        left=recommender.left(row),
        floor=floor_of(recommender, min_score),
        shown=shown,
        reaching=frozenset(listed),
    )
    return Compared(
        row=row,
        requested=places,
        source=tuple(
            Scored(link, round(float(score), DECIMALS), reasons.of(link, score))
            for link, score in links.items()
        ),
        rebuilt=tuple(Scored(one, score, reasons.of_shown(one)) for one, score in shown.items()),
        below_floor=sum(reasons.is_below_floor(link, score) for link, score in links.items()),
    )


def _links(recommender: Recommender, row: int) -> list[int]:
    """The rows that a page linked to, in page order, each once, without those that are hidden."""
    return [link for link in recommender.snapshot.source_list(row).tolist() if recommender.visible(link)]


def _scores(
    recommender: Recommender, rows: Sequence[int], links: Sequence[Sequence[int]]
) -> Iterator[list[np.float32]]:
    """The score of every pair of a page and one of its links, page by page."""
    lengths = [len(linked) for linked in links]
    right = np.array([link for linked in links for link in linked], dtype=np.int64)
    scores = iter(recommender.score_pairs(np.repeat(np.array(rows, dtype=np.int64), lengths), right))
    return (list(islice(scores, length)) for length in lengths)
