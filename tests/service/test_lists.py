from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from httpx2 import ASGITransport, AsyncClient

from recommender.recommend import Recommender
from recommender.recommend.filters import Filters
from recommender.service.answers import BatchAnswer, SimilarAnswer
from recommender.store import Store
from tests.conftest import NEWSROOM
from tests.service.conftest import app_of, assert_problem

URL_ID = "https://post.example/a//b?c=d"


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


def test_a_list_is_the_recommender_s_own_bytes(client, quick):
    recommender = Recommender(Store(quick.index).open_current(), min_score=quick.min_score)
    for record in NEWSROOM:
        response = client.get(f"/similar/{quote(record['id'], safe='')}")
        assert response.content == recommender.similar(record["id"]).encode()
        assert response.headers["content-type"] == "application/json"
        SimilarAnswer.model_validate(response.json(), strict=True)


def test_what_is_related_comes_first(client):
    assert ids(client.get("/similar/storm-1?limit=2")) == ["storm-2", "storm-3"]


def test_the_id_may_stand_in_the_query(client):
    by_path = client.get(f"/similar/{quote(URL_ID, safe='')}?limit=3&explain=true")
    by_query = client.get("/similar", params={"id": URL_ID, "limit": 3, "explain": "true"})
    assert by_path.content == by_query.content
    assert by_path.json()["id"] == URL_ID
    assert by_path.headers["etag"] == by_query.headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "/similar",
        "/similar/",
        "/similar?id=",
        "/similar/storm-1?id=storm-1",
        "/similar?id=storm-1&id=storm-2",
        "/similar/%01",
        "/similar/a%0Ab",
        "/similar/storm-1%0A",
        "/similar/" + "x" * 513,
    ],
)
def test_no_id_two_ids_and_impossible_ids_are_refused(client, path):
    problem = assert_problem(client.get(path), 422, "invalid-request")
    assert problem["errors"][0]["parameter"] == "id"


def test_ids_are_found_in_any_unicode_form(build, make_client):
    build(
        [
            *NEWSROOM,
            {"id": "caf\u00e9/\u4e2d\u6587 100%", "title": "Storm caf\u00e9", "text": "storm storm storm"},
        ]
    )
    client = make_client()
    for form in ("caf\u00e9/\u4e2d\u6587 100%", "cafe\u0301/\u4e2d\u6587 100%"):
        for safe in ("", "/"):
            assert (
                client.get(f"/similar/{quote(form, safe=safe)}").json()["id"] == "caf\u00e9/\u4e2d\u6587 100%"
            )
        assert client.get("/similar", params={"id": form}).json()["id"] == "caf\u00e9/\u4e2d\u6587 100%"


def test_an_unknown_id_is_pointed_to_drafts(client):
    problem = assert_problem(client.get("/similar/tomorrow"), 404, "article-not-found")
    assert problem["id"] == "tomorrow"
    assert "POST /similar" in problem["hint"]


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("exclude=storm-2&exclude=storm-3", {"storm-2", "storm-3"}),
        ("section=US", {"storm-2", "storm-3", URL_ID, "rocket-2", "lone"}),
        ("exclude_section=US&exclude_section=Science", {"court-1", "court-2", "court-3", URL_ID, "rocket-2"}),
        ("source=Wire", {"storm-3", "court-2", URL_ID, "rocket-2", "lone"}),
        ("published_after=2022-01-07", {"storm-2", "court-1", "court-2", URL_ID}),
        (
            "published_before=2022-01-07T08:00:00%2B00:00",
            {"storm-3", "court-2", "court-3", "rocket-2", "lone"},
        ),
    ],
)
def test_filters_leave_out_and_nothing_else(client, query, left_out):
    everything = ids(client.get("/similar/storm-1?limit=50"))
    assert ids(client.get(f"/similar/storm-1?limit=50&{query}")) == [
        one for one in everything if one not in left_out
    ]


def test_without_a_best_story_there_is_no_list_unless_a_floor_is_asked_for(build, make_client):
    build()
    client = make_client(min_score=None, min_best=1.0)
    closed = client.get("/similar/storm-1?limit=2")
    said = closed.json()
    assert (said["items"], said["abstained"], said["reason"]) == ([], True, "below_min_score")
    asked = client.get("/similar/storm-1?limit=2&min_score=0.49")  # lower than the snapshot's, and so alone
    assert (ids(asked), asked.json()["abstained"]) == (["storm-2", "storm-3"], False)
    assert closed.headers["etag"] != asked.headers["etag"]
    opened = make_client(min_score=None, min_best=0.8).get("/similar/storm-1?limit=2")
    assert opened.content == asked.content


def test_an_empty_list_says_why(client):
    answer = client.get("/similar/storm-1?section=Nowhere").json()
    assert (answer["items"], answer["reason"], answer["abstained"]) == ([], "too_few_articles", False)
    assert client.get("/similar/storm-1?section=Nowhere&limit=1").json()["reason"] == "filtered"
    assert client.get("/similar/storm-1?min_score=1&limit=1").json()["abstained"] is True


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=51", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=5&limit=6", "limit"),
        ("limit=0&limit=99", "limit"),
        ("limit=1_0", "limit"),
        ("limit=5.0", "limit"),
        ("limit=%D9%A5", "limit"),
        ("limit=" + "1" * 5000, "limit"),
        ("min_score=0_0", "min_score"),
        ("max_age_days=1_0", "max_age_days"),
        ("&".join(["section=US"] * 101), "section"),
        ("source=" + "x" * 2001, "source"),
        ("min_score=nan", "min_score"),
        ("min_score=inf", "min_score"),
        ("min_score=-0.1", "min_score"),
        ("min_score=1.1", "min_score"),
        ("max_age_days=-1", "max_age_days"),
        ("max_age_days=nan", "max_age_days"),
        ("published_after=yesterday", "published_after"),
        ("published_before=2022-02-30", "published_before"),
        ("published_before=1641024000", "published_before"),
        ("explain=perhaps", "explain"),
        ("colour=red", "colour"),
        ("Limit=3", "Limit"),
    ],
)
def test_a_bad_or_unknown_parameter_is_named(client, query, parameter):
    problem = assert_problem(client.get(f"/similar/storm-1?{query}"), 422, "invalid-request")
    assert [error["parameter"] for error in problem["errors"]] == [parameter]
    assert problem["detail"].startswith(f"{parameter}: ")


def test_every_mistake_is_named_at_once(client):
    problem = assert_problem(client.get("/similar/storm-1?limit=0&min_score=2&x="), 422, "invalid-request")
    assert {error["parameter"] for error in problem["errors"]} == {"limit", "min_score", "x"}
    problem = assert_problem(
        client.get("/similar?id=%01&limit=5&limit=6&foo=1&min_score=2"), 422, "invalid-request"
    )
    assert [error["parameter"] for error in problem["errors"]] == ["limit", "foo", "id", "min_score"]


def test_up_to_a_hundred_values_are_taken(client):
    query = "&".join(f"exclude=x{number}" for number in range(100))
    assert client.get(f"/similar/storm-1?{query}").status_code == 200
    body = {"ids": ["storm-1"], "exclude": [f"x{number}" for number in range(100)]}
    assert client.post("/similar:batch", json=body).status_code == 200


@pytest.mark.parametrize("name", ["exclude", "section", "exclude_section", "source"])
def test_more_values_than_anybody_needs_are_refused_briefly(client, name):
    for values in (["x"] * 101, [""] * 240_000, [1] * 240_000, ["x" * 2001]):
        response = client.post("/similar:batch", json={"ids": ["storm-1"] * 100, name: values})
        problem = assert_problem(response, 422, "invalid-request")
        assert problem["errors"][0]["pointer"].startswith(f"/{name}")
        assert len(response.content) < 2000


def test_a_thousand_mistakes_are_told_briefly(client):
    sent = {f"colour{number}": 1 for number in range(60_000)}
    for path in ("/similar:batch", "/similar"):
        response = client.post(path, json={"ids": ["storm-1"], **sent})
        problem = assert_problem(response, 422, "invalid-request")
        assert [error.get("pointer") for error in problem["errors"]] == [
            *(f"/colour{number}" for number in range(20)),
            None,
        ]
        assert problem["errors"][-1]["detail"] == "and 59980 more"
        assert response.text.count("exclude_section") == 2  # in the first error and in the summary of it
        assert len(response.content) < 4000
    response = client.post("/similar:batch", json={"ids": [1] * 100, "x" * 900_000: 1})
    assert_problem(response, 422, "invalid-request")
    assert len(response.content) < 4000
    response = client.post("/similar:batch", json={"ids": [], "published_after": "x" * 900_000})
    assert_problem(response, 422, "invalid-request")
    assert len(response.content) < 1000


def test_a_query_of_thousands_of_parameters_is_refused_briefly(client):
    for count in (400, 6000):
        response = client.get("/similar/storm-1?" + "&".join(f"c{number}=1" for number in range(count)))
        assert_problem(response, 422, "invalid-request")
        assert len(response.content) < 4000
    assert response.json()["detail"] == "the query has more than 500 parameters"


def test_a_batch_answers_each_id_in_its_place(client):
    response = client.post("/similar:batch", json={"ids": ["storm-1", "gone", "storm-1", ""], "limit": 2})
    assert response.status_code == 200
    BatchAnswer.model_validate(response.json())
    results = response.json()["results"]
    assert orjson.dumps(results[0]) == orjson.dumps(client.get("/similar/storm-1?limit=2").json())
    assert results[2] == results[0]
    assert [results[place]["error"]["status"] for place in (1, 3)] == [404, 404]
    assert results[1]["id"] == results[1]["error"]["id"] == "gone"
    assert response.headers["x-snapshot"] == results[0]["snapshot"]


def test_the_options_of_a_batch_are_looked_up_once(client, monkeypatch):
    made = []

    class Counted(Filters):
        def __init__(self, *given):
            made.append(given)
            super().__init__(*given)

    monkeypatch.setattr("recommender.recommend.recommender.Filters", Counted)
    body = {"ids": ["storm-1", "gone"] * 50, "exclude": ["storm-2"]}
    assert len(client.post("/similar:batch", json=body).json()["results"]) == 100
    assert len(made) == 1


def test_a_batch_lets_others_take_their_turn(client):
    app = app_of(client)

    async def turns_of_another() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        async with AsyncClient(transport=ASGITransport(app), base_url="http://here") as asking:
            await asking.post("/similar:batch", json={"ids": ["storm-1"] * 100})
        beside.cancel()
        return turns

    assert asyncio.run(turns_of_another()) >= 100


def test_a_batch_has_a_size(client):
    assert client.post("/similar:batch", json={"ids": ["storm-1"] * 100}).status_code == 200
    problem = assert_problem(
        client.post("/similar:batch", json={"ids": ["storm-1"] * 101}), 422, "invalid-request"
    )
    assert problem["errors"][0]["pointer"] == "/ids"
    assert client.post("/similar:batch", json={"ids": []}).json() == {"results": []}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"{", ""),
        (b'{"ids": ["\xff"]}', ""),
        (b'{"ids": [NaN]}', ""),
        (b"[" * 100_000, ""),
        (b"null", ""),
        (b'["storm-1"]', ""),
        (b"{}", "/ids"),
        (b'{"ids": "storm-1"}', "/ids"),
        (b'{"ids": ["storm-1", 7]}', "/ids/1"),
        (b'{"ids": [], "a/b": 1}', "/a~1b"),
        (b'{"ids": [], "limit": "5"}', "/limit"),
        (b'{"ids": [], "limit": true}', "/limit"),
        (b'{"ids": [], "limit": null}', "/limit"),
        (b'{"ids": [], "min_score": 1e999}', None),
        (b'{"ids": [], "section": "US"}', "/section"),
        (b'{"ids": [], "published_after": "x"}', "/published_after"),
        (b'{"ids": [], "published_after": 5}', "/published_after"),
    ],
)
def test_a_bad_body_is_pointed_at(client, body, pointer):
    response = client.post("/similar:batch", content=body, headers={"content-type": "application/json"})
    problem = assert_problem(response, 422, "invalid-request")
    if pointer is not None:
        assert problem["errors"][0]["pointer"] == pointer


def test_options_of_a_batch_may_be_null(client):
    body = {"ids": ["storm-1"], "min_score": None, "published_after": None, "max_age_days": 0}
    assert client.post("/similar:batch", json=body).status_code == 200


def test_options_of_a_post_do_not_stand_in_the_query(client):
    assert_problem(client.post("/similar:batch?limit=1", json={"ids": []}), 422, "invalid-request")
    assert_problem(client.post("/similar?limit=1", json={"ids": ["storm-1"]}), 422, "invalid-request")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("application/json; charset=utf-8", 200), ("application/ld+json", 200), (None, 200),
     ("text/plain", 422), ("application/x-www-form-urlencoded", 422)],
)  # fmt: skip
def test_a_body_says_that_it_is_json_or_nothing(client, content_type, status):
    headers = {} if content_type is None else {"content-type": content_type}
    assert client.post("/similar:batch", content=b'{"ids": []}', headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/similar", "/similar:batch"])
def test_a_large_body_is_refused_however_it_comes(build, make_client, path):
    build()
    client = make_client(max_body_bytes=1000)
    fits = b'{"ids": ["storm-1"]' + b" " * 980 + b"}"
    assert len(fits) == 1000
    for content in (fits, [fits[:500], fits[500:]]):
        assert client.post(path, content=content).status_code == 200
    for content in (fits + b" ", [fits, b" "]):
        assert_problem(client.post(path, content=content), 413, "body-too-large")
