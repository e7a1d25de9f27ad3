"""How routes are made here: an endpoint takes the request and answers with bytes of its own."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from recommender.service.openapi import Document

Endpoint = Callable[[Request], Awaitable[Response]]


class BytesRoute(APIRoute):
    """A route whose endpoint is called with the request and nothing else.

    FastAPI's own handling (dependencies, response model) costs three times what a whole list costs here;
    `recommender.service.parameters` reads parameters and bodies, `Document` describes them in the schema.
    """

    def __init__(self, path: str, endpoint: Endpoint, **said: Any) -> None:
        super().__init__(path, endpoint, **said)
        # As it is made, `.*` ends at a line break and `$` overlooks one: another id than was asked for.
        pattern = self.path_regex.pattern.removesuffix("$") + r"\Z"
        self.path_regex = re.compile(pattern, re.DOTALL)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute.get_route_handler`."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


def add_route(
    app: FastAPI, method: str, path: str, endpoint: Endpoint, described: Document | None = None
) -> None:
    """Put an endpoint at a path; without a description it stays out of the schema."""
    if described is None:
        route = BytesRoute(path, endpoint, methods=[method], include_in_schema=False)
    else:
        route = BytesRoute(
            path,
            endpoint,
            methods=[method],
            response_class=Response,
            operation_id=described.name,
            summary=described.summary,
            description=described.description,
            tags=[described.tag],
            responses=described.responses(),
            openapi_extra=described.extra(),
        )
    app.router.routes.append(route)


def json_response(value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(value), headers=headers, media_type="application/json")
