"""What callers may send, and the reading of it: 422 for anything else, each mistake named."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.requests import Request

from recommender.article import id_problem, normalise_id
from recommender.ingest.dates import read_time
from recommender.recommend import DEFAULT_LIMIT, MAX_LIMIT, Options
from recommender.service import problems

MAX_IDS = 100
MAX_PAGE = 100
DEFAULT_PAGE = 20


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    moment = read_time(value)
    if moment is None:
        raise ValueError(
            f"found {value!r}, expected an RFC 3339 time or an ISO date (in a query, + is written %2B)"
        )
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]


class Parameters(BaseModel):
    """Base of everything that is read from a request: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ListOptions(Parameters):
    """The options of a list. They leave items out; none changes the order or a score."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="how many items at the most")
    min_score: float | None = Field(
        None, ge=0, le=1, description="leave out what scores lower; without it the snapshot's own floor"
    )
    exclude: list[str] = Field([], description="leave out these ids")
    section: list[str] = Field([], description="only these sections")
    exclude_section: list[str] = Field([], description="leave out these sections")
    source: list[str] = Field([], description="only these sources")
    published_after: Moment | None = Field(
        None, description="only what was published later: RFC 3339 time or ISO date, UTC without a zone"
    )
    published_before: Moment | None = Field(
        None,
        description="only what was published earlier; with any date filter undated articles are left out",
    )
    max_age_days: float | None = Field(
        None,
        ge=0,
        description="only what was published at most so many days before the article itself (before now, "
        "where a text is sent)",
    )
    explain: bool = Field(False, description="add `reasons` and `evidence` to each item")

    def options(self) -> Options:
        """The same for `Recommender`."""
        return Options(
            limit=self.limit,
            min_score=self.min_score,
            exclude=tuple(self.exclude),
            section=tuple(self.section),
            exclude_section=tuple(self.exclude_section),
            source=tuple(self.source),
            published_after=self.published_after,
            published_before=self.published_before,
            max_age_days=self.max_age_days,
            explain=self.explain,
        )


# The options stand first among the bases, so that they come last among the fields.
class _WithId(Parameters):
    id: str = Field(description="the article's id")


class _WithText(Parameters):
    title: str = Field("", description="the headline; title and text may not both be blank")
    text: str = Field("", description="plain text; the first 200 words count")


class _WithSeveral(Parameters):
    ids: list[str] = Field(min_length=1, max_length=MAX_IDS, description="articles to be near to")
    negative_ids: list[str] = Field([], max_length=MAX_IDS, description="articles to be far from")


class _WithMany(Parameters):
    ids: list[str] = Field(max_length=MAX_IDS, description="articles, in the order of the answers")


class ListQuery(ListOptions, _WithId):
    """The options, with the article's id among them."""


class TextBody(ListOptions, _WithText):
    """An unpublished text. Title or text may be missing, not both."""


class SeveralBody(ListOptions, _WithSeveral):
    """Several articles together."""


class BatchBody(ListOptions, _WithMany):
    """Many lists at once, all with the same options."""


class PageQuery(Parameters):
    """A page of the articles, in corpus order."""

    offset: int = Field(0, ge=0, description="how many to pass over")
    limit: int = Field(DEFAULT_PAGE, ge=1, le=MAX_PAGE, description="how many at the most")
    section: list[str] = Field([], description="only these sections")
    q: str = Field("", description="only titles that contain this; case does not matter")


class NoQuery(Parameters):
    """For routes without parameters: any is unknown."""


Read = TypeVar("Read", bound=Parameters)

_DEFAULT_OPTIONS = Options()


def list_options(request: Request) -> Options:
    """The options in a request's query."""
    if not request.scope["query_string"]:  # by far the most
        return _DEFAULT_OPTIONS
    return read_query(ListOptions, request).options()


def read_query(model: type[Read], request: Request) -> Read:
    """A request's query as ``model``. Raises ProblemError (422), also for a name given twice that is not
    repeatable."""
    repeatable = {name for name, field in model.model_fields.items() if field.annotation == list[str]}
    given: dict[str, Any] = {}
    query = request.scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in repeatable:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise problems.invalid([{"parameter": name, "detail": "is given more than once"}])
        else:
            given[name] = value
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise problems.invalid(
            [
                {"parameter": str(one["loc"][0]), "detail": _detail(one, model)}
                for one in error.errors(include_url=False)
            ]
        ) from None


async def read_json(request: Request, max_bytes: int) -> dict[str, Any]:
    """A request's body as a JSON object. Raises ProblemError: 413 past ``max_bytes``, whether announced or
    found on the way, 422 for another content type or anything but an object."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise problems.invalid(
            [{"pointer": "", "detail": f"Content-Type is {kind!r}, expected application/json"}]
        )
    try:
        value = orjson.loads(await _body(request, max_bytes))
    except orjson.JSONDecodeError as error:
        raise problems.invalid([{"pointer": "", "detail": f"the body is not JSON: {error}"}]) from None
    if not isinstance(value, dict):
        found = {list: "an array", str: "a string", type(None): "null"}.get(type(value), "a value")
        raise problems.invalid([{"pointer": "", "detail": f"the body is {found}, expected an object"}])
    return value


def read_body(model: type[Read], value: Mapping[str, Any]) -> Read:
    """A JSON object as ``model``, no type converted. Raises ProblemError (422)."""
    try:
        return model.model_validate(value, strict=True)
    except ValidationError as error:
        raise problems.invalid(
            [
                {"pointer": _pointer(one["loc"]), "detail": _detail(one, model)}
                for one in error.errors(include_url=False)
            ]
        ) from None


def article_id(raw: str) -> str:
    """An id as it is looked up. Raises ProblemError (422) for one that no article can have."""
    normal = normalise_id(raw)
    if problem := id_problem(normal):
        raise problems.invalid([{"parameter": "id", "detail": problem}])
    return normal


async def _body(request: Request, max_bytes: int) -> bytes:
    too_large = problems.ProblemError(
        problems.TOO_LARGE, f"the body has more than {max_bytes} bytes (setting max_body_bytes)"
    )
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > max_bytes:
            raise too_large
    return bytes(content)


def _pointer(location: Sequence[int | str]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in location)


def _detail(error: Mapping[str, Any], model: type[Parameters]) -> str:
    found = error["input"]
    if error["type"] == "extra_forbidden":
        return f"is unknown, expected one of: {', '.join(model.model_fields) or 'none'}"
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if isinstance(found, float) and not math.isfinite(found):
        return f"found {found}, expected a number"
    said: str = error["msg"].removeprefix("Input ").replace("should be ", "expected ", 1)
    shown = f"found {found!r}, " if isinstance(found, (str, int, float, type(None))) else ""
    return f"{shown}{said}" if len(shown) < 200 else said
