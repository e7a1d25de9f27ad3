from __future__ import annotations

import json

import pytest

from recommender import fitting
from recommender.evaluation.systems.vector_cache import VectorCache
from recommender.scoring import scoring_of
from scripts import fit_scoring
from tests.conftest import write_jsonl
from tests.fakes import FakeEncoder
from tests.fitting import toys

pytest.importorskip("ir_measures", reason="the extra eval is not installed")


def fingerprints(path):
    return [one["formula"]["fingerprint"] for one in json.loads(path.read_text())["models"]]


def test_each_encoder_adds_its_model_and_its_vectors_are_kept(tmp_path, monkeypatch, capsys):
    fit_models = fitting.fit_models
    monkeypatch.setattr(
        fitting, "fit_models", lambda *args, **options: fit_models(*args, **options, sizes=toys.SIZES)
    )
    used = {name: FakeEncoder(f"{name}:1") for name in (fit_scoring.DEFAULT_ENCODER, "another")}
    monkeypatch.setattr(fit_scoring, "load_encoder", lambda name, **_: used[name])
    labelled = tmp_path / "labelled"
    labelled.mkdir()
    write_jsonl(labelled / "alpha.jsonl", toys.records("ab", 24))
    write_jsonl(labelled / "beta.jsonl", toys.records("cd", 24, seed=3))
    more = write_jsonl(tmp_path / "others.jsonl", [*toys.others(80), toys.records("ab", 1)[0]])
    out = tmp_path / "scoring.json"
    arguments = [str(labelled), str(more), "--index", str(tmp_path / "index"), "--out", str(out)]

    assert fit_scoring.main(arguments) == 0
    assert "nDCG@10" in capsys.readouterr().out
    own = f"{fit_scoring.DEFAULT_ENCODER}:1"
    assert fingerprints(out) == [own, ""]
    first = json.loads(out.read_text())["models"]
    # The eighty others; what stands in the folder too is not read twice.
    assert all("among 80 unlabelled articles" in one["origin"] for one in first)
    assert all(0 < scoring_of(one["formula"]).floors.among(20).min_score < 1 for one in first)

    assert fit_scoring.main([*arguments, "--encoder", "another"]) == 0
    assert fingerprints(out) == ["another:1", own, ""]
    assert json.loads(out.read_text())["models"][1:] == first
    for name, encoder in used.items():
        kept = VectorCache(tmp_path / "index" / f"fitting-{name}-1.npz").read()
        assert kept.fingerprint == encoder.fingerprint
        assert len(kept.vectors) > 80
