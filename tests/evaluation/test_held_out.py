"""On a set that the score was fitted on, this project is measured by coefficients that never saw it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender import scoring
from recommender.evaluation import Plan, Request, evaluate
from recommender.evaluation.document.names import ALL_SETS, THIS
from recommender.evaluation.own import Own
from recommender.evaluation.report import render_html, render_markdown
from recommender.evaluation.report.sentences import headline_sentences
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.recommend import Recommender
from recommender.scoring import Floors
from recommender.settings import load
from recommender.store import Store
from tests.conftest import NEWSROOM, NOW, write_jsonl
from tests.fakes import FakeEncoder, make_article
from tests.snapshot.by_hand import contents_of, publish

for needed in ("ir_measures", "bm25s", "matplotlib", "sklearn"):
    pytest.importorskip(needed, reason="the extra eval is not installed")

FLOOR = 0.88  # of the coefficients fitted without `events`


def labelled(folder):
    """Two sets of events and one of graded pairs over the newsroom: `events`, `science` and `likes`."""
    folder.mkdir()
    first = [one for one in NEWSROOM if one["id"].startswith(("storm", "court"))]
    second = [one for one in NEWSROOM if one not in first]
    for name, records in (("events", first), ("science", second)):
        events = [{**one, "event": one["title"].split()[0]} for one in records]
        write_jsonl(folder / f"{name}.jsonl", events)
    graded = {("storm-1", "storm-2"): 4, ("court-1", "court-2"): 3, ("storm-1", "court-1"): 1}
    pairs = [{"id_a": one, "id_b": other, "grade": grade} for (one, other), grade in graded.items()]
    write_jsonl(folder / "likes_pairs.jsonl", pairs)
    return folder


class Newsroom:
    """An index of its own in which the packaged score counts as fitted on ``fitted``; ``asked`` holds for
    which encoder and without which set coefficients were asked for."""

    def __init__(self, directory, patch, *fitted):
        self.settings = load({"index": directory / "index"}, environ={})
        self.workspace = self.settings.index / "evaluation" / "labelled"
        self.encoder, self.asked, packaged = FakeEncoder(), [], scoring.packaged_scoring("fake:1")
        self._folder = labelled(directory / "labelled")

        def other(fingerprint="", *, without=None):
            self.asked.append((fingerprint, without))
            return packaged if without is None else replace(packaged, floors=Floors(((1, FLOOR),)))

        patch.setattr(scoring, "fitted_on", lambda fingerprint: fitted if fingerprint == "fake:1" else ())
        patch.setattr(scoring, "packaged_scoring", other)

    def evaluate(self):
        """The report of the labelled folder."""
        request = Request(data_dir=self._folder)
        return evaluate(request, self.settings, Plan(resamples=99), now=NOW, encoder=self.encoder)

    def apart(self):
        """The names of the snapshots of other coefficients, by folder."""
        folders = sorted(self.workspace.glob("without-*"))
        return {path.name: Store(path).current_name() for path in folders}


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield Newsroom(tmp_path_factory.mktemp("held-out"), patch, "likes", "elsewhere", "events")


@pytest.fixture(scope="module")
def document(newsroom):
    return newsroom.evaluate()


def test_each_dataset_says_what_its_score_was_fitted_on(document):
    events, science = document.datasets
    assert (events.name, events.scored_with) == ("events", "fitted without events")
    assert (science.name, science.scored_with) == ("science", ALL_SETS)
    assert [(one.name, one.scored_with) for one in document.pairs] == [("likes", "fitted without likes")]


def test_floor_and_lists_are_those_of_the_other_coefficients(document):
    events, science = document.datasets
    assert (events.min_score, science.min_score) == (FLOOR, document.made.min_score)
    assert document.made.min_score != FLOOR
    of_this = next(one for one in events.systems if one.system == THIS)
    above = sum(
        threshold.items for threshold in events.thresholds if threshold.min_score == pytest.approx(0.85)
    )
    assert of_this.shown.items <= above


def test_the_snapshots_stand_beside_each_other_and_nothing_is_encoded_twice(document, newsroom):
    assert list(newsroom.apart()) == ["without-events", "without-likes"]
    for name in newsroom.apart():
        snapshot = Store(newsroom.workspace / name).open_current()
        assert snapshot.floor.min_score == FLOOR
        assert snapshot.report()["embedding"] == {"embedded": 0, "reused": len(NEWSROOM)}
    apart = {(fingerprint, without) for fingerprint, without in newsroom.asked if without}
    assert apart == {("fake:1", "events"), ("fake:1", "likes")}


def test_again_nothing_is_published(document, newsroom):
    before = newsroom.apart()
    assert newsroom.evaluate() == document
    assert newsroom.apart() == before


def test_what_was_not_fitted_on_needs_no_other_snapshot(tmp_path, monkeypatch):
    newsroom = Newsroom(tmp_path, monkeypatch, "elsewhere")
    document = newsroom.evaluate()
    assert {one.scored_with for one in (*document.datasets, *document.pairs)} == {ALL_SETS}
    assert newsroom.apart() == {}


def test_the_figures_are_those_of_the_other_coefficients(document, tmp_path, monkeypatch):
    """Where those coefficients are the packaged ones, the figures on the set are the same."""
    packaged = scoring.packaged_scoring("fake:1", without="events")
    newsroom = Newsroom(tmp_path, monkeypatch)
    monkeypatch.setattr(scoring, "packaged_scoring", lambda *_, **__: packaged)
    other = newsroom.evaluate()
    held, expected = document.datasets[0], other.datasets[0]
    assert held.model_copy(update={"scored_with": ALL_SETS}) == expected
    assert document.datasets[1] != other.datasets[1]
    assert document.pairs[0].systems == other.pairs[0].systems


def test_what_is_taken_down_in_the_workspace_is_taken_down_there_too(tmp_path, monkeypatch):
    newsroom = Newsroom(tmp_path, monkeypatch, "events")
    newsroom.workspace.mkdir(parents=True)
    (newsroom.workspace / OVERLAY_FILE).write_bytes(Overlay(1, frozenset({"storm-2"})).encode())
    events = newsroom.evaluate().datasets[0]
    assert events.scored_with == "fitted without events"
    this = next(one for one in events.systems if one.system == THIS)
    assert "storm-2" not in {item.id for one in events.worst for item in one.items}
    assert this.answered == events.answerable - 1
    assert events.candidates.found < events.candidates.related


def test_the_report_says_so_where_figures_are(document):
    page = " ".join(render_html(document).decode().split())
    assert "This project's score: fitted without events, so that nothing here was seen in fitting" in page
    assert "fitted on all labelled sets, of which this is none" in page
    assert f"its floor here is {FLOOR}" in page
    assert "This project's score: fitted without likes." in page
    short = render_markdown(document).decode()
    assert "; this project fitted without events." in short
    assert "| events, fitted without events |" in short
    assert "| science, all labelled sets |" in short
    said = headline_sentences(document)
    assert any("This project (fitted without events) has nDCG@10" in one for one in said)
    assert any("This project's scores (fitted without likes) correlate" in one for one in said)


def test_the_rows_must_agree(tmp_path):
    one, other = (
        Recommender(publish(tmp_path / name, contents_of([make_article(name, "storm"), make_article("z")])))
        for name in ("a", "b")
    )
    with pytest.raises(ValueError, match="the snapshot without toy does not hold the collection's articles"):
        Own(one, {"toy": other})
