"""The nightly build under the editors' rules."""

from __future__ import annotations

import json

import pytest

from recommender import overlay
from recommender.errors import BadRules
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.recommend import Recommender
from recommender.rules import RULES_FILE
from tests.conftest import NEWSROOM, NOW
from tests.fakes import FakeEncoder
from tests.test_rules import block, pin

WHO = {"by": "ana", "when": NOW, "reason": "because"}


def test_a_snapshot_carries_the_rules_it_was_built_under(build, settings):
    build()
    overlay.take_down(settings.index, "lone", **WHO)
    overlay.add_rule(settings.index, pin("storm-1", "court-1"))
    snapshot = build().snapshot
    assert snapshot.overlay == overlay.read(settings.index)
    assert Recommender(snapshot).similar("storm-1").items[0].origin == "pin"
    assert (snapshot.directory / OVERLAY_FILE).read_bytes() == snapshot.overlay.encode()


def test_the_report_counts_rules_and_names_those_that_do_nothing(build, settings):
    build()
    for rule in (
        pin("storm-1", "court-1", "good"),
        pin("storm-1", "gone", "lost"),
        block("weather", article={"section": "Weather"}),
        block("wire", target={"source": "Wire"}),
        block("typo", target={"section": "Wether"}),
    ):
        overlay.add_rule(settings.index, rule)
    report = build().report
    assert report.rules == {
        "generation": 5,
        "rules": 5,
        "pinned": 0,
        "pins_dropped": 2,
        "articles_without_list": 2,
        "articles_in_no_list": 3,
        "idle": [
            {"id": "good", "problem": "its target is blocked"},
            {"id": "lost", "problem": "its target is not in the snapshot"},
            {"id": "typo", "problem": "no article is meant by it"},
        ],
    }
    assert (
        "rule lost does nothing ('gone' first on 'storm-1'): its target is not in the snapshot"
        in report.notes
    )
    assert report.lists["empty_because"]["blocked"] == 2
    assert json.loads((settings.index / "build.json").read_bytes())["rules"] == report.rules


def test_rules_by_hand_get_their_generation_written_down(build, settings):
    build()
    assert not (settings.index / OVERLAY_FILE).exists()
    (settings.index / RULES_FILE).write_text("# none yet\n")
    snapshot = build().snapshot
    assert snapshot.overlay == Overlay(1)
    (one,) = json.loads((settings.index / OVERLAY_FILE).read_bytes())["changes"]
    assert (one["change"], one["when"]) == ("rules_edited", "2022-01-17T04:00:00Z")


@pytest.mark.parametrize("options", [{}, {"dry_run": True}])
def test_rules_that_cannot_be_read_stop_the_build_before_the_embedding(build, settings, options):
    first = build().snapshot
    (settings.index / RULES_FILE).write_text("[[rule]]\nkind = 'pin'\n")
    encoder = FakeEncoder()
    changed = [{**NEWSROOM[0], "text": "vote"}, *NEWSROOM[1:]]
    with pytest.raises(BadRules, match="rule 1: id is missing"):
        build(changed, encoder=encoder, **options)
    assert encoder.encoded == []
    assert (settings.index / "CURRENT").read_text().strip() == first.name


def test_a_dry_run_settles_nothing(build, settings):
    settings.index.mkdir()
    (settings.index / RULES_FILE).write_text("# none\n")
    build(dry_run=True)
    assert [path.name for path in settings.index.iterdir()] == [RULES_FILE]


def test_what_the_parent_carries_is_not_lost_with_the_files_beside_it(build, settings):
    build()
    overlay.take_down(settings.index, "storm-2", **WHO)
    overlay.add_rule(settings.index, block(target={"id": "lone"}))
    carried = build().snapshot.overlay
    (settings.index / OVERLAY_FILE).unlink()
    (settings.index / RULES_FILE).unlink()
    assert build().snapshot.overlay == carried
    (settings.index / RULES_FILE).write_text("# by hand\n")
    outcome = build()
    assert outcome.snapshot.overlay == carried
    assert any("rules.toml is not in force" in note for note in outcome.report.notes)


def test_a_change_while_a_build_runs_does_not_wait_and_wins(build, settings):
    build()

    class Interrupted(FakeEncoder):
        def encode(self, texts, advance=None):
            overlay.take_down(settings.index, "storm-2", **WHO)
            return super().encode(texts, advance)

    changed = [{**NEWSROOM[0], "text": "storm vote"}, *NEWSROOM[1:]]
    snapshot = build(changed, encoder=Interrupted()).snapshot
    assert snapshot.overlay == Overlay(0)
    shown = Recommender(snapshot, overlay.read(settings.index))
    assert not shown.visible(snapshot.ids.row("storm-2"))
