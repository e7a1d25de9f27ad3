"""The API's description: each route's `Document`, and the OpenAPI schema made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from recommender.service import answers, parameters, problems

TITLE = "Related stories"
DESCRIPTION = (
    "Lists of related articles, rebuilt by what each article is about. Every list is made when the index is "
    "built; a request looks it up and leaves out what the caller does not want.\n\n"
    "Every answer carries `X-Snapshot`, the snapshot it came from. `GET /similar` has a strong `ETag` and "
    "may be cached. `HEAD` works wherever `GET` does. Errors are `application/problem+json`."
)
TAGS = {
    "Lists": "Related articles of a published article, of many at once, or of a text that is not published.",
    "Articles": "What the snapshot holds. Articles that were taken down are left out everywhere.",
    "Operation": "Which snapshot is served, and how the service is doing.",
}
_REF = "#/components/schemas/{model}"
_BODIES = (parameters.TextBody, parameters.SeveralBody, parameters.BatchBody)
_ANSWERS = (
    answers.SimilarAnswer,
    answers.BatchAnswer,
    answers.AuditAnswer,
    answers.ArticleAnswer,
    answers.PageAnswer,
    answers.SnapshotsAnswer,
    answers.LiveAnswer,
    answers.ReadyAnswer,
    answers.NotReadyAnswer,
    answers.Problem,
)
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "the article's id; slashes may stand as they are, other reserved characters are "
    "percent-encoded",
    "schema": {"type": "string", "minLength": 1},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the schema says of one route. ``curl`` is an example call, ``example`` its answer; ``answer`` is
    the model of the answer, or ``None`` for plain text; ``not_ready`` the model of its 503, if it has one
    of its own."""

    name: str
    tag: str
    summary: str
    description: str
    curl: str
    example: Any
    answer: type[BaseModel] | None
    id_in_path: bool = False
    query: type[BaseModel] | None = None
    bodies: tuple[type[BaseModel], ...] = ()
    problems: tuple[problems.Kind, ...] = ()
    not_modified: bool = False
    not_ready: type[BaseModel] | None = None

    def responses(self) -> dict[int | str, dict[str, Any]]:
        """The ``responses`` of the route."""
        schema = {"type": "string"} if self.answer is None else _ref(self.answer)
        media = "text/plain" if self.answer is None else "application/json"
        found: dict[int | str, dict[str, Any]] = {
            200: {
                "description": "The answer",
                "content": {media: {"schema": schema, "example": self.example}},
                "headers": _headers(cached=self.not_modified),
            }
        }
        if self.not_modified:
            found[304] = {
                "description": "What `If-None-Match` names is still right",
                "headers": _headers(cached=True),
            }
        for kind in self.problems:
            model = self.not_ready if self.not_ready and kind.status == 503 else answers.Problem
            known = found.get(kind.status)
            title = f"{known['description']} / {kind.title}" if known else kind.title
            found[kind.status] = {
                "description": title,
                "content": {problems.MEDIA_TYPE: {"schema": _ref(model)}},
            }
        return found

    def extra(self) -> dict[str, Any]:
        """Parameters, body and example call, as ``openapi_extra``."""
        found: dict[str, Any] = {"x-codeSamples": [{"lang": "sh", "source": self.curl}]}
        described = [_ID] if self.id_in_path else []
        if self.query is not None:
            described += _query_parameters(self.query)
        if described:
            found["parameters"] = described
        if self.bodies:
            schemas = [_ref(body) for body in self.bodies]
            found["requestBody"] = {
                "required": True,
                "content": {
                    "application/json": {"schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}}
                },
            }
        return found


def schema_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI schema of all described routes, with every model that they name."""
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    _, models = models_json_schema(
        [
            *((body, "validation") for body in _BODIES),
            *((answer, "serialization") for answer in _ANSWERS),
        ],
        ref_template=_REF,
    )
    schema.setdefault("components", {})["schemas"] = dict(sorted(models["$defs"].items()))
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                described = schema["paths"][route.path_format][method.lower()]["responses"]
                # FastAPI leaves nulls out of examples, and an answer's nulls are part of it.
                described["200"]["content"] = route.responses[200]["content"]
    return schema


def installed_version() -> str:
    """The version of the installed package; ``0`` where it runs without having been installed."""
    try:
        return metadata.version("recommender")
    except metadata.PackageNotFoundError:
        return "0"


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _headers(*, cached: bool) -> dict[str, Any]:
    found = {"X-Snapshot": "the snapshot that the answer came from, once one is loaded"}
    if cached:
        found["ETag"] = "strong; over snapshot, overlay generation, article and normalised query"
        found["Cache-Control"] = "how long a cache may keep the list"
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in found.items()}


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    required: Sequence[str] = schema.get("required", ())
    found = []
    for name, described in schema["properties"].items():
        kept = {key: value for key, value in described.items() if key not in ("title", "description")}
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": described["description"],
                "schema": _without_null(kept),
            }
        )
    return found


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query has no null: a parameter is there or not."""
    if "anyOf" not in schema:
        return dict(schema)
    kinds = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
    return dict(kinds[0])
