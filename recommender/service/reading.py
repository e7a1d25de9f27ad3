"""The reading of requests: queries and bodies as the models in `parameters`, 422 for anything else.

All that is wrong with a query, or with a body, is found at once. What a mistake is told with stays small,
however many mistakes there are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

import orjson
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from starlette.requests import Request

from recommender.article import id_problem, normalise_id
from recommender.recommend import Options
from recommender.service import problems
from recommender.service.parameters import ListOptions, Parameters, found

# More than all options together can use.
MAX_FIELDS = 500
_LONGEST_NAME = 100
# Python, and so pydantic, would read 1_0 and, as a whole number, 5.0 as well.
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

Read = TypeVar("Read", bound=Parameters)
Mistakes = list[dict[str, str]]

_DEFAULT_OPTIONS = Options()


def list_options(request: Request) -> Options:
    """The options in a request's query."""
    if not request.scope["query_string"]:  # by far the most
        return _DEFAULT_OPTIONS
    return read_query(ListOptions, request).options()


def read_query(model: type[Read], request: Request) -> Read:
    """A request's query as ``model``. Raises ProblemError (422), also for a name given twice that is not
    repeatable."""
    query = request.scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise problems.invalid([{"detail": f"the query has more than {MAX_FIELDS} parameters"}]) from None
    fields = model.model_fields
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in pairs:
        if name in fields and get_origin(fields[name].annotation) is list:
            given.setdefault(name, []).append(value)
        elif name not in fields:
            given[name] = value
        elif name in given:
            wrong[name] = "is given more than once"
        else:
            given[name] = value
            if mistake := _number_mistake(value, fields[name]):
                wrong[name] = mistake
    mistakes = [{"parameter": name, "detail": detail} for name, detail in wrong.items()]
    unknown = [name for name in given if name not in fields]
    mistakes += _unknown(({"parameter": name[:_LONGEST_NAME]} for name in unknown), fields)
    return _made(model, given, mistakes, strict=False)


async def read_json(request: Request, max_bytes: int) -> dict[str, Any]:
    """A request's body as a JSON object. Raises ProblemError: 413 past ``max_bytes``, whether announced or
    found on the way, 422 for another content type or anything but an object."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise problems.invalid(
            [{"pointer": "", "detail": f"Content-Type is {kind[:100]!r}, expected application/json"}]
        )
    try:
        value = orjson.loads(await _body(request, max_bytes))
    except orjson.JSONDecodeError as error:
        raise problems.invalid([{"pointer": "", "detail": f"the body is not JSON: {error}"}]) from None
    if not isinstance(value, dict):
        said = {list: "an array", str: "a string", type(None): "null"}.get(type(value), "a value")
        raise problems.invalid([{"pointer": "", "detail": f"the body is {said}, expected an object"}])
    return value


def read_body(model: type[Read], value: Mapping[str, Any]) -> Read:
    """A JSON object as ``model``, no type converted. Raises ProblemError (422)."""
    fields = model.model_fields
    unknown = [name for name in value if name not in fields]
    places = ({"pointer": _pointer([name[:_LONGEST_NAME]])} for name in unknown)
    return _made(model, value, _unknown(places, fields), strict=True)


def article_id(raw: str) -> str:
    """An id as it is looked up. Raises ProblemError (422) for one that no article can have."""
    normal = normalise_id(raw)
    if problem := id_problem(normal):
        raise problems.invalid([{"parameter": "id", "detail": problem}])
    return normal


def _made(model: type[Read], given: Mapping[str, Any], mistakes: Mistakes, *, strict: bool) -> Read:
    """``given`` as ``model``, where that and everything found before is without mistakes. Names that the
    model does not know are among the ``mistakes`` already."""
    known = {name: value for name, value in given.items() if name in model.model_fields}
    seen = {one["parameter"] for one in mistakes if "parameter" in one}
    try:
        made = model.model_validate(known, strict=strict)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            place = {"pointer": _pointer(one["loc"])} if strict else {"parameter": str(one["loc"][0])}
            if place.get("parameter") not in seen:
                mistakes.append({**place, "detail": _detail(one)})
    else:
        if not mistakes:
            return made
    raise problems.invalid(mistakes)


def _unknown(places: Iterable[dict[str, str]], fields: Mapping[str, FieldInfo]) -> Mistakes:
    """A mistake for each place; the first says what would have been known."""
    expected = f", expected one of: {', '.join(fields) or 'none'}"
    return [
        {**place, "detail": f"is unknown{'' if number else expected}"} for number, place in enumerate(places)
    ]


def _number_mistake(value: str, field: FieldInfo) -> str | None:
    """What is wrong with the text of a number in a query, if that is what the field holds."""
    kinds = (field.annotation, *get_args(field.annotation))
    if int in kinds and not _WHOLE.fullmatch(value):
        return f"{found(value)}expected a whole number"
    if float in kinds and not _NUMBER.fullmatch(value):
        return f"{found(value)}expected a number"
    return None


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


def _detail(error: Mapping[str, Any]) -> str:
    value = error["input"]
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "too_long":
        return f"expected at most {error['ctx']['max_length']} values"
    if isinstance(value, float) and not math.isfinite(value):
        return f"found {value}, expected a number"
    said: str = error["msg"].removeprefix("Input ").replace("should be ", "expected ", 1)
    return f"{found(value)}{said}"
