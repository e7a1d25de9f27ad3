"""Two reports beside each other, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.errors import InputError
from recommender.evaluation import Document, compare
from recommender.evaluation.comparison import check
from tests.evaluation.documents import full, minimal

pytest.importorskip("scipy", reason="the extra eval is not installed")


def with_values(document: Document, changes: dict[str, float | None], name: str = "nDCG@10") -> Document:
    """The document with other values of this project on its first dataset; ``None`` takes a query out."""
    content = document.model_dump(mode="json")
    this = next(one for one in content["datasets"][0]["systems"] if one["system"] == "recommender")
    for query, value in changes.items():
        if value is None:
            del this["per_query"][query]
        else:
            this["per_query"][query][name] = value
    return Document.model_validate(content)


@pytest.fixture(scope="module")
def before() -> Document:
    return full()


def queries_of(document: Document) -> list[str]:
    return sorted(next(o for o in document.datasets[0].systems if o.system == "recommender").per_query)


def test_a_report_against_itself_has_no_change(before):
    found = compare(before, before)
    assert (found.made, found.missing, found.lists, found.audit) == ((), (), (), ())
    assert [one.name for one in found.datasets] == [one.name for one in before.datasets]
    for dataset in found.datasets:
        assert (dataset.better, dataset.worse, dataset.shown) == ((), (), ())
        assert all((c.after, c.low, c.high, c.p) == (c.before, c.low and 0, c.high and 0, 1)
                   for c in dataset.changes)  # fmt: skip


def test_what_moved_is_named_the_largest_first(before):
    a, b, c, *_ = queries_of(before)
    start = with_values(before, {a: 0.5, b: 0.5, c: 0.5})
    found = compare(start, with_values(start, {a: 0.6, b: 0.9, c: 0.1})).datasets[0]
    assert [(one.query_id, one.before, one.after) for one in found.better] == [(b, 0.5, 0.9), (a, 0.5, 0.6)]
    assert [(one.query_id, one.before, one.after) for one in found.worse] == [(c, 0.5, 0.1)]
    change = next(one for one in found.changes if one.measure == "nDCG@10")
    assert change.after - change.before == pytest.approx((0.1 + 0.4 - 0.4) / found.queries)
    assert next(one for one in found.changes if one.measure == "AP").p == 1


def test_better_everywhere_is_significant(before):
    every = queries_of(before)
    worse = with_values(before, dict.fromkeys(every, 0.2))
    better = with_values(before, dict.fromkeys(every, 0.7))
    change = next(c for c in compare(worse, better).datasets[0].changes if c.measure == "nDCG@10")
    assert (change.before, change.after) == (pytest.approx(0.2), pytest.approx(0.7))
    assert (change.low, change.high) == (pytest.approx(0.5), pytest.approx(0.5))
    assert change.p < 0.001


def test_queries_of_one_report_alone_are_left_out_and_counted(before):
    a, b, *_ = queries_of(before)
    found = compare(with_values(before, {a: None}), with_values(before, {b: None})).datasets[0]
    assert (found.only_before, found.only_after) == (1, 1)
    assert found.queries == len(queries_of(before)) - 2


def test_datasets_of_one_report_alone_are_named(before):
    content: dict[str, Any] = before.model_dump(mode="json")
    content["datasets"] = content["datasets"][1:]
    fewer = Document.model_validate(content)
    assert compare(before, fewer).missing == (before.datasets[0].name,)
    assert compare(fewer, before).missing == (before.datasets[0].name,)
    assert compare(minimal(), before).datasets == ()


def test_every_number_of_the_lists_that_changed_is_listed(before):
    content: dict[str, Any] = before.model_dump(mode="json")
    this = next(one for one in content["lists"] if one["system"] == "recommender")
    old = this["measures"]["coverage"]
    this["measures"]["coverage"] = old + 0.1
    content["made"]["min_score"] = 0.35
    found = compare(before, Document.model_validate(content))
    assert found.lists == (("coverage", old, old + 0.1),)
    assert found.made == (("min_score", before.made.min_score, 0.35),)


def test_other_coefficients_are_no_secret(before):
    content: dict[str, Any] = before.model_dump(mode="json")
    content["datasets"][0]["scored_with"] = f"fitted without {before.datasets[0].name}"
    found = compare(before, Document.model_validate(content))
    name = before.datasets[0].name
    assert found.made == ((f"score on {name}", "all labelled sets", f"fitted without {name}"),)


def test_queries_of_a_group_are_one_observation(before):
    every = queries_of(before)
    content: dict[str, Any] = with_values(before, dict.fromkeys(every, 0.7)).model_dump(mode="json")
    content["datasets"][0]["group_of"] = {query: str(place % 2) for place, query in enumerate(every)}
    grouped = Document.model_validate(content)
    found = compare(with_values(before, dict.fromkeys(every, 0.2)), grouped).datasets[0]
    change = next(one for one in found.changes if one.measure == "nDCG@10")
    # Two groups: of four ways to set the signs two are as extreme.
    assert change.p == 0.5


def test_other_judgements_are_said(before):
    assert all(one.same_judgements for one in compare(before, before).datasets)
    content: dict[str, Any] = before.model_dump(mode="json")
    content["datasets"][0]["judgements_sha256"] = "0" * 64
    assert not compare(before, Document.model_validate(content)).datasets[0].same_judgements


def test_a_report_that_cannot_be_compared_is_refused(before):
    check(before, "old.json")
    check(minimal(), "old.json")
    content: dict[str, Any] = before.model_dump(mode="json")
    this = next(one for one in content["datasets"][0]["systems"] if one["system"] == "recommender")
    query = queries_of(before)[0]
    del this["per_query"][query]["nDCG@10"]
    with pytest.raises(InputError, match=r"old.json: dataset '.*' has no nDCG@10 for query"):
        check(Document.model_validate(content), "old.json")
    content["datasets"][0]["systems"].remove(this)
    with pytest.raises(InputError, match="has no system 'recommender'"):
        check(Document.model_validate(content), "old.json")


def test_values_outside_0_and_1_are_no_report(before):
    with pytest.raises(ValueError, match="less than or equal to 1"):
        with_values(before, {queries_of(before)[0]: 9.0})
