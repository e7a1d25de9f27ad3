"""Named datasets, a corpus with its qrels, and real labelled news."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from recommender import scoring
from recommender.errors import InputError, OptionError, SourceNotFound
from recommender.evaluation.truth import NAMES, from_corpus_and_qrels, from_folder, lee, named
from recommender.evaluation.truth.anchors import LEE_ANCHORS
from tests.evaluation.truth.conftest import Write

needs_gensim = pytest.mark.skipif(
    importlib.util.find_spec("gensim") is None, reason="the extra eval is not installed"
)
NEWS = [{"id": one, "text": f"words of {one}"} for one in "abc"]


def test_the_names() -> None:
    assert NAMES == ("sample", "lee")
    with pytest.raises(OptionError, match="dataset: found 'trec', expected one of sample, lee"):
        named("trec")


def test_sample_is_the_packaged_newsroom_with_complete_judgements() -> None:
    collection = named("sample")
    (qrels,) = collection.qrels
    assert (collection.name, len(collection.corpus), collection.pairs, collection.notes) == (
        "sample",
        553,
        (),
        (),
    )
    assert (len(qrels.queries), len(qrels.answerable), len(qrels.unanswerable)) == (121, 91, 30)
    assert Counter(grade for docs in qrels.relevance.values() for grade in docs.values()) == {
        1: 274,
        2: 237,
        3: 267,
        4: 95,
    }
    assert qrels.judged == frozenset(collection.corpus.ids)
    assert (qrels.name, qrels.kind, len(qrels.groups)) == ("sample", "qrels", 64)
    assert qrels.notes == ()  # nothing was fitted on it
    assert all("sample" not in model["without"] for model in scoring._models())


@needs_gensim
def test_lee_is_read_from_gensim_s_files() -> None:
    collection = named("lee")
    (pairs,) = collection.pairs
    assert (collection.name, len(collection.corpus), collection.qrels) == ("lee", 350, ())
    ids = list(collection.corpus.ids)
    assert (ids[0], ids[49], ids[50], ids[-1]) == (
        "lee-01",
        "lee-50",
        "lee-background-001",
        "lee-background-300",
    )
    assert any("\u00a3" in article.text for article in collection.corpus.articles[:50])  # 0xa3 of cp1252
    assert len(pairs.ids) == 50 * 49 // 2
    assert pairs.ids[-1] == ("lee-49", "lee-50")
    assert pairs.grades[:3] == (0.3, 0.24, 0.2)
    assert (min(pairs.grades), max(pairs.grades)) == (0.2, 1.0)
    assert pairs.anchors == LEE_ANCHORS


@needs_gensim
def test_gensim_is_not_imported_for_it() -> None:
    program = (
        "import sys; from recommender.evaluation.truth import named; named('lee'); "
        "print([name for name in ('gensim', 'scipy', 'sklearn', 'torch', 'faiss') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_without_gensim_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.evaluation.truth.lee_set.find_spec", lambda name: None)
    with pytest.raises(SourceNotFound, match=r"pip install 'recommender\[eval\]', or make test EXTRAS=eval"):
        lee()


def test_a_gensim_with_other_files_is_refused(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.machinery.ModuleSpec("gensim", None, is_package=True)
    assert spec.submodule_search_locations is not None
    spec.submodule_search_locations.append(str(tmp_path))
    monkeypatch.setattr("recommender.evaluation.truth.lee_set.find_spec", lambda name: spec)
    with pytest.raises(SourceNotFound, match=r"lee\.cor' does not exist; expected gensim's data files"):
        lee()
    write("test/test_data/lee.cor", "one article\n")
    with pytest.raises(InputError, match=r"lee\.cor: found 1 articles, expected 50"):
        lee()
    write("test/test_data/lee.cor", "\n".join(f"article {one}" for one in range(50)))
    write("test/test_data/lee_background.cor", b"\x81")
    with pytest.raises(InputError, match=r"lee_background\.cor: not cp1252"):
        lee()
    write("test/test_data/lee_background.cor", "\n".join(f"more {one}" for one in range(300)))
    write("test/test_data/similarities0-1.txt", "\n".join(" ".join(map(str, range(50))) for _ in range(50)))
    with pytest.raises(
        InputError, match=r"similarities0-1\.txt:2: found 0 in column 1 and 1 on the other side"
    ):
        lee()
    rows = [[column if column > row else 0 for column in range(50)] for row in range(50)]
    write("test/test_data/similarities0-1.txt", "\n".join(" ".join(map(str, row)) for row in rows))
    with pytest.raises(InputError, match="the grades are not those of the Lee set"):
        lee()


def test_a_corpus_and_its_qrels(write: Write, tmp_path: Path) -> None:
    write("pages/news.jsonl", [*NEWS, NEWS[0]])
    write("pages/README.md", "# Notes")
    path = write("desk_qrels.txt", "a 0 b 2\n")
    collection = from_corpus_and_qrels([str(tmp_path / "pages")], path)
    (qrels,) = collection.qrels
    assert (collection.name, qrels.name, qrels.judged) == ("desk", "desk", None)
    assert qrels.relevance == {"a": {"b": 2}}
    assert collection.notes == (
        "1 records had the id of another one, which replaced them or was replaced",
        "1 files were passed over: README.md has the suffix '.md'",
    )
    (complete,) = from_corpus_and_qrels([str(tmp_path / "pages")], path, complete=True).qrels
    assert complete.judged == {"a", "b", "c"}


def test_a_corpus_from_standard_input(write: Write) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in NEWS).encode()
    collection = from_corpus_and_qrels(["-"], write("x.qrels", "a 0 b 2\n"), stdin=io.BytesIO(lines))
    assert list(collection.corpus.ids) == ["a", "b", "c"]


def test_a_corpus_that_cannot_be_used(write: Write, tmp_path: Path) -> None:
    path = write("x.qrels", "a 0 b 2\n")
    with pytest.raises(SourceNotFound, match="does not exist"):
        from_corpus_and_qrels([str(tmp_path / "none.jsonl")], path)
    with pytest.raises(InputError, match="no article found in"):
        from_corpus_and_qrels([str(write("empty.jsonl", ""))], path)
    bad = str(write("bad.jsonl", [*NEWS, {"id": "d"}]))
    with pytest.raises(InputError, match=r"1 of 4 records are unusable, at most 5% .*bad\.jsonl:4"):
        from_corpus_and_qrels([bad], path)
    assert len(from_corpus_and_qrels([bad], path, max_rejected=0.25).corpus) == 3
    with pytest.raises(SourceNotFound, match=r"none\.qrels"):
        from_corpus_and_qrels([bad], tmp_path / "none.qrels", max_rejected=1)


def test_real_labelled_news(shared_data: Path) -> None:
    collection = from_folder(shared_data)
    ranked = {
        one.name: (len(one.queries), len(one.unanswerable), len(set(one.groups.values())))
        for one in collection.qrels
    }
    assert ranked == {"galaxy": (599, 36, 196), "ecbplus": (982, 0, 43)}
    assert {one.name: (len(one.ids), len(one.anchors)) for one in collection.pairs} == {
        "lee": (1225, 3),
        "semeval22": (164, 0),
    }
    # 599 + 982 + 50 + 300 + 295 records, 326 articles of pairs, a page and the 20 stories that it links to.
    assert len(collection.corpus) == 2573
    (note,) = collection.notes
    assert note.startswith("2 files were passed over: README.md ")
    assert "stream10k.jsonl.xz has the suffix '.xz'" in note
