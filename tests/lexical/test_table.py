"""Sparse unit rows held to plain Python sums: cosines to the last bit, whoever asks and in what company."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.lexical import Row, Table, table, unit_rows

F = np.float32


def table_of(*rows, width=6):
    """A table of rows as ``{column: weight}``, to unit length; column -1 is in no table."""
    entries = [sorted(row.items()) for row in rows]
    flat = [entry for row in entries for entry in row]
    return unit_rows(
        np.cumsum([0, *map(len, entries)], dtype=np.int64),
        np.array([column for column, _ in flat], dtype=np.int64),
        np.array([weight for _, weight in flat], dtype=np.float64),
        width,
    )


def entries_of(found):
    return dict(zip(found.columns.tolist(), found.weights.tolist(), strict=True))


def by_definition(one, other):
    """The products over shared columns added up in their order, rounded."""
    left, right = entries_of(one), entries_of(other)
    total = 0.0
    for column in sorted(left.keys() & right.keys()):
        total += left[column] * right[column]
    return F(min(np.round(total, 6), 1.0))


# By hand


def test_rows_are_scaled_to_unit_length_and_what_is_nowhere_counts_in_it():
    found = table_of({0: 3, 4: 4}, {}, {2: 0.0}, {-1: 3, 1: 4}, {-1: 7}, {5: 1e-9})
    assert found.offsets.tolist() == [0, 2, 2, 2, 3, 3, 4]
    assert found.columns.tolist() == [0, 4, 1, 5]
    assert found.weights.tolist() == [F(0.6), F(0.8), F(0.8), 1]
    assert (found.offsets.dtype, found.columns.dtype, found.weights.dtype) == (np.int64, np.int32, np.float32)
    assert len(found) == 6


def test_cosines_by_hand():
    found = table_of({0: 3, 1: 4}, {0: 1}, {1: 1}, {}, {2: 1}, {0: 4, 1: 3})
    expected = [1, 0.6, 0.8, 0, 0, 0.96]
    assert found.cosines_to_all(found.row(0)).tolist() == [F(one) for one in expected]
    pairs = found.cosines_of_pairs(np.zeros(6, dtype=np.int64), np.arange(6))
    assert pairs.tolist() == [F(one) for one in expected]
    assert pairs.dtype == found.cosines_to_all(found.row(0)).dtype == np.float32


def test_a_query_that_is_in_no_table():
    found = table_of({0: 3, 1: 4}, {}, {5: 1})
    query = Row(np.array([1, 5], dtype=np.int32), np.array([0.5, 0.25], dtype=np.float32))
    assert found.cosines_to_all(query).tolist() == [F(0.4), 0, 0.25]
    nothing = Row(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    assert found.cosines_to_all(nothing).tolist() == [0, 0, 0]


def test_a_cosine_is_no_more_than_one():
    found = Table(np.array([0, 1]), np.zeros(1, np.int32), np.array([1.001], np.float32), 1)
    assert found.cosines_to_all(found.row(0)).tolist() == [1]
    assert found.cosines_of_pairs(np.array([0]), np.array([0])).tolist() == [1]


# Empty and odd tables


@pytest.mark.parametrize("width", [0, 3])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_tables_of_nothing(n, width):
    found = table_of(*[{}] * n, width=width)
    nothing = np.zeros(0, dtype=np.int64)
    assert found.cosines_of_pairs(nothing, nothing).shape == (0,)
    assert found.cosines_to_all(Row(np.zeros(0, np.int32), np.zeros(0, np.float32))).tolist() == [0] * n
    if n:
        assert found.cosines_of_pairs(np.arange(n), np.arange(n)).tolist() == [0] * n


def test_rows_outside_are_refused():
    found = table_of({0: 1}, {})
    assert len(found.row(1).columns) == 0
    for row in (-1, 2):
        with pytest.raises(IndexError, match=rf"row {row} is outside 0\.\.1"):
            found.row(row)


@pytest.mark.parametrize(("columns", "weights"), [(1, 2), (2, 1), (3, 3)])
def test_lengths_that_differ_are_refused(columns, weights):
    with pytest.raises(ValueError, match=f"{columns} columns and {weights} weights, expected 2 of each"):
        Table(np.array([0, 2]), np.zeros(columns, np.int32), np.zeros(weights, np.float32), 4)


def test_what_a_table_holds_cannot_be_changed():
    found = table_of({0: 1})
    for array in (found.offsets, found.columns, found.weights, found.row(0).weights):
        assert not array.flags.writeable


# Properties

WEIGHTS = st.floats(1e-3, 1e3) | st.sampled_from([1.0, 2.0, 0.5])
ROWS = st.dictionaries(st.integers(-1, 5), WEIGHTS, max_size=7)


@st.composite
def tables_and_pairs(draw):
    rows = draw(st.lists(ROWS, min_size=1, max_size=8))
    if draw(st.booleans()):
        rows = [{}, *rows, {}]
    place = st.integers(0, len(rows) - 1)
    pairs = draw(st.lists(st.tuples(place, place), max_size=30))
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return table_of(*rows), left, right


@given(tables_and_pairs(), st.randoms())
def test_cosines_of_pairs_are_those_of_the_definition_in_any_order_and_company(drawn, random):
    found, left, right = drawn
    expected = np.array(
        [by_definition(found.row(a), found.row(b)) for a, b in zip(left, right, strict=True)], dtype=F
    )
    whole = found.cosines_of_pairs(left, right)
    assert whole.tobytes() == expected.tobytes()
    assert found.cosines_of_pairs(right, left).tobytes() == expected.tobytes()
    order = list(range(len(left)))
    random.shuffle(order)
    assert found.cosines_of_pairs(left[order], right[order]).tobytes() == expected[order].tobytes()
    grouped = np.argsort(left, kind="stable")
    assert found.cosines_of_pairs(left[grouped], right[grouped]).tobytes() == expected[grouped].tobytes()
    assert found.cosines_by_product(left, right).tobytes() == expected.tobytes()
    for one in range(len(left)):
        alone = found.cosines_of_pairs(left[one : one + 1], right[one : one + 1])
        assert alone.tobytes() == expected[one : one + 1].tobytes()
        assert found.cosines_to_all(found.row(int(left[one])))[right[one]] == expected[one]


def random_table(seed, n, width, entries):
    generator = np.random.default_rng(seed)
    columns = [
        np.sort(generator.choice(width, generator.integers(0, entries), replace=False)) for _ in range(n)
    ]
    flat = np.concatenate(columns)
    offsets = np.cumsum([0, *map(len, columns)], dtype=np.int64)
    return unit_rows(offsets, flat, generator.exponential(size=len(flat)), width)


@pytest.mark.parametrize("most", [1, 50, 700, 8_000_000])
def test_blocks_of_any_size_give_the_same(monkeypatch, most):
    # Long rows: sums in another order would differ in their last bits before they are rounded.
    found = random_table(1, 60, 900, 700)
    left, right = np.repeat(np.arange(60), 60), np.tile(np.arange(60), 60)
    expected = [by_definition(found.row(a), found.row(b)) for a, b in zip(left, right, strict=True)]
    monkeypatch.setattr(table, "_MOST_ENTRIES", most)
    assert found.cosines_of_pairs(left, right).tolist() == expected
    shuffled = np.random.default_rng(2).permutation(3600)
    assert (
        found.cosines_of_pairs(left[shuffled], right[shuffled]).tolist()
        == np.array(expected)[shuffled].tolist()
    )
    whole = np.concatenate([found.cosines_to_all(found.row(row)) for row in range(60)])
    assert whole.tolist() == expected


def test_cosines_are_those_of_a_product_of_matrices():
    from scipy import sparse

    found = random_table(3, 200, 400, 60)
    matrix = sparse.csr_matrix((found.weights.astype(np.float64), found.columns, found.offsets), (200, 400))
    product = (matrix @ matrix.T).toarray()
    left, right = np.divmod(np.arange(40_000), 200)
    cosines = found.cosines_of_pairs(left, right).reshape(200, 200)
    np.testing.assert_allclose(cosines, product, atol=6e-7)
    assert (cosines == cosines.T).all()
    assert found.cosines_by_product(left, right).reshape(200, 200).tobytes() == cosines.tobytes()
