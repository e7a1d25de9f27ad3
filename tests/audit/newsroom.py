"""A newsroom in which a page's links meet every fate, worked out by hand.

Vectors are the words of `FakeEncoder`; with `FORMULA` a cosine of 1 scores 0.880797, of 0.8 0.768525, of 0.6
0.598688, of 0 0.119203, and the floor is 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recommender import candidates, policy, scoring
from recommender.article import Article, Link
from recommender.dense import ExactIndex, centred
from recommender.overlay import EMPTY, Overlay
from recommender.recommend import Recommender
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
    teasers: str = "always",
    overlay: Overlay = EMPTY,
) -> Recommender:
    """A recommender over the articles, of which only the ``depth`` nearest of each are stored."""
    contents = contents_of(articles, teasers=teasers)
    unit = centred(contents.embedding.vectors, contents.statistics.mean)
    pairs = candidates.find(ExactIndex(unit), unit, depth=depth)
    ranking = scoring.rank(pairs, contents.corpus.articles, FORMULA)
    verdicts, _ = policy.apply(ranking, contents.facts)
    return Recommender(publish(directory, replace(contents, ranking=ranking, verdicts=verdicts)), overlay)
