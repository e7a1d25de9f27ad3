"""All pages' own lists against the rebuilt ones, in numbers."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any

from recommender.audit.compare import Compared, compare, floor_of
from recommender.audit.page import title_of
from recommender.audit.reasons import REASONS, SHOWN
from recommender.recommend import Recommender
from recommender.snapshot import Snapshot

MOST_NAMED = 20
# With fewer links the share of those below the floor says little.
FEWEST_LINKS = 4


@dataclass(frozen=True, slots=True)
class PageBelowFloor:
    """A page, and how many of its ``links`` score below the floor, are ``kept``, and how long its
    ``rebuilt`` list is."""

    id: str
    title: str
    links: int
    below_floor: int
    share_below_floor: float
    kept: int
    rebuilt: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of all links of all pages that print a list.

    ``requested`` is the limit asked for, ``None`` where each list had the room of its page's own.
    ``articles`` may be shown, and ``pages`` of them have a list. ``links`` = ``kept`` + all ``dropped``, by
    reason. ``min_score`` and ``min_best`` are the floor (`recommender.scoring.Floor`). ``below_floor`` counts
    the links that score below ``min_score``, whatever else speaks against them, and those alone where a list
    has no story good enough to open it; not those that are too short to be judged. ``empty`` counts the
    pages whose rebuilt list is empty, ``identical`` those whose two lists are the same, order included. The
    means are over ``pages``; they and ``share_below_floor`` are ``None`` where there is no page.
    ``most_below_floor`` are the pages with the largest share of such links among those with four links or
    more; ties: more links, then id. The score is this project's own: below the floor is no judgement that a
    link is unrelated.
    """

    snapshot: str
    requested: int | None
    min_score: float
    min_best: float
    articles: int
    pages: int
    links: int
    kept: int
    dropped: Mapping[str, int]
    new: int
    below_floor: int
    share_below_floor: float | None
    empty: int
    identical: int
    mean_links: float | None
    mean_rebuilt: float | None
    most_below_floor: tuple[PageBelowFloor, ...]

    def as_json(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {
            "dropped": dict(self.dropped),
            "most_below_floor": [asdict(page) for page in self.most_below_floor],
        }


def audit_corpus(
    recommender: Recommender,
    *,
    limit: int | None = None,
    min_score: float | None = None,
    most: int = MOST_NAMED,
) -> Totals:
    """Every page's own list against the rebuilt one, `audit_page` by `audit_page`; ``most`` is how many
    pages are named for their links below the floor. Raises OptionError."""
    snapshot, floor = recommender.snapshot, floor_of(recommender, min_score)
    visible = [row for row in range(len(snapshot)) if recommender.visible(row)]
    printed = [row for row in visible if len(snapshot.source_list(row))]
    pages = links = new = rebuilt = below = empty = identical = 0
    reasons: Counter[str] = Counter()
    worst: list[PageBelowFloor] = []
    for page in compare(recommender, printed, limit=limit, min_score=min_score):
        if not page.source:  # all of it was taken down
            continue
        pages += 1
        links += len(page.source)
        rebuilt += len(page.rebuilt)
        new += len(page.rebuilt) - page.kept
        below += page.below_floor
        empty += not page.rebuilt
        identical += [one.row for one in page.source] == [one.row for one in page.rebuilt]
        reasons.update(one.reason for one in page.source)
        if page.below_floor and len(page.source) >= FEWEST_LINKS:
            worst.append(_named(snapshot, page))
    return Totals(
        snapshot=snapshot.name,
        requested=limit,
        min_score=floor.min_score,
        min_best=floor.min_best,
        articles=len(visible),
        pages=pages,
        links=links,
        kept=sum(reasons[reason] for reason in SHOWN),
        dropped=MappingProxyType({reason: reasons[reason] for reason in REASONS if reason not in SHOWN}),
        new=new,
        below_floor=below,
        share_below_floor=below / links if links else None,
        empty=empty,
        identical=identical,
        mean_links=links / pages if pages else None,
        mean_rebuilt=rebuilt / pages if pages else None,
        most_below_floor=tuple(heapq.nsmallest(most, worst, key=_order)),
    )


def _named(snapshot: Snapshot, page: Compared) -> PageBelowFloor:
    return PageBelowFloor(
        id=snapshot.ids.id(page.row),
        title=title_of(snapshot, page.row),
        links=len(page.source),
        below_floor=page.below_floor,
        share_below_floor=page.below_floor / len(page.source),
        kept=page.kept,
        rebuilt=len(page.rebuilt),
    )


def _order(page: PageBelowFloor) -> tuple[float, int, str]:
    return -page.share_below_floor, -page.links, page.id
