"""A service over the small newsroom, with the fake encoder, and ways to watch it change."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.rebuild import rebuild
from recommender.service import create_app
from recommender.settings import Settings, load
from tests.conftest import NEWSROOM, NOW, write_jsonl
from tests.fakes import FakeEncoder

PATIENCE_SECONDS = 20


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings of a service that looks for changes all the time."""
    return replace(settings, poll_seconds=0.05, min_score=0.0)


@pytest.fixture
def make_client(quick: Settings) -> Iterator[Callable[..., TestClient]]:
    """Starts a service: ``make_client(**settings)``; ``encoder`` stands in for whatever is asked for."""
    started: list[TestClient] = []

    def make(encoder: Any = None, clock: Any = None, **changed: Any) -> TestClient:
        app = create_app(
            replace(quick, **changed),
            encoder_loader=lambda _: encoder or FakeEncoder(),
            clock=clock or (lambda: NOW),
        )
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        started.append(client)
        client.__enter__()
        return client

    yield make
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over the newsroom, built once; nothing may change it."""
    home = tmp_path_factory.mktemp("newsroom")
    source = write_jsonl(home / "articles.jsonl", NEWSROOM)
    rebuild([str(source)], load({"index": home / "index"}, environ={}), now=NOW, encoder=FakeEncoder())
    return home / "index"


@pytest.fixture
def client(newsroom: Path, settings: Settings, make_client: Callable[..., TestClient]) -> TestClient:
    """A service over the newsroom."""
    shutil.copytree(newsroom, settings.index)
    return make_client()


@pytest.fixture
def take_down(settings: Settings) -> Callable[..., None]:
    """Writes the overlay beside the snapshots: ``take_down("id", generation=2)``."""

    def write(*ids: str, generation: int = 1) -> None:
        write_whole(settings.index / OVERLAY_FILE, Overlay(generation, frozenset(ids)).encode())

    return write


def write_whole(path: Path, content: bytes) -> None:
    """Content that a reader finds whole or not at all."""
    fresh = path.with_name(f"{path.name}.fresh")
    fresh.write_bytes(content)
    fresh.replace(path)


def app_of(client: TestClient) -> FastAPI:
    app = client.app
    assert isinstance(app, FastAPI)
    return app


def wait_for(holds: Callable[[], Any]) -> Any:
    """What ``holds`` gives back once that is true; fails after twenty seconds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE_SECONDS} s in vain")


def assert_problem(response: Any, status: int, kind: str | None = None) -> dict[str, Any]:
    """The response is a problem document of that status, and of that kind or of none."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"] == (f"/docs#{kind}" if kind else "about:blank")
    assert problem["title"]
    assert problem["detail"]
    return problem
