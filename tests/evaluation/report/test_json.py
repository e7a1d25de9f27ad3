"""`report.json`: there and back, its schema, and what is said of a file that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recommender.errors import InputError
from recommender.evaluation.document.whole import Document, IndexRecall
from recommender.evaluation.report.json import decode, encode, schema
from tests.evaluation.documents import full, minimal

PATH = Path("old/report.json")
SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"


@pytest.mark.parametrize(
    "document", [full(), full(3, source=False), minimal()], ids=["full", "other", "minimal"]
)
def test_there_and_back(document):
    encoded = encode(document)
    assert decode(encoded, PATH) == document
    assert encode(decode(encoded, PATH)) == encoded


def test_the_form():
    encoded = encode(minimal()).decode()
    assert encoded.startswith('{\n  "schema_version": 2,\n  "made": {\n    "collection": ')
    assert encoded.endswith("}\n")
    assert list(json.loads(encoded)) == list(Document.model_fields)
    assert "עיר" in encode(full()).decode()


def test_floats_as_they_are():
    third = 1 / 3
    document = minimal().model_copy(update={"index": IndexRecall(kind="x", queries=1, recall={"10": third})})
    assert b"0.3333333333333333" in encode(document)
    assert decode(encode(document), PATH).index.recall["10"] == third


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_written(value):
    with pytest.raises(ValueError, match="finite number"):
        IndexRecall(kind="x", queries=1, recall={"10": value})
    # What is no field of its own is not checked by the model.
    document = minimal()
    measures = {"coverage": value}
    lists = tuple(one.model_copy(update={"measures": measures}) for one in full().lists)
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(document.model_copy(update={"lists": lists}))


def changed(path: str, value: Any = None, *, drop: bool = False) -> bytes:
    """The full document with one field replaced, added or dropped."""
    *way, last = path.split(".")
    whole = json.loads(encode(full()))
    part = whole
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    if drop:
        del part[last]
    else:
        part[last] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"schema_version": NaN}', "found NaN"),
        (b"[]", "found a JSON list"),
        (b"{}", "schema_version is null, expected 2"),
        (changed("schema_version", 1), "schema_version is 1, expected 2"),
        (changed("schema_version", True), "schema_version is true, expected 2"),
        (changed("schema_version", "1"), 'schema_version is "1", expected 2'),
        (changed("made.seed", drop=True), "the field made.seed is missing"),
        (changed("datasets.0.extra", 1), "the field datasets.0.extra is not known"),
        (changed("made.seed", "7"), 'the field made.seed is "7": Input should be a valid integer'),
        (
            changed("datasets.1.systems.0.shown.off_topic_at_5", 1.5),
            "the field datasets.1.systems.0.shown.off_topic_at_5 is 1.5: Input should be less",
        ),
        (changed("datasets", None), "the field datasets is null: Input should be a valid"),
        (changed("datasets.0.slices.0.dimension", "colour"), "the field datasets.0.slices.0.dimension is"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(content, message):
    with pytest.raises(InputError) as caught:
        decode(content, PATH)
    assert str(caught.value).startswith("old/report.json: ")
    assert message in str(caught.value)


def test_further_faults_are_counted():
    with pytest.raises(InputError, match=r"made\.collection is missing, and 16 more like it$"):
        decode(changed("made", {}), PATH)


def test_the_schema_in_the_documents_is_the_model_s():
    found = SCHEMA.read_bytes()
    assert json.loads(found) == Document.model_json_schema()
    assert found == schema()
