"""Takedowns and rules beside the snapshots: one generation, that every change raises, also one by hand."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import files, overlay, rules
from recommender.errors import ArticleNotFound, BadRules, CorruptSnapshot, OptionError, RuleNotFound
from recommender.overlay import EMPTY, OVERLAY_FILE, Ledger, Overlay
from recommender.overlay.changes import LOCK
from recommender.overlay.ledger import decode_ledger
from recommender.rules import NO_FILE, RULES_FILE, decode, rule_of
from tests.test_rules import PLACE, block, pin

WHEN = datetime(2022, 1, 17, 4, tzinfo=UTC)
WHO = {"by": "ana", "when": WHEN, "reason": "because"}
PIN, BLOCK = pin(), block(target={"tag": "t"})
HAND = b"""# ours
[[rule]]
id = "hand"
kind = "block"
target = { tag = "hand" }
by = "Bo"
when = 2022-01-17
reason = "by hand"
"""


def ledger_of(index) -> Ledger:
    path = index / OVERLAY_FILE
    return decode_ledger(path.read_bytes(), path)


def changes_of(index) -> list[tuple]:
    return [(one["generation"], one["change"], one["of"], one["by"]) for one in ledger_of(index).changes]


# One change after the other


def test_a_takedown_is_written_with_who_when_and_why(tmp_path):
    assert overlay.take_down(tmp_path, "a", **WHO)
    assert overlay.read(tmp_path) == Overlay(1, frozenset({"a"}))
    assert json.loads((tmp_path / OVERLAY_FILE).read_bytes()) == {
        "version": 2,
        "generation": 1,
        "takedowns": ["a"],
        "rules_sha256": None,
        "changes": [
            {
                "generation": 1,
                "change": "takedown",
                "of": "a",
                "what": None,
                "by": "ana",
                "when": "2022-01-17T04:00:00Z",
                "reason": "because",
            }
        ],
    }
    assert not (tmp_path / RULES_FILE).exists()


def test_a_second_takedown_of_the_same_changes_nothing(tmp_path):
    overlay.take_down(tmp_path, "a", **WHO)
    before = (tmp_path / OVERLAY_FILE).read_bytes()
    assert not overlay.take_down(tmp_path, "a", **WHO)
    assert (tmp_path / OVERLAY_FILE).read_bytes() == before


def test_an_undo_is_a_change_too(tmp_path):
    overlay.take_down(tmp_path, "a", **WHO)
    overlay.take_down(tmp_path, "b", **WHO)
    overlay.restore(tmp_path, "a", by="bo", when=WHEN, reason="an error")
    assert overlay.read(tmp_path) == Overlay(3, frozenset({"b"}))
    assert changes_of(tmp_path)[-1] == (3, "undo", "a", "bo")
    with pytest.raises(ArticleNotFound, match="'a' is not taken down"):
        overlay.restore(tmp_path, "a", **WHO)
    assert overlay.read(tmp_path).generation == 3


def test_rules_come_and_go(tmp_path):
    overlay.add_rule(tmp_path, PIN)
    overlay.add_rule(tmp_path, BLOCK)
    assert overlay.read(tmp_path) == Overlay(2, frozenset(), (PIN, BLOCK))
    assert overlay.remove_rule(tmp_path, "p", **WHO) == PIN
    assert overlay.read(tmp_path) == Overlay(3, frozenset(), (BLOCK,))
    assert changes_of(tmp_path) == [
        (1, "rule_added", "p", "ana"),
        (2, "rule_added", "x", "ana"),
        (3, "rule_removed", "p", "ana"),
    ]
    assert ledger_of(tmp_path).changes[2]["what"] == "'b' first on 'a'"
    with pytest.raises(RuleNotFound):
        overlay.remove_rule(tmp_path, "p", **WHO)


def test_what_is_ruled_already_is_not_ruled_twice(tmp_path):
    overlay.add_rule(tmp_path, PIN)
    with pytest.raises(OptionError, match="'p' says the same already"):
        overlay.add_rule(tmp_path, replace(PIN, id="q", by="bo"))
    assert overlay.read(tmp_path) == Overlay(1, frozenset(), (PIN,))


def test_links_to_both_files_stay_links(tmp_path):
    for name in (OVERLAY_FILE, RULES_FILE):
        (tmp_path / f"mounted-{name}").write_bytes(
            Overlay(4).encode() if name == OVERLAY_FILE else b"# ours\n"
        )
        (tmp_path / name).symlink_to(tmp_path / f"mounted-{name}")
    overlay.add_rule(tmp_path, PIN)
    assert (tmp_path / RULES_FILE).is_symlink()
    assert (tmp_path / OVERLAY_FILE).is_symlink()
    assert overlay.read(tmp_path) == Overlay(
        6, frozenset(), (PIN,)
    )  # the file by hand is one change of these


def test_a_change_waits_for_the_one_before(tmp_path):
    started, done = threading.Event(), threading.Event()

    def change():
        started.set()
        overlay.take_down(tmp_path, "a", **WHO)
        done.set()

    with files.exclusive_lock(tmp_path / LOCK):
        thread = threading.Thread(target=change)
        thread.start()
        assert started.wait(20)
        assert not done.wait(0.2)
        assert overlay.read(tmp_path) == EMPTY
    thread.join(20)
    assert overlay.read(tmp_path).takedowns == {"a"}


def test_many_at_once_lose_nothing(tmp_path):
    threads = [
        threading.Thread(target=overlay.take_down, args=(tmp_path, f"a{n}"), kwargs=WHO) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert overlay.read(tmp_path) == Overlay(8, frozenset(f"a{n}" for n in range(8)))


# By hand


def test_an_edit_by_hand_is_a_generation_of_its_own(tmp_path):
    overlay.take_down(tmp_path, "a", **WHO)
    (tmp_path / RULES_FILE).write_bytes(HAND)
    found = overlay.read(tmp_path)
    assert (found.generation, [rule.id for rule in found.rules]) == (2, ["hand"])
    assert ledger_of(tmp_path).generation == 1
    assert overlay.settle(tmp_path, when=WHEN) == found == overlay.read(tmp_path)
    assert ledger_of(tmp_path).generation == 2
    assert changes_of(tmp_path)[-1] == (2, "rules_edited", None, None)
    before = (tmp_path / OVERLAY_FILE).read_bytes()
    assert overlay.settle(tmp_path, when=WHEN) == found
    assert (tmp_path / OVERLAY_FILE).read_bytes() == before


def test_a_change_after_an_edit_by_hand_is_above_both(tmp_path):
    (tmp_path / RULES_FILE).write_bytes(HAND)
    assert overlay.read(tmp_path).generation == 1
    overlay.take_down(tmp_path, "a", **WHO)
    assert overlay.read(tmp_path).generation == 2
    (tmp_path / RULES_FILE).write_bytes(HAND + b"# more\n")
    overlay.add_rule(tmp_path, PIN)
    assert overlay.read(tmp_path).generation == 4
    assert [one[:2] for one in changes_of(tmp_path)] == [
        (1, "rules_edited"),
        (2, "takedown"),
        (3, "rules_edited"),
        (4, "rule_added"),
    ]
    assert (tmp_path / RULES_FILE).read_bytes().startswith(HAND + b"# more\n")


def test_an_edit_that_is_taken_back_leaves_the_generation(tmp_path):
    overlay.add_rule(tmp_path, PIN)
    content = (tmp_path / RULES_FILE).read_bytes()
    (tmp_path / RULES_FILE).write_bytes(b"")
    assert overlay.read(tmp_path) == Overlay(2)
    (tmp_path / RULES_FILE).write_bytes(content)
    assert overlay.read(tmp_path) == Overlay(1, frozenset(), (PIN,))


def test_settling_nothing_writes_nothing(tmp_path):
    assert overlay.settle(tmp_path, when=WHEN) == EMPTY
    assert list(tmp_path.iterdir()) == []


def test_rules_that_are_gone_never_count_as_none(tmp_path):
    overlay.add_rule(tmp_path, PIN)
    (tmp_path / RULES_FILE).unlink()
    for use in (
        lambda: overlay.read(tmp_path),
        lambda: overlay.settle(tmp_path, when=WHEN),
        lambda: overlay.add_rule(tmp_path, BLOCK),
    ):
        with pytest.raises(BadRules, match=r"rules\.toml is gone: put it back, or an empty file"):
            use()
    (tmp_path / RULES_FILE).write_bytes(b"")
    assert overlay.read(tmp_path) == Overlay(2)


def test_rules_that_were_there_at_the_last_look_are_gone_too(tmp_path):
    (tmp_path / RULES_FILE).write_bytes(HAND)
    last = overlay.read_rules(tmp_path, Ledger())
    (tmp_path / RULES_FILE).unlink()
    assert overlay.read_rules(tmp_path, Ledger()) == NO_FILE
    with pytest.raises(BadRules, match="is gone"):
        overlay.read_rules(tmp_path, Ledger(), last)


def test_rules_that_cannot_be_read_stop_every_change_and_stay(tmp_path):
    broken = HAND.replace(b"target", b"targt")
    (tmp_path / RULES_FILE).write_bytes(broken)
    for use in (
        lambda: overlay.add_rule(tmp_path, PIN),
        lambda: overlay.remove_rule(tmp_path, "hand", **WHO),
        lambda: overlay.settle(tmp_path, when=WHEN),
    ):
        with pytest.raises(BadRules, match=r"rule 1 \('hand'\): unknown key 'targt'"):
            use()
    assert (tmp_path / RULES_FILE).read_bytes() == broken
    assert not (tmp_path / OVERLAY_FILE).exists()


def test_rules_in_the_overlay_s_file_are_refused_not_dropped(tmp_path):
    (tmp_path / OVERLAY_FILE).write_bytes(Overlay(3, frozenset(), (PIN,)).encode())
    with pytest.raises(CorruptSnapshot, match="holds rules, which stand in"):
        overlay.read(tmp_path)


# An overlay that a snapshot brought along

CARRIED = Overlay(5, frozenset({"gone"}), (PIN, BLOCK))


@pytest.mark.parametrize("beside", [None, HAND])
def test_what_a_snapshot_carries_is_in_force_until_something_changes(tmp_path, beside):
    if beside:
        (tmp_path / RULES_FILE).write_bytes(beside)
    assert overlay.settle(tmp_path, when=WHEN, carried=CARRIED) is CARRIED
    assert not (tmp_path / OVERLAY_FILE).exists()


def test_a_change_begins_with_what_the_snapshot_carries(tmp_path):
    overlay.take_down(tmp_path, "a", carried=CARRIED, **WHO)
    assert overlay.read(tmp_path) == Overlay(6, frozenset({"a", "gone"}), (PIN, BLOCK))
    assert decode((tmp_path / RULES_FILE).read_bytes(), PLACE) == (PIN, BLOCK)


def test_rules_by_hand_and_those_of_the_snapshot_are_joined(tmp_path):
    same = rule_of({"id": "same", "kind": "block", "target": {"tag": "t"}, **WHO}, "rule")  # as BLOCK says
    (tmp_path / RULES_FILE).write_bytes(HAND.replace(b'"hand"', b'"p"', 1))
    overlay.add_rule(tmp_path, pin("c", "d", "new"), carried=CARRIED)
    found = overlay.read(tmp_path)
    assert (found.generation, found.takedowns) == (6, {"gone"})
    assert [rule.id for rule in found.rules] == ["p", "p-2", "x", "new"]
    with pytest.raises(OptionError, match="says the same already"):
        overlay.add_rule(tmp_path, same, carried=CARRIED)


def test_what_is_beside_the_snapshots_wins_where_it_is_newer(tmp_path):
    for number in range(6):
        overlay.take_down(tmp_path, f"a{number}", **WHO)
    overlay.take_down(tmp_path, "b", carried=CARRIED, **WHO)
    found = overlay.read(tmp_path)
    assert (found.generation, len(found.takedowns), found.rules) == (7, 7, ())


steps = st.lists(
    st.sampled_from(["take", "undo", "add", "remove", "edit", "settle"]), min_size=1, max_size=12
)


@given(steps)
def test_every_change_raises_the_generation(tmp_path_factory, drawn):
    index = tmp_path_factory.mktemp("index")
    for number, step in enumerate(drawn):
        before = overlay.read(index)
        if step == "take":
            overlay.take_down(index, f"a{number}", **WHO)
        elif step == "undo" and before.takedowns:
            overlay.restore(index, sorted(before.takedowns)[0], **WHO)
        elif step == "add":
            overlay.add_rule(index, pin("a", f"b{number}", f"r{number}"))
        elif step == "remove" and before.rules:
            overlay.remove_rule(index, before.rules[-1].id, **WHO)
        elif step == "edit":
            overlay.settle(index, when=WHEN)
            path = index / RULES_FILE
            path.write_bytes((path.read_bytes() if path.exists() else b"") + b"# edited\n")
        else:
            assert overlay.settle(index, when=WHEN) == before
            continue
        after = overlay.read(index)
        assert after.generation > before.generation
        assert after.digest() != before.digest()
    generations = (
        [one["generation"] for one in ledger_of(index).changes] if (index / OVERLAY_FILE).exists() else []
    )
    assert generations == list(range(1, len(generations) + 1))


def test_a_takedown_keeps_rules_that_only_the_snapshot_knows(tmp_path):
    (tmp_path / RULES_FILE).write_bytes(b"[[rule]")
    with pytest.raises(BadRules, match="cannot be read"):
        overlay.take_down(tmp_path, "a", carried=CARRIED, **WHO)
    bare = replace(CARRIED, rules=())
    assert overlay.take_down(tmp_path, "a", carried=bare, **WHO)
    (tmp_path / RULES_FILE).unlink()
    assert overlay.read(tmp_path) == Overlay(6, frozenset({"a", "gone"}))


def test_what_an_editor_saves_at_the_same_moment_is_not_overwritten(tmp_path, monkeypatch):
    overlay.add_rule(tmp_path, PIN)
    real = rules.added

    def saved_meanwhile(*arguments):
        (tmp_path / RULES_FILE).write_bytes(HAND)
        return real(*arguments)

    monkeypatch.setattr(rules, "added", saved_meanwhile)
    with pytest.raises(BadRules, match="changed at the same moment"):
        overlay.add_rule(tmp_path, BLOCK)
    assert (tmp_path / RULES_FILE).read_bytes() == HAND
