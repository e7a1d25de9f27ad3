from __future__ import annotations

import shutil
from urllib.parse import quote

import pytest

from recommender.errors import GateRefused
from recommender.service.answers import ArticleAnswer, PageAnswer, SnapshotsAnswer
from recommender.snapshot import article_record
from recommender.store import Store
from tests.conftest import NEWSROOM, NOW
from tests.service.conftest import assert_problem

LINKED = {
    "id": "page",
    "title": "Storm page",
    "text": "storm storm",
    "links": [
        {"title": "Court sits", "id": "court-1"},
        {"title": "A teaser", "snippet": "storm goal"},
        {"title": "storm NEARS"},
    ],
}


def test_an_article_in_full(client, quick):
    snapshot = Store(quick.index).open_current()
    for record in NEWSROOM:
        found = client.get(f"/articles/{quote(record['id'], safe='')}").json()
        ArticleAnswer.model_validate(found, strict=True)
        expected = article_record(snapshot.article(snapshot.ids.row(record["id"])))
        assert found == expected | {"source_list": []}


def test_the_source_list_is_of_articles_in_page_order(build, make_client):
    build([*NEWSROOM, LINKED])
    client = make_client()
    found = client.get("/articles/page").json()
    assert [one["title"] for one in found["source_list"]] == ["Court sits", "A teaser", "Storm nears"]
    teaser = client.get(f"/articles/{found['source_list'][1]['id']}").json()
    assert teaser["teaser"] is True
    assert teaser["text"] == "storm goal"


def test_what_was_taken_down_is_gone_from_articles(build, make_client, take_down):
    build([*NEWSROOM, LINKED])
    take_down("storm-1", "court-1")
    client = make_client()
    assert_problem(client.get("/articles/storm-1"), 410, "taken-down")
    found = client.get("/articles/page").json()
    assert [one["title"] for one in found["source_list"]] == ["A teaser"]
    assert [one["title"] for one in found["links"]] == ["A teaser"]
    page = client.get("/articles?limit=100").json()
    assert page["total"] == len(NEWSROOM)  # with the page and its teaser, without the two
    assert not {"storm-1", "court-1"} & {one["id"] for one in page["items"]}


def test_pages_are_in_corpus_order(client):
    expected = [record["id"] for record in NEWSROOM]
    first = client.get("/articles").json()
    PageAnswer.model_validate(first, strict=True)
    assert (first["total"], first["offset"], first["limit"]) == (9, 0, 20)
    assert [one["id"] for one in first["items"]] == expected
    assert all("text" not in one for one in first["items"])
    pieces = [client.get(f"/articles?offset={offset}&limit=4").json() for offset in (0, 4, 8, 12)]
    assert [one["id"] for piece in pieces for one in piece["items"]] == expected
    assert {piece["total"] for piece in pieces} == {9}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("section=US", ["court-1", "court-2", "court-3"]),
        ("section=Business&section=Local", ["storm-3", "lone"]),
        ("section=Nowhere", []),
        ("q=STORM", ["storm-1", "storm-2", "storm-3"]),
        ("q=court&section=US&offset=1", ["court-2", "court-3"]),
        ("q=&section=Local", ["lone"]),
        ("q=s%20%20S", []),
        ("q=nothing", []),
    ],
)
def test_pages_are_filtered(client, query, expected):
    assert [one["id"] for one in client.get(f"/articles?{query}").json()["items"]] == expected


def test_titles_are_searched_in_one_form(build, make_client):
    build([*NEWSROOM, {"id": "s", "title": "Stra\u00dfe im Caf\u00e9", "text": "storm"}])
    client = make_client()
    for q in ("STRASSE", "cafe\u0301", "stra\u00dfe  im"):
        assert [one["id"] for one in client.get("/articles", params={"q": q}).json()["items"]] == ["s"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", f"offset={10**20}",
                                   f"offset={2**31 + 1}", "offset=1_0", "offset=1.0", "q=a&q=b",
                                   "page=2"])  # fmt: skip
def test_bad_pages_are_refused(client, query):
    assert_problem(client.get(f"/articles?{query}"), 422, "invalid-request")


def test_a_page_far_beyond_the_end_is_empty(client):
    assert client.get(f"/articles?offset={2**31}").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/articles/gone", 404, "article-not-found"),
        ("/articles/", 422, "invalid-request"),
        ("/articles/storm-1?x=1", 422, "invalid-request"),
    ],
)
def test_articles_that_are_not_there(client, path, status, kind):
    assert_problem(client.get(path), status, kind)


def test_snapshots_are_listed_newest_first_and_one_that_is_broken_says_so(
    build, make_client, settings, monkeypatch
):
    monkeypatch.setattr("recommender.service.health.HISTORY_SECONDS", 0)
    first, second = build().snapshot.name, build(NEWSROOM[:5]).snapshot.name
    client = make_client()
    found = client.get("/snapshots").json()
    SnapshotsAnswer.model_validate(found, strict=True)
    assert (found["serving"], found["current"], found["error"]) == (second, second, None)
    assert [(one["name"], one["articles"], one["current"]) for one in found["snapshots"]] == [
        (second, 5, True),
        (first, 9, False),
    ]
    (settings.index / "snapshots" / first / "manifest.json").write_text("{}")
    (settings.index / "snapshots" / "000099-abcdef").mkdir()
    found = client.get("/snapshots").json()
    SnapshotsAnswer.model_validate(found, strict=True)
    assert [one["error"] is None for one in found["snapshots"]] == [False, True, False]
    (settings.index / "CURRENT").write_text("nonsense")
    found = client.get("/snapshots").json()
    assert found["current"] is None
    assert found["error"] == "the pointer to the current snapshot cannot be read"


def test_snapshots_that_the_gate_refused_are_listed_as_such(build, make_client, settings, monkeypatch):
    monkeypatch.setattr("recommender.service.health.HISTORY_SECONDS", 0)
    served = build().snapshot.name
    with pytest.raises(GateRefused):
        build(NEWSROOM[:2], no_gate=False)
    kept = Store(settings.index).names()[-1]
    client = make_client()
    found = client.get("/snapshots").json()
    SnapshotsAnswer.model_validate(found, strict=True)
    line = "articles: found 2, allowed 4 or more, was 9 (gate_min_articles)"
    refusals = [(one["name"], line in one["refused"], one["current"]) for one in found["snapshots"]]
    assert refusals == [(kept, True, False), (served, False, True)]
    assert found["snapshots"][1]["refused"] == []
    Store(settings.index).publish_kept(kept, by="ana", when=NOW)
    assert client.get("/snapshots").json()["snapshots"][0]["refused"] == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_snapshot_that_is_pruned_meanwhile_is_passed_over(build, make_client, settings, monkeypatch, when):
    first, second = build().snapshot.name, build(NEWSROOM[:5]).snapshot.name
    client = make_client()
    found_before = Store.path

    def path(self, name):
        if name != first:
            return found_before(self, name)
        if when == "before":
            shutil.rmtree(settings.index / "snapshots" / name)
            return found_before(self, name)
        directory = found_before(self, name)
        shutil.rmtree(directory)
        return directory

    monkeypatch.setattr(Store, "path", path)
    assert [one["name"] for one in client.get("/snapshots").json()["snapshots"]] == [second]


def test_a_flood_of_questions_for_snapshots_reads_the_disk_once(client, monkeypatch):
    asked = []
    names = Store.names

    def counted(self):
        asked.append(self)
        return names(self)

    monkeypatch.setattr("recommender.service.health.HISTORY_SECONDS", 60)
    client.get("/snapshots")
    monkeypatch.setattr(Store, "names", counted)
    assert [client.get("/snapshots").status_code for _ in range(5)] == [200] * 5
    assert asked == []
