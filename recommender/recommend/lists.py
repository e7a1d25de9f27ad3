"""One list as it is handed out, as values and as the bytes of the HTTP answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from recommender.article import Recommendation
from recommender.snapshot import Snapshot

ORIGIN = "similar"
PINNED = "pin"


@dataclass(frozen=True, slots=True)
class SimilarList:
    """``rows`` and ``scores`` in order, with what the answer says about itself.

    ``id`` is the article's, or ``None`` for a text that is in no snapshot or several articles together.
    ``abstained``: nothing reached the floor, before filters. ``reason`` is ``None`` when the list is
    full, else the first that applies of ``text_too_short``, ``too_few_articles``, ``below_min_score``,
    ``filtered``; before all of these stands ``blocked``, where the editors let the article have no list. The
    first ``pins`` items are theirs too, and their scores may be ``None``. ``reasons`` and ``evidence`` are
    there only where an explanation was asked for, one an item.
    """

    id: str | None
    snapshot: Snapshot
    requested: int
    abstained: bool
    reason: str | None
    rows: tuple[int, ...]
    scores: tuple[float | None, ...]
    reasons: tuple[tuple[str, ...], ...] | None = None
    evidence: tuple[Mapping[str, float], ...] | None = None
    pins: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.items)

    @property
    def items(self) -> tuple[Recommendation, ...]:
        """The items as values, in order."""
        return tuple(self._item(place) for place in range(len(self.rows)))

    def encode(self) -> bytes:
        """The body of the HTTP answer. Each item is the fragment that the snapshot holds ready, with
        its score, rank and origin appended; nothing is looked up or built field by field."""
        head: dict[str, object] = {
            "id": self.id,
            "snapshot": self.snapshot.name,
            "requested": self.requested,
            "returned": len(self.rows),
            "abstained": self.abstained,
            "reason": self.reason,
        }
        items = b",".join(self._encoded_item(place) for place in range(len(self.rows)))
        return b"%b,%b[%b]}" % (orjson.dumps(head)[:-1], b'"items":', items)

    def _encoded_item(self, place: int) -> bytes:
        own: dict[str, object] = {
            "score": self.scores[place],
            "rank": place + 1,
            "origin": PINNED if place < self.pins else ORIGIN,
        }
        if self.reasons is not None and self.evidence is not None:
            own["reasons"] = self.reasons[place]
            own["evidence"] = dict(self.evidence[place])
        return b"{%b,%b" % (self.snapshot.item(self.rows[place]), orjson.dumps(own)[1:])

    def _item(self, place: int) -> Recommendation:
        article = self.snapshot.article(self.rows[place])
        return Recommendation(
            id=article.id,
            title=article.title,
            url=article.url,
            source=article.source,
            section=article.section,
            published_at=article.published_at,
            image_url=article.image_url,
            score=self.scores[place],
            rank=place + 1,
            origin=PINNED if place < self.pins else ORIGIN,
            reasons=None if self.reasons is None else self.reasons[place],
            evidence=None if self.evidence is None else self.evidence[place],
        )
