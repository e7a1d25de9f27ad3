"""Recall of the stored candidates against exact search."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from recommender.evaluation.recall import index_recall


@pytest.fixture
def snapshot(build):
    return build().snapshot


def test_the_flat_index_misses_nothing(snapshot):
    found = index_recall(snapshot, seed=0)
    assert (found.queries, dict(found.recall)) == (9, {"10": 1, "100": 1})


def test_a_candidate_that_is_not_there_is_missed(snapshot):
    def half(row):
        rows, scores, verdicts = snapshot.candidates(row)
        return rows[::2], scores[::2], verdicts[::2]

    thinned = Thinned(snapshot, half)
    found = index_recall(thinned, seed=0)
    # Eight others each, of which every second one is stored: four of eight, or more only by ties.
    assert 0.5 <= found.recall["100"] < 1


def test_a_wrong_row_is_not_found_by_the_cosine_beside_it(snapshot):
    def farthest(row):
        rows, scores, verdicts = snapshot.candidates(row)
        return np.repeat(rows[-1:], len(rows)), scores, verdicts

    assert index_recall(Thinned(snapshot, farthest), seed=0).recall["10"] < 0.7


class Thinned(SimpleNamespace):
    def __init__(self, snapshot, candidates):
        super().__init__(vectors=snapshot.vectors, statistics=snapshot.statistics, candidates=candidates)
        self.n = len(snapshot)

    def __len__(self):
        return self.n


def test_the_farthest_are_not_the_nearest(build):
    records = [
        {"id": f"a{n}", "title": "T", "text": "storm " * n + "court " * (30 - n)} for n in range(1, 30)
    ]
    snapshot = build(records).snapshot

    def farthest(row):
        rows, scores, verdicts = snapshot.candidates(row)
        return rows[-10:], scores[-10:], verdicts[-10:]

    assert index_recall(snapshot, seed=0).recall["10"] == 1
    assert index_recall(Thinned(snapshot, farthest), seed=0).recall["10"] < 0.2
