"""`GET /articles`: what the snapshot holds, one by one and in pages."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import FastAPI
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from recommender.article import Article, normalise_id, title_key
from recommender.service import examples, parameters, problems, reading
from recommender.service.answers import ArticleAnswer, PageAnswer
from recommender.service.openapi import Document
from recommender.service.routing import add_route, json_response
from recommender.service.state import Loaded, State
from recommender.snapshot import article_record

# A list of articles is without what makes an article long.
_LONG = ("text", "links")


class Articles:
    """The articles of the snapshot, without those taken down."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add_to(self, app: FastAPI) -> None:
        """Put the routes in place."""
        add_route(app, "GET", "/articles", self.page, PAGE)
        add_route(app, "GET", "/articles/{id:path}", self.one, ONE)

    async def one(self, request: Request) -> Response:
        """One article."""
        reading.read_query(parameters.NoQuery, request)
        article_id = reading.article_id(request.path_params["id"])
        loaded = await self._state.opened(request, ("texts", "source_lists"))
        snapshot = loaded.snapshot
        row = loaded.recommender.row(article_id)
        listed = [snapshot.article(int(one)) for one in snapshot.source_list(row)]
        shown = [bool(loaded.shown[int(one)]) for one in snapshot.source_list(row)]
        record = article_record(snapshot.article(row))
        hidden = [article for article, show in zip(listed, shown, strict=True) if not show]
        record["links"] = [link for link in record["links"] if not _leads_to(link, hidden)]
        record["source_list"] = [
            {"id": article.id, "title": article.title}
            for article, show in zip(listed, shown, strict=True)
            if show
        ]
        return json_response(record)

    async def page(self, request: Request) -> Response:
        """A page of articles."""
        query = reading.read_query(parameters.PageQuery, request)
        loaded = await self._state.opened(request, ("texts", "sections", "labels"))
        rows = await self._state.aside(_matching, loaded, query)
        return json_response(
            {
                "total": len(rows),
                "offset": query.offset,
                "limit": query.limit,
                "items": [
                    _summary(loaded.snapshot.article(int(row)))
                    for row in rows[query.offset : query.offset + query.limit]
                ],
            }
        )


def _matching(loaded: Loaded, query: parameters.PageQuery) -> NDArray[np.intp]:
    """The rows that a query asks for, ascending."""
    wanted = loaded.shown
    if query.section:
        names = {normalise_id(name) for name in query.section}
        labels = loaded.snapshot.section_labels
        codes = [code for code, label in enumerate(labels) if label in names]
        wanted = wanted & np.isin(loaded.snapshot.sections, codes)
    rows = np.flatnonzero(wanted)
    sought = title_key(query.q)
    if sought:
        rows = rows[loaded.titles.containing(sought)[rows]]
    return rows


def _summary(article: Article) -> dict[str, Any]:
    return {name: value for name, value in article_record(article).items() if name not in _LONG}


def _leads_to(link: dict[str, Any], articles: list[Article]) -> bool:
    """Whether a link as the page printed it is to one of ``articles``."""
    keys = {normalise_id(key) for key in (link["id"], link["url"]) if key}
    return any(
        keys & {article.id, article.url} or title_key(link["title"]) == title_key(article.title)
        for article in articles
    )


PAGE = Document(
    name="articles",
    tag="Articles",
    summary="The articles, page by page",
    description="In corpus order: as they were read, each page's article before the stories it links to.",
    curl="curl -G http://127.0.0.1:8000/articles -d limit=20 -d section=Weather --data-urlencode q=coast",
    example=examples.PAGE,
    answer=PageAnswer,
    query=parameters.PageQuery,
    problems=(problems.INVALID, problems.NO_SNAPSHOT, problems.DAMAGED),
)
ONE = Document(
    name="article",
    tag="Articles",
    summary="One article",
    description="In full, with the recommendations that its own page printed.",
    curl="curl http://127.0.0.1:8000/articles/storm-1",
    example=examples.ARTICLE,
    answer=ArticleAnswer,
    id_in_path=True,
    problems=(
        problems.NOT_FOUND,
        problems.TAKEN_DOWN,
        problems.INVALID,
        problems.NO_SNAPSHOT,
        problems.DAMAGED,
    ),
)
