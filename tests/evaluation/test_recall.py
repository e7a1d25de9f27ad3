"""Recall of a build's two searches against exact products."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from recommender.dense import ExactIndex, Hits
from recommender.evaluation import recall
from recommender.evaluation.recall import index_recall, lexical_recall
from recommender.lexical import Table

# What two of these share grows with how near their numbers are; all share a word.
RECORDS = [
    {"id": f"a{n:02}", "title": "T", "text": "storm " * n + "court " * (30 - n) + f"word{n} word{n + 1}"}
    for n in range(1, 30)
]


@pytest.fixture
def snapshot(build):
    return build().snapshot


def searched(monkeypatch, change):
    """The index of a build finds what ``change`` makes of one article's rows, best first."""

    class Changed(ExactIndex):
        def search(self, queries, k):
            hits = super().search(queries, k)
            rows = np.array([change(one) for one in hits.rows])
            return Hits(rows, hits.cosines[:, : rows.shape[1]], np.full(len(rows), rows.shape[1]))

    monkeypatch.setattr(recall, "FaissIndex", Changed)


def multiplied(monkeypatch, change):
    """The sparse product of a build finds what ``change`` makes of one article's rows, best first."""
    whole = Table.nearest

    def changed(self, k):
        offsets, rows, _ = whole(self, k)
        parts = [change(rows[one:other]) for one, other in pairwise(offsets.tolist())]
        rows = np.concatenate(parts)
        return np.cumsum([0, *map(len, parts)]), rows, np.zeros(len(rows), dtype=np.float32)

    monkeypatch.setattr(Table, "nearest", changed)


def test_the_flat_index_misses_nothing(snapshot):
    found = index_recall(snapshot, seed=0)
    assert (found.queries, dict(found.recall)) == (9, {"10": 1, "100": 1})


def test_the_sparse_product_misses_nothing(snapshot, build):
    found = lexical_recall(snapshot, seed=0)
    assert (found.queries, dict(found.recall)) == (9, {"10": 1, "100": 1})
    assert dict(lexical_recall(build(RECORDS).snapshot, seed=0).recall) == {"10": 1, "100": 1}


def test_a_neighbour_that_the_index_does_not_give_is_missed(build, monkeypatch):
    snapshot = build(RECORDS).snapshot
    searched(monkeypatch, lambda rows: rows[::2])
    found = index_recall(snapshot, seed=0)
    # 28 others each; every second hit, the article itself first, leaves 14 of them, the first among the best.
    assert found.recall["100"] == pytest.approx(14 / 28, abs=0.02)
    assert found.recall["10"] == pytest.approx(5 / 10, abs=0.05)


def test_a_neighbour_that_the_product_does_not_give_is_missed(build, monkeypatch):
    snapshot = build(RECORDS).snapshot
    multiplied(monkeypatch, lambda rows: rows[:6])
    found = lexical_recall(snapshot, seed=0)
    shared = [int((snapshot.space.terms.cosines_to_all(snapshot.space.terms.row(row)) > 0).sum()) - 1
              for row in range(29)]  # fmt: skip
    expected = np.mean([5 / min(10, number) if number > 5 else 1 for number in shared])
    assert found.recall["10"] == pytest.approx(expected, abs=0.05)
    assert found.recall["10"] < 1


def test_what_the_index_says_of_its_rows_is_not_taken_on_trust(build, monkeypatch):
    searched(monkeypatch, lambda rows: np.repeat(rows[-1:], len(rows)))
    assert index_recall(build(RECORDS).snapshot, seed=0).recall["10"] < 0.2


def test_the_farthest_are_not_the_nearest(build, monkeypatch):
    snapshot = build(RECORDS).snapshot
    assert index_recall(snapshot, seed=0).recall["10"] == 1
    searched(monkeypatch, lambda rows: rows[::-1][:10])
    assert index_recall(snapshot, seed=0).recall["10"] < 0.2


def test_the_farthest_by_terms_are_not_the_nearest(build, monkeypatch):
    snapshot = build(RECORDS).snapshot
    multiplied(monkeypatch, lambda rows: rows[::-1][:10])
    assert lexical_recall(snapshot, seed=0).recall["10"] < 0.7


def test_where_nothing_is_shared_there_is_nothing_to_find(build):
    records = [{"id": one, "title": "", "text": f"{one}one {one}two {one}three four{one}"} for one in "abc"]
    assert dict(lexical_recall(build(records).snapshot, seed=0).recall) == {}
