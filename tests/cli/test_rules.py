"""`recommender rules` and `recommender takedown`: what an editor types, and what comes of it."""

from __future__ import annotations

import json

import pytest

from recommender import overlay
from recommender.overlay import OVERLAY_FILE
from recommender.overlay.ledger import decode_ledger
from recommender.rules import RULES_FILE
from recommender.store import Store
from tests.cli.conftest import damage
from tests.recommend.test_rules import ARTICLES, LISTS
from tests.snapshot.by_hand import contents_of, publish

WHO = ("--reason", "because", "--by", "ana")
URL = "https://post.example/a//b?c=d"


def shown(run, article_id="storm-1", *options) -> list[str]:
    ran = run("similar", article_id, "--json", "--min-score", 0, "--limit", 50, *options)
    return [item["id"] for item in json.loads(ran.out)["items"]]


def listed(run) -> list[dict]:
    ran = run("rules", "list", "--json")
    assert ran.code == 0
    return json.loads(ran.out)["rules"]


def complaint(ran) -> str:
    (said,) = [line for line in ran.err.splitlines() if line.startswith("recommender: error: ")]
    return said.removeprefix("recommender: error: ")


# Rules


def test_a_pin_is_added_listed_and_removed(run, index):
    ran = run("rules", "add", "pin", "--article", "storm-1", "--target", "lone", *WHO)
    assert (ran.code, ran.err) == (0, "")
    rule_id = ran.out.split()[1].rstrip(":")
    assert (
        ran.out == f"added {rule_id}: 'lone' first on 'storm-1'; a running service follows within seconds\n"
    )
    assert shown(run)[0] == "lone"
    (rule,) = listed(run)
    assert rule.pop("when").endswith("Z")
    assert rule == {
        "id": rule_id,
        "kind": "pin",
        "article": "storm-1",
        "target": "lone",
        "by": "ana",
        "reason": "because",
        "articles": [1, 1],
        "problem": None,
    }
    ran = run("rules", "remove", rule_id, "--reason", "over", "--by", "bo")
    assert ran.out.startswith(f"removed {rule_id}: ")
    assert shown(run)[0] != "lone"
    assert run("rules", "list").out == "no rules\n"
    change = decode_ledger((index / OVERLAY_FILE).read_bytes(), index).changes[-1]
    assert (change["change"], change["of"], change["by"], change["reason"]) == (
        *("rule_removed", rule_id, "bo"),
        "over",
    )


@pytest.mark.parametrize(
    ("arguments", "article_id", "gone"),
    [
        (["--target", "section=Business"], "storm-1", "storm-3"),
        (["--target", "source=Wire"], "storm-1", "storm-2"),
        (["--target", URL], "rocket-2", URL),
        (["--target", "id=rocket-2"], URL, "rocket-2"),
        (["--target", "https://post"], "rocket-2", URL),
        (["--pair", "storm-1", "--pair", "source=Wire"], "storm-1", "storm-2"),
        (["--pair", "storm-1", "--pair", "source=Wire"], "storm-2", "storm-1"),
    ],
)
def test_blocks_by_whatever_they_are_named(run, index, arguments, article_id, gone):
    assert gone in shown(run, article_id)
    assert run("rules", "add", "block", *arguments, *WHO).code == 0
    assert gone not in shown(run, article_id)


def test_a_block_of_lists(run, index):
    assert run("rules", "add", "block", "--article", "section=US", *WHO).code == 0
    ran = run("similar", "court-1")
    assert "0 of 10: the editors let it have no list" in ran.out
    assert run("rules", "list").out.splitlines()[1].split()[:4] == [
        *(listed(run)[0]["id"], "block"),
        *("section", "'US'"),
    ]


def test_a_pin_is_marked_in_a_printed_list(run, index):
    run("rules", "add", "pin", "--article", "storm-1", "--target", "lone", *WHO)
    lines = run("similar", "storm-1", "--explain").out
    assert "A beekeeper wins [pinned] (Post)" in lines
    assert "- pinned by the editors" in lines


def test_comments_stay_through_both_commands(run, index):
    (index / RULES_FILE).write_text("# ours alone\n")
    run("rules", "add", "block", "--target", "tag=x", *WHO)
    rule_id = listed(run)[0]["id"]
    run("rules", "remove", rule_id, *WHO)
    assert (index / RULES_FILE).read_text().startswith("# ours alone\n")


def test_a_rule_that_does_nothing_says_so(run, index):
    ran = run("rules", "add", "block", "--target", "section=Nowhere", *WHO)
    assert ran.code == 0
    assert "does nothing now: no article is meant by it" in ran.err
    assert "does nothing: no article is meant by it" in run("rules", "list").out
    run("takedown", "lone", *WHO)
    ran = run("rules", "add", "pin", "--article", "storm-1", "--target", "lone", *WHO)
    assert "does nothing now: its target is taken down" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pin", "--article", "storm-1", *WHO], "rule: target is missing"),
        (
            ["pin", "--article", "storm-1", "--target", "storm-1", *WHO],
            "rule: target: found the article itself",
        ),
        (
            ["pin", "--article", "section=US", "--target", "lone", *WHO],
            "rule: article: found {'section': 'US'}",
        ),
        (["pin", "--pair", "lone", "--pair", "storm-1", *WHO], "rule: unknown key 'pair'"),
        (["block", *WHO], "rule: found nothing to block, expected exactly one of"),
        (["block", "--pair", "lone", *WHO], "rule: pair: found"),
        (["block", "--target", "lone", "--article", "lone", *WHO], "rule: found article and target to block"),
        (["block", "--target", "tag=", *WHO], "rule: target: tag: found ''"),
        (["block", "--target", "lone", "--reason", " ", "--by", "ana"], "--reason: is blank"),
        (["block", "--target", "lone", "--reason", "r", "--by", ""], "--by: is blank"),
    ],
)
def test_2_for_a_rule_that_makes_no_sense(run, index, arguments, said):
    ran = run("rules", "add", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert complaint(ran).startswith(said)
    assert not (index / RULES_FILE).exists()


def test_2_for_a_rule_that_is_there(run, index):
    for code in (0, 2):
        ran = run("rules", "add", "block", "--target", "lone", *WHO)
        assert ran.code == code
    assert "says the same already" in complaint(ran)


def test_66_for_what_is_not_there(run, index, tmp_path):
    ran = run("rules", "add", "block", "--target", "gone", *WHO)
    assert (ran.code, "--anyway takes it all the same" in complaint(ran)) == (66, True)
    assert run("rules", "add", "block", "--target", "gone", "--anyway", *WHO).code == 0
    ran = run("rules", "remove", "gone", *WHO)
    assert (ran.code, "has no rule 'gone'; there are: block-" in complaint(ran)) == (66, True)
    assert run("rules", "list", "--index", "nowhere").code == 66
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["rules", "list"],
        ["rules", "add", "block", "--target", "lone", *WHO],
        ["rules", "remove", "x", *WHO],
        ["similar", "storm-1"],
        ["export"],
        ["audit"],
    ],
)
def test_65_for_rules_that_cannot_be_read(run, index, command):
    (index / RULES_FILE).write_text("[[rule]]\nid = 'x'\nknd = 'pin'\n")
    ran = run(*command)
    assert (ran.code, ran.out) == (65, "")
    assert complaint(ran) == "index/rules.toml: rule 1 ('x'): kind: found None, expected 'pin' or 'block'"
    assert (index / RULES_FILE).read_text().endswith("knd = 'pin'\n")


def test_rules_before_the_first_snapshot(run, tmp_path):
    (tmp_path / "index").mkdir()
    ran = run("rules", "add", "block", "--target", "lone", *WHO)
    assert ran.code == 0
    assert "ids are taken as they are" in ran.err
    assert listed(run)[0]["articles"] is None


def test_a_snapshot_s_own_rules_are_listed_where_they_are_in_force(run, index, build):
    run("rules", "add", "block", "--target", "lone", *WHO)
    build()
    (index / OVERLAY_FILE).unlink()
    (index / RULES_FILE).unlink()
    ran = run("rules", "list")
    assert "id 'lone' is in no list" in ran.out
    assert "these are the snapshot's, whose overlay has generation 1" in ran.err
    run("takedown", "storm-2", *WHO)
    assert [rule["target"] for rule in listed(run)] == [{"id": "lone"}]
    assert (index / RULES_FILE).exists()


def test_a_rebuild_says_what_the_rules_do(run, index, source):
    run("rules", "add", "pin", "--article", "storm-1", "--target", "lone", *WHO)
    run("rules", "add", "pin", "--article", "storm-1", "--target", "gone", "--anyway", *WHO)
    run("rules", "add", "block", "--article", "section=US", *WHO)
    lines = run("rebuild", source).out.splitlines()
    said = "rules     3 of the editors: 1 pin shown, 1 dropped; 3 articles without a list, 0 in none"
    assert said in lines
    assert any(line.startswith("note") and "'gone' first on 'storm-1'" in line for line in lines)


# Rules and exports


def test_exports_pass_through_the_rules(run, index):
    run("rules", "add", "pin", "--article", "storm-1", "--target", "lone", *WHO)
    run("rules", "add", "block", "--target", "storm-2", *WHO)
    run("rules", "add", "block", "--article", "section=US", *WHO)
    lists = {one["id"]: one["items"] for one in map(json.loads, run("export").out.splitlines())}
    assert lists["storm-1"][0]["id"] == "lone"
    assert "storm-2" not in {item["id"] for items in lists.values() for item in items}
    assert lists["court-1"] == []
    bare = {
        one["id"]: [item["id"] for item in one["items"]]
        for one in map(json.loads, run("export", "--policy", "none", "--min-score", 0).out.splitlines())
    }
    assert bare["storm-1"][0] == "storm-2"
    assert bare["court-1"]


def test_a_pin_without_a_score_is_exported_as_such(run, tmp_path):
    publish(tmp_path / "index", contents_of(ARTICLES, LISTS))
    run("rules", "add", "pin", "--article", "q", "--target", "lone", *WHO)
    first = json.loads(run("export").out.splitlines()[0])
    assert first["items"][:2] == [{"id": "lone", "score": None}, {"id": "a", "score": 0.9}]
    assert run("export", "--format", "csv").out.splitlines()[1:3] == ["q,1,lone,", "q,2,a,0.9"]
    assert run("export", "--format", "parquet", "--out", "lists.parquet").code == 0
    pq = pytest.importorskip("pyarrow.parquet")
    assert pq.read_table(tmp_path / "lists.parquet").column("score").to_pylist()[:2] == [None, 0.9]
    assert "   1      -  " in run("similar", "q").out


# Takedowns


def test_a_takedown_and_its_undo(run, index):
    ran = run("takedown", "storm-2", *WHO)
    assert (ran.code, ran.out) == (0, "taken down: storm-2; a running service follows within seconds\n")
    assert "storm-2" not in shown(run)
    assert run("similar", "storm-2").code == 66
    assert run("takedown", "storm-2", *WHO).out == "taken down already: storm-2\n"
    ran = run("takedown", "storm-2", "--undo", *WHO)
    assert ran.out.startswith("shown again: storm-2")
    assert "storm-2" in shown(run)
    ran = run("takedown", "storm-2", "--undo", *WHO)
    assert (ran.code, complaint(ran)) == (66, "article 'storm-2' is not taken down")
    assert overlay.read(index).generation == 2


def test_a_takedown_by_the_beginning_of_an_id(run, index):
    run("takedown", "https://post", *WHO)
    assert overlay.read(index).takedowns == {URL}
    run("takedown", "https://post", "--undo", *WHO)
    assert overlay.read(index).takedowns == set()


def test_a_takedown_of_what_is_not_there(run, index):
    ran = run("takedown", "gone", *WHO)
    assert (ran.code, "--anyway" in complaint(ran)) == (66, True)
    assert run("takedown", "gone", "--anyway", *WHO).code == 0
    assert overlay.read(index).takedowns == {"gone"}
    assert run("takedown", "a\nb", "--anyway", *WHO).code == 2
    assert run("takedown", "x", "--index", "nowhere", *WHO).code == 66


def test_a_takedown_outlasts_rebuilds_and_rollbacks(run, index, build, source):
    run("takedown", "storm-2", *WHO)
    build()
    assert "storm-2" not in shown(run)
    run("snapshots", "rollback")
    assert "storm-2" not in shown(run)


def test_a_takedown_needs_no_snapshot_that_can_be_read(run, index):
    damage(Store(index).open_current().directory)
    ran = run("takedown", "storm-2", *WHO)
    assert (ran.code, "ids are taken as they are" in ran.err) == (0, True)
    assert overlay.read(index).takedowns == {"storm-2"}


def test_a_takedown_does_not_wait_for_a_rebuild(run, index):
    with Store(index).lock():
        assert run("takedown", "storm-2", *WHO).code == 0
        assert run("rules", "add", "block", "--target", "lone", *WHO).code == 0
    assert overlay.read(index).generation == 2


def test_a_takedown_goes_through_where_the_rules_cannot_be_read(run, index):
    run("rules", "add", "block", "--target", "lone", *WHO)
    good = (index / RULES_FILE).read_bytes()
    (index / RULES_FILE).write_text("[[rule]")
    ran = run("takedown", "storm-2", *WHO)
    assert (ran.code, ran.out.startswith("taken down: storm-2;")) == (0, True)
    assert "the editors' rules need mending: index/rules.toml cannot be read" in ran.err
    assert run("takedown", "storm-3", *WHO).code == run("takedown", "storm-3", "--undo", *WHO).code == 0
    assert (index / RULES_FILE).read_text() == "[[rule]"
    (index / RULES_FILE).write_bytes(good)
    found = overlay.read(index)
    assert (found.takedowns, len(found.rules)) == ({"storm-2"}, 1)
    generations = [one["generation"] for one in overlay.read_ledger(index).changes]
    assert generations == sorted(set(generations))


def test_a_disk_that_refuses_is_74_and_changes_nothing(run, index, monkeypatch):
    from recommender import files
    from recommender.errors import StorageError

    def full(*_):
        raise StorageError("cannot write: No space left on device")

    monkeypatch.setattr(files, "write_new", full)
    assert run("takedown", "storm-2", *WHO).code == 74
    assert run("rules", "add", "block", "--target", "lone", *WHO).code == 74
    monkeypatch.undo()
    assert overlay.read(index).generation == 0
