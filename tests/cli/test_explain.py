"""`recommender explain`: the parts of the answer on a terminal, and as JSON."""

from __future__ import annotations

import json
import shlex

import pytest

from recommender.recommend import Recommender
from recommender.store import Store


@pytest.fixture
def recommender(index):
    return Recommender(Store(index).open_current())


def lines_of(ran):
    """Label -> what stands beside it, of lines that have a label."""
    assert (ran.code, ran.err) == (0, "")
    return {
        line.split("  ")[0]: line.split("  ", 1)[1].strip() for line in ran.out.splitlines() if "  " in line
    }


def test_a_pair_in_the_list(run, recommender):
    ran = run("explain", "storm-1", "storm-2")
    found, said = recommender.explain("storm-1", "storm-2"), lines_of(ran)
    assert ran.out.startswith(
        "A         Storm nears\n          storm-1\n          Post, Weather, 2022-01-03\n"
        "B         Storm lands\n          storm-2\n          Wire, Weather, 2022-01-04\n"
    )
    lead = found.pieces[0]
    assert said["lead_cosine"].split()[:3] == [f"{lead.value:.3f}", "4.000", f"{lead.adds:+.3f}"]
    assert said["intercept"] == "-2.000"
    assert said["sum"].split()[0] == f"{found.logit:+.3f}"
    assert said["sum"].endswith(f"score {found.score:.3f} = 1 / (1 + exp({-found.logit:.3f}))")
    assert said["closeness"].startswith(f"{found.closeness:.3f} of the two; of their nearest on average ")
    assert said["days"] == "1 apart"
    assert said["section"] == "the same: Weather"
    assert said["source"] == "Post (A), Wire (B)"
    assert said["neighbours"].startswith(("A itself", "B itself"))
    assert said["bare ranking"] == f"B is number {found.standing.bare_rank}"
    rank = found.standing.rank
    assert said["list of A"] == f"B is number {rank} (at most 10 stories, floor 0.5)"
    assert "kept out by" not in said


def test_a_pair_that_is_not(run, index, monkeypatch):
    said = lines_of(run("explain", "storm-1", "lone"))
    assert (said["names"], said["list of A"]) == (
        "none in common",
        "B is not in it (at most 10 stories, floor 0.5)",
    )
    assert said["kept out by"].startswith("below_min_score: it scores 0.")
    monkeypatch.setenv("RECOMMENDER_MIN_BEST", "0.99")
    said = lines_of(run("explain", "storm-1", "storm-2"))
    assert said["list of A"] == "B is not in it (at most 10 stories, floor 0.5, with a best of 0.99)"
    assert said["kept out by"].startswith("below_min_best: no story of the list scores 0.99")


def test_what_is_taken_down_is_explained_too(run, index):
    assert run("takedown", "storm-2", "--reason", "court order", "--by", "ana").code == 0
    said = lines_of(run("explain", "storm-1", "storm-2"))
    assert said["bare ranking"] == "B is not in it"
    assert said["kept out by"] == "taken_down: it is taken down"


def test_a_pin_and_a_rule_are_named(run, index):
    who = shlex.split("--reason why --by ana")
    assert run("rules", "add", "pin", "--article", "storm-1", "--target", "lone", *who).code == 0
    said = lines_of(run("explain", "storm-1", "lone"))
    assert said["list of A"].startswith("B is number 1, pinned by the editors (")
    assert run("rules", "add", "block", "--target", "storm-2", *who).code == 0
    said = lines_of(run("explain", "storm-1", "storm-2"))
    assert said["kept out by"].startswith("blocked: rule block-")
    assert said["kept out by"].endswith("id 'storm-2' is in no list (ana: why)")


def test_json(run, recommender):
    body = json.loads(run("explain", "storm-1", "court-2", "--json").out)
    found = recommender.explain("storm-1", "court-2")
    assert body == json.loads(json.dumps(found.as_json()))
    assert body["other"]["published_at"] is None
    assert body["days_apart"] is None


def test_ids_may_be_prefixes(run, recommender):
    body = json.loads(run("explain", "https://post.ex", "rocket-2", "--json").out)
    assert (body["article"]["id"], body["other"]["id"]) == ("https://post.example/a//b?c=d", "rocket-2")


@pytest.mark.parametrize(
    ("pair", "code", "said"),
    [
        (("storm-1", "gone-for-good"), 66, "gone-for-good"),
        (("storm-1", "storm-1"), 2, "explain: found 'storm-1' twice, expected two articles"),
        (("storm-1",), 2, "B"),
    ],
)
def test_what_cannot_be_explained(run, index, pair, code, said):
    ran = run("explain", *pair)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
