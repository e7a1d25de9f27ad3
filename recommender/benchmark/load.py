"""A closed loop of requests: ``python -m recommender.benchmark.load``, a process of its own.

Each of some connections, kept alive, asks for a random path, waits for the whole answer and asks again.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from array import array
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import cast
from urllib.parse import urlsplit

_LENGTH = b"content-length:"
_CHOICES = 1 << 16


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: ``requests`` answered in so many ``seconds``, of which ``failed`` not with 200; ``p50``
    and ``p99`` seconds from the request to the end of its answer; ``body_bytes`` on average."""

    requests: int
    failed: int
    seconds: float
    p50: float
    p99: float
    body_bytes: float


class _Connection(asyncio.Protocol):
    """One request after the other until the time is up."""

    def __init__(self, asked: list[bytes], draw: Random, until: float, done: asyncio.Future[None]) -> None:
        self.times = array("d")
        self.failed = self.body_bytes = 0
        self._asked = asked
        self._draw = draw
        self._until = until
        self._done = done
        self._held = b""
        self._sent = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        held = self._held + data if self._held else data
        head = held.find(b"\r\n\r\n")
        if head < 0:
            self._held = held
            return
        length = content_length(held[:head])
        if len(held) < head + 4 + length:
            self._held = held
            return
        self._held = b""
        now = time.perf_counter()
        self.times.append(now - self._sent)
        self.failed += not held.startswith(b"HTTP/1.1 200")
        self.body_bytes += length
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)
        self.failed += exc is not None or time.perf_counter() < self._until

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._asked[int(self._draw.random() * len(self._asked))])


def content_length(head: bytes) -> int:
    """The length that the head of an answer names. Raises ValueError where it names none."""
    for line in head.split(b"\r\n"):
        if line[: len(_LENGTH)].lower() == _LENGTH:
            return int(line[len(_LENGTH) :])
    raise ValueError(f"an answer without a length: {head[:200]!r}")


async def measure(url: str, paths: list[str], *, connections: int, seconds: float, seed: int) -> Answers:
    """Ask ``url`` (``http://host:port``) for random ones of ``paths``. Raises OSError where it does not
    listen."""
    address = urlsplit(url)
    host, port = address.hostname or "127.0.0.1", address.port or 80
    asked = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n".encode() for path in paths]
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    all_of_them = []
    for number in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        connection = _Connection(asked, Random(f"{seed}:{number}"), started + seconds, done)
        await loop.create_connection(lambda made=connection: made, host, port)  # type: ignore[misc]
        all_of_them.append((connection, done))
    await asyncio.gather(*(done for _, done in all_of_them))
    taken = time.perf_counter() - started
    times = sorted(time for connection, _ in all_of_them for time in connection.times)
    if not times:
        raise OSError(f"{url} answered nothing")
    return Answers(
        requests=len(times),
        failed=sum(connection.failed for connection, _ in all_of_them),
        seconds=taken,
        p50=times[len(times) // 2],
        p99=times[int(len(times) * 0.99)],
        body_bytes=sum(connection.body_bytes for connection, _ in all_of_them) / len(times),
    )


def main(argv: list[str]) -> int:
    """Ask ``argv[0]`` for the paths in JSON file ``argv[1]``, with ``argv[2]`` connections, for ``argv[3]``
    seconds, by seed ``argv[4]``, on core ``argv[5]`` (blank: any); the last line is what came back."""
    import uvloop

    url, paths, connections, seconds, seed, core = argv
    if core:
        os.sched_setaffinity(0, {int(core)})
    named = json.loads(Path(paths).read_text(encoding="utf-8"))
    # Not all paths of a large index: as many as no cache along the way would hold.
    draw = Random(seed)
    chosen = (
        named if len(named) <= _CHOICES else [named[int(draw.random() * len(named))] for _ in range(_CHOICES)]
    )
    work = measure(url, chosen, connections=int(connections), seconds=float(seconds), seed=int(seed))
    sys.stdout.write(json.dumps(asdict(uvloop.run(work))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
