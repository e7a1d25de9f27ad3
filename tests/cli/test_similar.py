from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from recommender.cli.similar import in_words
from recommender.recommend import Recommender
from recommender.service import create_app
from recommender.store import Store
from tests.conftest import NEWSROOM


def test_the_table(run, index):
    ran = run("similar", "storm-1")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[:2] == ["article   Storm nears", "id        storm-1"]
    assert lines[2] == f"snapshot  {Store(index).current_name()}"
    assert lines[4].split() == ["rank", "score", "date", "title,", "source,", "id"]
    listed = json.loads(run("similar", "storm-1", "--json").out)["items"]
    for rank, item in enumerate(listed):
        date = item["published_at"][:10]
        said = [str(rank + 1), f"{item['score']:.2f}", date, *item["title"].split(), f"({item['source']})"]
        assert lines[5 + 2 * rank].split() == said
        assert lines[6 + 2 * rank].strip() == item["id"]


def test_reasons(run, index):
    ran = run("similar", "storm-1", "--explain")
    assert "- same section: Weather\n" in ran.out
    assert "- 1 day apart\n" in ran.out
    assert "- same section" not in run("similar", "storm-1").out


@pytest.mark.parametrize("article_id", [record["id"] for record in NEWSROOM])
@pytest.mark.parametrize(
    ("flags", "query"),
    [
        ([], {}),
        (["--limit", 2], {"limit": 2}),
        (["--min-score", 0], {"min_score": 0}),
        (["--min-score", 1, "--explain"], {"min_score": 1, "explain": True}),
    ],
)
def test_json_is_the_body_of_the_http_answer(run, index, settings, article_id, flags, query):
    ran = run("similar", article_id, "--json", *flags)
    with TestClient(create_app(settings)) as client:
        answer = client.get("/similar", params={"id": article_id, **query})
    assert answer.status_code == 200
    assert ran.out.encode() == answer.content + b"\n"


def test_the_floor_of_the_settings_counts_here_as_it_does_over_http(run, index, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_MIN_SCORE", "1")
    ran = run("similar", "lone")
    assert "list      0 of 10: the index holds only 8 other articles" in ran.out
    assert "nothing reached the floor 1.00" in ran.out


def test_a_prefix_of_one_id_will_do(run, index):
    whole = run("similar", "https://post.example/a//b?c=d", "--json")
    assert run("similar", "https://", "--json").out == whole.out
    assert run("similar", "https:/").code == 66


def test_a_prefix_of_several_ids_is_refused_and_names_some(run, build, index):
    build([{"id": f"same-beginning-{n}", "title": f"Storm {n}", "text": "storm"} for n in range(5)])
    ran = run("similar", "same-beginning-")
    assert ran.code == 66
    assert "5 ids begin with 'same-beginning-'" in ran.err
    assert run("similar", "same-beginning-3").code == 0


def many(words, n=20):
    return [{"id": f"{words}-{i}", "title": f"{words} {i}", "text": f"{words} " * (i + 1)} for i in range(n)]


SHORT_AND_LONG = [
    *many("storm"),
    *many("court"),
    {"id": "two", "title": "Two words", "text": ""},
    {"id": "honey", "title": "A beekeeper wins", "text": "honey and nothing else at all"},
]


@pytest.mark.parametrize(
    ("article_id", "options", "said"),
    [
        ("storm-3", {}, "10 of 10"),
        ("storm-3", {"limit": 30, "min_score": 0.5}, ": nothing else reached the floor 0.50"),
        ("storm-3", {"min_score": 1.0}, "0 of 10: nothing reached the floor 1.00"),
        ("honey", {}, "0 of 10: nothing reached the floor 0.50"),
        ("two", {"limit": 5}, "0 of 5: the article has fewer than 3 words and 20 characters"),
        ("storm-3", {"limit": 50}, ": the index holds only 41 other articles"),
    ],
)
def test_a_short_list_says_why_in_words(build, index, article_id, options, said):
    build(SHORT_AND_LONG)
    recommender = Recommender(Store(index).open_current())
    listed = recommender.similar(article_id, **options)
    words = in_words(listed, recommender.floor.with_own(options.get("min_score")))
    assert words.startswith(f"{len(listed)} of {listed.requested}")
    assert said in words


def test_a_list_without_a_best_story_says_so_and_one_with_it_ends_at_the_floor(build, index):
    build(SHORT_AND_LONG)
    snapshot = Store(index).open_current()
    best = Recommender(snapshot).similar("storm-3", limit=1).items[0].score
    above, at = (Recommender(snapshot, min_best=one) for one in (min(1.0, best + 0.001), best))
    listed = above.similar("storm-3", limit=30)
    assert (len(listed), listed.abstained, listed.reason) == (0, True, "below_min_score")
    assert in_words(listed, above.floor) == (
        f"0 of 30: nothing reached {above.floor.min_best:.2f}, the floor for the best story of a list"
    )
    listed = at.similar("storm-3", limit=30)
    assert (len(listed) > 0, listed.abstained, listed.reason) == (True, False, "below_min_score")
    assert in_words(listed, at.floor) == f"{len(listed)} of 30: nothing else reached the floor 0.50"
    kept = replace(listed, abstained=True, rows=listed.rows[:1], scores=(best,), pins=1)
    assert in_words(kept, at.floor) == "1 of 30: nothing else reached the floor 0.50"
    unscored = replace(kept, scores=(None,))
    assert in_words(unscored, at.floor).startswith("1 of 30: nothing reached 0.8")
    # A lower floor of one's own asks nothing of the best story.
    alone = above.similar("storm-3", limit=30, min_score=0.49)
    assert alone.rows == listed.rows
    assert in_words(alone, above.floor.with_own(0.49)).endswith(": nothing else reached the floor 0.49")
