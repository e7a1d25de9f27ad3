"""`GET /audit`: a page's own list beside the rebuilt one.

A page may print thousands of links, each of which is scored and written, so audits are made in a thread of
their own, one at a time.
"""

from __future__ import annotations

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from recommender.audit import audit_page
from recommender.recommend import Recommender
from recommender.service import examples, parameters, problems, reading
from recommender.service.answers import AuditAnswer
from recommender.service.openapi import Document
from recommender.service.routing import add_route
from recommender.service.state import State
from recommender.service.turns import Turns


class Audits:
    """Comparisons with what the pages printed."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._turns = Turns("audits")

    def add_to(self, app: FastAPI) -> None:
        """Put the route in place."""
        add_route(app, "GET", "/audit/{id:path}", self.one, AUDIT)

    async def one(self, request: Request) -> Response:
        """The audit of the article in the path."""
        query = reading.read_query(parameters.AuditQuery, request)
        article_id = reading.article_id(request.path_params["id"])
        recommender = self._state.of(request).recommender
        made = await self._turns.take(_make, recommender, article_id, query)
        return Response(made, media_type="application/json")


def _make(recommender: Recommender, article_id: str, query: parameters.AuditQuery) -> bytes:
    found = audit_page(recommender, article_id, limit=query.limit, min_score=query.min_score)
    return orjson.dumps(found.as_json())


AUDIT = Document(
    name="audit",
    tag="Lists",
    summary="What a page printed beside what was rebuilt for it",
    description="Which links of the page's own list were kept and which dropped, which stories are new, and "
    "why. Both lists have the same room unless `limit` says otherwise. What was taken down is in neither.",
    curl="curl 'http://127.0.0.1:8000/audit/storm-1?min_score=0.2'",
    example=examples.AUDIT,
    answer=AuditAnswer,
    id_in_path=True,
    query=parameters.AuditQuery,
    problems=(
        problems.NOT_FOUND,
        problems.TAKEN_DOWN,
        problems.INVALID,
        problems.BUSY,
        problems.NO_SNAPSHOT,
        problems.DAMAGED,
    ),
)
