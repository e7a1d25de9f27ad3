"""`GET /similar/{id}` under load, beside a route that returns constant bytes and one that searches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from recommender.benchmark.figures import Figure, Line, Part, ratio
from recommender.benchmark.material import Material
from recommender.benchmark.servers import Server, first_answer, running
from recommender.benchmark.timing import in_child
from recommender.store import Store

_ASKED_OF_CONSTANT = 1.2
_ASKED_OF_FLAT = 50.0
_ASKED_P99 = 2.0
_ASKED_MEGABYTES = 120.0
_ASKED_AT = 100_000
_IMPORTS = "import fastapi, uvicorn, numpy"
_IMPORTS_TIMES, _SECONDS_MORE = 1.5, 0.5
_CONNECTIONS = 32
# The constant route answers what is as long as these are on average.
_TYPICAL_OF = 200
_PEERS = "recommender.benchmark.peers"


@dataclass(frozen=True, slots=True)
class _Spell:
    """One spell of requests: what the client saw, and the processor seconds of the server."""

    requests: int
    failed: int
    seconds: float
    p99: float
    p50: float
    cpu: float


def serving(material: Material) -> Part:
    """All servers run; each is asked for some seconds in turn while the others idle. Then memory with one
    worker and with two, and the time to the first answer."""
    n = material.sizes.builds[-1]
    index = material.index(n)
    ids = list(Store(index).open_current().ids)
    similar = [f"/similar/{quote(one, safe='')}" for one in ids]
    serve = ["serve", "--index", str(index), "--port", "0", "--workers"]
    elsewhere = "" if n == _ASKED_AT else f"{_ASKED_AT:,} articles"
    spells, size, alone = _spells(material, [*serve, "1"], index, similar)
    speed, asked = _speed(spells, elsewhere)
    memory, asked_of_memory, note = _memory(material, [*serve, "2"], similar, alone, elsewhere)
    start, asked_of_start = _start([*serve, "1"], similar[0], material.runs, elsewhere)
    failed = sum(one.failed for some in spells.values() for one in some)
    return Part(
        "serving",
        (*speed, *memory, *start),
        (*asked, *asked_of_memory, asked_of_start),
        (
            f"{len(ids):,} articles, random ids, {_CONNECTIONS} connections kept alive, "
            f"{material.sizes.seconds:g} s at a time, {failed} requests failed; the constant route answers "
            f"{size:,} bytes",
            note,
        ),
    )


def _spells(
    material: Material, serve: Sequence[str], index: Path, similar: Sequence[str]
) -> tuple[dict[str, list[_Spell]], int, dict[str, int]]:
    """The spells of each server, the bytes of the constant answer, and what the service holds in memory."""
    server_cores, client_core = _cores()
    with ExitStack() as stack:
        ours = stack.enter_context(running("recommender", serve, server_cores))
        bodies = [ours.get(path) for path in similar[:: max(1, len(similar) // _TYPICAL_OF)]]
        mean = sum(map(len, bodies)) / len(bodies)
        body = material.put("body.json", min(bodies, key=lambda body: abs(len(body) - mean)))
        servers = {"ours": ours}
        for name, path in (("constant", body), ("flat", index)):
            servers[name] = stack.enter_context(running(_PEERS, [name, str(path)], server_cores))
        asked = {
            "ours": material.put("ours.json", json.dumps(similar).encode()),
            "constant": material.put("constant.json", b'["/constant"]'),
            "flat": material.put(
                "flat.json", json.dumps([f"/flat/{n}" for n in range(len(similar))]).encode()
            ),
        }
        taken: dict[str, list[_Spell]] = {name: [] for name in servers}
        names = list(servers)
        for run in range(material.runs + 1):
            for place in range(len(names)):
                name = names[(run + place) % len(names)]
                spell = _spell(servers[name], asked[name], material.sizes.seconds, run, client_core)
                if run:  # the first round warms up
                    taken[name].append(spell)
        return taken, body.stat().st_size, ours.memory()[0]


def _spell(server: Server, asked: Path, seconds: float, seed: int, core: str) -> _Spell:
    before = server.cpu_seconds()
    child = in_child(
        "recommender.benchmark.load", server.url, str(asked), str(_CONNECTIONS), str(seconds), str(seed), core
    )
    cpu = server.cpu_seconds() - before
    answers = child.answer
    return _Spell(
        **{name: answers[name] for name in ("requests", "failed", "seconds", "p99", "p50")}, cpu=cpu
    )


def _speed(spells: Mapping[str, Sequence[_Spell]], elsewhere: str) -> tuple[list[Figure], list[Line]]:
    names = {
        "ours": "GET /similar/{id}",
        "constant": "FastAPI route, constant bytes",
        "flat": "FastAPI route, FAISS flat",
    }

    def each(unit: str, of: Callable[[_Spell], float]) -> dict[str, Figure]:
        return {name: Figure(what, unit, tuple(map(of, spells[name]))) for name, what in names.items()}

    rate = each("requests/s", lambda one: one.requests / one.seconds)
    by_cpu = each("requests/CPU s", lambda one: one.requests / max(one.cpu, 0.01))
    p50 = each("ms, p50", lambda one: 1e3 * one.p50)
    p99 = each("ms, p99", lambda one: 1e3 * one.p99)
    of_constant = "of the constant route's"
    lines = [
        Line(
            ratio(f"requests a CPU second, {of_constant}", by_cpu["ours"], by_cpu["constant"]),
            _ASKED_OF_CONSTANT,
            elsewhere=elsewhere,
        ),
        Line(
            ratio(f"requests a second, {of_constant}", rate["ours"], rate["constant"]),
            1.0,
            elsewhere=elsewhere,
        ),
        Line(
            ratio(f"p99, {of_constant}", p99["ours"], p99["constant"]),
            _ASKED_P99,
            at_most=True,
            elsewhere=elsewhere,
        ),
        Line(
            ratio("requests a CPU second, of the FAISS route's", by_cpu["ours"], by_cpu["flat"]),
            _ASKED_OF_FLAT,
            elsewhere=elsewhere,
        ),
    ]
    return [*rate.values(), *by_cpu.values(), *p50.values(), *p99.values()], lines


def _memory(
    material: Material, serve: Sequence[str], similar: Sequence[str], alone: Mapping[str, int], elsewhere: str
) -> tuple[list[Figure], list[Line], str]:
    """What one worker holds of its own, and what each of two holds after as many requests."""
    paths = material.put("ours.json", json.dumps(similar).encode())
    with running("recommender", serve) as server:
        _spell(server, paths, material.sizes.seconds, 0, "")
        # The one that started them, and what Python starts to look after them, map no index.
        workers = sorted(server.memory(), key=lambda held: held["proportional"])[-2:]
    own = Figure("memory of its own, one worker", "MB", (alone["anonymous"] / 1e6,))
    figures = [
        Figure(f'memory of its own, python -c "{_IMPORTS}"', "MB", (_anonymous_after_imports() / 1e6,)),
        own,
        Figure("mapped files in memory, one worker", "MB", (alone["file"] / 1e6,)),
    ]
    for number, held in enumerate(workers, 1):
        figures += [
            Figure(f"{what}, worker {number} of 2", "MB", (held[kind] / 1e6,))
            for kind, what in (
                ("anonymous", "memory of its own"),
                ("file", "mapped files in memory"),
                ("proportional", "its share of all (PSS)"),
            )
        ]
    note = (
        "PSS divides pages among all processes that map them, so where both workers map the index it is less "
        "than memory of its own and mapped files together"
    )
    return figures, [Line(own, _ASKED_MEGABYTES, at_most=True, elsewhere=elsewhere)], note


def _anonymous_after_imports() -> int:
    program = f"{_IMPORTS}; print(open('/proc/self/status').read())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return 1024 * next((int(line.split()[1]) for line in done.stdout.splitlines() if "RssAnon" in line), 0)


def _start(serve: Sequence[str], path: str, runs: int, elsewhere: str) -> tuple[list[Figure], Line]:
    answers, imports = list[float](), list[float]()
    for run in range(runs + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", _IMPORTS], check=True)
        imported = time.perf_counter() - started
        answered = first_answer(serve, path)
        if run:  # the first brings the files into the cache
            imports.append(imported)
            answers.append(answered)
    allowed = Figure(
        f"{_IMPORTS_TIMES:g} x imports + {_SECONDS_MORE:g} s",
        "s",
        tuple(_IMPORTS_TIMES * one + _SECONDS_MORE for one in imports),
    )
    first = Figure("from start to first answer", "s", tuple(answers))
    imported_in = Figure(f'python -c "{_IMPORTS}"', "s", tuple(imports))
    over = ratio(f"first answer, over {allowed.what}", first, allowed)
    return [first, imported_in], Line(over, 1.0, at_most=True, elsewhere=elsewhere)


def _cores() -> tuple[set[int] | None, str]:
    """A core for the server and another for the client, where there are two."""
    if not hasattr(os, "sched_getaffinity"):
        return None, ""
    cores = sorted(os.sched_getaffinity(0))
    return ({cores[0]}, str(cores[1])) if len(cores) > 1 else (None, "")
