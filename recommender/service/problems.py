"""Every error answer, as application/problem+json (RFC 9457), and the one table of domain errors.

``type`` leads to the problem's paragraph on /docs, or is ``about:blank`` where the status says it all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from recommender.errors import (
    ArticleNotFound,
    CorruptSnapshot,
    OptionError,
    RecommenderError,
    TakenDown,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
MAX_ERRORS = 20
_LONGEST_PATH = 200
_LOG = logging.getLogger("recommender.service")
NEWER_HINT = (
    "an article newer than the snapshot has no list of its own yet: POST /similar with its title and text"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its name in ``type``, its status, and its title and meaning for people."""

    name: str
    status: int
    title: str
    meaning: str


INVALID = Kind(
    "invalid-request",
    422,
    "Invalid request",
    "A parameter or a member of the body is unknown, missing, unreadable or out of range; "
    "`errors` names each one, up to 20.",
)
NOT_FOUND = Kind(
    "article-not-found",
    404,
    "Article not found",
    "The snapshot holds no article by that id. One newer than the snapshot can be sent to `POST /similar`.",
)
TAKEN_DOWN = Kind(
    "taken-down", 410, "Article taken down", "The article was there and has been withdrawn by an editor."
)
TOO_LARGE = Kind(
    "body-too-large", 413, "Body too large", "The body is larger than the setting `max_body_bytes` allows."
)
BUSY = Kind(
    "busy",
    429,
    "Too many at once",
    "Drafts (`POST /similar`) are worked on one at a time, and so are audits; the queue for it is full.",
)
NO_SNAPSHOT = Kind(
    "no-snapshot", 503, "No snapshot", "No snapshot has been loaded yet; `detail` says what is wrong."
)
DAMAGED = Kind(
    "snapshot-damaged",
    503,
    "Snapshot damaged",
    "A file of the snapshot that only this request needs is damaged; the log says which. What does not need "
    "it is answered as ever, until another snapshot is loaded.",
)
NO_ENCODER = Kind(
    "encoder-unavailable",
    503,
    "Encoder unavailable",
    "The encoder that the snapshot was built with cannot be used here; `detail` names it, the log says why. "
    "Only texts in `POST /similar` need it.",
)
NOT_READY = Kind(
    "not-ready", 503, "Not ready", "What `/readyz` answers while the service should get no traffic."
)
KINDS = (INVALID, NOT_FOUND, TAKEN_DOWN, TOO_LARGE, BUSY, NO_SNAPSHOT, DAMAGED, NO_ENCODER, NOT_READY)

# The messages of all others may name paths: what the public is told of those, the service says itself.
_DOMAIN: tuple[tuple[type[RecommenderError], Kind], ...] = (
    (ArticleNotFound, NOT_FOUND),
    (TakenDown, TAKEN_DOWN),
    (OptionError, INVALID),
)


class ProblemError(Exception):
    """Raised inside the service for what only HTTP knows of: a problem ready to be answered."""

    def __init__(
        self, kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.headers = headers
        self.document = document(kind, detail, **members)


def invalid(errors: Sequence[Mapping[str, str]]) -> ProblemError:
    """A 422 that lists the first 20 things that are wrong, and how many more there are: each error has a
    ``detail`` and names its ``parameter`` (query or path) or, in a body, the ``pointer`` to it (RFC 6901)."""
    first = errors[0]
    place = first.get("parameter") or first.get("pointer")
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    said = f"{place}: {first['detail']}{more}" if place else f"{first['detail']}{more}"
    listed = list(errors[:MAX_ERRORS])
    if len(errors) > MAX_ERRORS:
        listed.append({"detail": f"and {len(errors) - MAX_ERRORS} more"})
    return ProblemError(INVALID, said, errors=listed)


def document(kind: Kind, detail: str, **members: Any) -> dict[str, Any]:
    """A problem document."""
    return {
        "type": f"/docs#{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        **members,
    }


def domain_problem(error: RecommenderError) -> dict[str, Any]:
    """The problem document of a domain error that stands in the table."""
    kind = next(kind for cls, kind in _DOMAIN if isinstance(error, cls))
    members: dict[str, Any] = {}
    if isinstance(error, ArticleNotFound | TakenDown):
        members["id"] = error.article_id
    if isinstance(error, ArticleNotFound):
        members["hint"] = NEWER_HINT
    if isinstance(error, OptionError):
        members["errors"] = [{"parameter": error.name, "detail": error.detail}]
    return document(kind, str(error), **members)


def plain_document(status: int, detail: str) -> dict[str, Any]:
    """A problem that the status alone describes."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }


def respond(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """The answer with a problem document."""
    extra = dict(headers or {})
    if problem["type"] == f"/docs#{NO_SNAPSHOT.name}":
        extra["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return Response(orjson.dumps(problem), problem["status"], extra, MEDIA_TYPE)


async def on_problem(_: Request, error: Exception) -> Response:
    """Answers a `ProblemError`."""
    if not isinstance(error, ProblemError):
        raise error
    return respond(error.document, error.headers)


async def on_domain_error(_: Request, error: Exception) -> Response:
    """Answers a domain error; one that is not in the table is left to become a 500, with its trace logged."""
    if isinstance(error, CorruptSnapshot):
        _LOG.error("%s", error)  # it may name a path
        return respond(document(DAMAGED, "the snapshot has a damaged file; the service's log says which"))
    if not isinstance(error, RecommenderError) or not isinstance(error, tuple(cls for cls, _ in _DOMAIN)):
        raise error
    return respond(domain_problem(error))


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answers what the framework refuses: unknown paths, and methods that a path does not have."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    detail = error.detail
    if error.status_code == 404:
        detail = f"there is nothing at {request.scope['path'][:_LONGEST_PATH]!r}; /docs lists what there is"
    if error.status_code == 405:
        allowed = _allowed(request)
        headers["Allow"] = ", ".join(allowed)
        detail = f"{request.method} is not allowed here, allowed are: {', '.join(allowed)}"
    return respond(plain_document(error.status_code, detail), headers)


def _allowed(request: Request) -> Iterable[str]:
    """The methods of every route at the request's path; a router names only those of the first."""
    methods = {
        method
        for route in request.app.routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in getattr(route, "methods", ())
    }
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
