"""The service as it really runs: a process, a socket, uvicorn, signals."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from recommender.errors import PortInUse
from recommender.service.serve import address_of, bind, decode_settings, encode_settings
from recommender.settings import load
from tests.conftest import NEWSROOM
from tests.service.conftest import wait_for

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from recommender.errors import RecommenderError
from recommender.service import serve
from recommender.settings import load

if __name__ == "__main__":
    flags = {"index": Path(sys.argv[1]), "port": int(sys.argv[2]), "workers": int(sys.argv[3])}
    try:
        serve(load(flags, environ={}), ready=lambda address: print(address, flush=True))
    except RecommenderError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print("ended in order", flush=True)
"""
H11 = """
import sys
from pathlib import Path
import uvicorn
from recommender.service import create_app
from recommender.service.serve import address_of, bind
from recommender.settings import load

listening = bind("127.0.0.1", 0)
print(address_of(listening), flush=True)
app = create_app(load({"index": Path(sys.argv[1])}, environ={}))
config = uvicorn.Config(app, http="h11", log_level="error")
uvicorn.Server(config).run([listening])
"""
AWKWARD = "https://x.example/a//b?c=d&e=100%25#f"


class Running:
    """A service in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.address = process.stdout.readline().strip()

    def get(self, target: str, method: str = "GET") -> tuple[int, bytes]:
        """Sends the target as it stands: no client may tidy it up."""
        place = urlsplit(self.address)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            connection.request(method, target)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def end(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=30)
        return said


@pytest.fixture
def start(newsroom: Path, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts a service on a free port over the newsroom and one awkward id."""
    started: list[subprocess.Popen[str]] = []

    def run(program: str = PROGRAM, index: Path = newsroom, port: int = 0, workers: int = 1) -> Running:
        script = tmp_path / "program.py"
        script.write_text(program)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
        command = [sys.executable, str(script), str(index), str(port), str(workers)]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return Running(process)

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


@pytest.mark.parametrize("program", [PROGRAM, H11], ids=["httptools", "h11"])
def test_percent_encoded_ids_come_through_whole(build, settings, start, program):
    ids = [AWKWARD, "a/../b", "a%2Fb", "caf\u00e9 \u4e2d", "x//", "semi;colon+plus"]
    build(
        [*NEWSROOM, *({"id": one, "title": "Storm", "text": f"storm storm {n}"} for n, one in enumerate(ids))]
    )
    running = start(program, settings.index)
    for article_id in ids:
        for target in (
            f"/similar/{quote(article_id, safe='')}",
            f"/similar/{quote(article_id, safe='/:')}",
            f"/similar?id={quote(article_id, safe='')}",
        ):
            status, body = running.get(target)
            assert status == 200, (target, body)
            expected = b'{"id":"%b",' % article_id.encode()
            assert body.startswith(expected), target
        assert running.get(f"/articles/{quote(article_id, safe='')}")[0] == 200
    assert running.get("/similar/a/b")[0] == 404
    assert running.get("/similar/%ff")[0] == 404
    status, body = running.get(f"/similar/{quote(AWKWARD, safe='')}", "HEAD")
    assert (status, body) == (200, b"")


def test_sigterm_ends_it_in_order(start):
    running = start()
    assert running.address.startswith("http://127.0.0.1:")
    assert running.get("/readyz")[0] == 200
    assert running.end() == "ended in order\n"
    assert running.process.returncode == 0


def test_a_taken_port_is_said_before_anything_is_loaded(start, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start(index=tmp_path / "nowhere", port=port)
        _, said = running.process.communicate(timeout=30)
    assert running.process.returncode == 1
    assert said.startswith(f"PortInUse: cannot listen on 127.0.0.1 port {port}: Address already in use")


def test_several_workers_share_port_metrics_and_snapshot(newsroom, start, tmp_path):
    index = tmp_path / "index"
    shutil.copytree(newsroom, index)
    running = start(index=index, workers=2)
    for _ in range(20):
        assert running.get("/similar/storm-1")[0] == 200
    counted = b'recommender_requests_total{method="GET",route="/similar/{id}",status="200"} 20.0'
    wait_for(lambda: counted in running.get("/metrics")[1])
    assert b"recommender_snapshot_info{" in running.get("/metrics")[1]
    assert len(list(tmp_path.glob("recommender-metrics-*"))) == 1
    assert running.end() == "ended in order\n"
    assert running.process.returncode == 0
    assert list(tmp_path.glob("recommender-metrics-*")) == []


def test_a_metrics_directory_of_one_s_own_is_made_and_emptied(start, tmp_path, monkeypatch):
    directory = tmp_path / "metrics" / "here"
    directory.mkdir(parents=True)
    (directory / "counter_1.db").write_bytes(b"left by an earlier run")
    (directory / "notes.txt").write_text("not ours")
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(directory))
    running = start()
    assert running.get("/livez")[0] == 200
    assert b'route="/livez",status="200"} 1.0' in running.get("/metrics")[1]
    running.end()
    assert (directory / "notes.txt").exists()
    assert not (directory / "counter_1.db").exists()


def test_a_port_is_bound_once():
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        assert address_of(listening) == f"http://127.0.0.1:{port}"
        with pytest.raises(PortInUse, match=f"port {port}: Address already in use"):
            bind("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(PortInUse, match=r"192\.0\.2\.1 port 0"):
        bind("192.0.2.1", 0)


def test_settings_travel_to_workers(settings):
    for sent in (settings, replace(settings, min_score=0.5, workers=3), load({"host": "::1"}, environ={})):
        assert decode_settings(encode_settings(sent)) == sent


LIGHT = """
import sys
from pathlib import Path
from starlette.testclient import TestClient
from recommender.service import create_app
from recommender.settings import load

with TestClient(create_app(load({"index": Path(sys.argv[1])}, environ={}))) as client:
    for path in ("/similar/storm-1?explain=true", "/articles/storm-1", "/docs", "/metrics", "/readyz"):
        assert client.get(path).status_code == 200, path
    assert client.post("/similar", json={"ids": ["storm-1"]}).status_code == 200
heavy = ("torch", "transformers", "sentence_transformers", "faiss", "sklearn", "scipy", "pandas", "pyarrow",
         "trafilatura", "lxml", "feedparser")
print(*(name for name in heavy if name in sys.modules))
"""


FIRST = """
import asyncio, sys
from pathlib import Path
from recommender.cli import main
from recommender.cli.serve import run
from recommender.service import create_app
from recommender.settings import load

app = create_app(load({"index": Path(sys.argv[1])}, environ={}))
app.front.state.refresh()
scope = {"type": "http", "method": "GET", "path": "/similar/storm-1", "query_string": b"", "headers": []}
sent = []

async def send(message):
    sent.append(message)

asyncio.run(app(scope, None, send))
assert sent[0]["status"] == 200, sent
late = ("jinja2", "rich", "recommender.rebuild", "recommender.ingest", "recommender.evaluation")
print(*(name for name in late if name in sys.modules))
print(*sorted(set(vars(app.front.state.loaded.snapshot)) - {"directory", "manifest", "name"}))
"""


def test_what_the_first_list_does_not_need_is_neither_imported_nor_opened(newsroom):
    command = [sys.executable, "-W", "error", "-c", FIRST, str(newsroom)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    imported, opened = done.stdout.splitlines()
    assert imported == ""
    assert opened == "_files _n ids item_offsets items lists overlay too_short"


def test_serving_stays_light(newsroom):
    command = [sys.executable, "-W", "error", "-c", LIGHT, str(newsroom)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")
