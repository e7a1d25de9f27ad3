"""`scripts/fit_background.py`: the numbers of an index, worked out by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from recommender.lexical import key_of, spellings
from scripts import fit_background
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

ARTICLES = [
    make_article("a", "the storm over Rome", title="Storm"),
    make_article("b", "a storm over Rome and Oslo", title="Storm"),
    make_article("c", "court", title="Court"),
]


@pytest.fixture
def fitted(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fit_background, "PACKAGE", tmp_path / "package")
    (tmp_path / "package" / "background").mkdir(parents=True)
    publish(tmp_path / "index", contents_of(ARTICLES))
    assert fit_background.main([str(tmp_path / "index"), "--origin", "three by hand"]) == 0
    said = json.loads((tmp_path / "package" / "background" / "news.json").read_text())
    return np.load(tmp_path / "package" / "background" / "news.npz"), said, capsys.readouterr().out


def test_terms_are_counted_by_article(fitted):
    numbers, _, _ = fitted
    holding = dict(zip(numbers["keys"].tolist(), numbers["holding"].tolist(), strict=True))
    capitalised = dict(zip(numbers["keys"].tolist(), numbers["capitalised"].tolist(), strict=True))
    for word, held, capital in (("storm", 2, 0), ("rome", 2, 2), ("oslo", 1, 1), ("court", 1, 0)):
        assert (holding[key_of(word)], capitalised[key_of(word)]) == (held, capital)
    pair = {spelt: key for key, spelt in spellings("", "over Rome").items()}["over Rome"]
    assert holding[pair] == 2
    assert numbers["keys"].tolist() == sorted(holding)


def test_mean_and_covariance_are_those_of_the_vectors(fitted):
    numbers, said, out = fitted
    # Two articles of storm alone, one of court alone.
    storm, court = np.eye(7)[[0, 1]]
    mean = (2 * storm + court) / 3
    assert numbers["mean"] == pytest.approx(mean)
    rows = np.array([storm, storm, court]) - mean
    expected = (rows.T @ rows / 3)[np.triu_indices(7)]
    assert numbers["covariance"] == pytest.approx(expected)
    assert (said["articles"], said["origin"], said["fingerprint"]) == (3, "three by hand", "fake:1")
    assert said["terms"] == len(numbers["keys"])
    assert out.startswith("3 articles, mean of length 0.745, ")
