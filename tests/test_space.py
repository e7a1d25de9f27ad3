"""The views of a corpus in which cosines are taken: tf-idf and name rows by hand, and a text outside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.lexical import bags_of, key_of, words_of
from recommender.space import point_of, space_of
from recommender.statistics import Statistics, fit
from tests.fakes import make_article
from tests.test_statistics import background_of, keys_of, rows_of

RAREST = 5.0


def statistics_of(whitening=None, mean=(0, 0), **terms):
    """Statistics written down: word -> (idf, share of capitals)."""
    order = np.argsort(keys_of(*terms), kind="stable")
    numbers = np.array(list(terms.values()), dtype=np.float32).reshape(-1, 2)[order]
    dim = len(mean)
    return Statistics(
        version=2,
        fingerprint="fake:1",
        articles=3,
        background=None,
        whitened=whitening is not None,
        mean=np.array(mean, dtype=np.float32),
        whitening=np.eye(dim, dtype=np.float32) if whitening is None else np.array(whitening, np.float32),
        keys=keys_of(*terms)[order],
        idf=numbers[:, 0].copy(),
        capitalised=numbers[:, 1].copy(),
        rarest=RAREST,
        least=np.zeros(len(order), dtype=np.float32),
    )


def bags_in(*texts):
    return bags_of(make_article(str(row), text, title=title) for row, (title, text) in enumerate(texts))


def zeros(n):
    return np.zeros((n, 2), dtype=np.float32)


def row_of(table, row, statistics):
    """One row by key."""
    found = table.row(row)
    return dict(zip(statistics.keys[found.columns].tolist(), found.weights.tolist(), strict=True))


def close(**words):
    return {key_of(word): pytest.approx(weight, abs=1e-6) for word, weight in words.items()}


# Terms


def test_tf_idf_rows_of_three_texts_by_hand():
    statistics = statistics_of(storm=(2, 0), court=(3, 0), the=(0, 0))
    space = space_of(
        zeros(3), bags_in(("Storm", "storm"), ("the", "court the court"), ("", "storm vote")), statistics
    )
    # storm: 3 of the title and 2 of the text. It is all that is in the row.
    assert row_of(space.terms, 0, statistics) == close(storm=1)
    # court twice, 2 each; "court the" and "the court", which no table has, count in the length by `RAREST`;
    # the, too frequent, has no weight.
    court, pair = 3 * (1 + math.log(4)), RAREST * (1 + math.log(2))
    assert row_of(space.terms, 1, statistics) == close(court=court / math.sqrt(court**2 + 2 * pair**2))
    # storm, vote, "storm vote": all twice, so that 1 + ln 2 cancels.
    assert row_of(space.terms, 2, statistics) == close(storm=2 / math.sqrt(2**2 + 2 * RAREST**2))
    assert space.terms.width == space.names.width == 3


def test_terms_that_are_nowhere_known_leave_an_empty_row():
    statistics = statistics_of(storm=(2, 0))
    space = space_of(zeros(3), bags_in(("", "vote"), ("", ""), ("", "storm")), statistics)
    assert [len(space.terms.row(row).columns) for row in range(3)] == [0, 0, 1]


def test_without_a_single_known_term():
    statistics = statistics_of()
    space = space_of(zeros(2), bags_in(("Storm", "the storm in Paris"), ("", "")), statistics)
    assert (len(space), len(space.terms), space.terms.width, len(space.terms.columns)) == (2, 2, 0, 0)
    assert len(space.names.columns) == 0


# Names


def test_name_rows_by_hand():
    # In mid-sentence Weber and Rome have a capital, Storm too, which hardly ever has one.
    statistics = statistics_of(weber=(3, 0.9), rome=(4, 0.2), storm=(2, 0.19), they=(1, 0.01))
    space = space_of(zeros(1), bags_in(("", "they saw Weber in Rome, Weber in a Storm")), statistics)
    assert row_of(space.names, 0, statistics) == close(weber=0.6, rome=0.8)


def test_what_is_never_in_small_letters_is_a_name_where_it_usually_has_a_capital():
    # None stands in mid-sentence; Rome has a capital in half of the articles, Storms in fewer.
    statistics = statistics_of(rome=(4, 0.5), storms=(2, 0.49), weber=(3, 1.0))
    texts = (("Rome waits", "Rome. Storms. Weber"), ("rome", "Rome. Storms. Weber"))
    space = space_of(zeros(2), bags_in(*texts), statistics)
    assert row_of(space.names, 0, statistics) == close(rome=0.8, weber=0.6)
    assert row_of(space.names, 1, statistics) == close(weber=1)


def test_a_name_of_one_article_alone_counts_in_the_length_and_a_frequent_one_not_at_all():
    statistics = statistics_of(weber=(RAREST, 0.9), post=(0, 0.9))
    space = space_of(zeros(1), bags_in(("", "they saw Weber and Unknown at the Post")), statistics)
    assert row_of(space.names, 0, statistics) == close(weber=1 / math.sqrt(2))


def test_what_no_statistics_know_is_no_name_for_its_missing_small_letters():
    statistics = statistics_of(weber=(RAREST, 0.9))
    space = space_of(zeros(1), bags_in(("", "Unknown. they saw Weber")), statistics)
    assert row_of(space.names, 0, statistics) == close(weber=1)


# Vectors


def test_vectors_are_whitened_only_where_the_statistics_are():
    bags = bags_in(("", ""))
    vectors = rows_of([1, 0])
    plain = space_of(vectors, bags, statistics_of(mean=(0.4, 0.8)))
    np.testing.assert_allclose(plain.unit, [[0.6, -0.8]], atol=1e-6)
    whitened = space_of(vectors, bags, statistics_of(whitening=np.diag([4, 1]), mean=(0.4, 0.8)))
    np.testing.assert_allclose(
        whitened.unit, [[2.4 / math.hypot(2.4, 0.8), -0.8 / math.hypot(2.4, 0.8)]], atol=1e-6
    )
    assert not plain.unit.flags.writeable


# A corpus as a whole

WORDS = st.sampled_from(["storm", "Storm", "court", "vote", "Weber", "Rome", "the", "Rome.", "42"])
TEXTS = st.lists(
    st.tuples(st.lists(WORDS, max_size=4).map(" ".join), st.lists(WORDS, max_size=15).map(" ".join)),
    min_size=1,
    max_size=8,
)


def vectors_of(n):
    found = np.random.default_rng(n).normal(size=(n, 2))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


BACKGROUND = background_of(articles=100, terms={"storm": (9, 1), "weber": (3, 3), "the": (90, 2)})


def fitted_space(texts, vectors):
    bags = bags_in(*texts)
    statistics = fit(vectors, bags, "fake:1", BACKGROUND)
    return space_of(vectors, bags, statistics), statistics


@given(TEXTS, st.randoms())
def test_rows_do_not_depend_on_their_order(texts, random):
    vectors, order = vectors_of(len(texts)), list(range(len(texts)))
    random.shuffle(order)
    space, statistics = fitted_space(texts, vectors)
    other, same = fitted_space([texts[row] for row in order], vectors[order])
    np.testing.assert_allclose(other.unit, space.unit[order], atol=1e-6)
    assert np.array_equal(same.keys, statistics.keys)
    for place, row in enumerate(order):
        for one, two in ((space.terms, other.terms), (space.names, other.names)):
            assert one.row(row).columns.tolist() == two.row(place).columns.tolist()
            assert one.row(row).weights.tolist() == two.row(place).weights.tolist()


@given(TEXTS)
def test_rows_are_no_longer_than_one(texts):
    space, _ = fitted_space(texts, vectors_of(len(texts)))
    for table in (space.terms, space.names):
        for row in range(len(texts)):
            found = table.row(row)
            assert (np.diff(found.columns) > 0).all()
            assert (found.weights > 0).all()
            assert (found.weights.astype(np.float64) ** 2).sum() < 1 + 1e-6


@given(TEXTS)
def test_an_article_has_the_place_of_its_text(texts):
    vectors = vectors_of(len(texts))
    space, statistics = fitted_space(texts, vectors)
    for row, (title, text) in enumerate(texts):
        point, stored = point_of(vectors[row], words_of(title, text), statistics), space.point(row)
        np.testing.assert_allclose(point.unit, stored.unit, atol=1e-6)
        for one, other in ((point.terms, stored.terms), (point.names, stored.names)):
            assert one.columns.tolist() == other.columns.tolist()
            assert one.weights.tolist() == other.weights.tolist()


def test_no_article():
    space, _ = fitted_space([], zeros(0))
    assert len(space) == len(space.terms) == len(space.names) == 0
    with pytest.raises(IndexError, match="row 0 is outside"):
        space.point(0)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "7 42", "قال الرئيس اليوم", "x" * 10_000, "é́ "])
def test_odd_texts_have_a_place(text):
    space, statistics = fitted_space([(text, text), ("storm", "storm over Rome")], vectors_of(2))
    point = point_of(vectors_of(2)[0], words_of(text, text), statistics)
    assert point.terms.weights.tolist() == space.terms.row(0).weights.tolist()
    assert len(point.names.columns) == 0
