"""What a report says of lists without labels is what the build said of them."""

from __future__ import annotations

import pytest

from recommender.audit import audit_corpus
from recommender.corpus import Corpus, Ids
from recommender.evaluation.document.names import SOURCE, THIS
from recommender.evaluation.own import default_lists
from recommender.evaluation.run import Run
from recommender.evaluation.unlabelled import listed_by
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.recommend import Recommender
from recommender.settings import load
from tests.conftest import NEWSROOM

PAGE = {
    "id": "page",
    "title": "Storm watch",
    "text": "storm storm",
    "links": [{"title": "", "id": one} for one in ("court-1", "storm-1", "storm-3")],
}
NOTHING = Run(THIS, {})  # its lists are those of the snapshot, whatever a run holds


@pytest.fixture
def twice(build, settings):
    """Two snapshots, a takedown in force for both: recommenders over the second and the first."""
    settings.index.mkdir()
    overlay = Overlay(1, frozenset({"storm-2", "gone"}))
    (settings.index / OVERLAY_FILE).write_bytes(overlay.encode())
    lower = load({"index": settings.index, "min_score": 0.1}, environ={})
    first = build([*NEWSROOM[1:], PAGE], settings=lower)
    second = build([*NEWSROOM, PAGE])
    return Recommender(second.snapshot, overlay), Recommender(first.snapshot, overlay)


def corpus_of(snapshot) -> Corpus:
    rows = range(len(snapshot))
    lists = tuple(tuple(snapshot.source_list(row).tolist()) for row in rows)
    return Corpus(tuple(snapshot.articles()), lists, Ids(list(snapshot.ids)))


def measured(system: str, recommender: Recommender, previous: Recommender | None, run: Run = NOTHING):
    return listed_by(system, run, corpus_of(recommender.snapshot), recommender, previous)


def test_this_project_s_numbers_are_those_of_the_manifest(twice):
    recommender, previous = twice
    said, found = recommender.snapshot.manifest.lists, measured(THIS, recommender, previous)
    assert set(found) == set(said)
    titles = {one.id: one.title for one in recommender.snapshot.articles()}
    for key in said:
        if key != "exposure":
            assert found[key] == said[key], key
    most = [{**one, "title": titles[one["id"]]} for one in said["exposure"]["most"]]
    assert found["exposure"] == {**said["exposure"], "most": most}
    assert most
    assert found["agreement"]["parent"] == previous.snapshot.name
    assert 0 < found["agreement"]["rbo"] < 1


def test_what_was_taken_down_is_no_article(twice):
    recommender, previous = twice
    found = measured(THIS, recommender, previous)
    assert found["articles"] == audit_corpus(recommender).articles == len(recommender.snapshot) - 1
    assert sum(found["empty_because"].values()) == found["empty"]
    assert set(found["empty_because"]) == {
        *("blocked", "text_too_short", "too_few_articles", "below_min_score", "filtered")
    }
    assert "storm-2" not in {one["id"] for one in found["exposure"]["most"]}


def test_without_a_snapshot_before_there_is_no_agreement(twice):
    recommender, previous = twice
    found = measured(THIS, recommender, None)
    assert found == {**measured(THIS, recommender, previous), "agreement": None}


def test_the_floor_and_the_overlay_are_those_of_the_recommender(twice):
    recommender, _ = twice
    bare = Recommender(recommender.snapshot, Overlay(2, frozenset()), min_score=0.0)
    found = measured(THIS, bare, None)
    assert (found["min_score"], found["articles"]) == (0.0, len(bare.snapshot))
    assert found["items"] > measured(THIS, recommender, None)["items"]
    strict = Recommender(recommender.snapshot, min_score=1.0)
    assert measured(THIS, strict, None)["items"] == 0


def test_the_lists_that_are_measured_are_those_that_are_judged(twice):
    recommender, _ = twice
    run = default_lists(recommender, range(len(recommender.snapshot)), limit=10)
    assert run.lists["storm-2"] == ()
    found = measured(THIS, recommender, None)
    lengths = [len(listed) for one, listed in run.lists.items() if one != "storm-2"]
    assert found["lengths"] == [lengths.count(number) for number in range(max(lengths) + 1)]


def test_other_systems_are_measured_by_their_runs(twice):
    recommender, previous = twice
    run = Run(SOURCE, {"page": (("court-1", 3.0), ("storm-1", 2.0), ("storm-3", 1.0))})
    found = measured(SOURCE, recommender, previous, run)
    assert (found["articles"], found["items"], found["lengths"]) == (1, 3, [0, 0, 0, 1])
    assert found["empty_because"] is None
    assert "agreement" not in found
    assert found["exposure"]["most"] == [
        {"id": "storm-1", "title": "Storm nears", "times": 1},
        {"id": "storm-3", "title": "Storm bill", "times": 1},
        {"id": "court-1", "title": "Court sits", "times": 1},
    ]
    other = measured("newest", recommender, previous, Run("newest", {"lone": (("page", 1.0),)}))
    assert (other["articles"], other["with_items"]) == (len(recommender.snapshot), 1)
