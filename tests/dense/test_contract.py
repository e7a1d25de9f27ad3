"""One contract for both dense indexes, and FAISS held to exact numpy on rows and on cosines."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from math import fsum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.dense import (
    ExactIndex,
    FaissIndex,
    cosines,
    cosines_in_blocks,
    cosines_of_pairs,
    cosines_to_all,
    flat,
)

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("build", [ExactIndex, FaissIndex])


def rows_of(*rows, dim=2):
    return np.array(rows, dtype=np.float32).reshape(-1, dim)


def unit(vectors):
    """Rows scaled to unit length; zero rows stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def random_unit(seed, count, dim):
    return unit(np.random.default_rng(seed).normal(size=(count, dim)))


def by_definition(vectors, queries, k):
    """For each query ``[(row, cosine), ...]``, by Python's own exact sums and sort."""
    lists = []
    for query in queries.tolist():
        pairs = [
            (
                -float(
                    np.float32(min(1.0, max(-1.0, fsum(a * b for a, b in zip(query, vector, strict=True)))))
                ),
                row,
            )
            for row, vector in enumerate(vectors.tolist())
            if any(query) and any(vector)
        ]
        lists.append([(row, -cosine) for cosine, row in sorted(pairs)[:k]])
    return lists


def as_lists(hits):
    """Hits in the form of `by_definition`; what stands beyond the counts is checked here."""
    lists = []
    for row, count in enumerate(hits.counts.tolist()):
        assert (hits.rows[row, count:] == -1).all()
        assert np.isnan(hits.cosines[row, count:]).all()
        lists.append(
            list(zip(hits.rows[row, :count].tolist(), hits.cosines[row, :count].tolist(), strict=True))
        )
    return lists


def assert_same(found, expected):
    assert np.array_equal(found.counts, expected.counts)
    assert np.array_equal(found.rows, expected.rows)
    assert np.array_equal(found.cosines, expected.cosines, equal_nan=True)


# Worked by hand

F6, F8 = float(np.float32(0.6)), float(np.float32(0.8))


@BOTH
def test_rows_and_cosines_by_hand(build):
    vectors = rows_of([0.6, 0.8], [1, 0], [-1, 0], [0, 1], [0.6, -0.8])
    found = build(vectors).search(rows_of([1, 0], [0, -1]), 5)
    # Against (1, 0) a cosine is the first component, against (0, -1) the second with its sign turned.
    assert as_lists(found) == [
        [(1, 1.0), (0, F6), (4, F6), (3, 0.0), (2, -1.0)],
        [(4, F8), (1, 0.0), (2, 0.0), (0, -F8), (3, -1.0)],
    ]
    assert (found.rows.dtype, found.cosines.dtype) == (np.int64, np.float32)


@BOTH
def test_equal_cosines_stand_in_row_order(build):
    vectors = rows_of([0, 1], [1, 0], [0, 1], [1, 0], [1, 0])
    assert as_lists(build(vectors).search(rows_of([1, 0]), 2)) == [[(1, 1.0), (3, 1.0)]]
    assert as_lists(build(vectors).search(rows_of([1, 0]), 4)) == [[(1, 1.0), (3, 1.0), (4, 1.0), (0, 0.0)]]


@BOTH
@pytest.mark.parametrize("k", [3, 4, 1000, 10**12])
def test_k_beyond_the_number_of_vectors_gives_them_all(build, k):
    found = build(rows_of([0.6, 0.8], [1, 0], [0, 1])).search(rows_of([1, 0]), k)
    assert found.rows.shape == found.cosines.shape == (1, 3)
    assert as_lists(found) == [[(1, 1.0), (0, F6), (2, 0.0)]]


@BOTH
def test_zero_rows_match_nothing_and_are_matched_by_nothing(build):
    index = build(rows_of([0, 0], [1, 0], [0, 0], [-1, 0]))
    found = index.search(rows_of([1, 0], [0, 0], [-1, 0]), 4)
    assert as_lists(found) == [[(1, 1.0), (3, -1.0)], [], [(3, 1.0), (1, -1.0)]]
    assert found.rows.tolist() == [[1, 3, -1, -1], [-1, -1, -1, -1], [3, 1, -1, -1]]


@BOTH
def test_zero_rows_alone(build):
    found = build(np.zeros((3, 2), dtype=np.float32)).search(rows_of([1, 0]), 2)
    assert as_lists(found) == [[]]
    assert found.rows.shape == (1, 2)


@BOTH
def test_one_article(build):
    assert as_lists(build(rows_of([0.6, 0.8])).search(rows_of([1, 0]), 10)) == [[(0, F6)]]


@BOTH
@pytest.mark.parametrize("dim", [0, 2])
def test_no_article(build, dim):
    found = build(np.zeros((0, dim), dtype=np.float32)).search(np.zeros((2, dim), dtype=np.float32), 10)
    assert as_lists(found) == [[], []]
    assert found.rows.shape == (2, 0)


@BOTH
def test_no_query(build):
    found = build(rows_of([1, 0])).search(rows_of(), 10)
    assert as_lists(found) == []
    assert found.rows.shape == (0, 1)


@BOTH
def test_a_cosine_never_leaves_its_range(build):
    # Scaled to unit length in single precision, a vector's product with itself comes to a little over 1.
    vectors = random_unit(1, 500, 24)
    assert (np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64) > 1 + 1e-8).any()
    found = build(vectors).search(vectors, 1)
    assert found.cosines.max() == 1.0
    assert build(vectors).search(-vectors, 500).cosines.min() == -1.0


@BOTH
def test_planted_answers_are_found(build):
    # Ten stories of six: a centre each, far apart, and five copies bent away from it step by step.
    centres = np.eye(20, dtype=np.float32)[:10]
    bends = np.eye(20, dtype=np.float32)[10:]
    vectors = unit(np.concatenate([centres + 0.1 * step * bends for step in range(6)]))
    found = build(vectors).search(centres, 6)
    # Row 10 * step + story: from each centre its own story, the least bent first.
    assert found.rows.tolist() == [[10 * step + story for step in range(6)] for story in range(10)]
    # A copy bent by b has the cosine 1 / sqrt(1 + b * b) to its centre.
    bent = [1 / np.sqrt(1 + (0.1 * step) ** 2) for step in range(6)]
    np.testing.assert_allclose(found.cosines, np.tile(bent, (10, 1)), atol=1e-7)


@BOTH
@pytest.mark.parametrize("k", [1, 10, 100, 399, 400, 401, 600])
def test_hundreds_of_exact_copies_across_the_cut(build, k):
    # 400 copies scattered among 200 others: of the copies those with the lowest rows are kept.
    vectors = random_unit(2, 600, 48)
    copies = np.sort(np.random.default_rng(3).choice(600, 400, replace=False))
    vectors[copies] = vectors[copies[0]]
    found = build(vectors).search(vectors[copies[:3]], k)
    for row in range(3):
        assert found.rows[row, :400].tolist() == copies[:k].tolist()
        assert len(set(found.cosines[row, :400].tolist())) == 1
    assert found.counts.tolist() == [k] * 3


@BOTH
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(build, bad):
    vectors = rows_of([1, 0], [0, bad])
    message = "vectors hold NaN or infinite values, expected finite ones"
    with pytest.raises(ValueError, match=message):
        build(vectors)
    with pytest.raises(ValueError, match=message):
        build(rows_of([1, 0])).search(vectors, 1)


@BOTH
def test_another_shape_is_refused(build):
    index = build(rows_of([1, 0]))
    for queries in (np.zeros((1, 3)), np.zeros((1, 1)), np.zeros((0, 3)), np.zeros(2), np.zeros((1, 1, 2))):
        with pytest.raises(ValueError, match=r"vectors have shape \(.*\), expected \(n, 2\)"):
            index.search(queries.astype(np.float32), 1)
    for vectors in (np.zeros(2), np.zeros((1, 1, 2))):
        with pytest.raises(ValueError, match=r"vectors have shape \(.*\), expected \(n, dim\)"):
            build(vectors.astype(np.float32))


@BOTH
@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(build, k):
    with pytest.raises(ValueError, match=f"k is {k}, expected at least 1"):
        build(rows_of([1, 0])).search(rows_of([1, 0]), k)


@BOTH
def test_rows_that_do_not_lie_together_in_memory(build):
    vectors = random_unit(4, 40, 8)
    expected = build(vectors[::2].copy()).search(vectors[1::2].copy(), 5)
    assert_same(build(vectors[::2]).search(vectors[1::2], 5), expected)
    assert_same(build(np.asfortranarray(vectors[::2])).search(np.asfortranarray(vectors[1::2]), 5), expected)


HUGE_K = """
import resource, sys
import faiss
import numpy as np
from recommender import dense

vectors = np.eye(1000, 64, dtype=np.float32)
index = getattr(dense, sys.argv[1])(vectors)
index.search(vectors[:8], 10)  # whatever threads need is there before the limit
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (512 << 20), resource.RLIM_INFINITY))
found = index.search(vectors[:8], 1_000_000_000)
print(found.rows.shape, found.counts.tolist())
alone = faiss.IndexFlatIP(64)
alone.add(vectors)
try:
    alone.search(vectors[:8], 1_000_000_000)
except MemoryError:
    print("FAISS alone does")
"""


@pytest.mark.parametrize("build", ["ExactIndex", "FaissIndex"])
def test_a_huge_k_takes_no_memory(build):
    # 64 of the 1,000 rows are not zero. What FAISS itself would ask for shows that the limit bites.
    done = subprocess.run(
        [sys.executable, "-c", HUGE_K, build],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["(8, 1000) [64, 64, 64, 64, 64, 64, 64, 64]", "FAISS alone does"]


# FAISS against the reference, and the reference against the definition


@st.composite
def searches(draw):
    """Unit rows drawn from a few directions, so that copies, opposites and zero rows are common."""
    dim = draw(st.integers(1, 4))
    row = st.lists(st.integers(-3, 3), min_size=dim, max_size=dim)
    pool = draw(st.lists(row, min_size=1, max_size=6))
    vectors = draw(st.lists(st.sampled_from(pool), max_size=60))
    queries = draw(st.lists(st.sampled_from(pool) | row, max_size=4))
    k = draw(st.integers(1, len(vectors) + 3))
    return (
        unit(np.array(vectors, dtype=np.float64).reshape(-1, dim)),
        unit(np.array(queries, dtype=np.float64).reshape(-1, dim)),
        k,
    )


@settings(deadline=None)
@given(searches())
def test_both_give_what_the_definition_gives(search):
    vectors, queries, k = search
    expected = by_definition(vectors, queries, k)
    assert as_lists(ExactIndex(vectors).search(queries, k)) == expected
    assert as_lists(FaissIndex(vectors).search(queries, k)) == expected


@pytest.mark.parametrize("k", [1, 7, 100, 2000])
def test_faiss_equals_the_reference_on_random_rows(k):
    vectors = random_unit(5, 1500, 96)
    vectors[::50] = 0
    vectors[7::90] = vectors[7]
    assert_same(FaissIndex(vectors).search(vectors[:200], k), ExactIndex(vectors).search(vectors[:200], k))


@pytest.mark.parametrize("k", [1, 10, 100])
def test_faiss_equals_the_reference_where_rounding_alone_tells_rows_apart(k):
    import faiss

    # Differences of 1e-7 are lost in FAISS's single-precision sums, and its order among them is noise.
    generator = np.random.default_rng(6)
    vectors = unit(np.ones((700, 384)) + 1e-6 * generator.normal(size=(700, 384)))
    queries = unit(np.ones((5, 384)) + generator.normal(size=(5, 384)))
    alone = faiss.IndexFlatIP(384)
    alone.add(vectors)
    expected = ExactIndex(vectors).search(queries, k)
    assert not np.array_equal(alone.search(queries, k)[1], expected.rows)
    assert_same(FaissIndex(vectors).search(queries, k), expected)


def test_faiss_equals_the_reference_whatever_the_block(monkeypatch):
    vectors = random_unit(7, 300, 16)
    vectors[50:250] = vectors[0]
    expected = ExactIndex(vectors).search(vectors, 20)
    for floats in (1, 16 * 36 * 7, 32_000_000):  # blocks of one query, of seven, of all
        monkeypatch.setattr(cosines, "BLOCK_FLOATS", floats)
        assert_same(FaissIndex(vectors).search(vectors, 20), expected)


def test_beyond_the_ties_that_are_settled_the_cosines_are_still_right(monkeypatch):
    # Which of 500 copies are kept may then differ; that they are ten different copies may not.
    monkeypatch.setattr(flat, "_MOST_TIED", 50)
    vectors = random_unit(8, 600, 16)
    vectors[100:] = vectors[100]
    found = FaissIndex(vectors).search(vectors[100:101], 10)
    assert np.array_equal(found.cosines, ExactIndex(vectors).search(vectors[100:101], 10).cosines)
    assert len(set(found.rows[0].tolist())) == 10
    assert found.rows.min() >= 100


# One query against every row


def test_cosines_to_all_by_hand():
    unit_rows = rows_of([1, 0], [0.6, 0.8], [0, 0], [-1, 0], [0, -1])
    found = cosines_to_all(unit_rows, rows_of([1, 0])[0])
    assert found.tolist() == [1, F6, 0, -1, 0]
    assert found.dtype == np.float32
    assert cosines_to_all(unit_rows, rows_of([0, 0])[0]).tolist() == [0] * 5


def test_cosines_to_all_never_leave_their_range():
    vectors = random_unit(1, 500, 24)
    found = np.array([cosines_to_all(vectors, query) for query in np.concatenate([vectors, -vectors])])
    assert (found.max(), found.min()) == (1, -1)


def test_cosines_to_all_reads_a_memory_map_in_blocks(tmp_path, monkeypatch):
    vectors = random_unit(9, 100, 12)
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r", allow_pickle=False)
    expected = ExactIndex(vectors).search(vectors[:1], 100)
    whole = cosines_to_all(vectors, vectors[0])
    np.testing.assert_allclose(whole[expected.rows[0]], expected.cosines[0], atol=1e-6)
    monkeypatch.setattr(cosines, "BLOCK_FLOATS", 8 * 12 * 7)  # seven rows a block
    np.testing.assert_allclose(cosines_to_all(mapped, vectors[0]), whole, atol=1e-6)


@pytest.mark.parametrize("rows_a_block", [7, 100])
def test_cosines_of_several_queries_are_those_of_each(monkeypatch, rows_a_block):
    vectors = random_unit(9, 100, 12)
    each = np.array([cosines_to_all(vectors, query) for query in vectors[:10]])
    monkeypatch.setattr(cosines, "BLOCK_FLOATS", 8 * 12 * rows_a_block)
    spans, blocks = zip(*cosines_in_blocks(vectors, vectors[:10]), strict=True)
    assert [row for span in spans for row in range(100)[span]] == list(range(100))
    assert np.array_equal(np.concatenate(blocks, axis=1), each)
    assert blocks[0].dtype == np.float32


def test_cosines_to_all_of_nothing():
    assert cosines_to_all(rows_of(), rows_of([1, 0])[0]).shape == (0,)


# Given pairs


def all_pairs(n):
    return np.repeat(np.arange(n), n), np.tile(np.arange(n), n)


def test_cosines_of_pairs_by_hand():
    vectors = rows_of([0.6, 0.8], [0, 1], [-0.6, -0.8], [0, 0], [1, 0])
    left, right = np.array([0, 0, 0, 1, 2, 4, 3, 0, 3]), np.array([1, 2, 0, 0, 4, 0, 0, 3, 3])
    found = cosines_of_pairs(vectors, left, right)
    assert found.tolist() == np.float32([0.8, -1, 1, 0.8, -0.6, 0.6, 0, 0, 0]).tolist()
    assert found.dtype == np.float32


@BOTH
def test_a_pair_has_the_cosine_that_a_search_gives_it(build):
    vectors = random_unit(5, 150, 384)
    hits = build(vectors).search(vectors, 150)
    found = cosines_of_pairs(vectors, np.repeat(np.arange(150), 150), hits.rows.ravel())
    assert np.array_equal(found, hits.cosines.ravel())


def test_a_pair_has_the_cosine_of_one_query_to_all():
    vectors = random_unit(5, 150, 384)
    left, right = all_pairs(150)
    whole = np.concatenate([cosines_to_all(vectors, query) for query in vectors])
    assert np.array_equal(cosines_of_pairs(vectors, left, right), whole)


def test_which_comes_first_and_what_else_is_asked_make_no_difference(monkeypatch):
    vectors = random_unit(6, 60, 33)
    vectors[40:50] = vectors[0]
    left, right = all_pairs(60)
    whole = cosines_of_pairs(vectors, left, right)
    assert np.array_equal(cosines_of_pairs(vectors, right, left), whole)
    alone = [cosines_of_pairs(vectors, left[i : i + 1], right[i : i + 1])[0] for i in range(0, 3600, 7)]
    assert np.array_equal(alone, whole[::7])
    shuffled = np.random.default_rng(7).permutation(3600)
    assert np.array_equal(cosines_of_pairs(vectors, left[shuffled], right[shuffled]), whole[shuffled])
    monkeypatch.setattr(cosines, "BLOCK_FLOATS", 80 * 33 * 11)  # eleven pairs a block
    assert np.array_equal(cosines_of_pairs(vectors, left, right), whole)
    table = whole.reshape(60, 60)
    assert (table[40:50] == table[0]).all()  # copies tie with everything


def test_pairs_are_read_from_a_memory_map_in_blocks(tmp_path, monkeypatch):
    vectors = random_unit(7, 400, 64)
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r", allow_pickle=False)
    left, right = all_pairs(400)
    monkeypatch.setattr(cosines, "BLOCK_FLOATS", 80 * 64 * 256)  # 256 pairs a block
    tracemalloc.start()
    try:
        found = cosines_of_pairs(mapped, left, right)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # 160,000 pairs at once would be 160 MB of vectors; 0.64 MB are the answer.
    assert peak < 4e6
    assert np.array_equal(found, cosines_of_pairs(vectors, left, right))


def test_no_pairs():
    nothing = np.zeros(0, dtype=np.int64)
    assert cosines_of_pairs(rows_of([1, 0]), nothing, nothing).shape == (0,)
