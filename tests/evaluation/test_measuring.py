"""Every measure on six lines of qrels, worked by hand, through the path that the report uses."""

from __future__ import annotations

from math import log2

import pytest

from recommender.errors import InputError
from recommender.evaluation import Qrels, Run
from recommender.evaluation.document.names import MEASURES
from recommender.evaluation.measuring import measure

pytest.importorskip("ir_measures", reason="the extra eval is not installed")

SIX_LINES = """\
q1 0 d1 3
q1 0 d2 1
q1 0 d3 0
q2 0 d4 2
q2 0 d5 1
q2 0 d6 1
"""


def qrels_of(text: str = SIX_LINES, **fields: object) -> Qrels:
    relevance: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        query, _, doc, grade = line.split()
        relevance.setdefault(query, {})[doc] = int(grade)
    return Qrels("six", "qrels", "by hand", relevance, **fields)  # type: ignore[arg-type]


def run_of(**lists: str) -> Run:
    """``run_of(q1="d3 d1")``: that list, scores falling from 1."""
    return Run("by-hand", {q: tuple((d, 1 / n) for n, d in enumerate(docs.split(), 1))
                           for q, docs in lists.items()})  # fmt: skip


def values(run: Run, qrels: Qrels | None = None) -> dict[str, list[float]]:
    truth = qrels or qrels_of()
    return {name: found.tolist() for name, found in measure(truth, run, truth.answerable).items()}


def test_every_measure_by_hand():
    # q1 has grades 0, 3, unjudged, 1 in this order; q2 finds one of its three in second place.
    found = values(run_of(q1="d3 d1 x1 d2", q2="x1 d5"))
    assert list(found) == list(MEASURES)
    q1 = (3 / log2(3) + 1 / log2(5)) / (3 + 1 / log2(3))
    q2 = (1 / log2(3)) / (2 + 1 / log2(3) + 1 / log2(4))
    assert found["nDCG@5"] == pytest.approx([q1, q2])
    assert found["nDCG@10"] == pytest.approx([q1, q2])
    assert found["P@5"] == pytest.approx([2 / 5, 1 / 5])
    assert found["R@10"] == pytest.approx([1, 1 / 3])
    assert found["AP"] == pytest.approx([(1 / 2 + 2 / 4) / 2, (1 / 2) / 3])
    assert found["RR"] == pytest.approx([1 / 2, 1 / 2])
    assert found["judged@10"] == pytest.approx([3 / 4, 1 / 2])


def test_gain_is_the_grade_itself():
    # Exponential gain would give (1 + 7 / log2(3)) / (7 + 1 / log2(3)).
    found = values(run_of(q1="d2 d1"))["nDCG@5"][0]
    assert found == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))


def test_a_cut_ends_the_list_it_names():
    deep = "x1 x2 x3 x4 x5 d1 x6 x7 x8 x9 d2"
    found = {name: some[0] for name, some in values(run_of(q1=deep)).items()}
    ideal = 3 + 1 / log2(3)
    assert found == pytest.approx(
        {
            "nDCG@5": 0,
            "nDCG@10": (3 / log2(7)) / ideal,
            "P@5": 0,
            "R@10": 1 / 2,
            "AP": (1 / 6 + 2 / 11) / 2,
            "RR": 1 / 6,
            "judged@10": 1 / 10,
        }
    )


@pytest.mark.parametrize("run", [run_of(q1="d1"), run_of(q1="d1", q2="")], ids=["missing", "empty"])
def test_a_query_without_a_list_scores_the_default_not_nothing(run):
    assert {name: some[1] for name, some in values(run).items()} == dict.fromkeys(MEASURES, 0)
    assert values(run)["RR"][0] == 1


def test_the_order_of_a_list_counts_not_its_scores():
    # As trec_eval does it, equal scores would be put in order of ids, the last first.
    tied = Run("tied", {"q1": (("d2", 0.5), ("d3", 0.5), ("d1", 0.5))})
    falling = run_of(q1="d2 d3 d1")
    rising = Run("rising", {"q1": (("d2", 0.1), ("d3", 0.2), ("d1", 0.3))})
    assert values(tied) == values(falling) == values(rising)
    assert values(tied)["AP"][0] == pytest.approx((1 + 2 / 3) / 2)


def test_unlisted_pairs_among_judged_articles_count_as_judged():
    among = qrels_of(judged=frozenset({"q1", "d1", "x1"}))
    found = values(run_of(q1="d1 x1 x2"), among)
    assert found["judged@10"][0] == pytest.approx(2 / 3)
    assert values(run_of(q1="d1 x1 x2"))["judged@10"][0] == pytest.approx(1 / 3)
    assert found["P@5"] == values(run_of(q1="d1 x1 x2"))["P@5"]


def test_a_query_to_which_nothing_is_related_is_refused():
    truth = qrels_of("q1 0 d1 1\nq2 0 d2 0")
    assert (truth.answerable, truth.unanswerable) == (("q1",), ("q2",))
    with pytest.raises(ValueError, match=r"1 queries have no related document, the first is 'q2'"):
        measure(truth, run_of(q2="d2"), ["q1", "q2"])


def test_one_query_and_none():
    truth = qrels_of("q1 0 d1 1")
    assert values(run_of(q1="d1"), truth)["nDCG@5"] == [1]
    assert {name: len(some) for name, some in measure(truth, run_of(), []).items()} == dict.fromkeys(
        MEASURES, 0
    )


def test_a_run_with_a_document_twice_is_refused():
    with pytest.raises(InputError, match=r"run 'by-hand': the list of 'q1' names 'd1' twice"):
        run_of(q1="d1 d2 d1")


def test_a_run_that_names_the_article_itself_is_refused():
    with pytest.raises(InputError, match="names the article itself"):
        run_of(q1="d1 q1")
