from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from tests.service.conftest import app_of, assert_problem


@pytest.mark.parametrize("path", ["/nowhere", "/livez/", "/similar:batch/", "/audit", "/ui", "/ui/",
                                  "/redoc", "/static/../app.py", "/static/"])  # fmt: skip
def test_what_is_not_there_is_404(client, path):
    assert_problem(client.get(path), 404)


def test_what_is_left_for_later_is_not_there(client):
    assert_problem(client.post("/snapshots/000001-abcdef:activate"), 404)
    assert_problem(client.delete("/articles/storm-1"), 405)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/similar", "GET, HEAD, POST"),
        ("DELETE", "/similar/storm-1", "GET, HEAD"),
        ("POST", "/audit/storm-1", "GET, HEAD"),
        ("GET", "/similar:batch", "POST"),
        ("HEAD", "/similar:batch", "POST"),
        ("OPTIONS", "/livez", "GET, HEAD"),
        ("BREW", "/docs", "GET, HEAD"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_405(client, method, path, allowed):
    response = client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    if method != "HEAD":
        assert_problem(response, 405)


def test_what_nobody_foresaw_is_500_and_says_nothing(client, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("secret")

    monkeypatch.setattr("recommender.recommend.Recommender.similar", fail)
    response = client.get("/similar/storm-1")
    assert_problem(response, 500)
    assert "secret" not in response.text
    assert response.headers["x-snapshot"]
    assert "secret" in caplog.text
    assert 'route="/similar/{id}",status="500"' in client.get("/metrics").text


async def _hang_up_after(app, chunk: bytes) -> list[Any]:
    """Sends the beginning of a body and hangs up; gives back what was answered."""
    coming = [
        {"type": "http.request", "body": chunk, "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "path": "/similar:batch", "raw_path": b"/similar:batch", "root_path": "", "scheme": "http",
        "query_string": b"", "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    await app(scope, receive, send)
    return answered


def test_a_client_that_hangs_up_is_no_error_of_ours(client, caplog):
    assert asyncio.run(_hang_up_after(app_of(client), b'{"ids"')) == []
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    text = client.get("/metrics").text
    assert 'method="POST",route="/similar:batch",status="499"} 1.0' in text
    assert 'status="500"' not in text


@pytest.mark.parametrize("path", ["/similar/storm-1", "/similar/gone", "/nowhere", "/docs", "/openapi.json",
                                  "/static/docs.css", "/metrics", "/livez"])  # fmt: skip
def test_no_browser_guesses_the_type_of_an_answer(client, path):
    assert client.get(path).headers.get_list("x-content-type-options") == ["nosniff"]
    assert client.put(path).headers.get_list("x-content-type-options") == ["nosniff"]


def test_a_line_in_the_log_is_one_line_whatever_the_path(client, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("secret")

    monkeypatch.setattr("recommender.recommend.Recommender.row", fail)
    client.get("/similar/a\u2028forged")
    assert "'/similar/a\\u2028forged' failed" in caplog.text


def test_a_domain_error_without_a_status_is_500(client, monkeypatch):
    from recommender.errors import StorageError

    def fail(*_, **__):
        raise StorageError("secret")

    monkeypatch.setattr("recommender.recommend.Recommender.similar", fail)
    assert "secret" not in assert_problem(client.get("/similar/storm-1"), 500)["detail"]


def test_metrics_count_by_template_and_never_by_id(client):
    for path in ("/similar/storm-1", "/similar/storm-2", "/similar/gone", "/articles/storm-1", "/nowhere/x"):
        client.get(path)
    client.request("BREW", "/livez")
    client.head("/similar/storm-1")
    text = client.get("/metrics").text
    for labels, count in (
        ('method="GET",route="/similar/{id}",status="200"', 2),
        ('method="GET",route="/similar/{id}",status="404"', 1),
        ('method="HEAD",route="/similar/{id}",status="200"', 1),
        ('method="GET",route="/articles/{id}",status="200"', 1),
        ('method="GET",route="unmatched",status="404"', 1),
        ('method="other",route="/livez",status="405"', 1),
    ):
        assert f"recommender_requests_total{{{labels}}} {count}.0" in text
    assert "storm-1" not in text
    assert "nowhere" not in text
    assert 'recommender_request_seconds_count{route="/similar/{id}"} 4.0' in text
    assert "recommender_snapshot_articles 9.0" in text
    assert "recommender_snapshot_age_seconds 0.0" in text


def test_two_applications_count_apart(build, make_client):
    build()
    one, other = make_client(), make_client()
    one.get("/livez")
    assert 'route="/livez"' in one.get("/metrics").text
    assert 'route="/livez"' not in other.get("/metrics").text
