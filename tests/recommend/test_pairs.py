"""Any pair scores as it does in the stored lists, whether it is in them or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.overlay import Overlay
from recommender.recommend import MAX_LIMIT, Recommender
from tests.fakes import AXES, make_article
from tests.snapshot.by_hand import FORMULA, contents_of, publish

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
    assert FORMULA.score(np.ones(1, dtype=np.float32), 5) == recommender.score_pairs(rows(2), rows(2))
