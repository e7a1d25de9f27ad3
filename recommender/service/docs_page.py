"""`/docs`: the OpenAPI schema as one page of HTML. It needs no script and nothing from elsewhere, so it works
offline and under the strictest policy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from typing import Any

from fastapi import FastAPI
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from recommender.service import problems
from recommender.service.operations import is_option, operations_of
from recommender.service.routing import add_route, json_response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HTML_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_CODE = re.compile(r"`([^`]+)`")


class DocsPage:
    """The page, its stylesheet, and the schema it is made from."""

    def __init__(self) -> None:
        self._style = resources.files("recommender.service").joinpath("static/docs.css").read_bytes()
        self._app: FastAPI | None = None

    def add_to(self, app: FastAPI) -> None:
        """Put the routes in place."""
        self._app = app
        add_route(app, "GET", "/", self.front)
        add_route(app, "GET", "/docs", self.docs)
        add_route(app, "GET", "/static/docs.css", self.style)
        add_route(app, "GET", "/openapi.json", self.schema)

    async def front(self, _: Request) -> Response:
        """To the page."""
        return RedirectResponse("/docs", 307)

    async def docs(self, _: Request) -> Response:
        """The page."""
        return Response(self._page, headers=HTML_HEADERS, media_type="text/html")

    async def style(self, _: Request) -> Response:
        """The stylesheet."""
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(self._style, headers=headers, media_type="text/css")

    async def schema(self, request: Request) -> Response:
        """The OpenAPI schema."""
        return json_response(request.app.openapi(), headers={"Cache-Control": "no-cache"})

    @cached_property
    def _page(self) -> bytes:
        if self._app is None:
            raise RuntimeError("the page has no application to describe, expected add_to() first")
        # The stylesheet's address changes with it, so that no cache pairs this page with an older one.
        version = hashlib.sha256(self._style).hexdigest()[:8]
        return render(self._app.openapi(), f"static/docs.css?v={version}").encode()


def render(schema: Mapping[str, Any], stylesheet: str) -> str:
    """The page for a schema. ``stylesheet`` is the stylesheet's address."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # no other route needs it

    environment = Environment(
        loader=PackageLoader("recommender.service"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["prose"] = prose
    environment.tests["option"] = is_option
    operations = list(operations_of(schema))
    groups = [
        (tag["name"], tag["description"], [one for of, one in operations if of == tag["name"]])
        for tag in schema["tags"]
    ]
    return environment.get_template("docs.html").render(
        info=schema["info"], groups=groups, kinds=problems.KINDS, stylesheet=stylesheet
    )


def prose(text: str) -> Markup:
    """A line of description: escaped, with `code` between backticks."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))
