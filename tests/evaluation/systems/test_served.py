"""This project's lists are the bare ranking: by score, without floor and policy."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from recommender.article import Article, Link
from recommender.corpus import assemble
from recommender.evaluation.systems.served import Served
from recommender.overlay import Overlay
from recommender.recommend import Recommender
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

BODY = "storm " * 30
ARTICLES = (
    make_article("s", BODY, published_at=datetime(2022, 1, 3, tzinfo=UTC)),
    make_article("copy", BODY),
    make_article("sc", "storm storm storm court court court court", links=(Link("A link", "storm", id="t"),)),
    make_article("c", "court"),
    Article("v", "Video", ""),
)
CORPUS = assemble(ARTICLES)  # s, copy, sc, its teaser t, c, v
ROWS = range(len(CORPUS))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES))


def test_lists_are_the_bare_ranking(snapshot):
    recommender = Recommender(snapshot)
    run = Served(recommender).fit(CORPUS).run(ROWS, 10)
    assert run.system == "recommender"
    ids = snapshot.ids
    for one in CORPUS.ids:
        rows, scores = recommender.listed(ids.row(one), limit=10, min_score=0, policy=False)
        assert run.lists[one] == tuple(zip(map(ids.id, rows), scores, strict=True))
    # Policy strikes the copy, v is too short to judge, and c has nothing in common with s: as served they are
    # not shown, but they are ranked. Of equal scores the order is newer, then id.
    assert run.docs("s") == ("copy", "t", "sc", "c", "v")
    assert [item.id for item in recommender.similar("s")] == ["t", "sc"]


def test_a_list_is_cut_at_the_depth(snapshot):
    run = Served(Recommender(snapshot)).fit(CORPUS).run([0], 2)
    assert run.docs("s") == ("copy", "t")


def test_what_is_taken_down_is_hidden(snapshot):
    recommender = Recommender(snapshot, Overlay(1, frozenset({"t"})))
    ranker = Served(recommender).fit(CORPUS)
    run = ranker.run(ROWS, 10)
    assert run.docs("s") == ("copy", "sc", "c", "v")
    assert run.lists["t"] == ()
    assert not any("t" in run.docs(one) for one in CORPUS.ids)
    scores = ranker.score_pairs(np.array([0, 3, 0]), np.array([3, 0, 2]))
    assert np.isnan(scores).tolist() == [True, True, False]


def test_pairs_score_as_they_do_in_the_lists(snapshot):
    ranker = Served(Recommender(snapshot)).fit(CORPUS)
    run = ranker.run(ROWS, 10)
    pairs = [
        (CORPUS.ids.row(one), CORPUS.ids.row(doc), score)
        for one in run.lists
        for doc, score in run.lists[one]
    ]
    left, right, expected = (np.array(column) for column in zip(*pairs, strict=True))
    found = ranker.score_pairs(left, right)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_pair_that_policy_strikes_is_scored_too(snapshot):
    (score,) = Served(Recommender(snapshot)).fit(CORPUS).score_pairs(np.array([0]), np.array([1]))
    assert score == pytest.approx(0.880797, abs=1e-6)


def test_a_snapshot_of_other_articles_is_refused(snapshot):
    with pytest.raises(ValueError, match="was built of 6 articles"):
        Served(Recommender(snapshot)).fit(assemble(ARTICLES[:-1]))


def test_a_row_outside_the_corpus_is_refused(snapshot):
    with pytest.raises(IndexError):
        Served(Recommender(snapshot)).fit(CORPUS).run([-1], 3)
