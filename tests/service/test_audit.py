from __future__ import annotations

import json
import threading

import pytest

from recommender.audit import audit_page
from recommender.recommend import Recommender
from recommender.service.answers import AuditAnswer
from recommender.store import Store
from tests.conftest import NEWSROOM
from tests.service.conftest import assert_problem

URL = "https://post.example/a//b?c=d"
PAGE = {
    "id": "page",
    "title": "Storm watch",
    "text": "storm storm",
    "links": [{"title": "", "id": one} for one in ("court-1", "storm-1", "lone", "storm-3", URL)],
}


@pytest.fixture
def pages(build, make_client):
    """A service over the newsroom with one page that prints a list."""
    build([*NEWSROOM, PAGE])
    return make_client(min_score=0.2)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", {}),
        ("?limit=1", {"limit": 1}),
        ("?min_score=0", {"min_score": 0}),
        ("?min_score=0.9&limit=50", {"min_score": 0.9, "limit": 50}),
    ],
)
@pytest.mark.parametrize("article_id", ["page", "storm-1"])
def test_it_is_what_the_library_finds(pages, settings, article_id, query, options):
    response = pages.get(f"/audit/{article_id}{query}")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.headers["cache-control"] == "no-store"
    recommender = Recommender(Store(settings.index).open_current(), min_score=0.2)
    assert response.json() == audit_page(recommender, article_id, **options).as_json()
    AuditAnswer.model_validate(response.json(), strict=True)


def test_links_are_kept_or_dropped(pages):
    found = pages.get("/audit/page").json()
    assert (found["requested"], found["min_score"]) == (5, 0.2)
    assert [(one["id"], one["place"]) for one in found["kept"]] == [("storm-1", 2), ("storm-3", 4)]
    assert [one["id"] for one in found["dropped"]] == ["court-1", "lone", URL]
    assert {one["reason"] for one in found["dropped"]} == {"below_min_score"}
    listed = pages.get("/similar/page?limit=5").json()["items"]
    assert [(one["id"], one["score"]) for one in found["rebuilt"]] == [
        (one["id"], one["score"]) for one in listed
    ]


def test_the_floor_of_the_settings_holds(build, make_client):
    build([*NEWSROOM, PAGE])
    assert make_client().get("/audit/page").json()["min_score"] == 0
    assert make_client(min_score=1.0).get("/audit/page").json()["rebuilt"] == []


def test_ids_are_found_as_they_are_for_lists(pages):
    for path in (
        "/audit/https://post.example/a//b%3Fc=d",
        "/audit/https%3A%2F%2Fpost.example%2Fa%2F%2Fb%3Fc%3Dd",
    ):
        assert pages.get(path).json()["id"] == URL


def test_what_was_taken_down_is_in_neither_list(build, make_client, take_down):
    build([*NEWSROOM, PAGE])
    take_down("storm-1", "lone")
    client = make_client()
    found = client.get("/audit/page").json()
    assert [one["id"] for one in found["source"]] == ["court-1", "storm-3", URL]
    assert not {"storm-1", "lone"} & {one["id"] for one in found["rebuilt"]}
    assert_problem(client.get("/audit/storm-1"), 410, "taken-down")


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/audit/gone", 404, "article-not-found"),
        ("/audit/", 422, "invalid-request"),
        ("/audit/page?limit=0", 422, "invalid-request"),
        ("/audit/page?limit=51", 422, "invalid-request"),
        ("/audit/page?limit=5.0", 422, "invalid-request"),
        ("/audit/page?min_score=1.1", 422, "invalid-request"),
        ("/audit/page?min_score=nan", 422, "invalid-request"),
        ("/audit/page?explain=1", 422, "invalid-request"),
        ("/audit/page?limit=1&limit=2", 422, "invalid-request"),
    ],
)
def test_what_cannot_be_answered(pages, path, status, kind):
    assert_problem(pages.get(path), status, kind)


def test_an_unknown_parameter_is_told_the_known_ones(pages):
    (error,) = assert_problem(pages.get("/audit/page?limt=1"), 422, "invalid-request")["errors"]
    assert error == {"parameter": "limt", "detail": "is unknown, expected one of: limit, min_score"}


def test_without_a_snapshot_it_is_503(make_client, quick):
    response = make_client(index=quick.index.with_name("empty")).get("/audit/page")
    assert_problem(response, 503, "no-snapshot")
    assert response.headers["retry-after"]


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0e3"])
def test_a_floor_of_minus_0_is_0(pages, zero):
    answer = pages.get(f"/audit/page?min_score={zero}")
    assert answer.content == pages.get("/audit/page?min_score=0").content
    assert '"min_score":0.0,' in answer.text


class Slow:
    """Audits that wait until they are let go; keeps how many were at it at once, and in which threads."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.inside = self.most = 0
        self.audited, self.written = set(), set()

    def audit_page(self, *args, **kwargs):
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.audited.add(threading.current_thread().name)
        assert self.go.wait(20)
        self.inside -= 1
        return audit_page(*args, **kwargs)

    def dumps(self, value):
        self.written.add(threading.current_thread().name)
        return json.dumps(value).encode()


def test_audits_take_turns_others_do_not_wait_and_the_queue_has_an_end(pages, monkeypatch):
    slow = Slow()
    monkeypatch.setattr("recommender.service.turns.MAX_WAITING", 2)
    monkeypatch.setattr("recommender.service.audit.audit_page", slow.audit_page)
    answers: list[int] = []

    def ask() -> None:
        response = pages.get("/audit/page")
        answers.append(response.status_code)
        if response.status_code == 429:
            problem = assert_problem(response, 429, "busy")
            assert problem["detail"] == "2 audits are waiting, at most 2 may"
            assert response.headers["retry-after"] == "1"
            slow.go.set()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert pages.get("/livez").status_code == 200
    assert pages.get("/similar/page").status_code == 200
    assert pages.post("/similar", json={"ids": ["storm-1"]}).status_code == 200  # has a queue of its own
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == [200, 200, 429]
    assert slow.most == 1
    assert pages.get("/audit/page").status_code == 200  # there is room again


def test_what_fails_leaves_the_queue(pages, monkeypatch):
    monkeypatch.setattr("recommender.service.turns.MAX_WAITING", 1)
    for _ in range(2):
        assert_problem(pages.get("/audit/gone"), 404, "article-not-found")
    assert pages.get("/audit/page").status_code == 200


def test_the_bytes_are_made_beside_the_event_loop(pages, monkeypatch):
    slow = Slow()
    slow.go.set()
    expected = pages.get("/audit/page").json()
    monkeypatch.setattr("recommender.service.audit.audit_page", slow.audit_page)
    monkeypatch.setattr("recommender.service.audit.orjson", slow)
    assert pages.get("/audit/page").json() == expected
    assert slow.audited == slow.written
    assert all(name.startswith("audits") for name in slow.written)


def test_it_counts_under_its_route(pages):
    pages.get("/audit/page")
    pages.get("/audit/gone")
    told = pages.get("/metrics").text
    assert 'route="/audit/{id}",status="200"' in told
    assert 'route="/audit/{id}",status="404"' in told
