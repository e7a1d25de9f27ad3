"""A user's own system: found, refused, and the example in the documents as it is printed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from recommender.corpus import assemble
from recommender.errors import InputError, OptionError
from recommender.evaluation.systems import NotApplicable, load
from tests.fakes import make_article

DOCUMENT = Path(__file__).parents[3] / "docs" / "evaluation.md"
TOYS = "tests.evaluation.toys"
CORPUS = assemble([make_article("a", title="Long title"), make_article("b", title="Short")])


@pytest.fixture
def module(tmp_path, monkeypatch, request):
    """Writes a module in a directory of the test's own: ``module(source)`` gives its name."""
    name = "mine_" + "".join(one if one.isalnum() else "_" for one in request.node.name)

    def write(source):
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        return name

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield write
    sys.modules.pop(name, None)


def refused(spec, **options):
    with pytest.raises(OptionError) as caught:
        load(spec, **options)
    assert caught.value.name == "--system"
    return caught.value.detail


# What is found


@pytest.mark.parametrize("name", ["ShortTitles", "READY"])
def test_a_class_or_a_system_as_it_is(name):
    system = load(f"{TOYS}:{name}")
    assert (system.name, system.label) == ("short-titles", "Shorter titles first")
    assert system.fit(CORPUS).run([0, 1], 5).lists == {"a": (("b", -5.0),), "b": (("a", -10.0),)}


def test_a_module_in_a_directory(module, tmp_path):
    path = list(sys.path)
    name = module("from tests.evaluation.toys import ShortTitles as Mine\n")
    assert load(f"{name}:Mine", directory=tmp_path).name == "short-titles"
    assert sys.path == path


def test_a_module_in_a_package_in_a_directory(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "my_own_package").mkdir()
    (tmp_path / "my_own_package" / "__init__.py").touch()
    (tmp_path / "my_own_package" / "parts.py").write_text("from tests.evaluation.toys import READY\n")
    (tmp_path / "my_own_package" / "best.py").write_text("from my_own_package.parts import READY\n")
    try:
        assert load("my_own_package.best:READY", directory=tmp_path).name == "short-titles"
    finally:
        for name in [one for one in sys.modules if one.startswith("my_own_package")]:
            del sys.modules[name]


def test_the_directory_is_looked_in_for_this_alone(module, tmp_path):
    name = module("import sys\nfrom tests.evaluation.toys import ShortTitles\nsys.path.remove(sys.path[0])\n")
    assert load(f"{name}:ShortTitles", directory=tmp_path).name == "short-titles"
    assert "cannot import" in refused(f"{name}_not_there:ShortTitles")


def test_what_it_answers_is_checked(module, tmp_path):
    name = module(
        "from recommender.evaluation import Run\n"
        "class Odd:\n"
        "    name, label = 'odd', 'Odd'\n"
        "    def fit(self, corpus): return self\n"
        "    def run(self, rows, depth): return Run('odd', {'a': (('z', 1.0),)})\n"
        "    def score_pairs(self, left, right): return [0.5]\n"
    )
    ranker = load(f"{name}:Odd", directory=tmp_path).fit(CORPUS)
    assert ranker.score_pairs(np.array([0]), np.array([1])).tolist() == [0.5]
    with pytest.raises(InputError, match="system 'odd': the list of 'a' names 'z', which is no article"):
        ranker.run([0], 5)


def test_not_applicable_passes_through():
    with pytest.raises(NotApplicable, match="for no corpus at all"):
        load(f"{TOYS}:Never").fit(CORPUS)


# What is refused


@pytest.mark.parametrize(
    "spec",
    ["", "bm25", "a:b:c", "a.b", ":Name", "module:", "a..b:C", "a-b:C", "a:B.c", "1a:B", "a/b.py:C", " a:B"],
)
def test_another_form_is_refused(spec):
    assert refused(spec) == f"found {spec!r}, expected package.module:Name"


def test_what_cannot_be_imported_is_refused(module, tmp_path):
    detail = refused("no_such_module_here.at_all:X", directory=tmp_path)
    assert detail.startswith(f"cannot import no_such_module_here.at_all, looked for in {tmp_path} and among")
    assert detail.endswith("ModuleNotFoundError: No module named 'no_such_module_here'")
    assert refused("no_such_module_here:X").startswith(
        "cannot import no_such_module_here, looked for among what is installed: "
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("class Broken(:\n", "SyntaxError: "),
        ("import no_such_library_here\n", "ModuleNotFoundError: No module named 'no_such_library_here'"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
    ],
)
def test_a_module_that_fails_is_refused(module, tmp_path, source, said):
    name = module(source)
    detail = refused(f"{name}:X", directory=tmp_path)
    assert f"cannot import {name}, looked for in {tmp_path}" in detail
    assert said in detail


def test_a_name_that_is_not_there_is_refused():
    detail = refused(f"{TOYS}:NoSuch")
    assert detail.startswith(f"{TOYS}:NoSuch: ")
    assert detail.endswith("toys.py has no NoSuch")


def test_a_class_that_wants_arguments_is_refused():
    assert refused(f"{TOYS}:Table").startswith(f"{TOYS}:Table cannot be made without arguments: TypeError: ")


def test_a_class_that_lacks_prepare_is_refused(module, tmp_path):
    name = module(
        "from recommender.evaluation.systems import ScoredSystem\n"
        "class Unfinished(ScoredSystem):\n    name, label = 'unfinished', 'Unfinished'\n"
    )
    detail = refused(f"{name}:Unfinished", directory=tmp_path)
    assert "Can't instantiate abstract class Unfinished" in detail


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("label = 'X'", "is no system: its name is None, expected a text"),
        ("name = 7; label = 'X'", "is no system: its name is 7, expected a text"),
        ("name = 'x'", "is no system: its label is None, expected a text"),
        ("name = 'x'; label = ' '", "is no system: its label is ' ', expected a text"),
        ("name = 'x'; label = 'X'", "is no system: it has no method fit(corpus)"),
        ("name = 'x'; label = 'X'; fit = 3", "is no system: it has no method fit(corpus)"),
        (
            "name = 'My system'; label = 'X'; fit = print",
            "is called 'My system', expected a name of a-z, 0-9",
        ),
        ("name = 'x\\n'; label = 'X'; fit = print", "is called 'x\\n', expected a name of a-z, 0-9"),
        (
            "name = 'bm25'; label = 'X'; fit = print",
            "is called 'bm25', which another system is called already",
        ),
    ],
)
def test_what_is_no_system_is_refused(module, tmp_path, body, said):
    name = module(f"class X:\n    {body}\n")
    detail = refused(f"{name}:X", taken={"bm25", "tfidf"}, directory=tmp_path)
    assert detail.startswith(f"{name}:X ")
    assert said in detail


def test_a_function_or_a_module_is_no_system(module, tmp_path):
    name = module("import json as module\ndef function():\n    pass\n")
    for what in ("function", "module"):
        assert "is no system" in refused(f"{name}:{what}", directory=tmp_path)


# The example in the documents


def example():
    section = DOCUMENT.read_text(encoding="utf-8").split("\n## Your own system\n")[1].split("\n## ")[0]
    return section.split("```python\n")[1].split("```")[0]


def test_the_documented_example_runs_as_it_is_printed(module, tmp_path):
    days = {"old": 1, "new": 9, "undated": None, "b": 5, "a": 5, "alone": 3, "nowhere": 4}
    sections = {"alone": "World", "nowhere": None}
    corpus = assemble(
        [
            make_article(
                name,
                section=sections.get(name, "Sport"),
                published_at=day and datetime(2022, 1, day, tzinfo=UTC),
            )
            for name, day in days.items()
        ]
    )
    source = example()
    assert len(source.splitlines()) <= 25
    system = load(f"{module(source)}:SameSection", taken={"bm25"}, directory=tmp_path)
    assert (system.name, system.label) == ("same-section", "Same section, newest first")
    ranker = system.fit(corpus)
    run = ranker.run(range(len(corpus)), 4)
    assert {query: " ".join(run.docs(query)) for query in run.lists} == {
        "old": "new a b undated",
        "new": "a b old undated",
        "undated": "new a b old",
        "b": "new a old undated",
        "a": "new b old undated",
        "alone": "",
        "nowhere": "",
    }
    with pytest.raises(NotApplicable, match="does not say how alike"):
        ranker.score_pairs(np.array([0]), np.array([1]))
    with pytest.raises(NotApplicable, match="no article names its section"):
        system.fit(CORPUS)
