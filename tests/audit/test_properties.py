"""Each reason against the list itself, over random small corpora, by the definitions in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import Link, title_key
from recommender.audit import audit_corpus, audit_page
from recommender.overlay import Overlay
from recommender.policy import Policy, is_too_short
from recommender.recommend import MAX_LIMIT
from recommender.scoring import Floor
from tests.audit.newsroom import NOON, recommender_of
from tests.fakes import make_article
from tests.snapshot.by_hand import opened_by

IDS = [f"article-{number}" for number in range(9)]
# Few and far between in meaning; the long ones are copies of one another wherever they are used twice.
TEXTS = ["storm", "storm storm court", "court", "rocket", "", "storm " * 30, "storm " * 30, "court " * 30]
LINKS = st.sampled_from([
    *[Link(title="", id=one) for one in IDS],
    *[Link(title="Teaser of a storm", snippet="storm"), Link(title="A short one"), Link(title="Live")],
    Link(title="Teaser of a court", snippet="court court " * 20),
])  # fmt: skip


@st.composite
def newsrooms(draw):
    """Articles that link to one another and to teasers."""
    articles = []
    for article_id in IDS[: draw(st.integers(1, len(IDS)))]:
        text = draw(st.sampled_from(TEXTS))
        # A long title alone takes a copy far away from the others.
        title = draw(st.sampled_from([f"About {article_id}", "rocket " * 40])) if text else "Live"
        links = tuple(draw(st.lists(LINKS, max_size=8)))
        dated = NOON if draw(st.booleans()) else None
        articles.append(make_article(article_id, text, title=title, links=links, published_at=dated))
    return articles


class ByDefinition:
    """What the reasons say, worked out from articles, stored candidates and the list that is served."""

    def __init__(self, recommender, row: int, limit: int, min_score: float | None) -> None:
        snapshot = recommender.snapshot
        self.recommender, self.row = recommender, row
        self.floor = recommender.floor
        if min_score is not None:
            needed = self.floor.min_best if min_score >= self.floor.min_score else 0.0
            self.floor = Floor(min_score, needed)
        self.articles = list(snapshot.articles())
        self.teasers = snapshot.manifest.policy["teasers"]
        self.stored, self.scores = (found.tolist() for found in snapshot.candidates(row)[:2])
        article_id = snapshot.ids.id(row)
        self.shown = recommender.similar(article_id, limit=limit, min_score=min_score).rows
        self.whole = recommender.similar(article_id, limit=MAX_LIMIT, min_score=min_score).rows

    def too_short(self, row: int) -> bool:
        return is_too_short(self.articles[row].title, self.articles[row].text)

    def unwanted(self, row: int) -> bool:
        """Of a story that the page linked to, so that `same_page` lets it pass."""
        return self.articles[row].teaser and self.teasers == "never"

    def same_text(self, one: int, other: int) -> bool:
        return self._copy_key(one) == self._copy_key(other)

    def _copy_key(self, row: int) -> object:
        words = self.articles[row].text.casefold().split()
        return words if len(words) >= 30 else (title_key(self.articles[row].title), words)

    def copy(self, row: int) -> bool:
        linked = self.recommender.snapshot.source_list(self.row).tolist()
        above = self.stored[: self.stored.index(row)] if row in self.stored else self.stored
        listed = [
            one
            for one in above
            if not self.too_short(one)
            and self.recommender.visible(one)
            and not (self.articles[one].teaser and self.teasers == "same_page" and one not in linked)
            and not (self.articles[one].teaser and self.teasers == "never")
        ]
        return any(self.same_text(row, one) for one in listed)

    def opened(self) -> bool:
        """Whether a stored story is good enough to open the list, taken down or not."""
        linked = self.recommender.snapshot.source_list(self.row).tolist()
        return any(
            score >= np.float32(self.floor.min_best)
            for one, score in zip(self.stored, self.scores, strict=True)
            if not (self.too_short(one) or self.too_short(self.row) or self.same_text(one, self.row))
            and not (self.articles[one].teaser and self.teasers == "never")
            and not (self.articles[one].teaser and self.teasers == "same_page" and one not in linked)
        )

    def reason(self, row: int, score: float) -> str:
        if row in self.shown:
            return "similar"
        if self.too_short(row) or self.too_short(self.row):
            return "text_too_short"
        if self.unwanted(row):
            return "unwanted_teaser"
        if self.same_text(row, self.row):
            return "copy_of_article"
        if self.copy(row):
            return "same_story"
        if score < self.floor.min_score:
            return "below_min_score"
        if not self.opened() and score < self.floor.min_best:  # it would not open the list
            return "below_min_score"
        if row not in self.stored:
            return "not_among_candidates"
        assert row in self.whole
        return "beyond_limit"


@given(
    articles=newsrooms(),
    depth=st.sampled_from([1, 2, 3, 100]),
    teasers=st.sampled_from(["always", "same_page", "never"]),
    taken=st.sets(st.sampled_from(IDS), max_size=2),
    limit=st.none() | st.integers(1, 2),
    min_score=st.none() | st.sampled_from([0.0, 0.2, 0.85, 1.0]),
    min_best=st.sampled_from([0.0, 0.7, 0.87, 1.0]),
)
@settings(deadline=None, max_examples=80)
def test_every_reason_is_true(tmp_path_factory, articles, depth, teasers, taken, limit, min_score, min_best):
    recommender = recommender_of(
        tmp_path_factory.mktemp("index"),
        articles,
        depth=depth,
        policy=Policy(teasers=teasers),
        overlay=Overlay(1, frozenset(taken)),
        formula=opened_by(min_best),
    )
    snapshot = recommender.snapshot
    pages = []
    for row, article_id in enumerate(snapshot.ids):
        if not recommender.visible(row):
            continue
        audit = audit_page(recommender, article_id, limit=limit, min_score=min_score)
        links = [one for one in snapshot.source_list(row).tolist() if recommender.visible(one)]
        assert audit.requested == (limit or len(links) or 10)
        expected = ByDefinition(recommender, row, audit.requested, min_score)
        assert (audit.min_score, audit.min_best) == (expected.floor.min_score, expected.floor.min_best)
        assert [snapshot.ids.row(entry.id) for entry in audit.source] == links
        assert [snapshot.ids.row(entry.id) for entry in audit.rebuilt] == list(expected.shown)
        for entry in audit.source:
            other = snapshot.ids.row(entry.id)
            assert entry.reason == expected.reason(other, entry.score), (article_id, entry)
        consistent(audit)
        pages.append(audit)
    whole(audit_corpus(recommender, limit=limit, min_score=min_score), pages)


def consistent(audit) -> None:
    """Places and ranks count, and the five lists say the same."""
    assert [entry.place for entry in audit.source] == list(range(1, len(audit.source) + 1))
    assert [entry.rank for entry in audit.rebuilt] == list(range(1, len(audit.rebuilt) + 1))
    assert len(audit.rebuilt) <= audit.requested
    assert {entry.id for entry in audit.kept} == {e.id for e in audit.source} & {e.id for e in audit.rebuilt}
    assert sorted(audit.kept, key=lambda entry: entry.rank) == [
        entry for entry in audit.rebuilt if entry.place is not None
    ]
    assert len(audit.kept) + len(audit.dropped) == len(audit.source)
    assert len(audit.kept) + len(audit.new) == len(audit.rebuilt)
    assert all(entry.reason == "similar" for entry in [*audit.kept, *audit.new])
    assert all(entry.reason != "similar" for entry in audit.dropped)
    assert all(entry.score >= audit.min_score for entry in audit.rebuilt)
    if 0 < len(audit.rebuilt) < audit.requested:
        assert max(entry.score for entry in audit.rebuilt) >= audit.min_best


def whole(totals, pages) -> None:
    """The totals are those of the pages."""
    printed = [page for page in pages if page.source]
    assert (totals.articles, totals.pages) == (len(pages), len(printed))
    assert totals.links == sum(len(page.source) for page in printed)
    assert totals.kept == sum(len(page.kept) for page in printed)
    assert totals.new == sum(len(page.new) for page in printed)
    assert totals.kept + sum(totals.dropped.values()) == totals.links
    for reason, number in totals.dropped.items():
        assert number == sum(entry.reason == reason for page in printed for entry in page.dropped)
    assert totals.empty == sum(not page.rebuilt for page in printed)
    own = [entry for page in printed for entry in page.dropped if entry.score < totals.min_score]
    assert totals.below_floor >= sum(entry.reason == "below_min_score" for entry in own)
    if printed:
        mean = sum(len(page.rebuilt) for page in printed) / len(printed)
        assert totals.mean_rebuilt == pytest.approx(mean)
    for page in totals.most_below_floor:
        assert page.links >= 4
        assert page.share_below_floor == page.below_floor / page.links > 0
