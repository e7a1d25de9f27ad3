"""The application: every room given what it needs, and its routes put in place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from recommender.encoder import load_encoder
from recommender.errors import RecommenderError
from recommender.service import openapi, problems
from recommender.service.articles import Articles
from recommender.service.audit import Audits
from recommender.service.docs_page import DocsPage
from recommender.service.drafts import Drafts, EncoderLoader
from recommender.service.envelope import Envelope
from recommender.service.front import Front
from recommender.service.health import Health
from recommender.service.lists import Lists
from recommender.service.metrics import Clock, Metrics
from recommender.service.state import State
from recommender.settings import Settings

_LOG = logging.getLogger("recommender.service")


class Application(FastAPI):
    """FastAPI with the schema that `recommender.service.openapi` writes, and `Front` before it."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        answer = None
        if scope["type"] == "http":
            try:
                answer = self.front.answer(scope)
            except Exception:
                _LOG.exception("%s %r is left to the general route", scope["method"], scope["path"])
        if answer is None:
            await super().__call__(scope, receive, send)
        else:
            for message in answer:
                await send(message)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI schema; made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.schema_of(self)
        return self.openapi_schema


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def create_app(
    settings: Settings, *, encoder_loader: EncoderLoader | None = None, clock: Clock = utc_now
) -> FastAPI:
    """The service over ``settings.index``. Nothing is read before it starts up, and it starts up without a
    snapshot too: lists are then 503 until one appears.

    ``encoder_loader`` finds the encoder of a snapshot by its manifest's reference, for texts in
    ``POST /similar``; ``clock`` says how old a snapshot is and when a text counts as published.
    """
    metrics = Metrics()
    state = State(settings, on_failure=metrics.count_failure)
    metrics.watch(state, clock)
    app = Application(
        title=openapi.TITLE,
        version=openapi.installed_version(),
        description=openapi.DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in openapi.TAGS.items()],
        openapi_url=None,  # these three are served by `DocsPage`
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_polling(state),
        exception_handlers={
            problems.ProblemError: problems.on_problem,
            RecommenderError: problems.on_domain_error,
            HTTPException: problems.on_http_exception,
        },
    )
    app.front = Front(state, metrics, settings)
    app.add_middleware(Envelope, state=state, metrics=metrics)
    for room in (
        Lists(state, settings),
        Drafts(
            state, settings, encoder_loader or partial(load_encoder, backend=settings.encoder_backend), clock
        ),
        Audits(state),
        Articles(state),
        Health(state, settings, metrics, clock),
        DocsPage(),
    ):
        room.add_to(app)
    return app


def _polling(state: State) -> Callable[[Application], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        await state.look()
        poller = asyncio.create_task(state.poll())
        yield
        poller.cancel()
        with suppress(asyncio.CancelledError):
            await poller
        state.loaded = None  # its files are closed with it
        app.front.forget()

    return lifespan
