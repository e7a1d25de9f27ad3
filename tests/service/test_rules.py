"""The service under the editors' rules, and while they change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender import overlay
from recommender.overlay import OVERLAY_FILE
from recommender.rules import RULES_FILE, added, removed
from tests.conftest import NOW
from tests.service.conftest import assert_problem, wait_for, write_whole
from tests.test_rules import PLACE, block, pin

WHO = {"by": "ana", "when": NOW, "reason": "because"}


def ids(client, article_id="storm-1", query=""):
    return [item["id"] for item in client.get(f"/similar/{article_id}{query}").json()["items"]]


def ready(client):
    return client.get("/readyz").json()


def by_hand(settings, *rules):
    content = b"# ours\n"
    for rule in rules:
        content = added(content, rule, PLACE)
    write_whole(settings.index / RULES_FILE, content)


def test_a_rule_is_applied_everywhere_without_a_restart(build, make_client, settings):
    build()
    client = make_client()
    before = client.get("/similar/storm-1")
    assert "storm-2" in before.text
    overlay.add_rule(settings.index, block(target={"source": "Wire"}))
    wait_for(lambda: ready(client)["overlay_generation"] == 1)
    after = client.get("/similar/storm-1", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "storm-2" not in after.text
    batch = client.post("/similar:batch", json={"ids": ["storm-1", "court-2"]}).text
    draft = client.post("/similar", json={"text": "storm storm storm", "limit": 50, "min_score": 0}).text
    several = client.post("/similar", json={"ids": ["storm-1"], "limit": 50, "min_score": 0}).text
    for text in (batch, draft, several):
        assert "storm-3" in text or "court-2" in text
        assert not [one for one in ("storm-2", "court-1", "court-3") if f'"id":"{one}","title"' in text]
    assert client.get("/articles/storm-2").status_code == 200  # in no list, and there all the same
    assert client.get("/similar/storm-2").status_code == 200
    overlay.remove_rule(settings.index, "x", **WHO)
    wait_for(lambda: client.get("/similar/storm-1").json() == before.json())


def test_an_edit_by_hand_is_seen_and_changes_the_etag(build, make_client, settings):
    build()
    client = make_client()
    tags = [client.get("/similar/storm-1").headers["etag"]]
    by_hand(settings, pin("storm-1", "lone"))
    wait_for(lambda: ids(client)[0] == "lone")
    tags.append(client.get("/similar/storm-1").headers["etag"])
    by_hand(settings, pin("storm-1", "court-1"))  # of the same generation, since nobody wrote it down
    wait_for(lambda: ids(client)[0] == "court-1")
    tags.append(client.get("/similar/storm-1").headers["etag"])
    assert len(set(tags)) == 3
    by_hand(settings)
    wait_for(lambda: ids(client)[0] != "court-1")
    by_hand(settings, pin("storm-1", "court-1"))
    wait_for(lambda: ids(client)[0] == "court-1")
    assert client.get("/similar/storm-1").headers["etag"] == tags[2]
    assert not (settings.index / OVERLAY_FILE).exists()  # a service writes nothing


def test_a_pin_is_answered_as_such(build, make_client, settings):
    build()
    by_hand(settings, pin("storm-1", "lone"), block(article={"section": "US"}))
    client = make_client(min_score=0.8)
    first = client.get("/similar/storm-1?min_score=1").json()
    assert [(one["id"], one["origin"], one["rank"]) for one in first["items"]] == [("lone", "pin", 1)]
    assert (first["abstained"], first["returned"]) == (True, 1)
    assert ids(client, query="?section=Weather")[0] != "lone"
    blocked = client.get("/similar/court-1").json()
    assert (blocked["items"], blocked["reason"]) == ([], "blocked")


def test_the_audit_has_the_rules(build, make_client, settings):
    build(
        [
            {
                "id": "page",
                "title": "Page",
                "text": "storm storm",
                "links": [{"id": "a", "title": "A", "snippet": "vote"}],
            }
        ]
    )
    by_hand(settings, pin("page", "a"))
    client = make_client()
    assert [one["reason"] for one in client.get("/audit/page").json()["kept"]] == ["pinned"]
    by_hand(settings, block(target={"id": "a"}))
    wait_for(lambda: client.get("/audit/page").json()["dropped"])
    assert [one["reason"] for one in client.get("/audit/page").json()["dropped"]] == ["blocked"]


@pytest.mark.parametrize("content", [b"[[rule]", b"[[rule]]\nkind = 'pin'\n", None])
def test_rules_that_cannot_be_read_leave_those_before_in_force(build, make_client, settings, content):
    build()
    by_hand(settings, block(target={"id": "storm-2"}))
    client = make_client()
    assert "storm-2" not in ids(client)
    if content is None:
        (settings.index / RULES_FILE).unlink()
    else:
        write_whole(settings.index / RULES_FILE, content)
    wait_for(lambda: ready(client)["load_error"])
    assert ready(client)["load_error"] == "the editors' rules cannot be read; the service's log says why"
    assert client.get("/readyz").status_code == 200
    assert "storm-2" not in ids(client)
    by_hand(settings)
    wait_for(lambda: ready(client)["load_error"] is None)
    wait_for(lambda: "storm-2" in ids(client))


def test_a_takedown_does_not_wait_for_rules_that_cannot_be_read(build, make_client, settings, take_down):
    build()
    by_hand(settings, block(target={"id": "storm-2"}))
    client = make_client()
    write_whole(settings.index / RULES_FILE, b"[[rule]")
    wait_for(lambda: ready(client)["load_error"])
    take_down("storm-3")
    wait_for(lambda: client.get("/similar/storm-3").status_code == 410)
    assert "storm-2" not in ids(client)


def test_a_service_does_not_start_without_the_rules(build, make_client, settings):
    build()
    (settings.index / RULES_FILE).write_bytes(b"[[rule]")
    client = make_client()
    assert_problem(client.get("/similar/storm-1"), 503, "no-snapshot")
    by_hand(settings, block(target={"id": "storm-2"}))
    wait_for(lambda: client.get("/similar/storm-1").status_code == 200)
    assert "storm-2" not in ids(client)


def test_rules_are_worked_out_once(build, make_client, settings, monkeypatch):
    """No request reads or matches a rule: that happens when they change."""
    build()
    by_hand(settings, block(target={"id": "storm-2"}), pin("storm-1", "lone"))
    client = make_client()
    for name in ("recommender.rules.apply", "recommender.rules.document.decode"):
        monkeypatch.setattr(name, lambda *_: pytest.fail("a request worked rules out"))
    assert ids(client)[0] == "lone"
    assert ready(client)["load_error"] is None


def test_what_is_removed_by_hand_comes_back(build, make_client, settings):
    build()
    overlay.add_rule(settings.index, block(target={"id": "storm-2"}))
    client = make_client()
    assert "storm-2" not in ids(client)
    content = (settings.index / RULES_FILE).read_bytes()
    write_whole(settings.index / RULES_FILE, removed(content, "x", PLACE))
    wait_for(lambda: "storm-2" in ids(client))
    assert ready(client)["overlay_generation"] == 2
    write_whole(settings.index / RULES_FILE, content)
    wait_for(lambda: "storm-2" not in ids(client))
    assert ready(client)["overlay_generation"] == 1
    overlay.add_rule(settings.index, replace(pin("storm-1", "lone"), id="y"))
    wait_for(lambda: ids(client)[0] == "lone")
    assert ready(client)["overlay_generation"] == 2
