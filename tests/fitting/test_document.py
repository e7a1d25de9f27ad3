from __future__ import annotations

import json

import pytest

from recommender.evaluation.calibration import CrossFitted
from recommender.fitting import WITH_VECTORS, WITHOUT_VECTORS, entry, fit_models, read, summary, written
from recommender.scoring import scoring_of
from tests.fitting import toys


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return toys.material(toys.newsroom(tmp_path_factory.mktemp("document") / "news"))


@pytest.fixture(scope="module")
def models(material):
    return fit_models(material, [WITH_VECTORS, WITHOUT_VECTORS], seed=0, sizes=toys.SIZES)


@pytest.fixture(scope="module")
def entries(material, models):
    return [entry(material, one, seed=0, encoder="fake") for one in models]


def test_a_file_gives_back_the_formulas(entries, models, tmp_path):
    path = tmp_path / "scoring.json"
    path.write_bytes(written((), entries))
    found = {one["formula"]["fingerprint"]: one for one in read(path)}
    assert list(found) == ["fake:1", ""]
    for model in models:
        said = found[model.formula.fingerprint]
        assert scoring_of(said["formula"]) == model.formula
        assert {name: scoring_of(one) for name, one in said["without"].items()} == dict(model.without)
        measured = CrossFitted.model_validate(said["cross_fitted"])
        assert measured.reliability.pairs == sum(len(one.scores) for one in model.whole.values())
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


def test_a_summary_names_floor_sets_and_sizes(material, models):
    pytest.importorskip("ir_measures", reason="the extra eval is not installed")
    lines = list(summary(material, models[0]))
    floors = models[0].formula.floors
    assert f"a best of {floors.min_best} and a floor of {floors.min_scores[0][1]} among 20, " in lines[1]
    assert [line.split()[:2] for line in lines if line.split()[1] in {"20", "60", "all"}] == [
        ["alpha", "20"], ["alpha", "60"], ["beta", "20"], ["beta", "60"], ["alpha", "all"], ["beta", "all"]
    ]  # fmt: skip
    assert [line.split()[:3] for line in lines[-2:]] == [["alpha", "held", "out:"], ["beta", "held", "out:"]]
