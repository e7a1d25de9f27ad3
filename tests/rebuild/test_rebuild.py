"""The nightly build: what a snapshot holds, what is reused, and what the report says."""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

import recommender
from recommender.errors import (
    CorruptSnapshot,
    EncoderError,
    InputError,
    RebuildRunning,
    SnapshotNotFound,
    SourceNotFound,
    StorageError,
)
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.rebuild import REJECTED_FILE, REPORT_FILE, rebuild
from recommender.recommend import Recommender
from recommender.scoring import Floor
from recommender.settings import load
from recommender.snapshot import verify
from recommender.snapshot.format import CANDIDATE_SCORES, IDS
from recommender.statistics import STATISTICS_VERSION, packaged_background
from recommender.store import POINTER, Store
from tests.conftest import NEWSROOM, NOW, write_jsonl
from tests.fakes import FakeEncoder
from tests.snapshot.by_hand import FORMULA

STORMS = NEWSROOM[:3]
COURTS = NEWSROOM[3:6]


def tree(top: Path) -> dict[str, bytes | None]:
    """Every path below a directory, with each file's content."""
    return {
        path.relative_to(top).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(top.rglob("*"))
    }


def ids(outcome) -> list[str]:
    return list(outcome.snapshot.ids)


def lost(outcome) -> list[str]:
    """The notes on what could not be reused."""
    return [note for note in outcome.report.notes if note.startswith("nothing reused")]


def all_listed(snapshot) -> set[str]:
    """Ids of everything in any list without a floor."""
    shown = Recommender(snapshot, min_score=0)
    return {item.id for one in snapshot.ids for item in shown.similar(one, limit=50)}


def configured(settings, **flags):
    return load({"index": settings.index} | flags, environ={})


# What a snapshot holds


def test_a_rebuild_publishes_what_the_sources_hold(build, settings):
    outcome = build()
    assert ids(outcome) == [record["id"] for record in NEWSROOM]
    assert Store(settings.index).current_name() == outcome.snapshot.name
    assert verify(outcome.snapshot.directory) == outcome.snapshot.manifest
    assert outcome.snapshot.name.startswith("000001-")


def test_stories_on_one_subject_list_one_another(build):
    snapshot = build().snapshot
    shown = Recommender(snapshot, min_score=0)
    nearest = {one: [item.id for item in shown.similar(one)] for one in snapshot.ids}
    assert set(nearest["storm-1"][:2]) == {"storm-2", "storm-3"}
    assert set(nearest["court-1"][:2]) == {"court-2", "court-3"}
    assert nearest["rocket-2"][0] == "https://post.example/a//b?c=d"
    assert nearest["https://post.example/a//b?c=d"][0] == "rocket-2"


def test_the_front_door_opens_what_was_published(build, settings):
    outcome = build()
    found = recommender.open(settings.index).similar("storm-1")
    assert found.snapshot.name == outcome.snapshot.name
    assert recommender.open(str(settings.index)).similar("storm-1").rows == found.rows
    with pytest.raises(SnapshotNotFound):
        recommender.open(settings.index / "nowhere")


def test_what_has_left_the_sources_leaves_the_lists(build):
    build()
    outcome = build([record for record in NEWSROOM if record["id"] != "storm-2"])
    assert "storm-2" not in ids(outcome)
    assert "storm-2" not in all_listed(outcome.snapshot)
    assert len(outcome.snapshot) == len(NEWSROOM) - 1


def test_several_sources_are_one_corpus(settings, tmp_path):
    first = write_jsonl(tmp_path / "1.jsonl", STORMS)
    folder = tmp_path / "folder"
    folder.mkdir()
    write_jsonl(folder / "b.jsonl", COURTS[1:])
    write_jsonl(folder / "a.jsonl", COURTS[:1])
    stdin = BytesIO(json.dumps(NEWSROOM[8]).encode())
    sources = [str(folder), "-", str(first)]
    outcome = rebuild(sources, settings, now=NOW, encoder=FakeEncoder(), stdin=stdin)
    assert ids(outcome) == ["court-1", "court-2", "court-3", "lone", "storm-1", "storm-2", "storm-3"]
    assert outcome.report.read["files"] == 4
    assert outcome.report.sources == sources


def test_one_article_is_enough(build, settings):
    outcome = build(NEWSROOM[:1])
    found = Recommender(outcome.snapshot).similar("storm-1", min_score=0)
    assert (len(found), found.reason) == (0, "too_few_articles")


def test_linked_stories_are_recommended_as_the_setting_says(build, settings):
    linking = {**NEWSROOM[0], "links": [{"title": "Storm told", "snippet": "storm storm now", "id": "t"}]}
    records = [linking, *NEWSROOM[1:]]
    listing = {}
    for teasers in ("always", "same_page", "never"):
        snapshot = build(records, settings=configured(settings, teasers=teasers)).snapshot
        shown = Recommender(snapshot, min_score=0)
        lists = {one: [item.id for item in shown.similar(one)] for one in snapshot.ids}
        listing[teasers] = {one for one, listed in lists.items() if "t" in listed}
    everyone = {record["id"] for record in records}
    assert listing == {"always": everyone, "same_page": {"storm-1"}, "never": set()}


def test_the_floor_may_be_set(build, settings):
    for chosen, floor in (
        ({}, FORMULA.floors.among(1)),
        ({"min_score": 0.987}, Floor(0.987)),
        ({"min_best": 0.9}, Floor(0.5, 0.9)),
        ({"min_score": 0.3, "min_best": 0.9}, Floor(0.3, 0.9)),
    ):
        snapshot = build(settings=configured(settings, **chosen)).snapshot
        assert Recommender(snapshot).floor == snapshot.floor == floor
        # The formula is what was fitted, whatever the floor.
        assert snapshot.manifest.scoring == {"formula": FORMULA.as_json(), **asdict(floor)}


# Adding


def test_add_keeps_the_parent_s_articles_and_the_new_one_wins(build):
    build(STORMS)
    newer = {**NEWSROOM[1], "title": "Storm has landed", "updated_at": "2001-01-01T00:00:00Z"}
    outcome = build([newer, *COURTS], add=True)
    assert ids(outcome) == ["storm-1", "storm-2", "storm-3", "court-1", "court-2", "court-3"]
    assert outcome.snapshot.article(1).title == "Storm has landed"
    assert outcome.report.read["records"] == 4
    assert outcome.report.read["duplicates"] == 0
    assert outcome.report.corpus["articles"] == 6


def test_add_wins_even_over_a_later_update(build):
    build([{**NEWSROOM[0], "updated_at": "2022-01-05T00:00:00Z"}])
    outcome = build([{**NEWSROOM[0], "title": "Corrected", "updated_at": "2022-01-04T00:00:00Z"}], add=True)
    assert outcome.snapshot.article(0).title == "Corrected"


def test_add_to_nothing_is_a_first_build(build):
    outcome = build(STORMS, add=True)
    assert outcome.report.parent is None
    assert lost(outcome) == []
    assert len(outcome.snapshot) == 3


def test_what_is_added_again_and_again_stays(build):
    for record in NEWSROOM:
        outcome = build([record], add=True)
    assert ids(outcome) == [record["id"] for record in NEWSROOM]
    assert outcome.report.embedding == {"embedded": 1, "reused": len(NEWSROOM) - 1}


def test_a_teaser_becomes_the_article_once_it_is_added(build):
    linking = {**NEWSROOM[0], "links": [{"title": "Court sits", "snippet": "Soon court."}]}
    first = build([linking])
    assert [article.teaser for article in first.snapshot.articles()] == [False, True]
    second = build([NEWSROOM[3]], add=True)
    assert ids(second) == ["storm-1", "court-1"]
    assert second.snapshot.source_list(0).tolist() == [1]


# Reuse


def test_a_second_run_embeds_nothing(build):
    first, second = FakeEncoder(), FakeEncoder()
    one = build(encoder=first)
    two = build(encoder=second)
    assert len(first.encoded) == len(NEWSROOM)
    assert second.encoded == []
    assert one.report.embedding == {"embedded": len(NEWSROOM), "reused": 0}
    assert two.report.embedding == {"embedded": 0, "reused": len(NEWSROOM)}
    assert two.report.parent == one.snapshot.name == two.snapshot.manifest.parent
    assert np.array_equal(one.snapshot.vectors, two.snapshot.vectors)


def test_only_what_changed_is_embedded(build):
    build()
    encoder = FakeEncoder()
    changed = [{**NEWSROOM[0], "text": "storm goal"}, {**NEWSROOM[1], "section": "Other"}, *NEWSROOM[2:]]
    build(changed, encoder=encoder)
    assert encoder.encoded == ["Storm nears\nstorm goal"]


def test_a_vector_is_known_by_its_text_and_not_by_its_id(build):
    build()
    encoder = FakeEncoder()
    swapped = [{**NEWSROOM[0], "id": "storm-2"}, {**NEWSROOM[1], "id": "storm-1"}]
    snapshot = build(swapped, encoder=encoder).snapshot
    assert encoder.encoded == []
    expected = FakeEncoder().encode(["Storm nears\nstorm storm storm"])[0]
    assert np.array_equal(snapshot.vectors[snapshot.ids.row("storm-2")], expected)


def test_another_encoder_embeds_everything_anew(build):
    build()
    encoder = FakeEncoder("fake:2")
    outcome = build(encoder=encoder)
    assert len(encoder.encoded) == len(NEWSROOM)
    assert outcome.snapshot.manifest.encoder["fingerprint"] == "fake:2"
    assert outcome.report.encoder == "fake:2"


def test_vectors_of_another_arithmetic_are_not_reused_and_the_report_says_so(build):
    build(encoder=FakeEncoder("a:b:text1:openvino-bf16"))
    moved = FakeEncoder("a:b:text1")
    outcome = build(encoder=moved)
    assert len(moved.encoded) == len(NEWSROOM)
    said = (
        "all texts are embedded again: the current snapshot's vectors were computed in openvino-bf16, this "
        "build's are in torch-fp32"
    )
    assert said in outcome.report.notes
    again = FakeEncoder("a:b:text1")
    outcome = build(encoder=again)  # once
    assert (again.encoded, said in outcome.report.notes) == ([], False)


def test_the_same_sources_make_the_same_lists(build):
    one, two = build().snapshot, build().snapshot
    for row in range(len(one)):
        assert [part.tolist() for part in one.candidates(row)] == [
            part.tolist() for part in two.candidates(row)
        ]
    assert one.manifest.corpus_sha256 == two.manifest.corpus_sha256


# Dry run


def test_a_dry_run_of_a_new_index_makes_not_even_its_directory(build, settings):
    encoder = FakeEncoder()
    outcome = build(dry_run=True, encoder=encoder)
    assert not settings.index.exists()
    assert outcome.snapshot is None
    assert outcome.report.snapshot is None
    assert outcome.report.dry_run
    assert encoder.encoded == []
    assert outcome.report.read["accepted"] == len(NEWSROOM)
    assert len(outcome.corpus) == len(NEWSROOM)


@pytest.mark.parametrize("add", [False, True])
def test_a_dry_run_writes_nothing_at_all(build, settings, tmp_path, add):
    build()
    before = tree(settings.index)
    outcome = build(
        [*NEWSROOM[:2], {"id": "bad"}], dry_run=True, add=add, settings=configured(settings, max_rejected=1)
    )
    assert tree(settings.index) == before
    assert outcome.report.read["rejected"] == 1
    assert len(outcome.corpus) == (len(NEWSROOM) if add else 2)


def test_a_dry_run_that_is_refused_writes_nothing_either(build, settings):
    build()
    before = tree(settings.index)
    with pytest.raises(InputError):
        build([{"id": "bad"}], dry_run=True)
    assert tree(settings.index) == before


def test_a_dry_run_needs_no_lock(build, settings):
    build()
    with Store(settings.index).lock():
        assert build(dry_run=True).report.dry_run


# Age


def test_max_age_leaves_out_the_old_and_keeps_the_undated(build):
    outcome = build(max_age_days=7)
    assert ids(outcome) == ["storm-3", "court-2", "court-3"]
    assert outcome.report.read["too_old"] == 6
    assert outcome.report.read["records"] == len(NEWSROOM)


@pytest.mark.parametrize(("seconds", "kept"), [(0, True), (1, False)])
def test_max_age_is_reached_by_an_equal_age(build, seconds, kept):
    at = (NOW - timedelta(days=7, seconds=seconds)).isoformat()
    outcome = build([{**NEWSROOM[0], "published_at": at}, NEWSROOM[4]], max_age_days=7)
    assert ("storm-1" in ids(outcome)) is kept


def test_max_age_holds_for_what_is_kept_from_the_parent_too(build):
    build()
    outcome = build([NEWSROOM[0]], add=True, max_age_days=7)
    assert ids(outcome) == ["storm-3", "court-2", "court-3"]


@pytest.mark.parametrize("days", [1e6, 1e300])
def test_an_age_beyond_the_calendar_leaves_nothing_out(build, days):
    assert len(build(max_age_days=days).snapshot) == len(NEWSROOM)


def test_when_everything_is_too_old_there_is_no_article(build):
    with pytest.raises(InputError, match="1 articles are older"):
        build(NEWSROOM[:1], max_age_days=1)


# The report


def test_the_file_is_the_report(build, settings):
    outcome = build()
    found = json.loads((settings.index / REPORT_FILE).read_bytes())
    assert found == outcome.report.as_json()
    assert found["snapshot"] == outcome.snapshot.name
    assert found["created_at"] == "2022-01-17T04:00:00Z"
    stages = {
        "read",
        "embed",
        "words",
        "space",
        "candidates",
        "scores",
        "policy",
        "measure",
        "gate",
        "publish",
    }
    # The snapshot's own report ends where it is written; that beside it has all stages.
    for cost in ("seconds", "cpu_seconds", "peak_megabytes"):
        assert set(found[cost]) == stages | {"measure", "gate", "publish"}
        assert min(found[cost].values()) >= 0
    assert sorted(found["peak_megabytes"].values()) == list(found["peak_megabytes"].values())
    assert found["peak_megabytes"]["publish"] > 10
    assert found["refused"] is None


def test_the_snapshot_carries_what_was_known_when_it_was_written(build):
    outcome = build()
    carried, whole = outcome.snapshot.report(), outcome.report.as_json()
    later = {"snapshot", "pruned", "seconds", "cpu_seconds", "peak_megabytes"}
    assert {name: carried[name] for name in carried.keys() - later} == {
        name: whole[name] for name in whole.keys() - later
    }


def test_what_the_policy_struck_is_counted(build):
    long = " ".join(["storm"] * 30)
    records = [
        *NEWSROOM,
        {"id": "copy-1", "title": "One", "text": long},
        {"id": "copy-2", "title": "Two", "text": long},
    ]
    records.append({"id": "v", "title": "Video"})
    struck = build(records).report.policy
    n = len(records)
    # Video's list and its place in every other; each copy in the other's list, one of them elsewhere.
    assert struck["text_too_short"] == 2 * (n - 1)
    assert (struck["copy_of_article"], struck["same_story"]) == (2, n - 3)
    assert list(struck) == [
        *("text_too_short", "unwanted_teaser", "other_language", "wrong_time", "below_min_score"),
        *("copy_of_article", "same_story", "recency", "diversity", "source_cap"),
    ]


def test_lists_are_made_under_the_settings_and_the_manifest_names_them(build, settings):
    def item(number, **fields):
        words = "storm " * (5 + number)
        return {"id": f"s{number}", "title": f"Item {number}", "text": words, "source": "Post"} | fields

    records = [
        item(0, language="en", published_at="2022-01-10"),
        item(1, language="en-GB", published_at="2022-01-09"),
        item(2, language="de", published_at="2022-01-08"),
        item(3, published_at="2022-01-11"),
        item(4, published_at="2022-01-07"),
        item(5, source="Wire"),
    ]
    wanted = {"min_score": 0, "languages": "same", "recency": "before", "max_per_source": 1, "diversity": 0}
    outcome = build(records, settings=load({"index": settings.index} | wanted, environ={}))
    snapshot = outcome.snapshot
    # Of all: 2 is German, 3 is of the next day, and of 1 and 4, both the Post's, 1 is nearer in time.
    assert [item.id for item in recommender.open(settings.index).similar("s0")] == ["s1", "s5"]
    rows, _, verdicts = snapshot.candidates(0)
    steps = ["kept", *snapshot.manifest.policy["steps"]]
    found = {list(snapshot.ids)[row]: steps[verdict] for row, verdict in zip(rows, verdicts, strict=True)}
    assert (found["s2"], found["s3"], found["s4"]) == ("other_language", "wrong_time", "source_cap")
    assert {name: snapshot.manifest.policy[name] for name in wanted if name != "min_score"} == {
        name: value for name, value in wanted.items() if name != "min_score"
    }
    assert snapshot.report()["policy"] == outcome.report.policy
    assert outcome.report.policy["wrong_time"] == 8  # of dated pairs each is in one direction, but for s2's
    assert outcome.report.policy["below_min_score"] == 0


def test_the_manifest_says_what_the_snapshot_is(build, settings):
    manifest = build().snapshot.manifest
    assert manifest.created_at == "2022-01-17T04:00:00Z"
    assert manifest.parent is None
    assert manifest.encoder["name"] == "fake"
    assert manifest.encoder["reference"] == settings.encoder
    assert manifest.encoder["weights_sha256"] == "0" * 64
    assert manifest.counts["articles"] == len(NEWSROOM)
    assert manifest.policy["teasers"] == "always"
    assert manifest.scoring == {"formula": FORMULA.as_json(), "min_score": 0.5, "min_best": 0}
    # The packaged words are everybody's; the mean and the covariance are another encoder's.
    background = packaged_background()
    said = dict(manifest.statistics)
    assert said.pop("terms") >= len(background.keys)
    assert said == {
        "version": STATISTICS_VERSION,
        "articles": len(NEWSROOM),
        "background": background.name,
        "whitened": False,
        # Of 2,000 background articles and nine: one holds it.
        "rarest": round(1 + math.log((1 + 2000 + len(NEWSROOM)) / 2), 6),
        "since": None,
        "changed": 0,
        "why": "there is nothing to keep",
        "search": {"lead_100": 1.0, "terms_10": 1.0, "terms_100": 1.0},
    }


def test_an_encoder_without_a_score_of_its_own_goes_by_words_and_says_so(build):
    outcome = build(encoder=FakeEncoder("fake:unheard-of"))
    (note,) = outcome.report.notes
    assert "no score was fitted with the encoder fake:unheard-of" in note
    formula = outcome.snapshot.manifest.scoring["formula"]
    assert (formula["fingerprint"], formula["lead"], formula["closeness"]["lead"]) == ("", 0, 0)
    assert build().report.notes == []


def test_stages_are_shown_as_they_go(build):
    class Watching:
        def __init__(self):
            self.stages = {}

        @contextmanager
        def stage(self, name, total):
            self.stages[name] = [total, 0]

            def advance(done):
                self.stages[name][1] += done

            yield advance

    watching = Watching()
    build(progress=watching)
    n = len(NEWSROOM)
    assert watching.stages == {
        "read": [None, n],
        "embed": [n, n],
        "words": [n, n],
        "space": [None, 0],
        "candidates": [n, n],
        "scores": [None, 0],
        "policy": [None, 0],
        "measure": [None, 0],
        "gate": [None, 0],
        "publish": [None, 0],
    }


# Snapshots before it


def test_old_snapshots_are_pruned(build, settings):
    few = configured(settings, keep_snapshots=2)
    names = [build(settings=few).snapshot.name for _ in range(4)]
    assert Store(settings.index).names() == names[2:]
    outcome = build(settings=few)
    assert outcome.report.pruned == [names[2]]
    assert json.loads((settings.index / REPORT_FILE).read_bytes())["pruned"] == [names[2]]


@pytest.mark.parametrize("broken", [IDS, CANDIDATE_SCORES])
def test_a_corrupt_current_snapshot_is_healed_by_a_plain_rebuild(build, settings, broken):
    first = build()
    (first.snapshot.directory / broken).write_bytes(b"broken")
    with pytest.raises(CorruptSnapshot, match=broken):
        recommender.open(settings.index)
    encoder = FakeEncoder()
    outcome = build(encoder=encoder)
    assert len(encoder.encoded) == len(NEWSROOM)
    assert outcome.report.parent is None
    (note,) = lost(outcome)
    assert broken in note
    assert recommender.open(settings.index).snapshot.name == outcome.snapshot.name


def test_a_corrupt_current_snapshot_is_never_added_to(build, settings):
    first = build()
    (first.snapshot.directory / IDS).write_bytes(b"broken")
    before = tree(settings.index)
    with pytest.raises(CorruptSnapshot, match=IDS) as caught:
        build(STORMS, add=True)
    assert caught.value.exit_code == 65
    after = tree(settings.index)
    assert IDS in json.loads(after.pop(REPORT_FILE))["refused"]
    before.pop(REPORT_FILE)
    assert after == before


@pytest.mark.parametrize("pointer", [None, "nonsense", "000009-abcdef"])
def test_a_lost_pointer_is_healed_by_a_plain_rebuild_and_never_added_to(build, settings, pointer):
    build()
    (settings.index / POINTER).unlink()
    if pointer is not None:
        (settings.index / POINTER).write_text(pointer)
    with pytest.raises((CorruptSnapshot, SnapshotNotFound)):
        build(STORMS, add=True)
    outcome = build()
    assert len(lost(outcome)) == 1
    assert outcome.snapshot.name.startswith("000002-")
    assert recommender.open(settings.index).snapshot.name == outcome.snapshot.name


def test_after_a_rollback_the_rolled_back_one_is_the_parent(build, settings):
    one, _ = build(), build(STORMS)
    Store(settings.index).rollback()
    outcome = build(COURTS, add=True)
    assert outcome.report.parent == one.snapshot.name
    assert len(outcome.snapshot) == len(NEWSROOM)


# The overlay and the lock


def test_a_takedown_outlasts_rebuilds_and_is_carried_along(build, settings):
    build()
    overlay = Overlay(1, frozenset({"storm-2"}))
    (settings.index / OVERLAY_FILE).write_bytes(overlay.encode())
    outcome = build()
    assert outcome.snapshot.overlay == overlay
    assert "storm-2" in ids(outcome)
    shown = recommender.open(settings.index)
    assert "storm-2" not in {item.id for item in shown.similar("storm-1", min_score=0)}
    (settings.index / OVERLAY_FILE).unlink()
    assert not recommender.open(settings.index).visible(outcome.snapshot.ids.row("storm-2"))


def test_an_overlay_that_cannot_be_read_stops_the_build(build, settings):
    first = build()
    (settings.index / OVERLAY_FILE).write_bytes(b"{}")
    with pytest.raises(CorruptSnapshot, match=OVERLAY_FILE):
        build()
    assert Store(settings.index).names() == [first.snapshot.name]
    with pytest.raises(CorruptSnapshot, match=OVERLAY_FILE):
        recommender.open(settings.index)


def test_a_second_rebuild_while_one_runs_stops_at_once(build, settings):
    build()
    before = tree(settings.index)

    class Meanwhile(FakeEncoder):
        def encode(self, texts, advance=None):
            inside = tree(settings.index)
            with pytest.raises(RebuildRunning, match="another rebuild holds") as caught:
                build(STORMS)
            assert caught.value.exit_code == 75
            assert tree(settings.index) == inside
            return super().encode(texts, advance)

    encoder = Meanwhile("fake:2")
    outcome = build(encoder=encoder)
    assert len(encoder.encoded) == len(NEWSROOM)
    assert outcome.snapshot.name.startswith("000002-")
    assert tree(settings.index).keys() > before.keys()


def test_an_index_that_cannot_be_written(build, settings, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    encoder = FakeEncoder()
    with pytest.raises(StorageError, match="cannot create directory") as caught:
        build(settings=configured(settings, index=tmp_path / "file" / "index"), encoder=encoder)
    assert caught.value.exit_code == 74
    assert encoder.encoded == []
    assert (tmp_path / "file").read_bytes() == b""


def test_an_encoder_that_fails_leaves_the_old_snapshot_current(build, settings):
    first = build()

    class Broken(FakeEncoder):
        def encode(self, texts, advance=None):
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        build(encoder=Broken("fake:2"))
    assert recommender.open(settings.index).snapshot.name == first.snapshot.name
    assert build().snapshot.name.startswith("000002-")


def test_rejections_are_those_of_this_run(build, settings):
    tolerant = configured(settings, max_rejected=1)
    build([*NEWSROOM, {"id": "bad"}], settings=tolerant)
    assert (settings.index / REJECTED_FILE).read_bytes().count(b"\n") == 1
    build(settings=tolerant)
    assert (settings.index / REJECTED_FILE).read_bytes() == b""


def test_the_present_is_an_argument(build):
    outcome = build(now=datetime(2030, 1, 1, tzinfo=UTC))
    assert outcome.snapshot.manifest.created_at == "2030-01-01T00:00:00Z"


def test_rollback_goes_to_what_was_current_not_to_what_was_rolled_back(build, settings):
    store = Store(settings.index)
    first, second, bad = (build().snapshot.name for _ in range(3))
    assert store.rollback().name == second
    worse = build().snapshot.name
    assert store.rollback().name == second
    assert store.rollback().name == first
    assert store.names() == [first, second, bad, worse]
    with pytest.raises(SnapshotNotFound, match=first):
        store.rollback()


def test_prune_spares_where_a_rollback_goes(build, settings):
    store = Store(settings.index)
    first, second = (build().snapshot.name for _ in range(2))
    store.rollback(first)
    third = build().snapshot.name
    assert store.prune(1) == [second]
    assert store.names() == [first, third]
    assert store.rollback().name == first


def test_what_is_too_old_does_not_come_back_as_a_teaser(build, settings):
    old = {"id": "old", "title": "Old storm", "text": "storm storm", "published_at": "2020-01-01"}
    page = {"id": "page", "title": "Storm now", "text": "storm storm", "published_at": "2022-01-16"}
    links = [{"title": "Old storm", "snippet": "storm"}, {"title": "Elsewhere", "snippet": "court"}]
    outcome = build([page | {"links": links}, old], max_age_days=30)
    assert [article.title for article in outcome.corpus.articles] == ["Storm now", "Elsewhere"]
    assert outcome.corpus.source_lists == ((1,), ())
    assert outcome.report.read["too_old"] == 1
    assert outcome.report.corpus["teasers"] == 1


def test_the_report_names_whatever_ended_the_build(build, settings, monkeypatch):
    build()

    def no_encoder(name, **_):
        raise EncoderError(f"encoder {name!r} is not there")

    monkeypatch.setattr("recommender.rebuild.build.load_encoder", no_encoder)
    with pytest.raises(EncoderError):
        build(encoder=None)
    report = json.loads((settings.index / REPORT_FILE).read_bytes())
    assert report["refused"] == "encoder 'all-MiniLM-L6-v2' is not there"
    assert report["snapshot"] is None


def test_a_missing_source_writes_nothing(settings):
    with pytest.raises(SourceNotFound, match="nowhere"):
        rebuild(["nowhere.jsonl"], settings, now=NOW, encoder=FakeEncoder())
    assert not settings.index.exists()


def test_a_stranger_among_the_leftovers_is_swept_too(build, settings, tmp_path):
    build()
    kept = tmp_path / "kept"
    kept.mkdir()
    (settings.index / "snapshots" / ".tmp-link").symlink_to(kept)
    (settings.index / "snapshots" / ".tmp-file").write_text("left behind")
    build()
    assert not list((settings.index / "snapshots").glob(".tmp-*"))
    assert kept.is_dir()


def test_a_prune_that_fails_does_not_make_a_published_build_refused(build, settings, monkeypatch):
    """The three before it are one more than are kept beside the one that a rollback goes to."""
    keep = replace(settings, keep_snapshots=1)
    for _ in range(2):
        build(settings=keep)

    def fails(path):
        raise StorageError(f"cannot remove {path}: no")

    monkeypatch.setattr("recommender.files.remove_tree", fails)
    with pytest.raises(StorageError):
        build(settings=keep)
    report = json.loads((settings.index / REPORT_FILE).read_bytes())
    assert report["snapshot"] == Store(settings.index).current_name()
    assert report["refused"] is None
    assert "cannot remove" in report["notes"][-1]
