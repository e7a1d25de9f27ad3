from __future__ import annotations

import pytest

from recommender.service.caching import matches

CACHED = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"


def tag_of(client, query=""):
    response = client.get(f"/similar/storm-1{query}")
    assert response.status_code == 200
    return response.headers["etag"]


def test_a_list_may_be_cached(client):
    response = client.get("/similar/storm-1")
    assert response.headers["cache-control"] == CACHED
    assert response.headers["etag"].startswith('"')
    assert response.headers["etag"] == tag_of(client)


@pytest.mark.parametrize(
    "query",
    [
        "?limit=10",
        "?min_score=0",
        "?min_score=-0.0",
        "?min_score=0.0&limit=010&explain=false",
        "?explain=0",
    ],
)
def test_defaults_spelt_out_are_the_same_query(client, query):
    assert tag_of(client, query) == tag_of(client)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("?section=US&section=Science", "?section=Science&section=US&section=US"),
        ("?limit=3&explain=1", "?explain=true&limit=3"),
        ("?exclude=caf%C3%A9", "?exclude=cafe%CC%81"),
        ("?published_after=2022-01-05", "?published_after=2022-01-05T01:00:00%2B01:00"),
        ("?max_age_days=3", "?max_age_days=3.0"),
        ("?max_age_days=0", "?max_age_days=-0"),
    ],
)
def test_two_spellings_of_one_query_have_one_tag(client, one, other):
    assert tag_of(client, one) == tag_of(client, other) != tag_of(client)


def test_different_queries_have_different_tags(client):
    queries = ["", "?limit=9", "?min_score=0.1", "?exclude=US", "?section=US", "?exclude_section=US",
               "?source=US", "?published_after=2022-01-05", "?published_before=2022-01-05",
               "?max_age_days=3", "?explain=1"]  # fmt: skip
    tags = {tag_of(client, query) for query in queries} | {client.get("/similar/storm-2").headers["etag"]}
    assert len(tags) == len(queries) + 1


def test_a_list_that_has_not_changed_is_not_sent_again(client):
    tag = tag_of(client)
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*", f'"a,b",{tag}'):
        response = client.get("/similar/storm-1", headers={"if-none-match": sent})
        assert response.status_code == 304
        assert response.content == b""
        assert response.headers["etag"] == tag
        assert response.headers["cache-control"] == CACHED
        assert response.headers["x-snapshot"] == client.get("/livez").headers["x-snapshot"]
    for sent in ('"other"', tag.strip('"'), ""):
        assert client.get("/similar/storm-1", headers={"if-none-match": sent}).status_code == 200
    assert client.get("/similar/gone", headers={"if-none-match": "*"}).status_code == 404


def test_if_none_match_may_take_several_lines():
    assert matches(['"a"', '"b"'], '"b"')
    assert not matches([], '"b"')


@pytest.mark.parametrize("path", ["/similar/storm-1", "/similar?id=storm-1", "/articles",
                                  "/audit/storm-1", "/audit/gone",
                                  "/articles/storm-1", "/snapshots", "/livez", "/readyz", "/docs", "/",
                                  "/openapi.json", "/static/docs.css",
                                  "/similar/gone", "/nowhere"])  # fmt: skip
def test_head_is_get_without_its_body(client, path):
    whole, head = client.get(path), client.head(path)
    assert head.content == b""
    assert head.status_code == whole.status_code
    assert dict(head.headers) == dict(whole.headers)


def test_head_honours_conditions(client):
    response = client.head("/similar/storm-1", headers={"if-none-match": tag_of(client)})
    assert response.status_code == 304


@pytest.mark.parametrize("path", ["/livez", "/articles/storm-1", "/nowhere", "/similar/gone", "/docs",
                                  "/audit/storm-1", "/audit/storm-1?limit=0",
                                  "/metrics", "/static/docs.css", "/similar/storm-1?limit=0"])  # fmt: skip
def test_every_answer_names_its_snapshot(client, path):
    assert client.get(path).headers["x-snapshot"] == client.get("/readyz").json()["snapshot"]
    assert client.put(path).headers["x-snapshot"]
