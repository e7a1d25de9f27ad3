"""Any pair scores as it does in the stored lists, whether it is in them or not."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.evidence import Evidence
from recommender.overlay import Overlay
from recommender.recommend import MAX_LIMIT, Options, Recommender
from recommender.recommend.scores import Scores
from recommender.statistics import packaged_background
from tests.fakes import AXES, make_article
from tests.news import FOUR, NOON, news, newsrooms
from tests.snapshot.by_hand import FORMULA, ask, contents_of, publish

# The words make the unit vectors (1, 0), (0, 1), (0.6, 0.8) and (0.8, 0.6) on the axes storm and court.
ARTICLES = [
    make_article("s", "storm"),
    make_article("c", "court"),
    make_article("sc", "storm " * 3 + "court " * 4),
    make_article("ss", "storm " * 4 + "court " * 3),
    make_article("video", title="Video"),
]


def rows(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def stored(snapshot):
    """Every stored pair: rows of both sides, and scores."""
    found = [snapshot.candidates(row) for row in range(len(snapshot))]
    left = np.repeat(np.arange(len(snapshot)), [len(some) for some, _, _ in found])
    return left, np.concatenate([some for some, _, _ in found]), np.concatenate([one for _, one, _ in found])


def agrees(recommender) -> None:
    """All stored pairs score as stored, from either side."""
    left, right, scores = stored(recommender.snapshot)
    assert np.array_equal(recommender.score_pairs(left, right), scores)
    assert np.array_equal(recommender.score_pairs(right, left), scores)


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    return Recommender(publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES)))


def test_scores_by_hand(recommender):
    found = recommender.score_pairs(rows(0, 3, 2, 0, 0, 0), rows(3, 0, 0, 1, 4, 0))
    assert found.dtype == np.float32
    expected = [0.768525, 0.768525, 0.598688, 0.119203, 0.119203, 0.880797]
    assert found.tolist() == np.float32(expected).tolist()


def test_no_pairs(recommender):
    assert recommender.score_pairs(rows(), rows()).shape == (0,)


def test_a_pair_outside_the_stored_lists_is_scored_by_the_same_formula(tmp_path):
    cut = Recommender(publish(tmp_path, contents_of(ARTICLES, {"s": [("ss", 0.9)]})))
    assert len(cut.snapshot.candidates(1)[0]) == 0
    assert cut.score_pairs(rows(1, 1), rows(2, 3)).tolist() == np.float32([0.768525, 0.598688]).tolist()


def test_neither_policy_nor_overlay_counts(tmp_path, recommender):
    hidden = Recommender(publish(tmp_path, contents_of(ARTICLES)), Overlay(1, frozenset({"ss", "s"})))
    pairs = rows(0, 0, 4), rows(3, 4, 1)  # a pair that is hidden, and two that are too short to be listed
    assert np.array_equal(hidden.score_pairs(*pairs), recommender.score_pairs(*pairs))


@pytest.mark.parametrize(("left", "right"), [((5,), (0,)), ((0,), (5,)), ((-1,), (0,)), ((0, 0), (1, -5))])
def test_a_row_out_of_range_is_refused(recommender, left, right):
    with pytest.raises(IndexError, match=r"row (5|-1|-5) is outside 0\.\.4"):
        recommender.score_pairs(rows(*left), rows(*right))


@pytest.mark.parametrize(
    ("left", "right"), [(rows(0, 1), rows(0)), (rows(0), np.zeros((1, 1), dtype=np.int64))]
)
def test_lengths_that_differ_are_refused(recommender, left, right):
    with pytest.raises(ValueError, match=r"rows have shapes .* expected \(m,\) twice"):
        recommender.score_pairs(left, right)


@given(st.lists(st.lists(st.sampled_from(AXES), min_size=1, max_size=6), min_size=1, max_size=12))
@settings(deadline=None, max_examples=25)
def test_stored_pairs_score_as_stored(tmp_path_factory, texts):
    articles = [make_article(f"{row}", " ".join(words)) for row, words in enumerate(texts)]
    contents = contents_of(articles, fitted=True)
    agrees(Recommender(publish(tmp_path_factory.mktemp("index"), contents)))


def test_so_does_every_pair_of_a_build(build):
    texts = [" ".join(AXES[place * row % 5] for place in range(2 + row % 7)) for row in range(160)]
    records = [{"id": f"{row}", "title": f"About {row}", "text": text} for row, text in enumerate(texts)]
    recommender = Recommender(build(records).snapshot)
    agrees(recommender)
    left, right, _ = stored(recommender.snapshot)
    assert len(left) == 160 * 100  # of 159 others each, so that there are pairs beyond the stored depth
    # Whatever lies beyond the depth scores no more than the last that is stored.
    for row in (0, 17, 159):
        kept = right[left == row]
        beyond = np.setdiff1d(np.arange(160), [*kept, row])
        scores = recommender.score_pairs(np.full(len(beyond), row), beyond)
        least = recommender.snapshot.candidates(row)[1].min()
        assert scores.max() <= least


def test_lists_show_the_same_scores(recommender):
    for row, article_id in enumerate(recommender.snapshot.ids):
        found = recommender.similar(article_id, limit=MAX_LIMIT, min_score=0)
        scores = recommender.score_pairs(np.full(len(found), row), rows(*found.rows))
        assert [round(float(score), 6) for score in scores] == list(found.scores)


def test_the_formula_is_the_snapshot_s(recommender):
    one = np.ones(1, dtype=np.float32)
    assert FORMULA.score(Evidence(one, one, one, one)) == recommender.score_pairs(rows(2), rows(2))


# With all four pieces of evidence


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    contents = contents_of(list(news()), formula=FOUR, fitted=True, background=packaged_background())
    return Recommender(publish(tmp_path_factory.mktemp("index"), contents, formula=FOUR))


def test_all_four_pieces_speak_in_these_articles(four):
    left, right, _ = stored(four.snapshot)
    found = Scores(four.snapshot).evidence(left, right)
    for name in ("lead_cosine", "lexical_cosine", "name_cosine", "neighbour_cosine"):
        assert len(np.unique(getattr(found, name))) >= 50


def test_stored_pairs_score_as_stored_by_all_four(four):
    agrees(four)


def test_a_pair_scores_the_same_alone_in_a_crowd_and_from_either_side(four):
    n = len(four.snapshot)
    left, right = (one.ravel() for one in np.indices((n, n)))
    together = four.score_pairs(left, right)
    assert np.array_equal(together, four.score_pairs(right, left))
    some = np.random.default_rng(7).permutation(n * n)
    assert np.array_equal(together[some], four.score_pairs(left[some], right[some]))
    for place in some[:100]:
        assert four.score_pairs(rows(left[place]), rows(right[place]))[0] == together[place]


@given(newsrooms)
@settings(deadline=None, max_examples=10)
def test_so_do_those_of_any_newsroom(tmp_path_factory, articles):
    contents = contents_of(articles, formula=FOUR, fitted=True)
    agrees(Recommender(publish(tmp_path_factory.mktemp("index"), contents, formula=FOUR)))


def test_articles_together_score_by_the_mean_of_their_pairs(four):
    found = four.similar_to_several(["news-00", "news-01"], ["news-02"], Options(limit=50, min_score=0))
    assert len(found) > 20
    for row, score in zip(found.rows, found.scores, strict=True):
        one, two, less = four.score_pairs(rows(0, 1, 2), rows(row, row, row)).astype(float)
        assert score == pytest.approx(min(1, max(0, (one + two) / 2 - less)), abs=1e-6)


def test_a_draft_that_equals_an_article_ranks_that_article_first(four):
    facts = four.snapshot.facts
    for row in np.flatnonzero(~facts.too_short).tolist():
        best = ask(four, row, now=NOON, options=Options(limit=1, min_score=0)).rows[0]
        assert best == row or facts.story[best] == facts.story[row]  # of one story the newest stands for all


def test_a_draft_s_scores_are_those_of_its_evidence(four):
    found = ask(four, 3, now=NOON, options=Options(limit=50, min_score=0, explain=True))
    assert len(found) > 20
    for item in found:
        cosines = (np.float32([item.evidence[one.name]]) for one in fields(Evidence))
        assert FOUR.score(Evidence(*cosines))[0] == pytest.approx(item.score, abs=2e-6)
