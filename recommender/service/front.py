"""The way of by far the most requests: `GET /similar/{id}` with nothing asked for but perhaps a `limit`.

Answered before routing, middleware and models, from pieces that the snapshot holds ready, with the very
status, headers and body that the general route would answer with. Whatever else is asked for, and every list
that the overlay or another floor may have changed, is left to that.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from starlette.types import Message, Scope

from recommender.article import id_problem, normalise_id
from recommender.recommend import DEFAULT_LIMIT, MAX_LIMIT, Ready
from recommender.service import caching
from recommender.service.metrics import Metrics
from recommender.service.state import Loaded, State
from recommender.settings import Settings

PREFIX = "/similar/"
ROUTE = "/similar/{id}"
_LIMIT = b"limit="
_LONGEST_LIMIT = len(_LIMIT) + 2
_JSON = (b"content-type", b"application/json")
_NOSNIFF = (b"x-content-type-options", b"nosniff")

Answer = tuple[Message, Message]


class _Of(NamedTuple):
    """What all answers from one `Loaded` have in common."""

    loaded: Loaded
    ready: Ready
    tag: caching.Tags
    snapshot: tuple[bytes, bytes]


class Front:
    """Answers what it can at once."""

    def __init__(self, state: State, metrics: Metrics, settings: Settings) -> None:
        self.state = state
        self._metrics = metrics
        self._cache_control = (b"cache-control", caching.cache_control(settings).encode("ascii"))
        self._of: _Of | None = None

    def forget(self) -> None:
        """Hold on to no snapshot."""
        self._of = None

    def answer(self, scope: Scope) -> Answer | None:
        """The two messages of an ASGI answer, or ``None`` where the general route has to be asked."""
        path: str = scope["path"]
        loaded = self.state.loaded
        if not path.startswith(PREFIX) or loaded is None or loaded.ready is None:
            return None
        method: str = scope["method"]
        limit = _limit(scope["query_string"])
        if limit is None or (method != "GET" and method != "HEAD") or scope.get("root_path"):
            return None
        started = time.perf_counter()
        article_id = path[len(PREFIX) :]
        row = loaded.ready.row(article_id)
        if row is None or not _is_as_looked_up(article_id):
            return None
        of = self._of
        if of is None or of.loaded is not loaded:
            of = self._of = _common(loaded, loaded.ready)
        tag = of.tag.of(row, limit)
        headers = [(b"etag", tag), self._cache_control]
        asked = [value.decode("latin-1") for name, value in scope["headers"] if name == b"if-none-match"]
        body = b""
        if asked and caching.matches(asked, tag.decode("ascii")):
            status = 304
        else:
            status, body = 200, of.ready.encode(row, limit)
            headers += ((b"content-length", b"%d" % len(body)), _JSON)
        headers += (of.snapshot, _NOSNIFF)
        self._metrics.observe(method, ROUTE, status, time.perf_counter() - started)
        return (
            {"type": "http.response.start", "status": status, "headers": headers},
            {"type": "http.response.body", "body": b"" if method == "HEAD" else body},
        )


def _common(loaded: Loaded, ready: Ready) -> _Of:
    name = loaded.snapshot.name.encode("ascii")
    return _Of(loaded, ready, caching.Tags(loaded.recommender), (b"x-snapshot", name))


def _is_as_looked_up(article_id: str) -> bool:
    """Whether the general route would look this very id up, and not refuse it or look for another form."""
    if article_id.isascii() and article_id.isprintable():  # by far the most
        return True
    return normalise_id(article_id) == article_id and id_problem(article_id) is None


def _limit(query: bytes) -> int | None:
    """The limit in a query that asks for nothing else; ``None`` for another query or a bad limit."""
    if not query:
        return DEFAULT_LIMIT
    if not query.startswith(_LIMIT) or len(query) > _LONGEST_LIMIT or not query[len(_LIMIT) :].isdigit():
        return None
    limit = int(query[len(_LIMIT) :])
    return limit if 1 <= limit <= MAX_LIMIT else None
