"""Recall of a build's two searches against exact products."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.recall import index_recall, lexical_recall
from recommender.nearest import Pairs, Postings, Units

# What two of these share grows with how near their numbers are; all share a word.
RECORDS = [
    {"id": f"a{n:02}", "title": "T", "text": "storm " * n + "court " * (30 - n) + f"word{n} word{n + 1}"}
    for n in range(1, 30)
]


@pytest.fixture
def snapshot(build):
    return build().snapshot


def searched(monkeypatch, change):
    """The search of a build finds what ``change`` makes of one article's rows, best first."""
    replaced(monkeypatch, Units, change)


def multiplied(monkeypatch, change):
    """The sparse product of a build finds what ``change`` makes of one article's rows, best first."""
    replaced(monkeypatch, Postings, change)


def replaced(monkeypatch, side, change):
    whole = side.nearest

    def changed(self, rows, k):
        found = whole(self, rows, k)
        parts = {row: change(found.rows[found.queries == row]) for row in rows.tolist()}
        queries = np.repeat(rows, [len(parts[row]) for row in rows.tolist()])
        others = np.concatenate(list(parts.values()))
        return Pairs(queries, others, np.zeros(len(others), dtype=np.float32))

    monkeypatch.setattr(side, "nearest", changed)


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
    # 28 others each; every second hit leaves 14 of them, the first among the best.
    assert found.recall["100"] == pytest.approx(14 / 28, abs=0.02)
    assert found.recall["10"] == pytest.approx(5 / 10, abs=0.05)


def test_a_neighbour_that_the_product_does_not_give_is_missed(build, monkeypatch):
    snapshot = build(RECORDS).snapshot
    multiplied(monkeypatch, lambda rows: rows[:5])
    found = lexical_recall(snapshot, seed=0)
    shared = [int((snapshot.space.terms.cosines_to_all(snapshot.space.terms.row(row)) > 0).sum()) - 1
              for row in range(29)]  # fmt: skip
    expected = np.mean([5 / min(10, number) if number > 5 else 1 for number in shared])
    assert found.recall["10"] == pytest.approx(expected, abs=0.05)
    assert found.recall["10"] < 1


def test_what_the_index_says_of_its_rows_is_not_taken_on_trust(build, monkeypatch):
    snapshot = build(RECORDS).snapshot
    searched(monkeypatch, lambda rows: np.repeat(rows[-1:], len(rows)))
    assert index_recall(snapshot, seed=0).recall["10"] < 0.2


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
