"""The short way answers what the general route answers, header for header and byte for byte."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from starlette.types import ASGIApp

from recommender import overlay
from recommender.recommend import MAX_LIMIT
from recommender.rules import Matcher, Rule
from recommender.service import create_app
from recommender.service.app import Application
from recommender.settings import Settings
from tests.conftest import NEWSROOM, NOW

AWKWARD = [
    "https://x.example/a//b?c=d&e=100%25#f",
    "a/../b",
    "a%2Fb",
    "café 中",
    "x//",
    'q","title":"q',
    "\\",
    "é" * 256,
]
ARTICLES = [
    *NEWSROOM,
    *({"id": one, "title": "Storm", "text": f"storm storm coast {n}"} for n, one in enumerate(AWKWARD)),
    {"id": "short", "title": "Storm", "text": ""},
]
IDS = [record["id"] for record in ARTICLES]
UNKNOWN = ["gone", "", "x" * 513, "\x01", "storm-1\n", "storm-1/", "cafe\u0301 中"]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


@pytest.fixture
def served(settings: Settings) -> Settings:
    """Under the very floor that lists are stored under."""
    return replace(settings, poll_seconds=0.05)


class Ways:
    """One application, asked by the short way and by the general route alone."""

    def __init__(self, settings: Settings) -> None:
        app = create_app(settings, clock=lambda: NOW)
        assert isinstance(app, Application)
        self.app = app
        self.general = super(Application, app).__call__
        self.state = app.front.state

    def refresh(self) -> None:
        self.state.refresh()
        assert self.state.error is None

    def ask(self, path: str, query: str = "", method: str = "GET", **headers: str) -> Answer:
        """What both answer; fails where they differ."""
        found = [_answer(way, path, query, method, headers) for way in (self.app, self.general)]
        assert found[0] == found[1], (path, query, method, headers)
        return found[0]

    def is_short(self, path: str, query: str = "", method: str = "GET") -> bool:
        return self.app.front.answer(_scope(path, query, method, {})) is not None


def _scope(path: str, query: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    sent = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "headers": sent,
        "root_path": "",
    }


def _answer(app: ASGIApp, path: str, query: str, method: str, headers: dict[str, str]) -> Answer:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(_scope(path, query, method, headers), receive, send))  # type: ignore[arg-type]
    start, *rest = sent
    return start["status"], start["headers"], b"".join(message["body"] for message in rest)


@pytest.fixture
def ways(build, served) -> Ways:
    build(ARTICLES)
    ways = Ways(served)
    ways.refresh()
    return ways


def tag_of(answer: Answer) -> str:
    return dict(answer[1])[b"etag"].decode()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_list_is_the_general_route_s(ways, method):
    lengths = set()
    for one in IDS:
        assert ways.is_short(f"/similar/{one}", method=method)
        status, _, body = ways.ask(f"/similar/{one}", method=method)
        assert (status, bool(body)) == (200, method == "GET")
        lengths.add(len(body))
    assert len(lengths) > 5 or method == "HEAD"


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 11, 49, MAX_LIMIT])
def test_a_limit_makes_no_difference_to_that(ways, limit):
    for one in IDS:
        assert ways.is_short(f"/similar/{one}", f"limit={limit}")
        ways.ask(f"/similar/{one}", f"limit={limit}")
    ways.ask("/similar/storm-1", f"limit=0{limit}")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=51", "limit=", "limit=+5", "limit=5.0", "limit=1&limit=2", "limit=%35", "limit=²",
     "x=1", "min_score=0", "explain=1", "exclude=storm-2", "limit=3&section=US", "&", "limit=5&"],
)  # fmt: skip
def test_whatever_else_is_asked_is_left_to_the_general_route(ways, query):
    assert not ways.is_short("/similar/storm-1", query)
    ways.ask("/similar/storm-1", query)


@pytest.mark.parametrize("article_id", UNKNOWN)
def test_unknown_ids_are_left_to_it_too(ways, article_id):
    assert not ways.is_short(f"/similar/{article_id}")
    ways.ask(f"/similar/{article_id}")
    ways.ask(f"/similar/{article_id}", method="HEAD")


@pytest.mark.parametrize("path", ["/similar", "/similar:batch", "/livez", "/similarly/storm-1", "/"])
def test_so_are_other_paths_and_methods(ways, path):
    assert not ways.is_short(path)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert not ways.is_short("/similar/storm-1", method=method)


def test_conditions_are_met_alike(ways):
    tag = tag_of(ways.ask("/similar/storm-1"))
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*", f'"a,b",{tag}'):
        for method in ("GET", "HEAD"):
            assert ways.ask("/similar/storm-1", method=method, if_none_match=sent)[0] == 304
    for sent in ('"other"', tag.strip('"'), "", tag_of(ways.ask("/similar/storm-2"))):
        assert ways.ask("/similar/storm-1", if_none_match=sent)[0] == 200
    assert ways.ask("/similar/storm-1", "limit=9", if_none_match=tag)[0] == 200
    assert ways.ask("/similar/storm-1", "limit=9", if_none_match="é")[0] == 200


def test_a_corpus_too_small_for_a_full_list(build, served):
    build(NEWSROOM[:4])
    ways = Ways(served)
    ways.refresh()
    for record in NEWSROOM[:4]:
        assert ways.is_short(f"/similar/{record['id']}")
        assert b'"reason":"too_few_articles"' in ways.ask(f"/similar/{record['id']}")[2]


def touched(ways: Ways) -> set[str]:
    """The articles that are left to the general route; both ways answer alike for all."""
    for one in IDS:
        ways.ask(f"/similar/{one}")
        ways.ask(f"/similar/{one}", "limit=50")
        ways.ask(f"/similar/{one}", method="HEAD")
    return {one for one in IDS if not ways.is_short(f"/similar/{one}")}


def named(snapshot, article_id: str) -> set[str]:
    """Whose stored candidates hold an article."""
    row = snapshot.ids.row(article_id)
    return {one for one in IDS if row in snapshot.candidates(snapshot.ids.row(one))[0]}


def test_a_takedown_leaves_only_what_it_may_have_changed(ways, served):
    assert touched(ways) == set()
    before = tag_of(ways.ask("/similar/lone"))
    overlay.take_down(served.index, "rocket-2", by="ana", when=NOW, reason="error")
    ways.refresh()
    snapshot = ways.state.loaded.snapshot
    assert touched(ways) == {"rocket-2", *named(snapshot, "rocket-2")}
    assert ways.ask("/similar/rocket-2")[0] == 410
    assert tag_of(ways.ask("/similar/lone")) != before  # the generation is part of it
    overlay.restore(served.index, "rocket-2", by="ana", when=NOW, reason="none")
    ways.refresh()
    assert touched(ways) == set()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"kind": "pin", "article": Matcher("id", "lone"), "target": Matcher("id", "storm-1")}, {"lone"}),
        ({"kind": "block", "article": Matcher("id", "lone")}, {"lone"}),
        ({"kind": "block", "pair": (Matcher("id", "lone"), Matcher("id", "storm-1"))}, {"lone", "storm-1"}),
        (
            {"kind": "block", "pair": (Matcher("section", "Local"), Matcher("section", "Weather"))},
            {"lone", "storm-1", "storm-2"},
        ),
        ({"kind": "block", "target": Matcher("section", "Nowhere")}, set()),
    ],
    ids=["pin", "no list", "pair", "pair by label", "idle"],
)
def test_a_rule_leaves_only_what_it_may_have_changed(ways, served, rule, expected):
    overlay.add_rule(served.index, Rule(id="one", by="ana", when=NOW, reason="why", **rule))
    ways.refresh()
    assert touched(ways) == expected


def test_what_may_be_in_no_list_leaves_those_that_it_was_near(ways, served):
    blocked = Matcher("id", "rocket-2")
    rule = Rule(id="one", kind="block", target=blocked, by="ana", when=NOW, reason="why")
    overlay.add_rule(served.index, rule)
    ways.refresh()
    assert touched(ways) == {"rocket-2", *named(ways.state.loaded.snapshot, "rocket-2")}


@pytest.mark.parametrize("changed", [{"min_score": 0.01}, {"min_best": 0.3}, {"min_score": 0.99}])
def test_another_floor_leaves_everything(build, served, changed):
    build(ARTICLES)
    ways = Ways(replace(served, **changed))
    ways.refresh()
    assert touched(ways) == set(IDS)


def test_the_floor_spelt_out_leaves_nothing(build, served):
    floor = build(ARTICLES).snapshot.floor
    ways = Ways(replace(served, min_score=floor.min_score, min_best=floor.min_best))
    ways.refresh()
    assert touched(ways) == set()


def test_without_a_snapshot_the_general_route_says_so(served):
    ways = Ways(served)
    assert not ways.is_short("/similar/storm-1")
    assert ways.ask("/similar/storm-1")[0] == 503


def test_a_new_snapshot_is_answered_from_at_once(ways, build, served):
    first = ways.ask("/similar/storm-1")
    name = build(ARTICLES[1:] + ARTICLES[:1]).snapshot.name
    ways.refresh()
    second = ways.ask("/similar/storm-1")
    assert dict(second[1])[b"x-snapshot"] == name.encode()
    assert name.encode() in second[2]
    assert tag_of(first) != tag_of(second)


def test_what_fails_on_the_short_way_is_left_to_the_general_route(ways, monkeypatch, caplog):
    expected = ways.ask("/similar/storm-1")
    monkeypatch.setattr(ways.app.front, "answer", lambda scope: 1 // 0)
    assert ways.ask("/similar/storm-1") == expected
    assert "ZeroDivisionError" in caplog.text


def test_both_ways_count_alike(build, served, make_client):
    build()
    client = make_client(min_score=None)
    tag = client.get("/similar/storm-1").headers["etag"]
    client.head("/similar/storm-1?limit=3")
    client.get("/similar/storm-1?limit=3&explain=false")  # the general route
    client.get("/similar/storm-1", headers={"if-none-match": tag})
    text = client.get("/metrics").text
    for method, status, count in (("GET", 200, 2), ("HEAD", 200, 1), ("GET", 304, 1)):
        said = f'{{method="{method}",route="/similar/{{id}}",status="{status}"}} {count}.0'
        assert f"recommender_requests_total{said}" in text
    assert 'recommender_request_seconds_count{route="/similar/{id}"} 4.0' in text
