from __future__ import annotations

import json

import numpy as np
import pytest

from recommender.benchmark.encoding import agreement, encoding
from tests.conftest import NEWSROOM, write_jsonl


def circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_same_vectors_agree_in_full():
    found = agreement(circle(0, 10, 25, 90), circle(0, 10, 25, 90), k=2)
    assert (found.top, found.cosine, found.least_cosine) == (1, pytest.approx(1), pytest.approx(1))


def test_agreement_is_the_mean_share_of_common_neighbours():
    # By the reference, nearest of 0, 10, 25, 90 degrees are rows 1, 0, 1, 2; with row 1 at 80: 2, 3, 0, 1.
    found = agreement(circle(0, 80, 25, 90), circle(0, 10, 25, 90), k=1)
    assert found.top == 0
    # Of two each: {1,2} {0,2} {0,1} {1,2} against {1,2} {2,3} {0,1} {1,2}.
    found = agreement(circle(0, 80, 25, 90), circle(0, 10, 25, 90), k=2)
    assert found.top == 7 / 8
    assert found.least_cosine == pytest.approx(np.cos(np.radians(70)), abs=1e-6)
    assert found.cosine == pytest.approx((3 + np.cos(np.radians(70))) / 4, abs=1e-6)


def test_a_turn_of_all_vectors_keeps_every_neighbour():
    found = agreement(circle(30, 40, 55, 120), circle(0, 10, 25, 90), k=2)
    assert (found.top, found.cosine) == (1, pytest.approx(np.cos(np.radians(30)), abs=1e-6))


@pytest.mark.parametrize(("rows", "others"), [(1, 1), (2, 3)])
def test_what_cannot_be_compared_is_refused(rows, others):
    with pytest.raises(ValueError, match="expected one shape, two rows or more"):
        agreement(circle(*range(rows)), circle(*range(others)))


def test_every_arithmetic_is_timed_or_missed_with_its_reason(tmp_path):
    source = write_jsonl(tmp_path / "articles.jsonl", NEWSROOM)
    found = encoding(str(source), runs=2, texts=9, k=2, backends=("torch-fp32", "torch-cuda-bf16"))
    assert found.texts == 9
    timed = [one.backend for one in found.backends]
    assert sorted([*timed, *found.missing]) == ["torch-cuda-bf16", "torch-fp32"]
    own = found.backends[0]
    assert own.agreement.top == 1
    assert len(found.seconds) == len(own.seconds) == len(found.ratios(own)) == len(found.cpu_ratios(own)) == 2
    said = json.loads(json.dumps(found.as_json()))
    assert said["backends"]["torch-fp32"]["top_agreement"] == 1
