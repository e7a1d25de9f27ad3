"""The schema, the page made of it and docs/service.md say what the service does."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from recommender.audit import REASONS, Entry
from recommender.service import answers, problems
from recommender.service.articles import ONE, PAGE
from recommender.service.audit import AUDIT
from recommender.service.drafts import DRAFT
from recommender.service.health import LIVEZ, METRICS, READYZ, SNAPSHOTS
from recommender.service.lists import BATCH, BY_PATH, BY_QUERY
from recommender.service.parameters import ListOptions
from tests.service.conftest import app_of

GUIDE = Path(__file__).parents[2] / "docs" / "service.md"
DOCUMENTS = (AUDIT, ONE, PAGE, DRAFT, LIVEZ, METRICS, READYZ, SNAPSHOTS, BATCH, BY_PATH, BY_QUERY)


def table(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of the guide, without its head."""
    text = GUIDE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def routes_in(heading: str) -> set[tuple[str, str]]:
    found = set()
    for cell, *_ in table(heading):
        method, path = cell.strip("`").split(" ")
        found.add((method, path.partition("?")[0]))
    return found


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(references(one) for one in value))
    return set()


@pytest.fixture
def schema(client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_the_routes_of_the_guide_are_those_of_the_schema_and_of_the_service(client, schema):
    described = {(method.upper(), path) for path, of in schema["paths"].items() for method in of}
    assert routes_in("Routes") == described
    served = {
        (method, route.path_format)
        for route in app_of(client).routes
        for method in route.methods  # type: ignore[attr-defined]
    }
    assert served == described | routes_in("Pages")


def test_the_options_of_the_guide_are_those_of_the_code():
    assert [row[0].strip("`") for row in table("Options of a list")] == list(ListOptions.model_fields)


def test_the_problems_of_the_guide_are_those_of_the_code():
    assert [(row[0].strip("`"), int(row[1])) for row in table("Errors")] == [
        (kind.name, kind.status) for kind in problems.KINDS
    ]


def test_the_reasons_of_the_guide_and_of_the_schema_are_those_of_the_code(schema):
    rows = table("The page's own list beside the rebuilt one")
    assert [(row[0].strip("`"), row[1]) for row in rows] == list(REASONS.items())
    entry = schema["components"]["schemas"]["AuditEntry"]["properties"]
    assert entry["reason"]["enum"] == list(REASONS)
    assert list(entry) == list(Entry.__slots__)


def test_every_reference_of_the_schema_leads_somewhere(schema):
    found = references(schema)
    assert {f"#/components/schemas/{name}" for name in schema["components"]["schemas"]} >= found
    assert schema["openapi"].startswith("3.1")


def test_every_operation_is_described_in_full(schema):
    names = []
    for path, methods in schema["paths"].items():
        for said in methods.values():
            names.append(said["operationId"])
            assert said["summary"], path
            assert said["description"], path
            assert said["tags"][0] in {tag["name"] for tag in schema["tags"]}
            assert all(one["description"] and one["schema"] for one in said.get("parameters", ()))
            assert [one["name"] for one in said.get("parameters", ()) if one["in"] == "path"] == re.findall(
                r"{(\w+)}", path
            )
            for status, response in said["responses"].items():
                if status not in ("200", "304"):
                    assert list(response["content"]) == ["application/problem+json"]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_examples_are_of_the_shape_they_stand_for(document, schema):
    if document.answer is None:
        assert isinstance(document.example, str)
    else:
        document.answer.model_validate(document.example)
    stand = [said for methods in schema["paths"].values() for said in methods.values()]
    (own,) = [said for said in stand if said["operationId"] == document.name]
    (content,) = own["responses"]["200"]["content"].values()
    assert content["example"] == document.example


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/livez", answers.LiveAnswer),
        ("/readyz", answers.ReadyAnswer),
        ("/snapshots", answers.SnapshotsAnswer),
    ],
)
def test_answers_are_of_the_shape_described(client, path: str, model: type[BaseModel]):
    model.model_validate(client.get(path).json(), strict=True)


def test_problems_are_of_the_shape_described(client, make_client, quick):
    for path in ("/similar/gone", "/similar/storm-1?limit=0", "/nowhere"):
        answers.Problem.model_validate(client.get(path).json(), strict=True)
    empty = make_client(index=quick.index.with_name("empty"))
    answers.NotReadyAnswer.model_validate(empty.get("/readyz").json())


class Page(HTMLParser):
    """What matters of a page: its ids, where it leads, what it loads, and its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= said.keys()
        self.ids += [said["id"]] if "id" in said else []
        self.links += [said["href"]] if tag == "a" else []
        self.loads += [
            value for name, value in said.items() if name == "src" or (tag == "link" and name == "href")
        ]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


def test_the_page_keeps_to_its_policy(client):
    response = client.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; ")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    page = Page(response.text)
    assert "script" not in page.tags
    assert "style" not in page.tags
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]
    (stylesheet,) = page.loads
    style = client.get(f"/{stylesheet}")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert "prefers-color-scheme: dark" in style.text


def test_the_page_is_whole_and_in_order(client, schema):
    page = Page(client.get("/docs").text)
    assert len(set(page.ids)) == len(page.ids)
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner <= set(page.ids)
    assert {said["operationId"] for of in schema["paths"].values() for said in of.values()} <= inner
    assert {kind.name for kind in problems.KINDS} <= inner
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.headings))
    assert "main" in page.tags
    assert "nav" in page.tags


def test_what_a_problem_calls_itself_is_on_the_page(client):
    kind = client.get("/similar/gone").json()["type"]
    page, _, anchor = kind.partition("#")
    assert f'id="{anchor}"' in client.get(page).text


def test_the_front_leads_to_the_page(client):
    response = client.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/docs")
