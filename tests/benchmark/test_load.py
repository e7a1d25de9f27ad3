"""The load generator against a toy server, children and what they hold."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import pytest

from recommender.benchmark.load import Answers, content_length, measure
from recommender.benchmark.servers import get, running
from recommender.benchmark.timing import in_child, interleaved, kilobytes, with_children
from recommender.errors import RecommenderError

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


async def loaded(answer: bytes, *, pieces: int = 1, connections: int = 3) -> tuple[Answers, list[bytes]]:
    """What the generator makes of a server that gives every request this answer, in so many pieces."""
    asked = list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                for start in range(pieces):
                    writer.write(_piece(answer, start, pieces))
                    await writer.drain()
                    await asyncio.sleep(0.001)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        found = await measure(url, ["/a", "/b%2Fc"], connections=connections, seconds=0.2, seed=1)
    return found, asked


def _piece(answer: bytes, number: int, pieces: int) -> bytes:
    size = -(-len(answer) // pieces)
    return answer[number * size : (number + 1) * size]


@pytest.mark.parametrize("pieces", [1, 3, 7])
def test_every_answer_is_counted_once_however_it_arrives(pieces):
    body = b"x" * 100
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + body
    found, asked = asyncio.run(loaded(answer, pieces=pieces))
    assert found.requests == len(asked) > 3
    assert (found.failed, found.body_bytes) == (0, 100)
    assert 0 < found.p50 <= found.p99 < found.seconds
    assert {one.split(b" ")[1] for one in asked} == {b"/a", b"/b%2Fc"}


def test_answers_that_are_not_200_are_failures():
    found, _ = asyncio.run(loaded(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"))
    assert found.failed == found.requests > 0


def test_a_server_that_hangs_up_is_no_success():
    async def hang_up() -> Answers:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            return await measure(url, ["/"], connections=2, seconds=0.2, seed=1)

    with pytest.raises(OSError, match="answered nothing"):
        asyncio.run(hang_up())


def test_an_answer_has_to_name_its_length():
    assert content_length(b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 12\r\nx: y") == 12
    with pytest.raises(ValueError, match="without a length"):
        content_length(b"HTTP/1.1 200 OK\r\nx: y")


def test_the_constant_route_answers_its_bytes(tmp_path):
    body = tmp_path / "body.json"
    body.write_bytes(b'{"a": 1}')
    with running("recommender.benchmark.peers", ["constant", str(body)]) as server:
        assert server.get("/constant") == b'{"a": 1}'
        with pytest.raises(RecommenderError, match="answered 404"):
            get(server.url, "/other")
        if sys.platform == "linux":
            held = server.memory()
            assert held[0]["anonymous"] > 10_000_000
            assert server.cpu_seconds() > 0


def test_a_server_that_does_not_start_is_named():
    with (
        pytest.raises(RecommenderError, match=r"peers constant /nowhere did not start"),
        running("recommender.benchmark.peers", ["constant", "/nowhere"]),
    ):
        pass


def test_subjects_take_turns_each_round_beginning_with_another():
    called = list[str]()
    taken = interleaved({name: lambda name=name: called.append(name) for name in "abc"}, runs=3)
    assert "".join(called) == "abc" + "abc" + "bca" + "cab"
    assert {name: len(each) for name, each in taken.items()} == {"a": 3, "b": 3, "c": 3}


def test_both_kinds_of_seconds_are_taken():
    taken = interleaved({"sleep": lambda: time.sleep(0.05)}, runs=1)["sleep"][0]
    assert taken.cpu < 0.05 <= taken.seconds


def test_a_child_that_fails_says_why():
    with pytest.raises(RecommenderError, match=r"json\.tool ended with 2: (.|\n)*--no-such-option"):
        in_child("json.tool", "--no-such-option")


@linux
def test_what_a_child_and_its_children_hold():
    assert with_children(os.getpid())[0] == os.getpid()
    assert kilobytes(os.getpid(), "VmRSS") > 10_000
    assert kilobytes(os.getpid(), "NoSuchLine") == 0
