"""Order is a property of the article: options leave out, and change no score."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.conftest import NEWSROOM

IDS = [record["id"] for record in NEWSROOM]
SECTIONS = ["Weather", "Business", "US", "Science", "Local", "Nowhere"]
DATES = st.dates().map(str) | st.sampled_from(
    ["2022-01-05", "2022-01-06T08:00:00Z", "2022-01-10T09:00:00+01:00"]
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "limit": st.integers(1, 50),
        "min_score": st.floats(0, 1),
        "exclude": st.lists(st.sampled_from(IDS), max_size=3),
        "section": st.lists(st.sampled_from(SECTIONS), max_size=3),
        "exclude_section": st.lists(st.sampled_from(SECTIONS), max_size=3),
        "source": st.lists(st.sampled_from(["Post", "Wire", "None"]), max_size=2),
        "published_after": DATES,
        "published_before": DATES,
        "max_age_days": st.floats(0, 1e6),
        "explain": st.booleans(),
    },
)


def pairs(response: Any) -> list[tuple[str, float]]:
    assert response.status_code == 200, response.text
    items = response.json()["items"]
    assert [item["rank"] for item in items] == list(range(1, len(items) + 1))
    return [(item["id"], item["score"]) for item in items]


@pytest.mark.parametrize("how", ["path", "batch"])
def test_any_options_give_a_subsequence_with_the_same_scores(client: TestClient, how: str) -> None:
    whole = {one: pairs(client.get("/similar", params={"id": one, "limit": 50})) for one in IDS}

    @settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(article_id=st.sampled_from(IDS), options=OPTIONS)
    def check(article_id: str, options: dict[str, Any]) -> None:
        if how == "path":
            found = pairs(client.get("/similar", params={"id": article_id, **options}))
        else:
            answer = client.post("/similar:batch", json={"ids": [article_id], **options})
            assert answer.status_code == 200, answer.text
            found = [(item["id"], item["score"]) for item in answer.json()["results"][0]["items"]]
        remaining = iter(whole[article_id])
        assert all(pair in remaining for pair in found)
        assert len(found) <= options.get("limit", 10)
        assert not {one for one, _ in found} & {article_id, *options.get("exclude", ())}

    check()
