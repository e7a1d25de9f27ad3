"""Builds that the gate lets through, and builds that it refuses; what is served is served on."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import recommender
from recommender import history
from recommender.corpus import assemble
from recommender.errors import CorruptSnapshot, GateRefused, InputError, SettingsError
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.rebuild import REPORT_FILE, Refused, publish_corpus
from recommender.rebuild import ranking as stages
from recommender.snapshot.format import IDS
from recommender.store import Store
from tests.conftest import NOW
from tests.fakes import AXES, FakeEncoder, make_article

MIX = (0, 1, 2, 4)


def articles(first: int, last: int) -> list[dict]:
    """Six stories in turn, each article with its story's word and its own share of another."""
    records = []
    for number in range(first, last):
        word, other = AXES[number % 6], AXES[(number // 6) % 6]
        text = f"{word} " * 9 + f"{other} " * MIX[number // 36 % 4] + f"report {number}"
        records.append({"id": f"a-{number:03}", "title": f"{word} {number}", "text": text})
    return records


SERVED = articles(0, 120)


@pytest.fixture
def gated(build, settings):
    """Rebuilds with the gate: ``gated(records, **options)``."""

    def run(records, **options):
        return build(records, **{"no_gate": False} | options)

    return run


@pytest.fixture
def served(gated, settings):
    """The name of what is being served: the first build, which has nothing to be compared with."""
    outcome = gated(SERVED)
    assert outcome.report.gate == {
        "outcome": "passed",
        "compared_with": None,
        "note": "no snapshot is being served: there is nothing to compare with",
        "checks": [],
    }
    return outcome.snapshot.name


def refused(gated, records, **options):
    with pytest.raises(Refused) as caught:
        gated(records, **options)
    return caught.value


def failed(report):
    return [check["name"] for check in report["gate"]["checks"] if not check["passed"]]


def shuffle_vectors(monkeypatch):
    """From now on every article has another one's vector, under the encoder's own name."""
    original = stages.embed_articles

    def spoiled(*arguments):
        embedding, work = original(*arguments)
        rows = np.random.default_rng(0).permutation(len(embedding.vectors))
        return replace(embedding, vectors=embedding.vectors[rows]), work

    monkeypatch.setattr(stages, "embed_articles", spoiled)


# Ordinary nights


@pytest.mark.parametrize(
    "night",
    [SERVED, SERVED[::-1], articles(6, 126), articles(0, 180), SERVED[1:], articles(0, 600)],
    ids=["the same", "another order", "5 % replaced", "grown by half", "one gone", "five times as many"],
)
def test_an_ordinary_night_passes(gated, served, night):
    outcome = gated(night)
    assert outcome.report.gate["outcome"] == "passed"
    assert outcome.report.gate["compared_with"] == served
    assert outcome.snapshot.manifest.gate == outcome.report.gate
    assert outcome.report.kept is None


@pytest.mark.parametrize("size", [3, 5, 10, 20])
def test_a_small_newsroom_where_one_changes(gated, size):
    gated(articles(0, size))
    for night in range(1, 4):
        assert gated(articles(night, night + size)).report.gate["outcome"] == "passed"


def test_what_was_taken_down_since_is_not_missing(gated, served, settings):
    gone = [record["id"] for record in SERVED[:60]]
    (settings.index / OVERLAY_FILE).write_bytes(Overlay(3, frozenset(gone)).encode())
    report = gated(SERVED[60:]).report
    assert report.gate["outcome"] == "passed"
    assert report.gate["checks"][0]["was"] == report.gate["checks"][0]["found"] == 60


def test_a_current_snapshot_that_cannot_be_read_is_nothing_to_compare_with(gated, served, settings):
    (Store(settings.index).path(served) / IDS).write_bytes(b"[]")
    report = gated(SERVED[:9]).report
    assert report.gate["note"] == "the current snapshot cannot be read: there is nothing to compare with"
    assert report.gate["outcome"] == "passed"


# Spoiled ones


@pytest.mark.parametrize(
    ("night", "checks"),
    [(SERVED[:60], ["articles"]), (SERVED[1::2], ["articles"]), (SERVED[:12], ["articles"])],
)
def test_articles_that_are_missing_are_refused(gated, served, settings, night, checks):
    before = recommender.open(settings.index).similar("a-000").encode()
    error = refused(gated, night)
    assert set(checks) <= set(failed(error.outcome.report.as_json()))
    assert f"articles: found {len(night)}, allowed 90 or more, was 120 (gate_min_articles)" in str(error)
    assert f"{served} stays in force" in str(error)
    assert Store(settings.index).current_name() == served
    assert recommender.open(settings.index).similar("a-000").encode() == before


def test_shuffled_vectors_are_refused(gated, served, settings, monkeypatch):
    shuffle_vectors(monkeypatch)
    error = refused(gated, SERVED)
    assert "churn" in failed(error.outcome.report.as_json())
    assert Store(settings.index).current_name() == served


def test_another_encoder_is_refused_unless_it_is_allowed(gated, served, settings):
    other = FakeEncoder("fake:other")
    error = refused(gated, SERVED, encoder=other)
    assert "encoder: found fake:other, allowed the same model, was fake:1 (gate_encoder)" in str(error)
    allowed = replace(settings, gate_encoder="any", gate_min_coverage=0.0, gate_max_abstention_rise=1.0)
    assert gated(SERVED, encoder=other, settings=allowed).report.gate["outcome"] == "passed"


def test_what_is_refused_is_kept_whole_and_says_why(gated, served, settings):
    error = refused(gated, SERVED[:60])
    kept = error.outcome.snapshot
    store = Store(settings.index)
    assert store.names() == [served, kept.name]
    assert store.open(kept.name).manifest.gate["outcome"] == "refused"
    assert store.refused(kept.name) == kept.manifest.refused != ()
    assert store.refused(served) == ()
    said = json.loads((settings.index / REPORT_FILE).read_bytes())
    assert (said["snapshot"], said["kept"], said["parent"]) == (None, kept.name, served)
    assert said["refused"] == str(error)
    assert said["gate"] == kept.manifest.gate
    inside = kept.report()
    assert inside["refused"].startswith(
        "the gate refused it: articles: found 60, allowed 90 or more, was 120 "
    )
    assert inside["gate"] == said["gate"]


def test_a_refused_night_is_not_embedded_again(gated, served, settings):
    new = articles(500, 510)
    refused(gated, SERVED[:20] + new)
    report = gated(SERVED + new).report
    assert report.embedding == {"embedded": 0, "reused": 130}
    assert report.parent == served
    assert report.gate["outcome"] == "passed"


def test_a_refused_one_that_is_damaged_costs_its_vectors_and_nothing_else(gated, served, settings):
    new = articles(500, 510)
    kept = refused(gated, SERVED[:20] + new).outcome.snapshot
    (kept.directory / IDS).write_bytes(b"[]")
    assert gated(SERVED + new).report.embedding == {"embedded": 10, "reused": 120}


def test_refused_ones_push_out_no_good_one(gated, served, settings):
    store, settings = Store(settings.index), replace(settings, keep_snapshots=3)
    good = [served] + [gated(SERVED, settings=settings).snapshot.name for _ in range(2)]
    kept = [refused(gated, SERVED[:n], settings=settings).outcome.snapshot.name for n in (20, 30, 40)]
    assert store.names() == [*good, kept[-1]]  # of the refused ones the last
    assert store.current_name() == good[-1]
    newest = gated(SERVED, settings=settings).snapshot
    assert newest.manifest.sequence == 7
    assert newest.manifest.parent == good[-1]
    assert store.names() == [*good[1:], newest.name]


def test_rollback_passes_refused_ones_by(gated, served, settings):
    store = Store(settings.index)
    kept = refused(gated, SERVED[:20]).outcome.snapshot.name
    newest = gated(SERVED).snapshot.name
    settings_kept = refused(gated, SERVED[:20]).outcome.snapshot.name
    assert store.rollback().name == served
    assert store.rollback(newest).name == newest
    with pytest.raises(GateRefused, match=f"snapshots publish {settings_kept}") as caught:
        store.rollback(settings_kept)
    assert (caught.value.exit_code, store.current_name()) == (3, newest)
    assert kept not in store.names()


# Overrides


def test_no_gate_publishes_and_is_written_down(gated, served, settings):
    outcome = gated(SERVED[:20], no_gate=True)
    store = Store(settings.index)
    assert store.current_name() == outcome.snapshot.name == outcome.report.snapshot
    assert outcome.report.gate["outcome"] == outcome.snapshot.manifest.gate["outcome"] == "overridden"
    assert (outcome.report.refused, outcome.report.kept) == (None, None)
    assert store.refused(outcome.snapshot.name) == ()
    (entry,) = history.read_history(settings.index)
    assert (entry["change"], entry["snapshot"], entry["by"]) == ("no_gate", outcome.snapshot.name, None)
    assert entry["when"] == "2022-01-17T04:00:00Z"
    assert entry["failed"][0] == "articles: found 20, allowed 90 or more, was 120 (gate_min_articles)"


def test_no_gate_that_was_not_needed_leaves_no_trace(gated, served, settings):
    assert gated(SERVED, no_gate=True).report.gate["outcome"] == "passed"
    assert history.read_history(settings.index) == ()


def test_an_empty_source_stops_the_build_also_without_the_gate(gated, served, settings):
    with pytest.raises(InputError, match="no article found") as caught:
        gated([], no_gate=True)
    assert caught.value.exit_code == 65
    assert Store(settings.index).current_name() == served
    assert Store(settings.index).names() == [served]


def test_a_history_that_cannot_be_read_stops_an_override_before_anything_is_published(
    gated, served, settings
):
    (settings.index / history.HISTORY_FILE).write_bytes(b"rubbish")
    with pytest.raises(CorruptSnapshot, match=r"history\.json"):
        gated(SERVED[:20], no_gate=True)
    assert Store(settings.index).current_name() == served


def test_publishing_what_was_refused(gated, served, settings):
    store = Store(settings.index)
    kept = refused(gated, SERVED[:20]).outcome.snapshot
    assert store.publish_kept(kept.name, by="ana", when=NOW, reason="on purpose").name == kept.name
    assert store.current_name() == kept.name
    assert store.refused(kept.name) == ()
    (entry,) = history.read_history(settings.index)
    assert (entry["change"], entry["by"], entry["reason"]) == ("published", "ana", "on purpose")
    assert entry["failed"] == list(kept.manifest.refused)
    # Now it is what is served: the next night is compared with it, and a rollback goes where it came from.
    assert gated(SERVED[:21]).report.gate["compared_with"] == kept.name
    assert store.rollback().name == kept.name
    assert store.rollback().name == served


def test_what_is_damaged_is_not_published(gated, served, settings):
    store = Store(settings.index)
    kept = refused(gated, SERVED[:20]).outcome.snapshot
    (kept.directory / IDS).write_bytes(b"[]")
    with pytest.raises(CorruptSnapshot, match=IDS):
        store.publish_kept(kept.name, by="ana", when=NOW)
    assert store.current_name() == served
    assert history.read_history(settings.index) == ()


# Judgements and canaries


def test_judgements_and_canaries_of_the_newsroom(gated, served, settings, tmp_path):
    listed = [item.id for item in recommender.open(settings.index).similar("a-000")]
    (tmp_path / "x.qrels").write_text("".join(f"a-000 0 {one} 1\n" for one in listed))
    (tmp_path / "canaries.toml").write_text(f'[[canary]]\narticle = "a-000"\nexpect = ["{listed[0]}"]\n')
    wanted = replace(
        settings, gate_qrels=tmp_path / "x.qrels", gate_canaries=tmp_path / "canaries.toml", gate_slack=200
    )
    report = gated(SERVED, settings=wanted).report
    assert [(check["name"], check["found"]) for check in report.gate["checks"][-2:]] == [
        ("ndcg@10", 1.0),
        ("canary a-000", "1 of 1"),
    ]
    away = [record for record in SERVED if record["id"] not in listed] + articles(500, 510)
    error = refused(gated, away, settings=wanted)
    assert "canary a-000" in failed(error.outcome.report.as_json())


def test_files_that_cannot_be_read_stop_the_build_before_anything_is_embedded(
    gated, served, settings, tmp_path
):
    encoder = FakeEncoder()
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        gated(
            articles(0, 130),
            settings=replace(settings, gate_canaries=tmp_path / "gone.toml"),
            encoder=encoder,
        )
    assert encoder.encoded == []
    assert Store(settings.index).current_name() == served


def test_a_corpus_in_memory_is_published_without_a_gate(gated, served, settings):
    corpus = assemble([make_article("a", "storm")])
    snapshot = publish_corpus(corpus, settings, now=NOW, encoder=FakeEncoder("fake:other"))
    assert Store(settings.index).current_name() == snapshot.name
    assert snapshot.manifest.gate == {}
