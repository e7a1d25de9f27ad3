"""nDCG by hand, by its bounds, and as trec_eval has it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.measures import ndcg

GRADES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-1, 4), min_size=1)
RANKED = st.permutations("abcdefgh").flatmap(lambda all_: st.integers(0, 8).map(lambda n: all_[:n]))


def test_by_hand():
    # 2 / log2(2) at rank 1, nothing at 2, 1 / log2(4) at rank 3; at best 2 / log2(2) + 1 / log2(3).
    found = ndcg(["a", "x", "b"], {"a": 2, "b": 1, "c": 0})
    assert found == pytest.approx((2 + 1 / 2) / (2 + 1 / math.log2(3)))


def test_the_best_order_is_1_and_an_empty_list_0():
    assert ndcg("ab", {"a": 2, "b": 1}) == 1
    assert ndcg("", {"a": 2, "b": 1}) == 0
    assert ndcg("xy", {"a": 2}) == 0


@pytest.mark.parametrize("grades", [{}, {"a": 0}, {"a": -2, "b": 0}])
def test_where_nothing_is_related_there_is_nothing_to_find(grades):
    assert ndcg("ab", grades) is None


def test_what_stands_below_k_does_not_count():
    assert ndcg("xa", {"a": 1}, k=1) == 0
    assert ndcg("abc", {"a": 1, "b": 1, "c": 1}, k=2) == 1  # no list of two does better


def test_a_negative_grade_is_no_gain():
    assert ndcg("ab", {"a": -3, "b": 1}) == ndcg("ab", {"a": 0, "b": 1}) == pytest.approx(1 / math.log2(3))


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="k is 0"):
        ndcg("a", {"a": 1}, k=0)
    with pytest.raises(ValueError, match="1 items stand twice"):
        ndcg("aa", {"a": 1})


@given(RANKED, GRADES, st.integers(1, 9))
def test_it_lies_between_0_and_1_and_a_better_item_never_lowers_it(ranked, grades, k):
    found = ndcg(ranked, grades, k)
    if found is None:
        assert max(grades.values()) <= 0
        return
    assert 0 <= found <= 1 + 1e-12
    ideal = sorted(ranked, key=lambda one: -grades.get(one, 0))
    assert ndcg(ideal, grades, k) >= found - 1e-12


@given(RANKED.filter(len), GRADES.filter(lambda grades: max(grades.values()) > 0))
def test_it_is_trec_eval_s(ranked, grades):
    ir_measures = pytest.importorskip("ir_measures", reason="the extra eval is not installed")
    pytest.importorskip("pytrec_eval", reason="the extra eval is not installed")
    placed = {"q": {doc: float(len(ranked) - place) for place, doc in enumerate(ranked)}}
    metric = ir_measures.parse_measure("nDCG@5")
    evaluator = ir_measures.pytrec_eval.evaluator([metric], {"q": grades})
    (theirs,) = [one.value for one in evaluator.iter_calc(placed)]
    assert ndcg(ranked, grades, 5) == pytest.approx(theirs, abs=1e-4)
