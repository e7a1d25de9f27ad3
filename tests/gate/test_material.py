"""Canaries and judgements as files, and every way in which they can be broken."""

from __future__ import annotations

import pytest

from recommender.errors import InputError, SettingsError, SourceNotFound
from recommender.gate import Canary, Material, material_of
from recommender.settings import load


def material(**named):
    return material_of(load(named, environ={}))


@pytest.fixture
def write(tmp_path):
    def file(content, name="canaries.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return file


def test_without_files_there_is_nothing():
    assert material() == Material({}, ())


def test_canaries(write):
    path = write(
        '# the storm\n[[canary]]\narticle = "cafe\u0301"\nexpect = ["b", "c/d"]\n\n'
        '[[canary]]\narticle = "b"\nexpect = ["c/d"]\n'
    )
    assert material(gate_canaries=path).canaries == (Canary("caf\u00e9", ("b", "c/d")), Canary("b", ("c/d",)))
    assert material(gate_canaries=write("")).canaries == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[canary]]\narticle = 'a'", "canary 1: found {'article': 'a'}, expected article and expect"),
        ("[[canary]]\narticle = 'a'\nexpect = ['b']\nk = 1", "expected article and expect, and nothing else"),
        ("[[canary]]\narticle = 'a'\nexpect = 'b'", "canary 1: expect is 'b', expected a list"),
        ("[[canary]]\narticle = 'a'\nexpect = []", "canary 1: expect is [], expected a list of one id"),
        ("[[canary]]\narticle = 1\nexpect = ['b']", "canary 1: the id 1 is no text"),
        ("[[canary]]\narticle = ''\nexpect = ['b']", "canary 1: the id ''"),
        ("[[canary]]\narticle = 'a'\nexpect = ['a']", "canary 1: an id stands twice"),
        ("[[canary]]\narticle = 'a'\nexpect = ['b', 'b']", "canary 1: an id stands twice"),
        ("[[canary]]\narticle = 'a'\nexpect = ['b']\n" * 2, "'a' has several canaries"),
        ("canary = 1", "canary is 1, expected [[canary]] tables"),
        ("[canary]\narticle = 'a'", "expected [[canary]] tables"),
        ("[[canaries]]\narticle = 'a'", "unknown key 'canaries', expected [[canary]] tables"),
        ("[[canary", "cannot be read"),
        (b"\xff", "cannot be read"),
    ],
)
def test_canaries_that_are_not_understood(write, content, said):
    path = write(content)
    with pytest.raises(SettingsError) as caught:
        material(gate_canaries=path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_canaries_that_are_not_there(tmp_path):
    with pytest.raises(SettingsError, match=r"setting 'gate_canaries': .*gone\.toml cannot be read"):
        material(gate_canaries=tmp_path / "gone.toml")


def test_judgements(write):
    path = write("a 0 b 2\na 0 a 4\na 0 c -1\nb 0 cafe\u0301 1\nlone 0 lone 0\n", "x.qrels")
    assert material(gate_qrels=path).grades == {"a": {"b": 2, "c": 0}, "b": {"caf\u00e9": 1}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "found no judgement, expected lines of query 0 document grade"),
        ("a 0 b", ":1: found 3 fields, expected 4"),
        ("a 0 b x", ":1: grade: found 'x'"),
        ("a 0 b 1\na 0 b 1", ":2: query 'a' and document 'b' stand here and on line 1"),
    ],
)
def test_judgements_that_are_not_understood(write, content, said):
    with pytest.raises(InputError) as caught:
        material(gate_qrels=write(content, "x.qrels"))
    assert said in str(caught.value)


def test_judgements_that_are_not_there(tmp_path):
    with pytest.raises(SourceNotFound, match=r"gone\.qrels"):
        material(gate_qrels=tmp_path / "gone.qrels")
