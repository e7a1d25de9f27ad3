from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from recommender.audit import REASONS, audit_corpus
from recommender.recommend import Recommender
from recommender.service import create_app
from recommender.store import Store
from tests.conftest import NEWSROOM

PAGE = {
    "id": "page",
    "title": "Storm watch",
    "text": "storm storm",
    "links": [{"title": "", "id": one} for one in ("court-1", "storm-1", "storm-3", "lone")]
    + [{"title": "Live"}],
}


@pytest.fixture
def pages(build, index):
    """The newsroom with one page that prints a list."""
    build([*NEWSROOM, PAGE])
    return index


def test_both_lists_stand_side_by_side(run, pages):
    ran = run("audit", "page")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[:2] == ["article   Storm watch", "id        page"]
    assert lines[2] == f"snapshot  {Store(pages).current_name()}"
    assert lines[3] == "rebuilt   5 places, floor 0.50"
    found = json.loads(run("audit", "page", "--json").out)
    assert [entry["reason"] for entry in found["source"]] == [
        *("below_min_score", "similar", "similar", "below_min_score", "text_too_short")
    ]
    body = ran.out.split("rebuilt: ")[1]
    for entry in found["source"]:
        mark = {"similar": "kept", "below_min_score": "too low", "text_too_short": "too short"}
        said = f"{entry['place']}  {entry['score']:.2f}  {mark[entry['reason']]:<9}  {entry['title']}"
        assert said in body
    assert lines[-3:] == [
        f"too short: {REASONS['text_too_short']}",
        f"too low: {REASONS['below_min_score']}",
        f"The page printed 5 stories; the rebuilt list has {len(found['rebuilt'])}: 2 kept, 3 dropped, "
        f"{len(found['new'])} new.",
    ]


@pytest.mark.parametrize("article_id", ["page", "storm-1", "lone"])
@pytest.mark.parametrize(
    ("flags", "query"),
    [
        ([], {}),
        (["--limit", 2, "--min-score", 0], {"limit": 2, "min_score": 0}),
        (["--min-score", 1], {"min_score": 1}),
    ],
)
def test_json_is_the_body_of_the_http_answer(run, pages, settings, article_id, flags, query):
    ran = run("audit", article_id, "--json", *flags)
    with TestClient(create_app(settings)) as client:
        answer = client.get(f"/audit/{article_id}", params=query)
    assert answer.status_code == 200
    assert ran.out.encode() == answer.content + b"\n"


def test_a_page_without_a_list_is_no_error(run, pages):
    ran = run("audit", "storm-1")
    assert (ran.code, ran.err) == (0, "")
    assert "rebuilt   10 places, floor 0.50\n" in ran.out
    assert "note      no list of the page's own is known: nothing to compare with\n" in ran.out
    assert "new   Storm lands" in ran.out
    found = json.loads(run("audit", "storm-1", "--json").out)
    last = f"The page prints no list of its own; the rebuilt list has {len(found['rebuilt'])}."
    assert ran.out.splitlines()[-1] == last


def test_a_prefix_of_one_id_will_do(run, pages):
    assert run("audit", "https://", "--json").out == run("audit", NEWSROOM[6]["id"], "--json").out


def test_a_teaser_is_called_one(run, build, index):
    corpus = build([PAGE | {"links": [{"title": "Storm in sight", "url": "https://x.example/1"}]}]).corpus
    assert corpus.articles[1].teaser
    assert "id        https://x.example/1 (teaser)\n" in run("audit", "https://x.example/1").out


def test_totals_in_words(run, pages):
    ran = run("audit")
    assert (ran.code, ran.err) == (0, "")
    totals = audit_corpus(Recommender(Store(pages).open_current()))
    assert ran.out.splitlines() == [
        f"snapshot  {totals.snapshot}",
        "pages     1 of 11 articles with a list of their own, 5 links in all",
        "kept      2 of 5 links (40%)",
        "dropped   3 of 5 links (60%)",
        "          too short to be judged, or the article itself is: 1",
        f"          {REASONS['below_min_score']}: 2",
        f"new       {totals.new} story" if totals.new == 1 else f"new       {totals.new} stories",
        "floor     0.50",
        "below     2 of 5 links (40%) score below 0.50",
        f"length    5.0 on the page, {totals.mean_rebuilt:.1f} rebuilt with the same room, on average",
        "lists     0 rebuilt ones empty, 0 the same as the page's own",
        "",
        "The pages with the largest share of links below the floor:",
        "",
        "below  links  kept  rebuilt  title, id",
        f"  40%      5     2        {totals.most_below_floor[0].rebuilt}  Storm watch",
        "                             page",
    ]


def test_totals_as_json(run, pages):
    recommender = Recommender(Store(pages).open_current())
    assert json.loads(run("audit", "--json").out) == audit_corpus(recommender).as_json()
    told = json.loads(run("audit", "--json", "--limit", 1, "--min-score", 0.9).out)
    assert told == audit_corpus(recommender, limit=1, min_score=0.9).as_json()
    assert "rebuilt with 1 place, on average" in run("audit", "--limit", 1).out


def test_the_floor_of_the_settings_counts(run, pages, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_MIN_SCORE", "1")
    assert "rebuilt   5 places, floor 1.00\n" in run("audit", "page").out
    assert "floor     1.00\nbelow     4 of 5 links (80%) score below 1.00\n" in run("audit").out


def test_under_a_list_that_did_not_open_all_links_are_below_the_floor(run, pages, monkeypatch):
    assert "2 kept, 3 dropped" in run("audit", "page").out
    monkeypatch.setenv("RECOMMENDER_MIN_BEST", "0.99")
    ran = run("audit", "page")
    assert "rebuilt   5 places, floor 0.50 (0.99 for the best story of a list)\n" in ran.out
    found = json.loads(run("audit", "page", "--json").out)
    assert (found["min_score"], found["min_best"], found["rebuilt"]) == (0.5, 0.99, [])
    assert [entry["reason"] for entry in found["source"]] == [*["below_min_score"] * 4, "text_too_short"]
    assert sum(entry["score"] >= 0.5 for entry in found["source"]) == 2
    assert "too low: below the floor, by its own score or by that of the list's best story\n" in ran.out
    told = run("audit").out
    assert "floor     0.50 (0.99 for the best story of a list)\n" in told
    assert "below     2 of 5 links (40%) score below 0.50\n" in told
    assert "lists     1 rebuilt ones empty" in told


def test_an_index_without_any_list_is_no_error(run, index):
    ran = run("audit")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1:] == [
        "pages     0 of 9 articles with a list of their own: nothing to compare with"
    ]
    assert json.loads(run("audit", "--json").out)["share_below_floor"] is None
