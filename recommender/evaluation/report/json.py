"""``report.json``: every number of a document, and its way back. `docs/report.schema.json` is the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from recommender.errors import InputError
from recommender.evaluation.document.whole import SCHEMA_VERSION, Document

_LONGEST_FOUND = 60


def encode(document: Document) -> bytes:
    """The document as indented JSON, keys in the model's order, floats as they are, a line feed at the end.
    Raises ValueError for a float that is no number, and for text that is no Unicode."""
    return _indented(document.model_dump(mode="json"))


def decode(content: bytes, path: Path) -> Document:
    """A document from the bytes of the file at ``path``. Raises InputError, which names the file, the field,
    what was found and what was expected."""
    try:
        values = json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON, expected a report.json: {error}") from error
    if not isinstance(values, dict):
        raise InputError(
            f"{path}: found a JSON {type(values).__name__}, expected the object of a report.json"
        )
    found = values.get("schema_version")
    if type(found) is not int or found != SCHEMA_VERSION:
        raise InputError(f"{path}: schema_version is {_shown(found)}, expected {SCHEMA_VERSION}")
    try:
        return Document.model_validate_json(content, strict=True)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        more = f", and {len(problems) - 1:,} more like it" if len(problems) > 1 else ""
        raise InputError(f"{path}: {_in_words(problems[0])}{more}") from error


def schema() -> bytes:
    """The JSON Schema of ``report.json``, as `docs/report.schema.json` has it."""
    return _indented(Document.model_json_schema())


def _indented(values: Any) -> bytes:
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"


def _in_words(problem: ErrorDetails) -> str:
    field = ".".join(str(part) for part in problem["loc"]) or "the whole"
    if problem["type"] == "missing":
        return f"the field {field} is missing"
    if problem["type"] == "extra_forbidden":
        return f"the field {field} is not known"
    return f"the field {field} is {_shown(problem['input'])}: {problem['msg']}"


def _shown(found: Any) -> str:
    text = json.dumps(found, ensure_ascii=False)
    return text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]}…"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"found {constant}, which is no number in JSON")
