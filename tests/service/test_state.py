"""The service while what is on disk changes under it."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest

from recommender.errors import GateRefused
from recommender.store import Store
from tests.conftest import NEWSROOM, NOW
from tests.service.conftest import assert_problem, wait_for, write_whole


def ready(client):
    return client.get("/readyz").json()


def metric(client, name):
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))


def serves(client, name):
    return lambda: client.get("/livez").headers.get("x-snapshot") == name


def damage(settings, name):
    path = settings.index / "snapshots" / name / "items.bin"
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def test_a_new_snapshot_is_picked_up(build, make_client):
    first = build().snapshot.name
    client = make_client()
    before = client.get("/similar/storm-1")
    assert before.json()["snapshot"] == before.headers["x-snapshot"] == first
    assert client.get("/similar/storm-4").status_code == 404
    second = build(
        [*NEWSROOM, {"id": "storm-4", "title": "Storm four", "text": "storm storm storm"}]
    ).snapshot.name
    wait_for(serves(client, second))
    after = client.get("/similar/storm-1", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["snapshot"] == after.headers["x-snapshot"] == second
    assert client.get("/similar/storm-4").status_code == 200
    assert f'recommender_snapshot_info{{snapshot="{second}"}} 1.0' in client.get("/metrics").text


def test_what_the_gate_refuses_is_never_served_until_somebody_publishes_it(build, make_client, settings):
    stories = [{"id": f"storm-{n}", "title": f"Storm {n}", "text": "storm " * (n % 9 + 1)} for n in range(40)]
    served = build(stories).snapshot.name
    client = make_client()
    before = client.get("/similar/storm-1")
    for night in (stories[:20], stories[:4]):
        with pytest.raises(GateRefused):
            build(night, no_gate=False)
        time.sleep(0.2)  # some looks at what is on disk
        after = client.get("/similar/storm-1", headers={"if-none-match": before.headers["etag"]})
        assert (after.status_code, after.headers["x-snapshot"]) == (304, served)
        assert client.get("/similar/storm-39").status_code == 200
    kept = Store(settings.index).names()[-1]
    Store(settings.index).publish_kept(kept, by="ana", when=NOW)
    wait_for(serves(client, kept))
    assert client.get("/similar/storm-39").status_code == 404


def test_without_a_snapshot_it_waits_for_the_first(build, make_client):
    client = make_client()
    assert client.get("/livez").json() == {"live": True}
    for path in ("/similar/storm-1", "/articles", "/articles/storm-1"):
        response = client.get(path)
        assert_problem(response, 503, "no-snapshot")
        assert response.headers["retry-after"] == "1"
        assert "x-snapshot" not in response.headers
    for path, body in (("/similar", {"ids": ["storm-1"]}), ("/similar:batch", {"ids": ["storm-1"]})):
        assert_problem(client.post(path, json=body), 503, "no-snapshot")
    problem = assert_problem(client.get("/readyz"), 503, "not-ready")
    assert (problem["ready"], problem["snapshot"]) == (False, None)
    assert problem["reason"] == "there is no snapshot to load yet; the service's log says why"
    assert client.get("/snapshots").json()["snapshots"] == []
    assert client.get("/docs").status_code == client.get("/metrics").status_code == 200
    assert metric(client, "recommender_load_failures_total") == 0
    build()
    wait_for(lambda: client.get("/similar/storm-1").status_code == 200)
    assert ready(client)["ready"] is True
    assert ready(client)["load_error"] is None


def test_a_corrupt_snapshot_changes_nothing_until_a_good_one_comes(build, make_client, settings, caplog):
    first = build().snapshot.name
    second = build(NEWSROOM[:5]).snapshot.name
    (settings.index / "CURRENT").write_text(f"{first}\n")
    client = make_client()
    damage(settings, second)
    write_whole(settings.index / "CURRENT", f"{second}\n".encode())
    wait_for(lambda: ready(client)["load_error"])
    state = ready(client)
    assert client.get("/readyz").status_code == 200
    assert (state["ready"], state["snapshot"]) == (True, first)
    assert state["load_error"] == "the current snapshot cannot be loaded; the service's log says why"
    assert "items.bin" in caplog.text
    assert client.get("/similar/storm-1").json()["snapshot"] == first
    assert metric(client, "recommender_load_failures_total") == 1
    damage(settings, second)  # and back
    wait_for(serves(client, second))
    assert ready(client)["load_error"] is None


def test_a_takedown_does_not_wait_for_a_snapshot_that_cannot_be_loaded(
    build, make_client, settings, take_down
):
    first = build().snapshot.name
    second = build(NEWSROOM[:5]).snapshot.name
    damage(settings, second)
    write_whole(settings.index / "CURRENT", f"{first}\n".encode())
    client = make_client()
    write_whole(settings.index / "CURRENT", f"{second}\n".encode())
    wait_for(lambda: ready(client)["load_error"])
    take_down("storm-1")
    wait_for(lambda: client.get("/similar/storm-1").status_code == 410)
    assert ready(client)["load_error"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"000009-abcdef\n", b"../../etc\n", b"\xff\xfe"])
def test_a_bad_pointer_is_survived(build, make_client, settings, content):
    first = build().snapshot.name
    client = make_client()
    write_whole(settings.index / "CURRENT", content)
    wait_for(lambda: ready(client)["load_error"])
    assert client.get("/similar/storm-1").json()["snapshot"] == first
    write_whole(settings.index / "CURRENT", f"{first}\n".encode())
    wait_for(lambda: ready(client)["load_error"] is None)


def test_a_bad_pointer_at_the_start_is_survived(build, make_client, settings, caplog):
    build()
    good = (settings.index / "CURRENT").read_bytes()
    (settings.index / "CURRENT").write_text("nonsense")
    client = make_client()
    problem = assert_problem(client.get("/similar/storm-1"), 503, "no-snapshot")
    assert problem["detail"] == "the current snapshot cannot be loaded; the service's log says why"
    assert "nonsense" in caplog.text
    write_whole(settings.index / "CURRENT", good)
    wait_for(lambda: client.get("/similar/storm-1").status_code == 200)


def test_an_index_that_goes_away_is_survived(build, make_client, settings):
    build()
    client = make_client()
    settings.index.rename(settings.index.with_name("moved"))
    wait_for(lambda: ready(client)["load_error"])
    assert client.get("/similar/storm-1").status_code == 200
    assert client.get("/articles/storm-1").status_code == 200


def test_no_answer_names_a_path_of_the_machine(build, make_client, settings):
    clients = [make_client()]  # before there is anything
    build()
    (settings.index / "overlay.json").write_text("{")
    clients.append(make_client())
    (settings.index / "overlay.json").unlink()
    (settings.index / "CURRENT").write_text("nonsense")
    clients.append(make_client())
    for client in clients:
        for path in ("/similar/storm-1", "/readyz", "/snapshots", "/articles"):
            text = client.get(path).text
            assert str(settings.index) not in text
            assert "recommender rebuild" not in text


def test_two_failures_at_once_count_once_each(build, make_client, settings):
    first = build().snapshot.name
    second = build(NEWSROOM[:5]).snapshot.name
    damage(settings, second)
    write_whole(settings.index / "CURRENT", f"{first}\n".encode())
    client = make_client()
    (settings.index / "overlay.json").write_text("{")
    write_whole(settings.index / "CURRENT", f"{second}\n".encode())
    both = "the overlay cannot be read; the current snapshot cannot be loaded; the service's log says why"
    wait_for(lambda: ready(client)["load_error"] == both)
    time.sleep(0.5)  # ten looks
    assert metric(client, "recommender_load_failures_total") == 2
    assert ready(client)["load_error"] == both


def test_looking_for_changes_waits_for_no_other_thread(build, make_client, take_down):
    build()
    client = make_client()
    go = threading.Event()

    async def fill() -> list[asyncio.Future[bool]]:
        loop = asyncio.get_running_loop()
        return [loop.run_in_executor(None, go.wait, 20) for _ in range(64)]

    assert client.portal is not None
    client.portal.call(fill)
    try:
        take_down("storm-1")
        wait_for(lambda: client.get("/similar/storm-1").status_code == 410)
        assert client.post("/similar", json={"title": "Storm"}).status_code == 200
    finally:
        go.set()


def test_an_unforeseen_failure_is_survived(build, make_client, monkeypatch, caplog):
    first = build().snapshot.name
    client = make_client()

    def fail(*_, **__):
        raise MemoryError("no room")

    monkeypatch.setattr("recommender.service.state.Recommender", fail)
    build(NEWSROOM[:5])
    wait_for(lambda: ready(client)["load_error"])
    assert "no room" in caplog.text
    assert client.get("/similar/storm-1").json()["snapshot"] == first


def test_a_takedown_is_seen_everywhere(build, make_client, take_down):
    build()
    client = make_client()
    before = client.get("/similar/storm-1")
    assert "storm-2" in before.text
    take_down("storm-2")
    wait_for(lambda: ready(client)["overlay_generation"] == 1)
    after = client.get("/similar/storm-1", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "storm-2" not in after.text
    assert after.headers["x-snapshot"] == before.headers["x-snapshot"]
    problem = assert_problem(client.get("/similar/storm-2"), 410, "taken-down")
    assert problem["id"] == "storm-2"
    batch = client.post("/similar:batch", json={"ids": ["storm-1", "storm-2"]}).json()["results"]
    assert "storm-2" not in str(batch[0])
    assert batch[1]["error"]["status"] == 410
    assert "storm-2" not in client.get("/articles").text
    drafts = client.post("/similar", json={"text": "storm storm storm", "limit": 50})
    assert "storm-2" not in drafts.text
    take_down(generation=2)
    wait_for(lambda: client.get("/similar/storm-2").status_code == 200)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"version": 1, "generation": 0, "takedowns": []}'])
def test_what_was_taken_down_stays_down_whatever_becomes_of_the_file(
    build, make_client, settings, take_down, content
):
    build()
    take_down("storm-2", generation=3)
    client = make_client()
    write_whole(settings.index / "overlay.json", content)
    if not content.endswith(b"}"):
        wait_for(lambda: ready(client)["load_error"])
    assert client.get("/similar/storm-2").status_code == 410
    (settings.index / "overlay.json").unlink()
    wait_for(lambda: ready(client)["load_error"] is None)
    assert client.get("/similar/storm-2").status_code == 410


def test_an_overlay_that_cannot_be_read_never_counts_as_empty(build, make_client, settings, take_down):
    build()
    (settings.index / "overlay.json").write_text("{")
    client = make_client()
    assert_problem(client.get("/similar/storm-1"), 503, "no-snapshot")
    take_down("storm-1")
    wait_for(lambda: client.get("/similar/storm-1").status_code == 410)


def test_a_snapshot_may_be_too_old(build, make_client):
    build()
    client = make_client(max_snapshot_age_hours=26, clock=lambda: NOW + timedelta(hours=26))
    state = client.get("/readyz")
    assert state.status_code == 200
    assert state.json()["age_seconds"] == 26 * 3600
    assert state.json()["created_at"] == "2022-01-17T04:00:00Z"
    client = make_client(max_snapshot_age_hours=26, clock=lambda: NOW + timedelta(hours=27))
    problem = assert_problem(client.get("/readyz"), 503, "not-ready")
    assert "27.0 hours old" in problem["reason"]
    assert client.get("/similar/storm-1").status_code == 200
    assert client.get("/livez").status_code == 200


def test_the_floor_of_the_settings_is_in_force(build, make_client):
    build()
    high, low = make_client(min_score=0.999), make_client(min_score=0.0)
    assert len(high.get("/similar/storm-1").json()["items"]) < len(
        low.get("/similar/storm-1").json()["items"]
    )
    assert high.get("/similar/storm-1").headers["etag"] != low.get("/similar/storm-1").headers["etag"]
    assert high.get("/similar/storm-1?min_score=0").content == low.get("/similar/storm-1").content
