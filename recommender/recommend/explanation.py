"""All that is known of one pair of articles: what its score is made of, and what keeps it out of a list."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from recommender.article import rfc3339
from recommender.errors import OptionError
from recommender.lexical import Row, in_common, spellings
from recommender.recommend.absence import KeptOut, Listing, kept_out
from recommender.recommend.reasons import DAY_SECONDS
from recommender.recommend.scores import Scores
from recommender.scoring import DECIMALS, UNDATED, Floor


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two articles; ``crowding`` is the mean closeness of its nearest, with which it is compared
    whether others are near."""

    id: str
    title: str
    section: str | None
    source: str | None
    published_at: datetime | None
    teaser: bool
    crowding: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: its ``value``, its ``weight`` in the formula, and what it ``adds`` to the logit.
    That is the product of the two, but for names, whose value v counts as ln(1 + 10 v)."""

    name: str
    value: float
    weight: float
    adds: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What both have, as the first spells it (of a neighbour its id), and its ``share`` of their cosine."""

    what: str
    share: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the pair stands. ``bare_rank`` is the other's place in the article's bare ranking and ``rank``
    that in its default list, from 1, ``None`` where it is not in it; of that list ``limit`` is the length and
    ``floor`` what it has to reach. ``kept_out`` says why it is not there."""

    bare_rank: int | None
    rank: int | None
    pinned: bool
    limit: int
    floor: Floor
    kept_out: KeptOut | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The pair of ``article`` and ``other``. The evidence is the same the other way round, not ``standing``.

    ``intercept`` and what ``pieces`` add make ``logit``, of which ``score`` is the logistic function, rounded
    as in lists. ``closeness`` is what neighbours are found by, as much as `Side.crowding` on both sides.
    ``names``, ``terms`` and ``neighbours`` are all that the two share, what says most first; neighbours that
    are taken down are not named. ``days_apart`` is ``None`` where one is undated.
    """

    snapshot: str
    article: Side
    other: Side
    formula: str
    intercept: float
    pieces: tuple[Piece, ...]
    logit: float
    score: float
    closeness: float
    names: tuple[Shared, ...]
    terms: tuple[Shared, ...]
    neighbours: tuple[Shared, ...]
    days_apart: float | None
    standing: Standing

    def as_json(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        found = asdict(self)
        for side in ("article", "other"):
            found[side]["published_at"] = rfc3339(found[side]["published_at"])
        return found


def explained(scores: Scores, listing: Listing, other: int) -> Explanation:
    """The explanation of the pair of the article that ``listing`` is of and the one at the row ``other``.
    Raises OptionError where these are one."""
    snapshot, formula, row = scores.snapshot, scores.formula, listing.row
    if row == other:
        raise OptionError("explain", f"found {snapshot.ids.id(row)!r} twice, expected two articles")
    evidence = scores.evidence(np.array([row]), np.array([other]))
    values, adds = evidence.values(0), formula.contributions(evidence)
    pieces = tuple(
        Piece(name, round(values[name], DECIMALS), weight, float(adds[name][0]))
        for name, weight in formula.weights.items()
    )
    one, two = scores.space.point(row), scores.space.point(other)
    spelt = _spelt(scores, other) | _spelt(scores, row)
    keys = snapshot.statistics.keys

    def term(column: int) -> str:
        key = int(keys[column])
        return spelt.get(key, f"#{key:08x}")

    near = scores.near.table
    named = {
        column: snapshot.ids.id(column)
        for column in near.row(row).columns.tolist()
        if not listing.hidden[column]
    }
    moments = int(snapshot.published[row]), int(snapshot.published[other])
    closeness = formula.closeness.of(evidence.lead_cosine, evidence.lexical_cosine)
    return Explanation(
        snapshot=snapshot.name,
        article=_side(scores, row),
        other=_side(scores, other),
        formula=formula.name,
        intercept=formula.intercept,
        pieces=pieces,
        logit=formula.intercept + sum(piece.adds for piece in pieces),
        score=round(float(formula.score(evidence)[0]), DECIMALS),
        closeness=float(closeness[0]),
        names=tuple(Shared(term(column), share) for column, share in _shares(one.names, two.names)),
        terms=tuple(Shared(term(column), share) for column, share in _shares(one.terms, two.terms)),
        neighbours=tuple(
            Shared(named[column], share)
            for column, share in _shares(near.row(row), near.row(other))
            if column in named
        ),
        days_apart=None if UNDATED in moments else round(abs(moments[0] - moments[1]) / DAY_SECONDS, 2),
        standing=Standing(
            bare_rank=listing.bare_rank(other),
            rank=listing.rank(other),
            pinned=listing.is_pinned(other),
            limit=listing.limit,
            floor=listing.floor,
            kept_out=kept_out(snapshot, listing, other),
        ),
    )


def _shares(one: Row, other: Row) -> list[tuple[int, float]]:
    columns, products = in_common(one, other)
    total = float(products.sum()) or 1.0
    return [
        (column, round(product / total, DECIMALS))
        for column, product in zip(columns.tolist(), products.tolist(), strict=True)
    ]


def _spelt(scores: Scores, row: int) -> dict[int, str]:
    article = scores.snapshot.article(row)
    return spellings(article.title, article.text)


def _side(scores: Scores, row: int) -> Side:
    article = scores.snapshot.article(row)
    return Side(
        id=article.id,
        title=article.title,
        section=article.section,
        source=article.source,
        published_at=article.published_at,
        teaser=article.teaser,
        crowding=round(float(scores.near.crowding[row]), DECIMALS),
    )
