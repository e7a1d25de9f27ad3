"""Running the service: the socket first, then uvicorn with one process or several.

Worker processes are started afresh and build their own application. They find the settings, already
checked, as one JSON object in the environment variable ``SERVICE_SETTINGS``.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from recommender import files
from recommender.errors import PortInUse, RecommenderError
from recommender.service.app import create_app
from recommender.service.metrics import MULTIPROC_VARIABLE
from recommender.settings import TABLE, Settings

WORKER_VARIABLE = "SERVICE_SETTINGS"
_LOG = logging.getLogger("recommender.service")
_BACKLOG = 2048
_SECONDS_TO_FINISH = 10

Ready = Callable[[str], None]


def serve(settings: Settings, *, ready: Ready | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being answered and come back.

    ``ready`` is called once with the address, such as ``http://127.0.0.1:8000``, when every process
    answers; port 0 takes a free port. Raises PortInUse before anything is loaded.
    """
    listening = bind(settings.host, settings.port)
    address = address_of(listening)
    announce = ready or (lambda address: _LOG.info("listening on %s", address))
    with listening, _metrics_directory(needed=settings.workers > 1) as shared:
        if settings.workers == 1:
            _serve_here(settings, listening, lambda: announce(address))
        else:
            shared[WORKER_VARIABLE] = encode_settings(settings)
            _serve_with_workers(settings, listening, shared, lambda: announce(address))


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortInUse, with the reason, where the address cannot be had."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortInUse(f"cannot listen on {host} port {port}: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # At once: only listening is exclusive, and until workers accept, callers wait instead of failing.
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise PortInUse(
            f"cannot listen on {host} port {port}: {error.strerror}; another port can be chosen with "
            "--port, 0 takes a free one"
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Where a listening socket is reached, as a URL."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def worker_app() -> FastAPI:
    """The application of a worker process, from the settings in ``SERVICE_SETTINGS``."""
    return create_app(decode_settings(os.environ[WORKER_VARIABLE]))


def encode_settings(settings: Settings) -> str:
    """Settings as JSON, for another process."""
    return json.dumps(asdict(settings), default=str)


def decode_settings(content: str) -> Settings:
    """What `encode_settings` wrote."""
    values = json.loads(content)
    return Settings(**{row.name: row.parse(values[row.name]) for row in TABLE})


class _Server(uvicorn.Server):
    """A server that says when it answers, and that a signal ends without ending the process."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # uvicorn raises the signal again once it is done; ending in order is no reason to die of it.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class _Supervisor(Multiprocess):
    """A supervisor that says when every worker answers."""

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], announce: Callable[[], None]
    ) -> None:
        super().__init__(config, sockets)
        self._announce = announce
        self.announced = self.failed = False

    def keep_subprocess_alive(self) -> None:
        if not self.announced and any(process.exitcode is not None for process in self.processes):
            # What ends a worker before it ever answered would end its successors too.
            self.failed = True
            self.should_exit.set()
            return
        super().keep_subprocess_alive()
        if not self.announced and all(process.is_ready() for process in self.processes):
            self.announced = True
            self._announce()


def _serve_here(settings: Settings, listening: socket.socket, announce: Callable[[], None]) -> None:
    server = _Server(_config(create_app(settings), settings), announce)
    server.run([listening])


def _serve_with_workers(
    settings: Settings, listening: socket.socket, shared: dict[str, str], announce: Callable[[], None]
) -> None:
    with _environment(shared):
        supervisor = _Supervisor(
            _config("recommender.service.serve:worker_app", settings), [listening], announce
        )
        supervisor.run()
    if supervisor.failed:
        raise RecommenderError("the workers did not start; the lines above say why")


def _config(app: FastAPI | str, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        log_config=_log_config(),
    )


def _log_config() -> dict[str, Any]:
    """Everything to stderr, a line each."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
            for name in ("recommender", "uvicorn")
        },
    }


@contextlib.contextmanager
def _metrics_directory(*, needed: bool) -> Iterator[dict[str, str]]:
    """An empty directory for counts: the one that the environment names, else, where one is ``needed``, one
    of our own. Gives the variable by which workers find it."""
    given = os.environ.get(MULTIPROC_VARIABLE)
    if given:
        directory = Path(given)
        files.make_directories(directory)
        for old in directory.glob("*.db"):
            files.remove_file(old)
        yield {MULTIPROC_VARIABLE: given}
    elif not needed:
        yield {}
    else:
        directory = Path(tempfile.gettempdir()) / f"recommender-metrics-{secrets.token_hex(8)}"
        files.make_new_directory(directory)
        try:
            yield {MULTIPROC_VARIABLE: str(directory)}
        finally:
            files.remove_tree(directory)


@contextlib.contextmanager
def _environment(added: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
