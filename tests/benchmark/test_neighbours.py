"""What the comparison of neighbours reports."""

from __future__ import annotations

import numpy as np

from recommender.benchmark.neighbours import doubled, neighbours
from tests.dense.test_contract import random_unit


def test_each_is_measured_in_each_round():
    found = neighbours(random_unit(1, 200, 8), k=5, runs=2)
    for seconds in (found.ours, found.faiss, found.product):
        assert len(seconds) == 2
        assert min(seconds) > 0
    for seconds in (found.ours_cpu, found.faiss_cpu, found.product_cpu):
        assert len(seconds) == 2
    assert (found.n, found.dim, found.k, found.notes) == (200, 8, 5, ())


def test_the_second_half_lies_as_the_first_does():
    vectors = random_unit(2, 50, 16)
    both = doubled(vectors, seed=3).astype(np.float64)
    assert both.shape == (100, 16)
    np.testing.assert_allclose(both[50:] @ both[50:].T, both[:50] @ both[:50].T, atol=1e-6)
    assert abs(both[:50] @ both[50:].T).max() < 0.99
