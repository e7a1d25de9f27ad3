"""The mean of a corpus, blended with a packaged one, and vectors less that mean."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.dense import ExactIndex, centred
from recommender.encoder import DEFAULT_ENCODER, load_encoder
from recommender.statistics import (
    STATISTICS_VERSION,
    Background,
    fit,
    packaged_background,
)

BACKGROUND = Background("news", "fake:1", np.array([0.5, 0.0]))


def rows_of(*rows):
    return np.array(rows, dtype=np.float32)


def test_a_corpus_of_n_weighs_n_over_n_plus_50():
    # Own mean (1/2, 1/2), weight 2/52 = 1/26: 25/26 * (1/2, 0) + 1/26 * (1/2, 1/2) = (1/2, 1/52).
    found = fit(rows_of([1, 0], [0, 1]), "fake:1", BACKGROUND)
    np.testing.assert_allclose(found.mean, [1 / 2, 1 / 52], rtol=1e-6)
    assert found.mean.dtype == np.float32
    assert (found.version, found.fingerprint, found.articles, found.background) == (
        STATISTICS_VERSION,
        "fake:1",
        2,
        "news",
    )


def test_a_corpus_of_fifty_weighs_half():
    found = fit(np.tile(rows_of([0, 1]), (50, 1)), "fake:1", BACKGROUND)
    np.testing.assert_allclose(found.mean, [1 / 4, 1 / 2], rtol=1e-6)


def test_one_article_and_none():
    found = fit(rows_of([0, 1]), "fake:1", BACKGROUND)
    np.testing.assert_allclose(found.mean, [50 / 51 / 2, 1 / 51], rtol=1e-6)
    found = fit(np.zeros((0, 2), np.float32), "fake:1", BACKGROUND)
    assert (found.mean.tolist(), found.articles) == ([0.5, 0.0], 0)


@pytest.mark.parametrize("background", [None, Background("news", "fake:2", np.array([0.5, 0.0]))])
def test_without_a_background_of_its_own_the_mean_shrinks_towards_zero(background):
    found = fit(rows_of([1, 0], [0, 1]), "fake:1", background)
    np.testing.assert_allclose(found.mean, [1 / 52, 1 / 52], rtol=1e-6)
    assert found.background is None


def test_fitting_leaves_the_background_as_it_was():
    fit(rows_of([0, 1]), "fake:1", BACKGROUND)
    assert BACKGROUND.mean.tolist() == [0.5, 0.0]


def test_vectors_less_the_mean_by_hand():
    # (1, 0) less (0.4, 0.8) is (0.6, -0.8), of length 1; (0.4, 1) leaves (0, 0.2); the mean itself nothing.
    found = centred(rows_of([1, 0], [0.4, 1], [0.4, 0.8]), np.array([0.4, 0.8], np.float32))
    np.testing.assert_allclose(found, [[0.6, -0.8], [0, 1], [0, 0]], atol=1e-6)
    assert found[2].tolist() == [0, 0]
    assert found.dtype == np.float32


def test_a_row_that_rounding_alone_keeps_from_the_mean_becomes_zero():
    mean = np.full(4, 0.5, np.float32)
    assert centred(np.nextafter(mean, np.float32(1))[None], mean).tolist() == [[0, 0, 0, 0]]


def test_no_vectors_less_the_mean():
    assert centred(np.zeros((0, 2), np.float32), np.zeros(2, np.float32)).shape == (0, 2)


COMPONENTS = st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3)


@settings(deadline=None)
@given(st.lists(COMPONENTS, max_size=5), COMPONENTS)
def test_what_is_left_is_a_unit_row_or_zero(rows, mean):
    vectors = np.array(rows, np.float32).reshape(-1, 3)
    before = vectors.copy()
    lengths = np.linalg.norm(centred(vectors, np.array(mean, np.float32)), axis=1)
    assert ((lengths == 0) | (np.abs(lengths - 1) < 1e-6)).all()
    assert np.array_equal(vectors, before)


# Two related articles share a second direction beside what all news shares (the first axis); a third
# article has a direction of its own.
COMMON = Background("news", "fake:1", np.array([0.6, 0, 0, 0, 0]))
RELATED = ([0.6, 0.7, 0, np.sqrt(0.15), 0], [0.6, 0.7, 0, 0, np.sqrt(0.15)])
OTHER = [0.6, 0, 0.8, 0, 0]


def test_two_related_articles_in_a_corpus_of_three_find_each_other():
    vectors = rows_of(*RELATED, OTHER)
    unit = centred(vectors, fit(vectors, "fake:1", COMMON).mean)
    found = ExactIndex(unit).search(unit, 2)
    assert found.rows[:2].tolist() == [[0, 1], [1, 0]]
    assert (found.cosines[:2, 1] > 0.5).all()
    assert abs(found.cosines[2, 1]) < 0.1  # the third is near nothing


def test_two_related_articles_alone_are_no_opposites():
    vectors = rows_of(*RELATED)
    unit = centred(vectors, fit(vectors, "fake:1", COMMON).mean)
    assert unit[0] @ unit[1] > 0.5
    # The control: less their own mean alone they would be.
    own = centred(vectors, vectors.mean(axis=0))
    assert own[0] @ own[1] == pytest.approx(-1)


def test_the_packaged_mean_is_one_of_the_packaged_encoder():
    background = packaged_background()
    assert background.fingerprint == load_encoder(DEFAULT_ENCODER).fingerprint
    assert background.name
    assert (background.mean.shape, background.mean.dtype) == ((384,), np.float64)
    # A mean of unit vectors that point different ways is shorter than they are.
    assert 0.05 < np.linalg.norm(background.mean) < 0.9
