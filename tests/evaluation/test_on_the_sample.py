"""The whole evaluation on the packaged sample, with the real encoder."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from recommender.evaluation import Plan, Request, evaluate, write
from recommender.evaluation.report import decode
from recommender.settings import load

for needed in ("ir_measures", "bm25s", "matplotlib", "sklearn"):
    pytest.importorskip(needed, reason="the extra eval is not installed")

NOW = datetime(2022, 1, 17, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load({"index": tmp_path_factory.mktemp("sample") / "index"}, environ={})


@pytest.fixture(scope="module")
def document(settings):
    return evaluate(Request(dataset="sample"), settings, Plan(command="test"), now=NOW)


@pytest.fixture(scope="module")
def scores(document):
    return {one.system: one for one in document.datasets[0].systems}


def test_all_nine_systems_apply(document):
    assert [(info.name, info.not_applicable) for info in document.systems] == [
        (name, None)
        for name in (
            *("random", "newest", "source", "bm25", "tfidf", "tfidf-bigrams"),
            *("minilm-title", "minilm", "recommender"),
        )
    ]


def test_systems_stand_in_the_order_that_is_known(scores):
    # Words alone lose to meaning on the sample, titles alone to both; chance is far below.
    order = ("recommender", "minilm", "tfidf", "bm25", "minilm-title", "source", "random")
    means = [scores[name].measures["nDCG@10"].mean for name in order]
    assert all(better > worse for better, worse in pairwise(means)), dict(zip(order, means, strict=True))


def test_the_baselines_have_the_figures_they_had(scores):
    # The sample is frozen and these do not change with this project; another version of a library may move
    # them a little.
    found = {name: 100 * scores[name].measures["nDCG@10"].mean for name in ("bm25", "tfidf", "minilm")}
    assert found == pytest.approx({"bm25": 72.7, "tfidf": 73.7, "minilm": 77.5}, abs=0.5)


def test_everything_on_the_sample_was_judged(document, scores):
    assert document.datasets[0].unanswerable == 30
    assert all(one.shown.judged == one.shown.items for one in scores.values())
    assert scores["tfidf"].measures["judged@10"].mean == 1


def test_rebuilt_lists_are_cleaner_than_the_pages(document):
    against = document.datasets[0].against_source
    assert against is not None
    assert against.queries == 31
    less = against.less_this["off-topic@10"]
    assert less.low is not None
    assert less.low > 0.2  # the pages' own lists have that much more off topic
    assert less.p_holm < 0.001


def test_again_gives_the_same_bytes(settings, document, tmp_path):
    again = evaluate(
        Request(dataset="sample"), settings, Plan(command="test"), now=datetime(2030, 1, 1, tzinfo=UTC)
    )
    assert again == document
    first, second = (write(one, tmp_path / name) for one, name in ((document, "a"), (again, "b")))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert decode(first[1].read_bytes(), first[1]) == document
