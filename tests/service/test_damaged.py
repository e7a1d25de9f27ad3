"""A snapshot of which something is damaged that only some requests need."""

from __future__ import annotations

import pytest

from recommender.snapshot.format import (
    ARTICLES,
    CANDIDATE_ROWS,
    CANDIDATE_SCORES,
    PUBLISHED,
    SOURCE_LIST_ROWS,
    SPACE_LEAD,
    VECTORS,
)
from recommender.store import Store
from tests.service.conftest import assert_problem, wait_for

AS_STORED = "/similar/storm-1?limit=2"
WITH_OPTIONS = "/similar/storm-1?exclude=storm-2"
EXPLAINED = "/similar/storm-1?explain=true"
ARTICLE = "/articles/storm-1"
PAGE = "/articles?q=storm"
AUDIT = "/audit/storm-1"


def damage(settings, name):
    path = Store(settings.index).open_current().directory / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        (CANDIDATE_ROWS, {WITH_OPTIONS, EXPLAINED, AUDIT}),
        (CANDIDATE_SCORES, {WITH_OPTIONS, EXPLAINED, AUDIT}),
        (PUBLISHED, {WITH_OPTIONS, EXPLAINED, AUDIT}),
        (ARTICLES, {EXPLAINED, ARTICLE, PAGE}),
        (SPACE_LEAD, {EXPLAINED, AUDIT}),
        (SOURCE_LIST_ROWS, {ARTICLE, AUDIT}),
        (VECTORS, set()),
    ],
)
def test_only_what_needs_it_is_refused(build, make_client, settings, caplog, name, refused):
    build()
    damage(settings, name)
    client = make_client(min_score=None)
    for _ in range(2):
        for path in (AS_STORED, WITH_OPTIONS, EXPLAINED, ARTICLE, PAGE, AUDIT, "/livez", "/readyz"):
            response = client.get(path)
            if path in refused:
                problem = assert_problem(response, 503, "snapshot-damaged")
                assert str(settings.index) not in problem["detail"]
            else:
                assert response.status_code == 200, (path, response.text)
    assert (f"{name} has sha256" in caplog.text) == bool(refused)


def test_a_takedown_goes_through_all_the_same(build, make_client, settings, take_down):
    build()
    damage(settings, CANDIDATE_ROWS)
    client = make_client(min_score=None)
    assert "storm-2" in client.get(AS_STORED).text
    take_down("storm-2")
    wait_for(lambda: client.get("/similar/storm-2").status_code == 410)
    # Which lists held it cannot be told: none is answered rather than a wrong one.
    assert_problem(client.get(AS_STORED), 503, "snapshot-damaged")


def test_another_snapshot_mends_it(build, make_client, settings):
    build()
    damage(settings, ARTICLES)
    client = make_client(min_score=None)
    assert_problem(client.get(ARTICLE), 503, "snapshot-damaged")
    build()
    wait_for(lambda: client.get(ARTICLE).status_code == 200)
