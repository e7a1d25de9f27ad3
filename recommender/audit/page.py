"""One page's own list beside the rebuilt one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from recommender.audit.compare import Scored, compare, floor_of
from recommender.recommend import Recommender
from recommender.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Entry:
    """One story. ``score`` is the pair's, ``reason`` one of the codes in `REASONS`; ``place`` is where it
    stands in the page's own list and ``rank`` where in the rebuilt one, from 1, ``None`` where it is not
    in it."""

    id: str
    title: str
    url: str | None
    score: float
    reason: str
    place: int | None
    rank: int | None

    def as_json(self) -> dict[str, Any]:
        """The entry, ready for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Audit:
    """The two lists of article ``id``: ``source`` as its page printed it, ``rebuilt`` best first, with room
    for ``requested`` stories that score ``min_score`` or more, one of them ``min_best`` or more."""

    id: str
    snapshot: str
    requested: int
    min_score: float
    min_best: float
    source: tuple[Entry, ...]
    rebuilt: tuple[Entry, ...]

    @property
    def kept(self) -> tuple[Entry, ...]:
        """The links that are in the rebuilt list, in page order."""
        return tuple(entry for entry in self.source if entry.rank is not None)

    @property
    def dropped(self) -> tuple[Entry, ...]:
        """The links that are not, in page order."""
        return tuple(entry for entry in self.source if entry.rank is None)

    @property
    def new(self) -> tuple[Entry, ...]:
        """The stories of the rebuilt list that the page did not link to, best first."""
        return tuple(entry for entry in self.rebuilt if entry.place is None)

    def as_json(self) -> dict[str, Any]:
        """The body of the HTTP answer, ready for JSON."""
        lists = {
            "source": self.source,
            "rebuilt": self.rebuilt,
            "kept": self.kept,
            "dropped": self.dropped,
            "new": self.new,
        }
        return {
            "id": self.id,
            "snapshot": self.snapshot,
            "requested": self.requested,
            "min_score": self.min_score,
            "min_best": self.min_best,
            **{name: [entry.as_json() for entry in entries] for name, entries in lists.items()},
        }


def audit_page(
    recommender: Recommender,
    article_id: str,
    *,
    limit: int | None = None,
    min_score: float | None = None,
) -> Audit:
    """The page's own list of an article beside the rebuilt one. Without ``limit`` both have the same room:
    as many places as the page printed, ten where it printed nothing, at most 50.

    Raises ArticleNotFound, TakenDown, OptionError.
    """
    row = recommender.row(article_id)
    (found,) = compare(recommender, [row], limit=limit, min_score=min_score)
    places = _numbered(found.source)
    ranks = _numbered(found.rebuilt)
    snapshot, floor = recommender.snapshot, floor_of(recommender, min_score)

    def entries(stories: Sequence[Scored]) -> tuple[Entry, ...]:
        return tuple(_entry(snapshot, story, places, ranks) for story in stories)

    return Audit(
        id=snapshot.ids.id(row),
        snapshot=snapshot.name,
        requested=found.requested,
        min_score=floor.min_score,
        min_best=floor.min_best,
        source=entries(found.source),
        rebuilt=entries(found.rebuilt),
    )


def title_of(snapshot: Snapshot, row: int) -> str:
    """An article's title, without reading its text."""
    title: str = _shown(snapshot, row)["title"]
    return title


def _entry(snapshot: Snapshot, story: Scored, places: dict[int, int], ranks: dict[int, int]) -> Entry:
    shown = _shown(snapshot, story.row)
    return Entry(
        id=shown["id"],
        title=shown["title"],
        url=shown["url"],
        score=story.score,
        reason=story.reason,
        place=places.get(story.row),
        rank=ranks.get(story.row),
    )


def _shown(snapshot: Snapshot, row: int) -> dict[str, Any]:
    shown: dict[str, Any] = orjson.loads(b"{%b}" % snapshot.item(row))
    return shown


def _numbered(stories: Sequence[Scored]) -> dict[int, int]:
    return {story.row: number for number, story in enumerate(stories, start=1)}
