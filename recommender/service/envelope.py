"""What every answer has, whatever answered: its snapshot, a caching rule, a ban on guessing its type, a place
in the metrics.

HEAD is a GET whose body is left out, on every route. An exception that nobody caught becomes a problem
document here, so that it too is counted and carries its headers.
"""

from __future__ import annotations

import logging
import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommender.service import problems
from recommender.service.metrics import Metrics
from recommender.service.state import LOADED, State

# What nginx counts them as; it is never sent.
CLIENT_GONE = 499
_LOG = logging.getLogger("recommender.service")


class Envelope:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, state: State, metrics: Metrics) -> None:
        self._app = app
        self._state = state
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        loaded = self._state.loaded
        asked = scope["method"]
        scope = {**scope, LOADED: loaded, "method": "GET" if asked == "HEAD" else asked}
        status: int | None = None

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"] = list(message["headers"])
                if loaded is not None:
                    headers.append((b"x-snapshot", loaded.snapshot.name.encode("ascii")))
                if all(name != b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                headers.append((b"x-content-type-options", b"nosniff"))
            elif asked == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, send_wrapped)
        except ClientDisconnect:
            # Nobody is left to be answered, and nothing went wrong here.
            status = status or CLIENT_GONE
            _LOG.info("%s %r: the client hung up", asked, scope["path"])
        except Exception:
            if status is not None:
                raise
            _LOG.exception("%s %r failed", asked, scope["path"])
            problem = problems.plain_document(500, "an unexpected error; the service's log has it")
            await problems.respond(problem)(scope, receive, send_wrapped)
        finally:
            template = getattr(scope.get("route"), "path_format", "unmatched")
            self._metrics.observe(asked, template, status or 500, time.perf_counter() - started)
