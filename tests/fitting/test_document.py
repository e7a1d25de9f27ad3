from __future__ import annotations

import json

import pytest

from recommender.evaluation.calibration import CrossFitted
from recommender.fitting import (
    WITH_VECTORS,
    WITHOUT_VECTORS,
    cross_fitted_calibration,
    entry,
    fit_models,
    read,
    scores_of_others,
    summary,
    written,
)
from recommender.scoring import scoring_of
from tests.fitting import toys


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return toys.material(toys.newsroom(tmp_path_factory.mktemp("document") / "news"))


@pytest.fixture(scope="module")
def models(material):
    return fit_models(material, [WITH_VECTORS, WITHOUT_VECTORS], seed=0, sizes=toys.SIZES)


@pytest.fixture(scope="module")
def measured(material, models):
    for library in ("bm25s", "sklearn"):
        pytest.importorskip(library, reason="the extra eval is not installed")
    others = scores_of_others(material, models[0], "fake")
    return [cross_fitted_calibration(material, one, others, "fake") for one in models]


@pytest.fixture(scope="module")
def entries(material, models, measured):
    return [
        entry(material, one, found, seed=0, encoder="fake")
        for one, found in zip(models, measured, strict=True)
    ]


def test_a_file_gives_back_the_formulas(entries, models, measured, tmp_path):
    path = tmp_path / "scoring.json"
    path.write_bytes(written((), entries))
    found = {one["formula"]["fingerprint"]: one for one in read(path)}
    assert list(found) == ["fake:1", ""]
    for model, fresh in zip(models, measured, strict=True):
        said = found[model.formula.fingerprint]
        assert scoring_of(said["formula"]) == model.formula
        assert {name: scoring_of(one) for name, one in said["without"].items()} == dict(model.without)
        measured = CrossFitted.model_validate(said["cross_fitted"]).calibration
        assert measured.reliability.pairs == sum(len(one.scores) for one in model.whole.values())
        assert measured == fresh
        assert "alpha" in said["origin"]


def test_models_of_other_encoders_stay(entries):
    other = {
        **entries[0],
        "formula": {**entries[0]["formula"], "fingerprint": "other:1"},
        "origin": "earlier",
    }
    stale = {**entries[0], "origin": "stale"}
    models = json.loads(written([other, stale], entries))["models"]
    assert [(one["formula"]["fingerprint"], one["origin"] == "earlier") for one in models] == [
        ("other:1", True), ("fake:1", False), ("", False)
    ]  # fmt: skip
    assert "stale" not in [one["origin"] for one in models]


def test_writing_again_changes_nothing(entries):
    content = written((), entries)
    assert written(json.loads(content)["models"], entries) == content
    assert content.endswith(b"}\n")


@pytest.mark.parametrize("content", [None, '{"formula": {"intercept": 1}}', '{"models": [{"formula": {}}]}'])
def test_a_file_of_another_form_holds_no_models(tmp_path, content):
    path = tmp_path / "scoring.json"
    if content is not None:
        path.write_text(content)
    assert read(path) == ()


def test_others_are_measured_on_the_same_pairs(material, models, measured):
    model, found = models[0], measured[0]
    assert [one.system for one in found.systems] == ["bm25", "tfidf", "tfidf-bigrams", "fake", "recommender"]
    scored = model.whole["beta"]
    place = len(model.whole["alpha"].scores)  # the first pair of the second set
    left = material.corpus.articles[scored.pairs.rows[scored.pairs.queries[0]]]
    right = material.corpus.articles[scored.pairs.others[0]]
    texts = [f"{one.title}\n{one.text}" for one in material.corpus.articles]
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(sublinear_tf=True).fit(texts)
    one, other = vectors.transform([f"{left.title}\n{left.text}", f"{right.title}\n{right.text}"])
    others = scores_of_others(material, model, "fake")
    assert others["tfidf"][place] == pytest.approx((one @ other.T).toarray()[0, 0])
    related = sum(int(one.pairs.related.sum()) for one in model.whole.values())
    counted = found.reliability
    assert counted.related == related
    assert found.unjudged == sum(
        int((material.labelled[one.pairs.others] == -1).sum()) for one in model.whole.values()
    )
    assert set(found.not_applicable) == {"newest", "random", "source", "fake-title"}


def test_a_summary_names_floor_sets_and_sizes(material, models, measured):
    pytest.importorskip("ir_measures", reason="the extra eval is not installed")
    lines = list(summary(material, models[0], measured[0]))
    assert any(line.startswith("average precision from 0.05 on, pooled: bm25 ") for line in lines)
    floors = models[0].formula.floors
    assert f"a best of {floors.min_best} and a floor of {floors.min_scores[0][1]} among 20, " in lines[1]
    assert [line.split()[:2] for line in lines if line.split()[1] in {"20", "60", "all"}] == [
        ["alpha", "20"], ["alpha", "60"], ["beta", "20"], ["beta", "60"], ["alpha", "all"], ["beta", "all"]
    ]  # fmt: skip
    assert [line.split()[:3] for line in lines[-2:]] == [["alpha", "held", "out:"], ["beta", "held", "out:"]]
