"""A corpus in memory becomes a snapshot, and the same corpus again the same one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import recommender
from recommender.corpus import Corpus, Ids, assemble
from recommender.errors import CorruptSnapshot, EncoderError, InputError, RebuildRunning
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.rebuild import REJECTED_FILE, REPORT_FILE, publish_corpus
from recommender.scoring import Floor, Floors, packaged_scoring
from recommender.settings import load
from recommender.snapshot import FORMAT_VERSION, MANIFEST
from recommender.snapshot.format import IDS
from recommender.store import POINTER, Store
from tests.conftest import NEWSROOM, NOW
from tests.fakes import FakeEncoder, make_article
from tests.rebuild.test_rebuild import tree
from tests.snapshot.test_versions import as_version

WORDS = ("storm storm", "storm court", "court court", "court vote", "goal goal", "goal market")


def newsroom(**changed: str) -> Corpus:
    """Six articles; ``a1="goal"`` gives one of them another text."""
    return assemble(make_article(f"a{row}", changed.get(f"a{row}", words)) for row, words in enumerate(WORDS))


@pytest.fixture
def published(settings):
    """Publishes into the test's index: ``published(corpus, encoder=..., **settings)``."""

    def run(corpus=None, encoder=None, **flags):
        chosen = load({"index": settings.index} | flags, environ={})
        return publish_corpus(corpus or newsroom(), chosen, now=NOW, encoder=encoder or FakeEncoder())

    return run


def test_what_is_published_is_the_corpus(published, settings):
    corpus = newsroom()
    snapshot = published(corpus)
    assert list(snapshot.articles()) == list(corpus.articles)
    assert recommender.open(settings.index).snapshot.name == snapshot.name
    report = json.loads((settings.index / REPORT_FILE).read_bytes())
    assert (report["snapshot"], report["sources"], report["read"]) == (snapshot.name, [], {})
    assert report["corpus"]["articles"] == len(corpus)
    assert report["embedding"] == {"embedded": 6, "reused": 0}
    assert report["lists"] == snapshot.manifest.lists
    assert not (settings.index / REJECTED_FILE).exists()


def test_it_is_what_a_rebuild_makes_of_the_same_articles(build, settings, tmp_path):
    rebuilt = build(NEWSROOM)
    other = load({"index": tmp_path / "other"}, environ={})
    snapshot = publish_corpus(rebuilt.corpus, other, now=NOW, encoder=FakeEncoder())
    files, expected = snapshot.manifest.files, rebuilt.snapshot.manifest.files
    assert {name for name in files if files[name] != expected[name]} == {"build.json"}
    for name in ("encoder", "statistics", "scoring", "policy", "counts", "lists", "corpus_sha256"):
        assert getattr(snapshot.manifest, name) == getattr(rebuilt.snapshot.manifest, name)
    # ... and where a rebuild was before, nothing is published over it.
    assert publish_corpus(rebuilt.corpus, settings, now=NOW, encoder=FakeEncoder()).name == (
        rebuilt.snapshot.name
    )


def test_twice_the_same_is_one_snapshot_and_nothing_is_written(published, settings):
    first = published()
    before = tree(settings.index)
    encoder = FakeEncoder()
    again = publish_corpus(newsroom(), settings, now=NOW.replace(year=2030), encoder=encoder)
    assert again.name == first.name
    assert encoder.encoded == []
    assert tree(settings.index) == before


@pytest.mark.parametrize(
    "other",
    [
        {"corpus": newsroom(a1="storm goal")},
        {"corpus": assemble(list(newsroom().articles)[::-1])},
        {"corpus": assemble(list(newsroom().articles)[:-1])},
        {"min_score": 0.6},
        {"min_best": 0.6},
        {"encoder": FakeEncoder("fake:2")},
        {"teasers": "never"},
    ],
    ids=["text", "order", "fewer", "floor", "best", "encoder", "policy"],
)
def test_anything_else_is_another_snapshot(published, settings, other):
    first = published()
    second = published(**other)
    assert second.name != first.name
    assert second.manifest.parent == first.name
    assert second.manifest.lists["agreement"]["parent"] == first.name
    assert Store(settings.index).current_name() == second.name
    assert published(**other).name == second.name
    third = published()  # back again: the current one counts, not any that was
    assert third.name not in (first.name, second.name)


def test_a_changed_title_is_another_snapshot_though_no_list_changes(published):
    first = published()
    articles = [make_article("a0", WORDS[0], title="About a0", section="Other"), *newsroom().articles[1:]]
    second = published(assemble(articles))
    assert second.name != first.name
    assert np.array_equal(second.vectors, first.vectors)


def test_vectors_are_reused(published):
    published()
    encoder = FakeEncoder()
    published(newsroom(a1="storm goal"), encoder)
    assert encoder.encoded == ["About a1\nstorm goal"]


def test_two_snapshots_are_kept_at_the_most(published, settings):
    store = Store(settings.index)
    names = [published(newsroom(a1="goal " * number)).name for number in range(1, 5)]
    assert store.names() == names[-2:]
    store.rollback()
    last = published(newsroom(a1="vote")).name
    assert store.names() == [names[-2], last]  # the one that was rolled back is gone
    assert store.rollback().name == names[-2]


@pytest.mark.parametrize("broken", [IDS, MANIFEST, POINTER])
def test_a_corrupt_current_snapshot_is_not_fatal(published, settings, broken):
    first = published()
    (settings.index / broken if broken == POINTER else first.directory / broken).write_bytes(b"broken")
    encoder = FakeEncoder()
    second = published(encoder=encoder)
    assert second.name != first.name
    assert len(encoder.encoded) == len(WORDS)
    assert (second.manifest.parent, second.manifest.lists["agreement"]) == (None, None)
    assert recommender.open(settings.index).snapshot.name == second.name
    assert published().name == second.name


def test_one_of_an_earlier_version_is_replaced_once(published, settings):
    directory = as_version(2, published().directory)
    (settings.index / POINTER).write_text(f"{directory.name}\n")
    second = published()
    assert (second.manifest.format_version, second.manifest.parent) == (FORMAT_VERSION, None)
    assert published().name == second.name


def test_a_takedown_holds_and_makes_another_snapshot(published, settings):
    first = published(min_score=0)
    assert "a1" in {item.id for item in recommender.open(settings.index).similar("a0")}
    (settings.index / OVERLAY_FILE).write_bytes(Overlay(1, frozenset({"a1"})).encode())
    second = published(min_score=0)
    assert second.name != first.name
    assert second.overlay.takedowns == {"a1"}
    assert "a1" not in {item.id for item in recommender.open(settings.index).similar("a0")}
    assert second.manifest.lists["articles"] == len(WORDS) - 1
    assert published(min_score=0).name == second.name


def test_an_overlay_that_cannot_be_read_stops_it(published, settings):
    first = published()
    (settings.index / OVERLAY_FILE).write_bytes(b"{}")
    with pytest.raises(CorruptSnapshot, match=OVERLAY_FILE):
        published(newsroom(a1="goal"))
    assert Store(settings.index).names() == [first.name]


def test_a_corpus_without_an_article_is_refused(settings):
    with pytest.raises(InputError, match="the corpus holds no article") as caught:
        publish_corpus(assemble([]), settings, now=NOW, encoder=FakeEncoder())
    assert caught.value.exit_code == 65
    assert not settings.index.exists()


def test_a_corpus_put_together_without_counts_will_do(published):
    articles = (make_article("a", "storm"), make_article("t", "storm", teaser=True))
    snapshot = published(Corpus(articles, ((1,), ()), Ids(["a", "t"])))
    assert snapshot.manifest.counts == {"articles": 2, "teasers": 1, "pairs": 2}


def test_it_holds_the_lock(published, settings):
    with Store(settings.index).lock(), pytest.raises(RebuildRunning):
        published()


def test_the_settings_name_the_encoder(settings, monkeypatch):
    def no_encoder(name, **_):
        raise EncoderError(f"encoder {name!r} is not there")

    monkeypatch.setattr("recommender.rebuild.build.load_encoder", no_encoder)
    with pytest.raises(EncoderError, match="MiniLM"):
        publish_corpus(newsroom(), settings, now=NOW)
    assert "is not there" in json.loads((settings.index / REPORT_FILE).read_bytes())["refused"]


def test_another_formula_stands_in_for_the_packaged_one(published, settings):
    corpus = newsroom()
    packaged = published(corpus)
    other = replace(packaged_scoring(FakeEncoder().fingerprint), floors=Floors(((1, 0.75),)))
    found = publish_corpus(corpus, settings, now=NOW, encoder=FakeEncoder(), formula=other)
    assert found.name != packaged.name
    assert found.floor == Floor(0.75) != packaged.floor
    assert found.manifest.scoring["formula"]["floors"]["min_scores"] == [[1, 0.75]]
    # ... and without it the packaged one is back.
    assert published(corpus).floor == packaged.floor


def test_vectors_are_lent_by_a_snapshot_of_another_index(published, settings, tmp_path):
    lender = published(newsroom(a1="goal"))
    apart, encoder = load({"index": tmp_path / "apart"}, environ={}), FakeEncoder()
    found = publish_corpus(newsroom(), apart, now=NOW, encoder=encoder, reuse=lender)
    assert len(encoder.encoded) == 1
    assert found.report()["embedding"] == {"embedded": 1, "reused": 5}
    assert (found.vectors == published().vectors).all()


def test_vectors_of_another_encoder_are_not_lent(published, tmp_path):
    apart, encoder = load({"index": tmp_path / "apart"}, environ={}), FakeEncoder("fake:2")
    publish_corpus(newsroom(), apart, now=NOW, encoder=encoder, reuse=published())
    assert len(encoder.encoded) == 6
