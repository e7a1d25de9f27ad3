"""A newsroom in which a page's links meet every fate, worked out by hand.

Vectors are the words of `FakeEncoder`; with `FORMULA` a cosine of 1 scores 0.880797, of 0.8 0.768525, of 0.6
0.598688, of 0 0.119203, and the floor is 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recommender import candidates, scoring
from recommender.article import Article, Link
from recommender.overlay import EMPTY, Overlay
from recommender.policy import Policy
from recommender.recommend import Recommender
from recommender.scoring import Scoring
from tests.fakes import make_article
from tests.snapshot.by_hand import FORMULA, contents_of, publish

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
ONE, MOST, SOME, NONE = 0.880797, 0.768525, 0.598688, 0.119203


def links_to(*ids: str) -> tuple[Link, ...]:
    return tuple(Link(title=f"About {one}", id=one) for one in ids)


ARTICLES = (
    make_article("page", "storm", links=links_to("far", "twin", "near", "video", "some")),
    make_article("first", "storm " * 30, published_at=NOON),
    make_article("twin", "storm " * 30, published_at=NOON - timedelta(days=1)),  # the same text, older
    make_article("near", "storm " * 4 + "court " * 3, url="https://news.example/near"),
    make_article("some", "storm " * 3 + "court " * 4),
    make_article("far", "rocket"),
    make_article("video", title="Video"),
    make_article("quiet", "goal goal", links=links_to("far", "near", "page", "some", "video")),
    make_article("alone", "vote"),
)


def recommender_of(
    directory: Path,
    articles: Sequence[Article] = ARTICLES,
    *,
    depth: int = candidates.DEPTH,
    policy: Policy = Policy(),  # noqa: B008 - a frozen value
    overlay: Overlay = EMPTY,
    formula: Scoring = FORMULA,
) -> Recommender:
    """A recommender over the articles, of which only the ``depth`` best of each are stored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "DEPTH", depth)
        contents = contents_of(articles, policy=policy, formula=formula)
    return Recommender(publish(directory, contents, formula=formula), overlay)
