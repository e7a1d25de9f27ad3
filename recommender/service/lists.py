"""`GET /similar`, one list, and `POST /similar:batch`, many."""

from __future__ import annotations

import asyncio

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from recommender.errors import ArticleNotFound, TakenDown
from recommender.recommend import Options, SimilarList
from recommender.service import caching, examples, parameters, problems, reading
from recommender.service.answers import BatchAnswer, SimilarAnswer
from recommender.service.openapi import Document
from recommender.service.routing import add_route
from recommender.service.state import State
from recommender.settings import Settings
from recommender.snapshot import EXPLAINED, LISTED


class Lists:
    """The stored lists."""

    def __init__(self, state: State, settings: Settings) -> None:
        self._state = state
        self._cache_control = caching.cache_control(settings)
        self._max_body_bytes = settings.max_body_bytes

    def add_to(self, app: FastAPI) -> None:
        """Put the routes in place."""
        add_route(app, "GET", "/similar/{id:path}", self.by_path, BY_PATH)
        add_route(app, "GET", "/similar", self.by_query, BY_QUERY)
        add_route(app, "POST", "/similar:batch", self.batch, BATCH)

    async def by_path(self, request: Request) -> Response:
        """The list of the article in the path."""
        options = reading.list_options(request)
        return await self._list(request, reading.article_id(request.path_params["id"]), options)

    async def by_query(self, request: Request) -> Response:
        """The list of the article in the query."""
        query = reading.read_query(parameters.ListQuery, request)
        return await self._list(request, query.id, query.options())

    async def batch(self, request: Request) -> Response:
        """The lists of many articles."""
        reading.read_query(parameters.NoQuery, request)
        sent = await reading.read_json(request, self._max_body_bytes)
        body = reading.read_body(parameters.BatchBody, sent)
        options = body.options()
        loaded = await self._state.opened(request, _needed(options))
        results = []
        answers = loaded.recommender.similar_to_each(body.ids, options)
        for article_id, answer in zip(body.ids, answers, strict=True):
            results.append(_result(article_id, answer))
            await asyncio.sleep(0)  # each takes its turn: one list must not wait for a hundred
        return Response(b'{"results":[%b]}' % b",".join(results), media_type="application/json")

    async def _list(self, request: Request, article_id: str, options: Options) -> Response:
        recommender = self._state.of(request).recommender
        tag = caching.etag(recommender, recommender.row(article_id), options)
        headers = {"ETag": tag, "Cache-Control": self._cache_control}
        if caching.matches(request.headers.getlist("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        await self._state.opened(request, _needed(options))
        body = recommender.similar(article_id, options).encode()
        return Response(body, headers=headers, media_type="application/json")


def _needed(options: Options) -> tuple[str, ...]:
    """The parts of a snapshot that lists with these options are made from."""
    return EXPLAINED if options.explain else LISTED


def _result(article_id: str, answer: SimilarList | ArticleNotFound | TakenDown) -> bytes:
    if isinstance(answer, SimilarList):
        return answer.encode()
    return orjson.dumps({"id": article_id, "error": problems.domain_problem(answer)})


_PROBLEMS = (
    problems.NOT_FOUND,
    problems.TAKEN_DOWN,
    problems.INVALID,
    problems.NO_SNAPSHOT,
    problems.DAMAGED,
)

BY_PATH = Document(
    name="similar",
    tag="Lists",
    summary="The list of an article",
    description="Order is a property of the article, fixed when the snapshot is built. Filters and "
    "`min_score` leave items out of it, others move up; no option changes a score. A list is never filled up "
    "with something unrelated: `reason` says why it is short.",
    curl="curl 'http://127.0.0.1:8000/similar/storm-1?limit=2'",
    example=examples.LIST,
    answer=SimilarAnswer,
    id_in_path=True,
    query=parameters.ListOptions,
    problems=_PROBLEMS,
    not_modified=True,
)
BY_QUERY = Document(
    name="similar_by_query",
    tag="Lists",
    summary="The same, with the id in the query",
    description="For ids that are awkward in a path, such as URLs.",
    curl="curl -G http://127.0.0.1:8000/similar --data-urlencode 'id=https://news.example/a?b=c' -d limit=2",
    example=examples.LIST_OF_URL,
    answer=SimilarAnswer,
    query=parameters.ListQuery,
    problems=_PROBLEMS,
    not_modified=True,
)
BATCH = Document(
    name="similar_batch",
    tag="Lists",
    summary="The lists of many articles",
    description=f"Up to {parameters.MAX_IDS} lists, in the order of the ids, all with the same options. An "
    "id without a list is answered in its place.",
    curl='curl http://127.0.0.1:8000/similar:batch --json \'{"ids": ["storm-1", "gone"], "limit": 2}\'',
    example=examples.BATCH,
    answer=BatchAnswer,
    bodies=(parameters.BatchBody,),
    problems=(problems.TOO_LARGE, problems.INVALID, problems.NO_SNAPSHOT, problems.DAMAGED),
)
