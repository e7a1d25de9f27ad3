"""The nearest of every article on either side without the article itself, also among exact copies of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.candidates import DEPTH, Candidates, find
from recommender.space import Space
from tests.lexical.test_table import ROWS, random_table, table_of


def rows_of(*rows):
    return np.array(rows, dtype=np.float32).reshape(-1, 2)


def space_of(unit, *terms):
    """A space of vectors and term rows; those that are not given are empty."""
    terms = terms or ({},) * len(unit)
    return Space(unit, table_of(*terms), table_of(*[{}] * len(unit)))


def as_lists(found):
    """For each article its candidates' rows, read by the offsets."""
    return [found.rows[start:stop].tolist() for start, stop in pairwise(found.offsets.tolist())]


# By vectors alone


@pytest.mark.parametrize("depth", [1, 2, 3, 50])
def test_by_vectors(depth):
    # Cosines to the others, in row order: 0.6, 0, -1 · 0.6, 0.8, -0.6 · 0, 0.8, 0 · -1, -0.6, 0.
    unit = rows_of([1, 0], [0.6, 0.8], [0, 1], [-1, 0])
    nearest = [[1, 2, 3], [2, 0, 3], [1, 0, 3], [2, 1, 0]]
    found = find(space_of(unit), depth=depth)
    assert as_lists(found) == [sorted(rows[:depth]) for rows in nearest]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (rows_of(), []),
        (rows_of([1, 0]), [[]]),
        (rows_of([0, 0]), [[]]),
        (rows_of([1, 0], [0.6, 0.8]), [[1], [0]]),
        (rows_of([1, 0], [1, 0]), [[1], [0]]),
        (rows_of([1, 0], [0, 0]), [[], []]),
        (rows_of([1, 0], [0, 0], [-1, 0]), [[2], [], [0]]),
    ],
    ids=["none", "one", "one zero", "two", "two copies", "one and a zero", "two and a zero"],
)
def test_few_articles(unit, expected):
    found = find(space_of(unit))
    assert as_lists(found) == expected
    assert found.offsets[0] == 0
    assert len(found.offsets) == len(unit) + 1


@pytest.mark.parametrize("depth", [1, 5, 100, 299, 300])
def test_among_exact_copies_an_article_is_left_out_by_row(depth):
    # 300 copies, more than the depth: most articles are not among their own first hits.
    found = find(space_of(np.tile(rows_of([0.6, 0.8]), (300, 1))), depth=depth)
    for row, listed in enumerate(as_lists(found)):
        assert listed == [other for other in range(300) if other != row][:depth]


# By terms alone


def test_by_terms():
    # Cosines of terms: 0 with 1 by 0.6, with 2 by 0.8; 3 shares none; nobody has a direction.
    space = space_of(np.zeros((4, 2), np.float32), {0: 3, 1: 4}, {0: 1}, {1: 1}, {2: 1})
    assert as_lists(find(space)) == [[1, 2], [0], [0], []]
    assert as_lists(find(space, depth=1)) == [[2], [0], [0], []]


@pytest.mark.parametrize("depth", [1, 5, 49, 50])
def test_among_copies_of_terms_there_are_as_many_and_never_the_article(depth):
    space = space_of(np.zeros((50, 2), np.float32), *[{0: 1, 1: 2}] * 50)
    for row, listed in enumerate(as_lists(find(space, depth=depth))):
        assert len(listed) == min(depth, 49)
        assert row not in listed


def test_an_article_that_others_share_more_with_than_itself_has_as_many():
    # Half of row 0 is in no table: its cosine with itself is 1/2, with the others 0.7.
    space = space_of(np.zeros((4, 2), np.float32), {-1: 1, 0: 1}, {0: 1}, {0: 1}, {0: 1})
    assert len(as_lists(find(space, depth=2))[0]) == 2
    assert as_lists(find(space, depth=3))[0] == [1, 2, 3]


# Both sides


def test_the_union_of_both_sides():
    # By vectors 0 and 1, 2 and 3 are nearest; by terms 0 and 2, and 3 shares none.
    unit = rows_of([1, 0], [1, 0], [0, 1], [0, 1])
    found = find(space_of(unit, {0: 1}, {1: 1}, {0: 1}, {}), depth=1)
    assert as_lists(found) == [[1, 2], [0], [0, 3], [2]]
    assert found.queries().tolist() == [0, 0, 1, 2, 2, 3]
    assert (found.offsets.dtype, found.rows.dtype, found.queries().dtype) == (np.int64, np.int32, np.int32)
    assert not found.rows.flags.writeable
    # Both have the cosine of terms where these found them; elsewhere it is not known yet.
    assert found.lexical.tolist() == pytest.approx([np.nan, 1, np.nan, 1, np.nan, np.nan], nan_ok=True)


def test_advance_counts_every_article():
    unit = np.random.default_rng(1).normal(size=(50, 2))
    unit = (unit / np.linalg.norm(unit, axis=1, keepdims=True)).astype(np.float32)
    unit[20:30] = unit[0]
    space = Space(unit, random_table(2, 50, 30, 10), table_of(*[{}] * 50))
    done: list[int] = []
    find(space, depth=7, advance=done.append)
    assert sum(done) == 50


def test_a_hundred_a_side_by_default():
    generator = np.random.default_rng(3)
    unit = generator.normal(size=(300, 16))
    unit = (unit / np.linalg.norm(unit, axis=1, keepdims=True)).astype(np.float32)
    terms = random_table(4, 300, 40, 20)
    found = find(Space(unit, terms, terms))
    cosines = unit.astype(np.float64) @ unit.T.astype(np.float64)
    for row, listed in enumerate(as_lists(found)):
        lexical = terms.cosines_to_all(terms.row(row)).astype(np.float64)
        sides = []
        for side in (cosines[row].copy(), lexical):
            side[row] = -2
            best = np.argsort(-side, kind="stable")[:DEPTH]
            sides.append({int(one) for one in best if side is not lexical or side[one] > 0})
        assert set(listed) >= sides[0]
        assert len(set(listed) - sides[0] - sides[1]) <= 3  # single precision at the cut of equal terms
        assert len(listed) <= 2 * DEPTH


DIRECTIONS = st.sampled_from([(1, 0), (0, 1), (0.6, 0.8), (0.8, 0.6), (-1, 0), (0, 0)])


@given(st.lists(st.tuples(DIRECTIONS, ROWS), min_size=1, max_size=25), st.integers(1, 12))
def test_they_are_the_highest_of_each_side(drawn, depth):
    unit = rows_of(*(direction for direction, _ in drawn))
    space = space_of(unit, *(row for _, row in drawn))
    products = np.minimum(unit.astype(np.float64) @ unit.T.astype(np.float64), 1).astype(np.float32)
    present = [row for row in range(len(unit)) if unit[row].any()]
    found = find(space, depth=depth)
    for row, listed in enumerate(as_lists(found)):
        assert listed == sorted(set(listed) - {row})
        others = [other for other in present if other != row and row in present]
        by_vectors = sorted(others, key=lambda other: (-products[row, other], other))[:depth]
        assert set(by_vectors) <= set(listed)
        terms = space.terms.cosines_to_all(space.terms.row(row)).astype(np.float64)
        sharing = sorted(terms[other] for other in range(len(unit)) if other != row and terms[other] > 0)[
            ::-1
        ]
        # Whoever is listed for its terms alone shares some; and as many of the highest as there are places.
        assert all(terms[other] >= 0 for other in set(listed) - set(by_vectors))
        assert len(set(listed) - set(by_vectors)) <= depth
        best = sorted(terms[listed])[::-1]
        for place, cosine in enumerate(sharing[:depth]):
            assert best[place] >= cosine - 2e-6


def test_lengths_that_differ_are_refused():
    for rows in (1, 3):
        with pytest.raises(ValueError, match=f"{rows} rows, expected 2"):
            Candidates(np.array([0, 2]), np.zeros(rows, np.int32))
        with pytest.raises(ValueError, match=f"{rows} cosines of terms, expected 2"):
            Candidates(np.array([0, 2]), np.zeros(2, np.int32), np.zeros(rows, np.float32))
