"""What parts measure on, and the parts themselves at sizes that take seconds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from recommender.benchmark import PARTS, Material, Recalled, Sizes, measuring, recombined, run_parts
from recommender.embedding import embed
from recommender.encoder import embedded_text
from recommender.errors import EncoderError
from recommender.store import Store
from tests.fakes import FakeEncoder

TINY = Sizes(texts=4, vectors=60, words=40, lists=6, builds=(30, 60), seconds=0.2, most_source=8)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return Material(None, tmp_path_factory.mktemp("bench"), sizes=TINY, runs=1)


def test_the_stand_in_gives_the_vectors_that_are_known_and_no_others(material):
    made = list(material.room.articles(20))
    vectors = np.eye(len(material.room.source), 12, dtype=np.float32)
    known = recombined(made, vectors, "fake:1", seed=0)
    encoder = Recalled(FakeEncoder(), known.digests, known.vectors)
    again, work = embed([one.article for one in reversed(made)], encoder)
    assert np.array_equal(again.vectors, known.vectors[::-1])
    assert again.fingerprint == "fake:1"
    assert work.embedded <= 20
    with pytest.raises(EncoderError, match="1 of 2 texts have no vector at hand"):
        encoder.encode([embedded_text(made[0].article.title, made[0].article.text), "nobody wrote this"])


@pytest.mark.parametrize("part", ["rebuild", "serving"])
def test_a_part_measures_everything_that_is_asked(material, part):
    found = PARTS[part](material)
    assert found.name == part
    assert found.lines
    assert all(line.met is None for line in found.lines), "asked at other sizes"
    names = [(one.what, one.unit) for one in found.figures]
    assert len(set(names)) == len(names)
    json.dumps(found.as_json())
    if part == "serving":
        assert "0 requests failed" in found.notes[0]


def test_nights_reuse_what_is_there(material):
    index = material.index(60)
    night = material.build(material.corpus(60, night=1), index, 60, night=1)
    assert night.answer["parent"] in Store(index).names()
    assert night.answer["embedding"]["reused"] >= 58
    assert night.peak_bytes > 10_000_000
    assert 0 < night.answer["rebuild_seconds"] < night.usage.seconds


def test_every_arithmetic_is_measured(material):
    found = PARTS["encoding"](material)
    assert [line.bound for line in found.lines][:2] == [2.2, 0.99]
    assert found.figures[0].what == "SentenceTransformer.encode"


def test_neighbours_are_measured(material):
    pytest.importorskip("sklearn")
    assert [one.name for one in run_parts(["neighbours"], material, lambda _: None)] == ["neighbours"]


def test_words_are_measured(material):
    pytest.importorskip("sklearn")
    pytest.importorskip("bm25s")
    found = PARTS["lexical"](material)
    assert len(found.figures) == 8


def test_an_unknown_part_is_refused(material, capsys):
    with pytest.raises(KeyError, match="no such part: nothing; there are encoding"):
        run_parts(["nothing"], material, lambda _: None)
    with pytest.raises(SystemExit, match="2"):
        measuring(["--only", "nothing"])
    assert "no such part: nothing" in capsys.readouterr().err


def test_options_choose_sizes():
    given = measuring(["--quick", "--builds", "30,20", "--seconds", "0.5", "--only", "serving"])
    assert (given.sizes.builds, given.sizes.seconds, given.runs, given.only) == (
        (20, 30),
        0.5,
        3,
        ["serving"],
    )
    assert measuring([]).sizes == Sizes()
    assert measuring([]).runs == 5
    assert measuring(["--runs", "7"]).runs == 7
