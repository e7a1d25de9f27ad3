"""What the corpus as a whole says, by hand: mean, whitening and idf, blended with a background's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.dense import ExactIndex, centred
from recommender.encoder import DEFAULT_ENCODER, load_encoder, model_of
from recommender.lexical import bags_of, key_of
from recommender.statistics import STATISTICS_VERSION, Background, fit, packaged_background
from recommender.statistics.background import NUMBERS
from tests.fakes import make_article

COVARIANCE = np.array([[0.5, 0.1], [0.1, 0.25]])


def keys_of(*words):
    return np.array([key_of(word) for word in words], dtype=np.uint32)


def background_of(
    *,
    fingerprint: str = "fake:1",
    articles: int = 4000,
    mean: Sequence[float] = (0.5, 0.0),
    covariance: np.ndarray = COVARIANCE,
    terms: dict[str, tuple[float, float]] | None = None,
) -> Background:
    """A background; ``terms`` are word -> (articles that hold it, that hold it with a capital)."""
    known = sorted((key_of(word), numbers) for word, numbers in (terms or {}).items())
    return Background(
        "news",
        fingerprint,
        articles,
        np.array(mean, dtype=np.float64),
        covariance.astype(np.float64),
        np.array([key for key, _ in known], dtype=np.uint32),
        np.array([numbers[0] for _, numbers in known], dtype=np.float64),
        np.array([numbers[1] for _, numbers in known], dtype=np.float64),
    )


def rows_of(*rows, dim=2):
    return np.array(rows, dtype=np.float32).reshape(-1, dim)


def words_in(*texts):
    return bags_of(make_article(str(row), text, title="") for row, text in enumerate(texts))


def fitted(vectors, background=None, fingerprint="fake:1"):
    """Statistics of vectors whose articles hold no words."""
    return fit(vectors, words_in(*[""] * len(vectors)), fingerprint, background)


def of_terms(texts, background=None):
    """word -> (idf, share of capitals), and the idf of all others."""
    found = fit(np.zeros((len(texts), 2), dtype=np.float32), words_in(*texts), "fake:1", background)
    numbers = zip(found.idf.tolist(), found.capitalised.tolist(), strict=True)
    return dict(zip(found.keys.tolist(), numbers, strict=True)), found.rarest


# The mean


def test_a_corpus_of_n_weighs_n_over_n_plus_50():
    # Own mean (1/2, 1/2), weight 2/52 = 1/26: 25/26 * (1/2, 0) + 1/26 * (1/2, 1/2) = (1/2, 1/52).
    found = fitted(rows_of([1, 0], [0, 1]), background_of())
    np.testing.assert_allclose(found.mean, [1 / 2, 1 / 52], rtol=1e-6)
    assert found.mean.dtype == np.float32
    assert (found.version, found.fingerprint, found.articles, found.background, found.whitened) == (
        STATISTICS_VERSION,
        "fake:1",
        2,
        "news",
        True,
    )


def test_a_corpus_of_fifty_weighs_half():
    found = fitted(np.tile(rows_of([0, 1]), (50, 1)), background_of())
    np.testing.assert_allclose(found.mean, [1 / 4, 1 / 2], rtol=1e-6)


def test_one_article_and_none():
    found = fitted(rows_of([0, 1]), background_of())
    np.testing.assert_allclose(found.mean, [50 / 51 / 2, 1 / 51], rtol=1e-6)
    found = fitted(rows_of(), background_of())
    assert (found.mean.tolist(), found.articles) == ([0.5, 0.0], 0)


@pytest.mark.parametrize("background", [None, background_of(fingerprint="fake:2")])
def test_without_a_background_of_its_own_the_mean_shrinks_towards_zero(background):
    found = fitted(rows_of([1, 0], [0, 1]), background)
    np.testing.assert_allclose(found.mean, [1 / 52, 1 / 52], rtol=1e-6)
    assert not found.whitened
    assert found.whitening.tolist() == [[1, 0], [0, 1]]
    # The terms of a background are used whatever encoder it is of, and it is named.
    assert found.background == (background and "news")


def test_fitting_leaves_the_background_as_it_was():
    background = background_of(terms={"storm": (4, 1)})
    fit(rows_of([0, 1]), words_in("storm storm"), "fake:1", background)
    assert (background.mean.tolist(), background.covariance.tolist()) == ([0.5, 0.0], COVARIANCE.tolist())
    assert (background.holding.tolist(), background.capitalised.tolist()) == ([4], [1])
    assert not background.covariance.flags.writeable


# The whitening


def test_a_diagonal_covariance_is_whitened_half_way_by_hand():
    # 16 ** (-1/4) = 1/2 and 0.0625 ** (-1/4) = 2: half of the way from (4, 1/4) to (1, 1) and beyond it.
    found = fitted(rows_of(), background_of(covariance=np.diag([16, 0.0625])))
    np.testing.assert_allclose(found.whitening, [[0.5, 0], [0, 2]], atol=1e-6)
    assert (found.whitening.dtype, found.whitened) == (np.float32, True)


def test_a_corpus_of_2000_has_half_of_the_covariance():
    # Its own is 1 along the first axis (half at +1, half at -1) and 0 along the other.
    vectors = np.tile(rows_of([1, 0], [-1, 0]), (1000, 1))
    found = fitted(vectors, background_of(covariance=np.diag([31, 0.125])))
    np.testing.assert_allclose(found.whitening, [[0.5, 0], [0, 2]], atol=1e-6)


def test_the_whitening_is_the_inverse_fourth_root_of_the_blend():
    vectors = np.random.default_rng(1).normal(size=(500, 4)).astype(np.float32)
    other = np.cov(np.random.default_rng(2).normal(size=(4, 50)), bias=True)
    found = fitted(vectors, background_of(mean=[0.0] * 4, covariance=other))
    blend = 500 / 2500 * np.cov(vectors.T.astype(np.float64), bias=True) + 2000 / 2500 * other
    np.testing.assert_allclose(
        np.linalg.matrix_power(found.whitening.astype(np.float64), 4) @ blend, np.eye(4), atol=1e-4
    )
    np.testing.assert_allclose(found.whitening, found.whitening.T, atol=1e-7)


def test_a_direction_without_any_spread_is_not_blown_up():
    # Least is a millionth of the largest: (1e-6) ** (-1/4) = 31.6 times it.
    found = fitted(rows_of(), background_of(covariance=np.diag([1.0, 0.0])))
    np.testing.assert_allclose(found.whitening, [[1, 0], [0, 10**1.5]], rtol=1e-5, atol=1e-6)


def test_whitened_vectors_by_numpy():
    vectors = np.random.default_rng(3).normal(size=(20, 2)).astype(np.float32)
    found = fitted(vectors, background_of())
    moved = (vectors.astype(np.float64) - found.mean) @ found.whitening.astype(np.float64)
    expected = moved / np.sqrt((moved**2).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(centred(vectors, found.mean, found.whitening), expected, atol=1e-6)
    assert np.abs(expected - centred(vectors, found.mean)).max() > 0.01


# The terms


def test_idf_of_a_corpus_alone():
    # 20 articles: storm in two, court in three, which is more than a tenth; vote in one is in no table.
    texts = ["storm", "storm", "court", "court", "court", "vote", *[""] * 14]
    found, rarest = of_terms(texts)
    assert found == {
        key_of("storm"): (pytest.approx(1 + math.log(21 / 3)), 0),
        key_of("court"): (0, 0),
    }
    assert rarest == pytest.approx(1 + math.log(21 / 2))


def test_idf_with_a_background():
    # A background of 4,000 counts as 2,000: half of what it says. With 3 articles N is 2,003.
    background = background_of(
        articles=4000, terms={"storm": (98, 0), "vote": (10, 0), "the": (4000, 0), "rare": (1, 0)}
    )
    found, rarest = of_terms(["the storm", "the storm", "the vote"], background)
    pair = (set(found) - {key_of(word) for word in ("storm", "vote", "the", "rare")}).pop()
    assert found == {
        key_of("storm"): (pytest.approx(1 + math.log(2004 / (1 + 2 + 49))), 0),
        key_of("vote"): (pytest.approx(1 + math.log(2004 / (1 + 1 + 5))), 0),
        key_of("rare"): (pytest.approx(1 + math.log(2004 / 1.5)), 0),
        key_of("the"): (0, 0),
        pair: (pytest.approx(1 + math.log(2004 / 3)), 0),  # "the storm", twice here and nowhere else
    }
    assert rarest == pytest.approx(1 + math.log(2004 / 2))


def test_a_small_background_counts_as_what_it_is():
    found, rarest = of_terms(["storm"], background_of(articles=99, terms={"storm": (3, 0)}))
    assert found == {key_of("storm"): (pytest.approx(1 + math.log(101 / 5)), 0)}
    assert rarest == pytest.approx(1 + math.log(101 / 2))


def test_the_share_of_capitals_counts_all_of_the_background():
    # Here 1 of 2 articles have Storm in mid-sentence, there 2 of 98: 3 of 100. Of court, 1 of 1 here.
    background = background_of(articles=4000, terms={"storm": (98, 2), "court": (0, 0)})
    found, _ = of_terms(["they saw Storm", "they saw storm Court"], background)
    assert found[key_of("storm")][1] == pytest.approx(3 / 100)
    assert found[key_of("court")][1] == 1


def test_no_article_and_no_word():
    for texts in ([], [""], ["", ""]):
        found, rarest = of_terms(texts)
        assert found == {}
        assert rarest == pytest.approx(1 + math.log((1 + len(texts)) / 2))
    found, _ = of_terms([], background_of(terms={"storm": (98, 2)}))
    assert found == {key_of("storm"): (pytest.approx(1 + math.log(2001 / 50)), pytest.approx(2 / 98))}


TEXTS = st.lists(st.text("ab AB.", max_size=12), max_size=8)


@given(TEXTS, st.randoms())
def test_terms_do_not_depend_on_the_order_and_shares_are_shares(texts, random):
    background = background_of(terms={"ab": (100, 30), "aa": (3, 3)})
    shuffled = texts[:]
    random.shuffle(shuffled)
    found, rarest = of_terms(texts, background)
    assert of_terms(shuffled, background) == (found, rarest)
    assert list(found) == sorted(found)
    assert all(0 <= share <= 1 and (idf == 0 or 1 <= idf <= rarest + 1) for idf, share in found.values())


@given(st.integers(0, 2**32 - 1))
def test_vectors_in_another_order_give_the_same_but_for_the_last_bits(seed):
    vectors = np.random.default_rng(seed).normal(size=(30, 2)).astype(np.float32)
    found, other = fitted(vectors, background_of()), fitted(vectors[::-1], background_of())
    np.testing.assert_allclose(other.mean, found.mean, atol=1e-6)
    np.testing.assert_allclose(other.whitening, found.whitening, atol=1e-6)


# Vectors less the mean


def test_vectors_less_the_mean_by_hand():
    # (1, 0) less (0.4, 0.8) is (0.6, -0.8), of length 1; (0.4, 1) leaves (0, 0.2); the mean itself nothing.
    found = centred(rows_of([1, 0], [0.4, 1], [0.4, 0.8]), np.array([0.4, 0.8], np.float32))
    np.testing.assert_allclose(found, [[0.6, -0.8], [0, 1], [0, 0]], atol=1e-6)
    assert found[2].tolist() == [0, 0]
    assert found.dtype == np.float32


def test_vectors_less_the_mean_and_whitened_by_hand():
    # What is left is (3, -4) / 5 and doubled along the first axis (6, -4) / sqrt(52).
    whitening = np.diag([2, 1]).astype(np.float32)
    found = centred(rows_of([1, 0], [0.4, 0.8]), np.array([0.4, 0.8], np.float32), whitening)
    np.testing.assert_allclose(found, [[6 / math.sqrt(52), -4 / math.sqrt(52)], [0, 0]], atol=1e-6)
    assert found[1].tolist() == [0, 0]


def test_a_row_that_whitening_leaves_nothing_of_becomes_zero():
    found = centred(rows_of([0, 1]), np.zeros(2, np.float32), np.diag([1, 0]).astype(np.float32))
    assert found.tolist() == [[0, 0]]


@pytest.mark.parametrize("whitening", [None, np.diag([1e4, 1e4, 1e4, 1e4]).astype(np.float32)])
def test_a_row_that_rounding_alone_keeps_from_the_mean_becomes_zero(whitening):
    mean = np.full(4, 0.5, np.float32)
    assert centred(np.nextafter(mean, np.float32(1))[None], mean, whitening).tolist() == [[0, 0, 0, 0]]


def test_no_vectors_less_the_mean():
    assert centred(np.zeros((0, 2), np.float32), np.zeros(2, np.float32)).shape == (0, 2)


COMPONENTS = st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3)


@given(st.lists(COMPONENTS, max_size=5), COMPONENTS, st.lists(COMPONENTS, min_size=3, max_size=3) | st.none())
def test_what_is_left_is_a_unit_row_or_zero(rows, mean, whitening):
    vectors = np.array(rows, np.float32).reshape(-1, 3)
    before = vectors.copy()
    matrix = None if whitening is None else np.array(whitening, np.float32)
    lengths = np.linalg.norm(centred(vectors, np.array(mean, np.float32), matrix).astype(np.float64), axis=1)
    assert ((lengths == 0) | (np.abs(lengths - 1) < 1e-6)).all()
    assert np.array_equal(vectors, before)


# Two related articles share a second direction beside what all news shares (the first axis); a third
# article has a direction of its own.
COMMON = background_of(mean=[0.6, 0, 0, 0, 0], covariance=np.eye(5))
RELATED = ([0.6, 0.7, 0, np.sqrt(0.15), 0], [0.6, 0.7, 0, 0, np.sqrt(0.15)])
OTHER = [0.6, 0, 0.8, 0, 0]


def test_two_related_articles_in_a_corpus_of_three_find_each_other():
    vectors = rows_of(*RELATED, OTHER, dim=5)
    unit = centred(vectors, fitted(vectors, COMMON).mean)
    found = ExactIndex(unit).search(unit, 2)
    assert found.rows[:2].tolist() == [[0, 1], [1, 0]]
    assert (found.cosines[:2, 1] > 0.5).all()
    assert abs(found.cosines[2, 1]) < 0.1  # the third is near nothing


def test_two_related_articles_alone_are_no_opposites():
    vectors = rows_of(*RELATED, dim=5)
    unit = centred(vectors, fitted(vectors, COMMON).mean)
    assert unit[0] @ unit[1] > 0.5
    # The control: less their own mean alone they would be.
    own = centred(vectors, vectors.mean(axis=0))
    assert own[0] @ own[1] == pytest.approx(-1)


# What is packaged


def test_the_packaged_background_is_one_of_the_packaged_encoder():
    background = packaged_background()
    assert background.fingerprint == model_of(load_encoder(DEFAULT_ENCODER).fingerprint)
    assert background.name
    assert (background.mean.shape, background.mean.dtype) == ((384,), np.float64)
    # A mean of unit vectors that point different ways is shorter than they are.
    assert 0.05 < np.linalg.norm(background.mean) < 0.9
    assert packaged_background() is background


def test_the_packaged_covariance_is_one():
    background = packaged_background()
    assert (background.covariance == background.covariance.T).all()
    assert np.linalg.eigvalsh(background.covariance)[0] > -1e-9  # one direction all vectors have in common
    # Of unit vectors: their mean square is 1, of which the mean itself has a part.
    assert np.trace(background.covariance) == pytest.approx(1 - (background.mean**2).sum(), abs=0.01)


def test_the_packaged_terms_are_numbers_of_articles():
    background = packaged_background()
    assert (np.diff(background.keys.astype(np.int64)) > 0).all()
    assert len(background.keys) == len(background.holding) == len(background.capitalised)
    assert ((background.holding > 0) & (background.holding <= background.articles)).all()
    assert ((background.capitalised >= 0) & (background.capitalised <= background.holding)).all()
    known = dict(zip(background.keys.tolist(), background.holding / background.articles, strict=True))
    assert known[key_of("the")] > 0.9 > 0.1 > known[key_of("storm")] > 0


def test_the_packaged_numbers_are_under_a_megabyte():
    assert 0 < len(resources.files("recommender").joinpath(NUMBERS).read_bytes()) < 1_000_000
