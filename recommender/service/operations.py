"""The operations of an OpenAPI schema as people read them: fields with types in words, bodies, answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from recommender.service.parameters import ListOptions

_METHODS = ("get", "post", "delete")
_TYPES = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one member of a body or an answer; ``default`` is ``None`` where there is none."""

    name: str
    kind: str
    default: str | None
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the page shows it. ``forms`` and ``parts`` pair a heading with fields: what may be sent,
    and what the answer is made of. ``answers`` pairs a status with its meaning."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    forms: tuple[tuple[str, tuple[Field, ...]], ...]
    parts: tuple[tuple[str, tuple[Field, ...]], ...]
    curl: str
    example: str
    answers: tuple[tuple[str, str], ...]


def operations_of(schema: Mapping[str, Any]) -> Iterator[tuple[str, Operation]]:
    """Each operation of a schema with its tag, in the schema's order."""
    models = schema["components"]["schemas"]
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if method not in methods:
                continue
            said = methods[method]
            (answer,) = said["responses"]["200"]["content"].values()
            example = answer["example"]
            yield (
                said["tags"][0],
                Operation(
                    name=said["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=said["summary"],
                    description=said["description"],
                    forms=tuple(_forms(said, models)),
                    parts=tuple(_parts(answer["schema"], models)),
                    curl=said["x-codeSamples"][0]["source"],
                    example=example if isinstance(example, str) else _pretty(example),
                    answers=tuple(
                        (status, _meaning(status, one)) for status, one in said["responses"].items()
                    ),
                ),
            )


def _forms(said: Mapping[str, Any], models: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """What may be sent: the parameters, or each body."""
    if "parameters" in said:
        yield (
            "",
            tuple(
                _field(
                    one["name"],
                    # A list in a query is a name given several times.
                    {**one["schema"].get("items", one["schema"]), "description": one["description"]},
                    one["required"],
                    most=one["schema"].get("maxItems"),
                )
                for one in said["parameters"]
            ),
        )
    if "requestBody" in said:
        yield from _parts(said["requestBody"]["content"]["application/json"]["schema"], models)


def is_option(field: Field) -> bool:
    """Whether a field is one of the options that all lists share."""
    return field.name in ListOptions.model_fields


def _parts(schema: Mapping[str, Any], models: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The models that a schema is made of, each once, with a heading and its fields."""
    seen: list[str] = []
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop(0)
        if name in seen or name in ("Problem", "ProblemDetail"):
            continue
        seen.append(name)
        model = models[name]
        required = model.get("required", ())
        fields = tuple(_field(key, one, key in required) for key, one in model["properties"].items())
        yield model["description"].partition("\n\n")[0], fields
        waiting += _references(model["properties"])


def _references(schema: Any) -> Iterator[str]:
    """Names of the models that a schema refers to, in order."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "$ref":
                yield value.rpartition("/")[2]
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _field(name: str, schema: Mapping[str, Any], required: bool, *, most: int | None = None) -> Field:
    """``most``: how many times a parameter may be given, where it may be more than once."""
    default = schema.get("default")
    return Field(
        name=name,
        kind=_kind(schema) + (f", repeatable up to {most} times" if most else ""),
        default=None if default in (None, [], "") else orjson.dumps(default).decode(),
        required=required,
        meaning=schema.get("description", ""),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema's type, for people."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return "object"
    if "enum" in schema:
        return " · ".join(schema["enum"])
    if schema.get("type") == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {_kind(schema['items'])}{most}"
    if schema.get("format") == "date-time":
        return "time"
    kind: str = _TYPES.get(schema.get("type", "object"), schema.get("type", "object"))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{kind}, {low:g} to {high:g}"
    return f"{kind}, from {low:g}" if low is not None else kind


def _meaning(status: str, response: Mapping[str, Any]) -> str:
    said = response["description"]
    return f"{HTTPStatus(int(status)).phrase}: {said}" if status == "304" else str(said)


def _pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
