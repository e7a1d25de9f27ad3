"""The nearest of all rows and of some rows: rows, cosines and ties are those of the reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.dense import ExactIndex, above, all_pairs, nearest_to, on_grid, pairs, survivors
from tests.dense.test_contract import assert_same, random_unit, rows_of, searches, unit


@pytest.fixture
def small(monkeypatch):
    """Many panels of few rows, so that a few hundred rows go through all that 100,000 do."""
    monkeypatch.setattr(pairs, "PANEL", 64)
    monkeypatch.setattr(pairs, "_SAMPLED_FROM", 100)
    monkeypatch.setattr(pairs, "_SAMPLE", 48)
    monkeypatch.setattr(pairs, "_STRIPE", 24)
    monkeypatch.setattr(pairs, "_BLOCK", 1 << 12)


def awkward():
    """Rows that searches go wrong on, by name."""
    plain = random_unit(1, 700, 24)
    copies = plain.copy()
    copies[np.random.default_rng(2).choice(700, 400, replace=False)] = plain[3]
    zeros = plain.copy()
    zeros[::5] = 0
    one = np.tile(plain[:1], (300, 1))
    opposite = np.concatenate([plain[:200], -plain[:200]])
    close = unit(np.ones((300, 64)) + 1e-6 * np.random.default_rng(3).normal(size=(300, 64)))
    stories = unit(np.repeat(plain[:100], 7, axis=0) + 0.05 * random_unit(4, 700, 24))
    ordered = stories[np.argsort(stories[:, 0])]
    line = unit(np.column_stack([np.ones(400), np.linspace(-3, 3, 400)]))
    rare = np.eye(200, 400, dtype=np.float32)
    return {
        "plain": plain,
        "copies": copies,
        "zeros": zeros,
        "all the same": one,
        "opposites": opposite,
        "told apart by rounding alone": close,
        "stories": stories,
        "ordered": ordered,
        "line": line,
        "nothing in common": rare,
        "nothing": np.zeros((0, 5), dtype=np.float32),
        "zeros alone": np.zeros((300, 5), dtype=np.float32),
    }


@pytest.mark.parametrize("k", [1, 7, 60, 1000])
@pytest.mark.parametrize("name", awkward())
def test_all_pairs_are_those_of_the_reference(small, name, k):
    vectors = awkward()[name]
    expected = ExactIndex(vectors).search(vectors, k)
    assert_same(all_pairs(vectors, k), expected)
    assert_same(all_pairs(vectors, k, threads=3), expected)


@pytest.mark.parametrize("k", [1, 7, 60, 1000])
@pytest.mark.parametrize("name", awkward())
def test_the_nearest_to_some_rows_are_those_of_the_reference(small, name, k):
    vectors = awkward()[name]
    rows = np.random.default_rng(5).permutation(len(vectors))[:150]
    assert_same(nearest_to(vectors, rows, k), ExactIndex(vectors).search(vectors[rows], k))


@settings(deadline=None)
@given(searches())
def test_of_few_directions_they_are_those_of_the_reference(search):
    vectors, _, k = search
    expected = ExactIndex(vectors).search(vectors, k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "PANEL", 4)
        patch.setattr(pairs, "_SAMPLED_FROM", 8)
        patch.setattr(pairs, "_SAMPLE", 3)
        assert_same(all_pairs(vectors, k), expected)
    assert_same(nearest_to(vectors, np.arange(len(vectors)), k), expected)


def test_at_their_true_sizes():
    vectors = on_grid(random_unit(6, 9000, 32))
    vectors[100:4000:3] = vectors[100]
    vectors[5000:5100] = 0
    found = all_pairs(vectors, 50)
    some = np.arange(0, 9000, 37)
    expected = ExactIndex(vectors).search(vectors[some], 50)
    assert np.array_equal(found.rows[some], expected.rows)
    assert np.array_equal(found.cosines[some], expected.cosines, equal_nan=True)
    assert np.array_equal(found.counts[some], expected.counts)


@pytest.mark.parametrize("drawn", [range(48), range(652, 700)])
def test_a_sample_that_misleads_costs_time_alone(small, monkeypatch, drawn):
    # Every row is near the first 50 rows and far from the rest: a sample of the first says too high where
    # the k-th lies, one of the last too low.
    base = random_unit(7, 700, 24) * 0.3
    base[:50, 0] += 5
    base[50:, 0] += 0.3
    vectors = unit(base)
    order = np.concatenate([list(drawn), np.setdiff1d(np.arange(700), list(drawn))])
    monkeypatch.setattr(pairs, "_sample_first", lambda n, sample: order)
    assert_same(all_pairs(vectors, 60), ExactIndex(vectors).search(vectors, 60))


def test_advance_counts_every_row(small):
    for name, vectors in awkward().items():
        counted: list[int] = []
        all_pairs(vectors, 5, advance=counted.append)
        assert sum(counted) == len(vectors), name


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad):
    vectors = rows_of([1, 0], [0, bad])
    for search in (
        lambda: all_pairs(vectors, 1),
        lambda: nearest_to(vectors, np.array([0]), 1),
        lambda: above(vectors, np.array([0]), np.zeros(2, dtype=np.float32)),
    ):
        with pytest.raises(ValueError, match="vectors hold NaN or infinite values, expected finite ones"):
            search()


def test_k_rows_and_bounds_out_of_range_are_refused():
    vectors = random_unit(8, 10, 4)
    for k in (0, -1):
        with pytest.raises(ValueError, match=f"k is {k}, expected at least 1"):
            all_pairs(vectors, k)
        with pytest.raises(ValueError, match=f"k is {k}, expected at least 1"):
            nearest_to(vectors, np.array([1]), k)
    for row in (-1, 10):
        with pytest.raises(IndexError, match=rf"row {row}, expected 0\.\.9"):
            nearest_to(vectors, np.array([1, row]), 1)
        with pytest.raises(IndexError, match=rf"row {row}, expected 0\.\.9"):
            above(vectors, np.array([row]), np.zeros(10, dtype=np.float32))
    with pytest.raises(ValueError, match=r"least has shape \(9,\), expected \(10,\)"):
        above(vectors, np.array([0]), np.zeros(9, dtype=np.float32))


def test_more_rows_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(pairs, "MOST_COLUMNS", 9)
    with pytest.raises(ValueError, match="10 vectors, expected at most 9"):
        all_pairs(random_unit(8, 10, 4), 1)


# Pairs above a bound


def test_above_by_hand():
    vectors = rows_of([1, 0], [0.6, 0.8], [0, 0], [0, 1], [1, 0])
    least = np.array([0.6, 0.9, -1, 0.8, 1], dtype=np.float32)
    places, rows, cosines = above(vectors, np.array([1, 2, 0]), least)
    # Row 0 wants 0.6: rows 1 and 0. Row 1 wants 0.9: itself. Row 3 wants 0.8: row 1. Row 4 wants 1: row 0.
    assert list(zip(places.tolist(), rows.tolist(), strict=True)) == [(0, 0), (2, 0), (0, 1), (0, 3), (2, 4)]
    assert cosines.tolist() == np.float32([0.6, 1, 1, 0.8, 1]).tolist()


@pytest.mark.parametrize("name", awkward())
def test_above_is_what_the_reference_has_above(small, name):
    vectors = awkward()[name]
    everything = ExactIndex(vectors).search(vectors, max(1, len(vectors)))
    place = min(20, max(0, everything.cosines.shape[1] - 1))
    least = everything.cosines[:, place] if len(vectors) else np.zeros(0, dtype=np.float32)
    least = np.where(np.isnan(least), np.float32(0), least)  # a bound that is met exactly
    rows = np.random.default_rng(9).permutation(len(vectors))[:90]
    expected = [
        (int(np.flatnonzero(rows == row)[0]), query, cosine)
        for query in range(len(vectors))
        for row, cosine in zip(
            everything.rows[query].tolist(), everything.cosines[query].tolist(), strict=True
        )
        if row in rows and cosine >= least[query]
    ]
    found = above(vectors, rows, least)
    assert list(zip(*(one.tolist() for one in found), strict=True)) == sorted(
        expected, key=lambda one: (one[1], one[0])
    )


# Pairs in one number


@given(
    st.lists(
        st.tuples(
            st.integers(0, survivors.PANEL - 1),
            st.floats(-2, 2, width=32),
            st.integers(0, survivors.MOST_COLUMNS - 1),
        ),
        min_size=1,
    )
)
def test_pairs_in_one_number_sort_by_place_product_and_column(triples):
    places, values, columns = (np.array(one) for one in zip(*triples, strict=True))
    keys = np.sort(survivors.keys_of(places, values.astype(np.float32), columns))
    back = zip(
        survivors.places_of(keys).tolist(),
        survivors.values_of(keys).tolist(),
        survivors.columns_of(keys).tolist(),
        strict=True,
    )
    assert list(back) == sorted(triples, key=lambda one: (one[0], -one[1], one[2]))


# The grid


def test_on_the_grid_a_product_is_the_same_in_any_order():
    vectors = on_grid(random_unit(10, 300, 384))
    wide = vectors.astype(np.float64)
    expected = wide @ wide.T
    for shuffled in (np.random.default_rng(seed).permutation(384) for seed in range(5)):
        other = np.ascontiguousarray(wide[:, shuffled])
        assert np.array_equal(other @ other.T, expected)
        assert np.array_equal([np.einsum("ij,j->i", other, one) for one in other], expected)
    assert abs(vectors - random_unit(10, 300, 384)).max() <= 2.0**-27


def test_off_the_grid_it_is_not():
    wide = random_unit(10, 300, 384).astype(np.float64)
    other = np.ascontiguousarray(wide[:, ::-1])
    assert not np.array_equal(other @ other.T, wide @ wide.T)
