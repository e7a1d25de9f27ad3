"""`POST /similar`: the neighbours of a text that is in no snapshot, or of several articles together.

Both compare with every article, so they are done in a thread of their own, one at a time. The encoder is
loaded for the first text and has to be the one that the snapshot was built with.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from recommender.encoder import Encoder, embedded_text, model_of
from recommender.errors import EncoderError
from recommender.recommend import Recommender
from recommender.service import examples, parameters, problems, reading
from recommender.service.answers import SimilarAnswer
from recommender.service.metrics import Clock
from recommender.service.openapi import Document
from recommender.service.routing import add_route
from recommender.service.state import State
from recommender.service.turns import Turns
from recommender.settings import Settings
from recommender.snapshot import Manifest

_LOG = logging.getLogger("recommender.service")
EncoderLoader = Callable[[str], Encoder]
_OF_TEXT = {"title", "text"}
_OF_SEVERAL = {"ids", "negative_ids"}


class Drafts:
    """Lists that are made on request."""

    def __init__(self, state: State, settings: Settings, load: EncoderLoader, clock: Clock) -> None:
        """``load`` finds an encoder by the reference in a manifest; it is called in a thread."""
        self._state = state
        self._max_body_bytes = settings.max_body_bytes
        self._load = load
        self._clock = clock
        self._encoder: Encoder | None = None
        self._turns = Turns("drafts")

    def add_to(self, app: FastAPI) -> None:
        """Put the route in place."""
        add_route(app, "POST", "/similar", self.similar, DRAFT)

    async def similar(self, request: Request) -> Response:
        """The list of a text, or of several articles."""
        reading.read_query(parameters.NoQuery, request)
        body = _read(await reading.read_json(request, self._max_body_bytes))
        recommender = self._state.of(request).recommender
        made = await self._turns.take(self._make, recommender, body)
        return Response(made, media_type="application/json")

    def _make(self, recommender: Recommender, body: parameters.TextBody | parameters.SeveralBody) -> bytes:
        options = body.options()
        if isinstance(body, parameters.SeveralBody):
            return recommender.similar_to_several(body.ids, body.negative_ids, options).encode()
        manifest = recommender.snapshot.manifest
        try:
            encoder = self._encoder_of(manifest)
            vector = encoder.encode([embedded_text(body.title, body.text)])[0]
        except EncoderError as error:
            _LOG.warning("%s, which cannot be used: %s", _needs(manifest), error)
            said = f"{_needs(manifest)}, which cannot be used; the service's log says why"
            raise problems.ProblemError(problems.NO_ENCODER, said) from error
        made = recommender.similar_to_text(body.title, body.text, vector, now=self._clock(), options=options)
        return made.encode()

    def _encoder_of(self, manifest: Manifest) -> Encoder:
        """The encoder a snapshot was built with, in whatever arithmetic it is computed in here: lists are
        the same in each. Raises EncoderError, and ProblemError where another one is found."""
        reference, fingerprint = manifest.encoder["reference"], manifest.encoder["fingerprint"]
        if self._encoder is not None and model_of(self._encoder.fingerprint) == model_of(fingerprint):
            return self._encoder
        found = self._load(reference)
        if model_of(found.fingerprint) != model_of(fingerprint):
            said = f"{_needs(manifest)}, found {found.fingerprint}"
            raise problems.ProblemError(problems.NO_ENCODER, said)
        self._encoder = found
        return found


def _needs(manifest: Manifest) -> str:
    """Names the encoder as the public may see it: the reference may be a path on this machine."""
    encoder = manifest.encoder
    return f"snapshot {manifest.name} needs the encoder {encoder['name']!r} ({encoder['fingerprint']})"


def _read(sent: Mapping[str, Any]) -> parameters.TextBody | parameters.SeveralBody:
    """Exactly one of the two forms."""
    text, several = _OF_TEXT & sent.keys(), _OF_SEVERAL & sent.keys()
    if bool(text) == bool(several):
        found = "both" if text else "neither"
        raise problems.invalid(
            [{"pointer": "", "detail": f"found {found}, expected either title and text, or ids"}]
        )
    if several:
        return reading.read_body(parameters.SeveralBody, sent)
    body = reading.read_body(parameters.TextBody, sent)
    if not f"{body.title}{body.text}".strip():
        raise problems.invalid([{"pointer": "/text", "detail": "title and text are both blank"}])
    return body


DRAFT = Document(
    name="similar_to_draft",
    tag="Lists",
    summary="The list of an unpublished text, or of several articles",
    description="Send either `title` and `text`, or `ids` and perhaps `negative_ids`, with the same "
    "options as members. Several articles: the mean of their scores less the mean of the negatives', clipped "
    "at 0; an unknown id is 404. The encoder is loaded for the first text, which takes some seconds.",
    curl="curl http://127.0.0.1:8000/similar --json "
    '\'{"title": "Storm nears", "text": "Residents were told to prepare.", "limit": 2}\'',
    example=examples.LIST_OF_TEXT,
    answer=SimilarAnswer,
    bodies=(parameters.TextBody, parameters.SeveralBody),
    problems=(
        problems.NOT_FOUND,
        problems.TAKEN_DOWN,
        problems.TOO_LARGE,
        problems.INVALID,
        problems.BUSY,
        problems.NO_SNAPSHOT,
        problems.DAMAGED,
        problems.NO_ENCODER,
    ),
)
