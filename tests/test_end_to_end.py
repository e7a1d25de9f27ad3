"""From a source to lists with the real encoder, and what the serving path imports."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import recommender
from recommender.encoder import Machine, load_encoder, model_of
from recommender.rebuild import rebuild
from recommender.settings import load
from tests.conftest import DATA, write_jsonl
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

NOW = datetime(2022, 1, 17, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("all-MiniLM-L6-v2")


def build(index: Path, source: Path, encoder):
    rebuild([str(source)], load({"index": index}, environ={}), now=NOW, encoder=encoder)
    return recommender.open(index)


# A saved page: of the stories that it recommends, those on its subject come first


@pytest.fixture(scope="module")
def seed(tmp_path_factory, encoder):
    """The page's recommender and its article's id, built once; ``None`` where the page is not there."""
    page = DATA / "seed_page.txt"
    if not page.is_file():
        return None
    found = build(tmp_path_factory.mktemp("seed"), page, encoder)
    return found, found.snapshot.ids.id(0)


def titles(seed, **options) -> list[str]:
    found, article_id = seed
    return [item.title for item in found.similar(article_id, **options)]


@pytest.mark.usefixtures("shared_data")
def test_the_page_and_its_linked_stories_are_the_corpus(seed):
    articles = list(seed[0].snapshot.articles())
    assert [article.teaser for article in articles] == [False] + [True] * 20
    assert seed[0].snapshot.source_list(0).tolist() == list(range(1, 21))
    assert "Oops" not in articles[0].text
    assert "Recommended Stories" not in articles[0].text


@pytest.mark.usefixtures("shared_data")
def test_the_stories_on_the_page_s_subject_come_before_all_others(seed):
    ranking = titles(seed, min_score=0, limit=50)
    assert len(ranking) == 20
    related = [title for title in ranking if "Kazakh" in title or "Blinken" in title]
    assert len(related) == 7
    assert ranking[:7] == related


@pytest.mark.usefixtures("shared_data")
def test_the_page_s_list_holds_nothing_unrelated(seed):
    unrelated = ("Ice", "snowstorm", "Cowboys", "Crypto", "Senate", "Capitol", "Walmart", "Christmas", "Bond")
    everything = titles(seed, min_score=0, limit=50)
    assert all(any(word in title for title in everything) for word in unrelated)
    listed = titles(seed)
    assert len(listed) == 7
    assert [title for title in listed if any(word in title for word in unrelated)] == []
    assert listed == everything[:7]


# Three articles, two of them on one story

HARBOUR = (
    {
        "id": "ferry-1",
        "title": "Ferry runs aground outside Lindvik harbour",
        "text": "A passenger ferry with ninety people on board ran aground in fog outside Lindvik harbour on "
        "Monday morning. Lifeboats brought all passengers ashore, and divers are looking at the hull.",
        "published_at": "2022-01-10T09:00:00Z",
    },
    {
        "id": "bread",
        "title": "Village bakery wins a prize for its rye bread",
        "text": "Judges praised the crust and the slow sourdough of a family bakery in the hills, which has "
        "baked by the same recipe for four generations and now plans a second oven.",
        "published_at": "2022-01-11T09:00:00Z",
    },
    {
        "id": "ferry-2",
        "title": "Lindvik ferry grounding: captain blames the fog",
        "text": "The captain of the ferry that ran aground near Lindvik told investigators that thick fog "
        "hid the harbour lights. All ninety passengers were brought to land by lifeboats.",
        "published_at": "2022-01-12T09:00:00Z",
    },
)


def test_two_of_three_on_one_story_list_each_other_and_the_third_nothing(tmp_path, encoder):
    found = build(tmp_path / "index", write_jsonl(tmp_path / "articles.jsonl", HARBOUR), encoder)
    lists = {one: [item.id for item in found.similar(one)] for one in found.snapshot.ids}
    assert lists == {"ferry-1": ["ferry-2"], "ferry-2": ["ferry-1"], "bread": []}
    lone = found.similar("bread", limit=2)
    assert (lone.abstained, lone.reason) == (True, "below_min_score")


def test_a_draft_finds_the_story_that_it_is_about(tmp_path, encoder):
    found = build(tmp_path / "index", write_jsonl(tmp_path / "articles.jsonl", HARBOUR), encoder)
    title, text = (
        "Investigators question crew after ferry grounding",
        "The ferry hit rocks near Lindvik in fog.",
    )
    answer = found.similar_to_text(title, text, encoder.encode([f"{title}\n{text}"])[0], now=NOW)
    assert {item.id for item in answer} == {"ferry-1", "ferry-2"}


def test_a_second_rebuild_with_the_real_encoder_reuses_every_vector(tmp_path, encoder):
    source = write_jsonl(tmp_path / "articles.jsonl", HARBOUR)
    settings = load({"index": tmp_path / "index"}, environ={})
    first, second = (rebuild([str(source)], settings, now=NOW, encoder=encoder) for _ in range(2))
    assert first.report.embedding == {"embedded": 3, "reused": 0}
    assert second.report.embedding == {"embedded": 0, "reused": 3}
    assert first.snapshot.statistics.whitened
    assert first.snapshot.statistics.background is not None
    assert first.report.notes == second.report.notes == []


# What serving needs

HEAVY = {
    *("faiss", "feedparser", "pandas", "pyarrow", "scipy", "sentence_transformers", "sklearn", "torch"),
    *("trafilatura", "transformers"),
}
SERVING = """
import json, sys
import recommender.recommend, recommender.snapshot, recommender.store
import recommender

found = recommender.open(sys.argv[1])
ids = [item.id for item in found.similar("a", min_score=0, explain=True)]
found.similar("a").encode()
found.similar_to_several(["a", "b"]).encode()
print(json.dumps({"ids": ids, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


def run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_serving_a_list_imports_nothing_heavy(tmp_path):
    publish(tmp_path, contents_of([make_article(name, "storm") for name in "abc"]))
    said = json.loads(run(SERVING, str(tmp_path)))
    assert said["ids"] == ["b", "c"]
    assert "numpy" in said["modules"]
    assert HEAVY & set(said["modules"]) == set()


def test_importing_the_front_door_imports_not_even_numpy():
    loaded = run("import sys, recommender; print(*sys.modules)").split()
    assert "recommender" in loaded
    assert HEAVY & set(loaded) == set()
    assert "numpy" not in loaded


def test_without_bf16_the_build_falls_back_in_words_and_its_lists_are_whitened(tmp_path):
    bare = load_encoder("all-MiniLM-L6-v2", machine=Machine(bf16=False, cuda=False, openvino=False))
    source = write_jsonl(tmp_path / "articles.jsonl", HARBOUR)
    outcome = rebuild([str(source)], load({"index": tmp_path / "index"}, environ={}), now=NOW, encoder=bare)
    (note,) = outcome.report.notes
    assert note.startswith("the encoder is computed in fp32, which takes about twice as long as bf16: ")
    assert outcome.snapshot is not None
    assert outcome.snapshot.statistics.whitened


def test_what_belongs_to_the_model_is_used_in_the_arithmetic_of_this_machine(tmp_path, encoder):
    source = write_jsonl(tmp_path / "articles.jsonl", HARBOUR)
    outcome = rebuild(
        [str(source)], load({"index": tmp_path / "index"}, environ={}), now=NOW, encoder=encoder
    )
    assert outcome.snapshot is not None
    assert outcome.snapshot.statistics.whitened
    assert outcome.snapshot.manifest.encoder["fingerprint"] == encoder.fingerprint
    assert outcome.snapshot.manifest.scoring["formula"]["fingerprint"] == model_of(encoder.fingerprint)
