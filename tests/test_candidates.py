"""The nearest of every article without the article itself, also among exact copies of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import candidates
from recommender.candidates import Candidates, find
from recommender.dense import ExactIndex, FaissIndex

BOTH = pytest.mark.parametrize("build", [ExactIndex, FaissIndex])
F6, F8 = float(np.float32(0.6)), float(np.float32(0.8))


def rows_of(*rows):
    return np.array(rows, dtype=np.float32).reshape(-1, 2)


def as_lists(found):
    """For each article ``[(row, cosine), ...]``, read by the offsets."""
    bounds = found.offsets.tolist()
    pairs = list(zip(found.rows.tolist(), found.cosines.tolist(), strict=True))
    return [pairs[start:stop] for start, stop in pairwise(bounds)]


@BOTH
def test_candidates_by_hand(build):
    unit = rows_of([1, 0], [0.6, 0.8], [0, 1])
    found = find(build(unit), unit)
    assert as_lists(found) == [[(1, F6), (2, 0.0)], [(2, F8), (0, F6)], [(1, F8), (0, 0.0)]]
    assert found.queries().tolist() == [0, 0, 1, 1, 2, 2]
    assert (found.offsets.dtype, found.rows.dtype, found.cosines.dtype, found.queries().dtype) == (
        np.int64,
        np.int32,
        np.float32,
        np.int32,
    )


@BOTH
@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (rows_of(), []),
        (rows_of([1, 0]), [[]]),
        (rows_of([0, 0]), [[]]),
        (rows_of([1, 0], [0.6, 0.8]), [[(1, F6)], [(0, F6)]]),
        (rows_of([1, 0], [1, 0]), [[(1, 1.0)], [(0, 1.0)]]),
        (rows_of([1, 0], [0, 0]), [[], []]),
        (rows_of([1, 0], [0, 0], [-1, 0]), [[(2, -1.0)], [], [(0, -1.0)]]),
    ],
    ids=["none", "one", "one zero", "two", "two copies", "one and a zero", "two and a zero"],
)
def test_few_articles(build, unit, expected):
    found = find(build(unit), unit)
    assert as_lists(found) == expected
    assert found.offsets[0] == 0
    assert len(found.offsets) == len(unit) + 1


@BOTH
@pytest.mark.parametrize("depth", [1, 2, 3, 50])
def test_depth(build, depth):
    # Cosines to the others, in row order: 0.6, 0, -1 · 0.6, 0.8, -0.6 · 0, 0.8, 0 · -1, -0.6, 0.
    unit = rows_of([1, 0], [0.6, 0.8], [0, 1], [-1, 0])
    expected = [[1, 2, 3], [2, 0, 3], [1, 0, 3], [2, 1, 0]]
    found = as_lists(find(build(unit), unit, depth=depth))
    assert [[row for row, _ in pairs] for pairs in found] == [rows[:depth] for rows in expected]


@BOTH
@pytest.mark.parametrize("depth", [1, 5, 100, 299, 300])
def test_among_exact_copies_an_article_is_left_out_by_row(build, depth):
    # 300 copies, more than the depth: most articles are not among their own first hits.
    unit = np.tile(rows_of([0.6, 0.8]), (300, 1))
    found = find(build(unit), unit, depth=depth)
    for row, pairs in enumerate(as_lists(found)):
        others = [other for other in range(300) if other != row]
        assert [candidate for candidate, _ in pairs] == others[:depth]
    assert np.unique(found.cosines).tolist() == [1.0]


@BOTH
def test_steps_of_any_size_give_the_same(build, monkeypatch):
    unit = np.random.default_rng(1).normal(size=(50, 2))
    unit = (unit / np.linalg.norm(unit, axis=1, keepdims=True)).astype(np.float32)
    unit[20:30] = unit[0]
    done = []
    whole = find(build(unit), unit, depth=7, advance=done.append)
    assert done == [50]
    done.clear()
    monkeypatch.setattr(candidates, "_QUERIES_PER_STEP", 12)
    parts = find(build(unit), unit, depth=7, advance=done.append)
    assert done == [12, 12, 12, 12, 2]
    assert as_lists(parts) == as_lists(whole)


DIRECTIONS = st.sampled_from([(1, 0), (0, 1), (0.6, 0.8), (0.8, 0.6), (-1, 0), (0, 0)])


@settings(deadline=None)
@given(st.lists(DIRECTIONS, max_size=30), st.integers(1, 12))
def test_they_are_the_nearest_of_all_the_others(directions, depth):
    unit = rows_of(*directions)
    products = np.minimum(unit.astype(np.float64) @ unit.T.astype(np.float64), 1).astype(np.float32)
    present = [row for row in range(len(unit)) if unit[row].any()]
    expected = [
        sorted((-products[row, other], other) for other in present if other != row)[:depth]
        if row in present
        else []
        for row in range(len(unit))
    ]
    for build in (ExactIndex, FaissIndex):
        found = find(build(unit), unit, depth=depth)
        assert as_lists(found) == [[(row, -minus) for minus, row in pairs] for pairs in expected]
        assert not (found.rows == found.queries()).any()


@pytest.mark.parametrize(("rows", "cosines"), [(1, 2), (2, 1), (3, 3)])
def test_lengths_that_differ_are_refused(rows, cosines):
    with pytest.raises(ValueError, match=f"{rows} rows and {cosines} cosines, expected 2 of each"):
        Candidates(np.array([0, 2]), np.zeros(rows, np.int32), np.zeros(cosines, np.float32))
