"""What a build measures are the lists that `Recommender` shows, and it says so in report and manifest."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recommender.measures import Lists, agreement, measure
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.rebuild import REPORT_FILE, measures_of
from recommender.rebuild.measuring import default_lists, left_of, why_empty
from recommender.recommend import Recommender
from recommender.rules import Applied
from recommender.scoring import Floor
from recommender.settings import load
from recommender.snapshot.format import IDS
from recommender.store import Store
from tests.conftest import NEWSROOM
from tests.fakes import AXES, make_article
from tests.snapshot.by_hand import FORMULA, contents_of, publish

# Fourteen storms, so that lists are full; copies, a teaser, texts too short to judge, and one alone.
MANY = [
    *({"id": f"storm-{n:02}", "title": f"Storm {n}", "text": "storm " * (n + 1) + "court " * (n % 3),
       "published_at": f"2022-01-{n + 1:02}"} for n in range(14)),
    *({"id": f"copy-{n}", "title": "Court", "text": "court " * 40, "published_at": "2022-03-01"}
      for n in range(2)),
    {"id": "page", "title": "Goal", "text": "goal vote",
     "links": [{"title": "Only told", "snippet": "goal goal", "id": "teaser"}]},
    {"id": "v-1", "title": "Video"},
    {"id": "lone", "title": "A beekeeper wins", "text": "honey and nothing else at all"},
]  # fmt: skip


def shown_lists(snapshot, overlay=None) -> tuple[list[list[int]], Counter]:
    """What `similar` gives for every article that may be shown, and why lists are empty."""
    recommender = Recommender(snapshot, overlay)
    lists: list[list[int]] = [[] for _ in range(len(snapshot))]
    reasons: Counter = Counter()
    for row, article_id in enumerate(snapshot.ids):
        if recommender.visible(row):
            listed = recommender.similar(article_id)
            assert (listed.rows, listed.scores) == recommender.listed(row, limit=10)
            lists[row] = list(listed.rows)
            if not listed.rows:
                reasons[listed.reason] += 1
    return lists, reasons


def configured(settings, **flags):
    return load({"index": settings.index} | flags, environ={})


# The lists are those that are shown


words = st.lists(st.sampled_from([*AXES, "other"]), min_size=1, max_size=4).map(" ".join)
newsrooms = st.lists(st.tuples(words, st.sampled_from(["One of many", "Video"])), min_size=1, max_size=16)


floors = st.builds(
    Floor,
    st.sampled_from([0.0, 0.119203, 0.5, 0.880797, 1.0]),
    st.sampled_from([0.0, 0.6, 0.880797, 0.9]),
)


@given(newsrooms, st.sets(st.integers(0, 15)), floors)
@hypothesis_settings(max_examples=40)
def test_default_lists_are_the_recommender_s(drawn, hidden, floor):
    articles = [
        make_article(f"a-{row:02}", text if title != "Video" else "", title=title)
        for row, (text, title) in enumerate(drawn)
    ]
    overlay = Overlay(1, frozenset(f"a-{row:02}" for row in hidden))
    contents = contents_of(articles, overlay=overlay)
    mask = np.array([row in hidden for row in range(len(articles))])
    ranking, verdicts, told = contents.ranking, contents.verdicts, contents.facts.story
    nobody = np.zeros(len(articles), dtype=np.bool_)
    no_rules = Applied(nobody, nobody, told)
    left = left_of(ranking, verdicts, mask, no_rules, told, 0)
    lists = default_lists(ranking, verdicts, left, floor, no_rules)
    because = why_empty(lists, ranking, left, contents.facts.too_short, mask, no_rules)
    with tempfile.TemporaryDirectory() as directory:
        snapshot = publish(Path(directory), contents)
        scoring = {**snapshot.manifest.scoring, **asdict(floor)}
        object.__setattr__(snapshot.manifest, "scoring", scoring)
        expected, reasons = shown_lists(snapshot)
    assert [
        lists.rows[slice(*lists.offsets[row : row + 2])].tolist() for row in range(len(lists))
    ] == expected
    assert {reason: number for reason, number in because.items() if number} == dict(reasons)


@pytest.mark.parametrize("teasers", ["always", "never"])
@pytest.mark.parametrize(
    ("min_score", "min_best"),
    [(None, None), (0.0, None), (0.95, None), (None, 0.88), (0.1, 0.88), (None, 0.99)],
)
def test_a_build_measures_what_is_shown(build, settings, teasers, min_score, min_best):
    takedowns = Overlay(1, frozenset({"storm-03", "gone"}))
    settings.index.mkdir()
    (settings.index / OVERLAY_FILE).write_bytes(takedowns.encode())
    chosen = configured(settings, teasers=teasers, min_score=min_score, min_best=min_best)
    outcome = build(MANY, settings=chosen)
    snapshot = outcome.snapshot
    rows, reasons = shown_lists(snapshot)
    lists = Lists.of(rows)
    counted = np.array([one != "storm-03" for one in snapshot.ids])
    expected = measure(
        lists,
        limit=10,
        vectors=snapshot.vectors,
        stories=snapshot.facts.story,
        published=snapshot.published,
        empty_because={
            reason: reasons[reason]
            for reason in ("blocked", "text_too_short", "too_few_articles", "below_min_score", "filtered")
        },
        asked=counted,
        listable=counted,
    )
    for one in expected["exposure"]["most"]:
        one["id"] = snapshot.ids.id(one.pop("row"))
    expected |= {**asdict(snapshot.floor), "agreement": None}
    assert outcome.report.lists == expected
    assert outcome.report.lists["full"] > 0 or 0.95 in (min_score, min_best) or min_best == 0.99
    assert sum(reasons.values()) == outcome.report.lists["empty"] > 0 or min_score == 0.0


def test_report_and_manifest_say_the_same(build, settings):
    build()
    outcome = build(MANY)
    said = outcome.report.lists
    assert outcome.snapshot.manifest.lists == said
    assert json.loads((settings.index / REPORT_FILE).read_bytes())["lists"] == said
    assert outcome.snapshot.report()["lists"] == said
    assert Store(settings.index).open_current().manifest.lists == said
    assert {name: said[name] for name in ("min_score", "min_best")} == asdict(FORMULA.floors.among(1))


@pytest.mark.parametrize("hidden", [set(), {"storm-03", "gone"}])
def test_a_published_snapshot_is_measured_the_same(build, settings, hidden):
    settings.index.mkdir()
    (settings.index / OVERLAY_FILE).write_bytes(Overlay(1, frozenset(hidden)).encode())
    first = build(MANY[1:], settings=configured(settings, min_score=0.1)).snapshot
    second = build(MANY).snapshot
    said = second.manifest.lists
    assert measures_of(Recommender(second), Recommender(first)) == said
    assert said["articles"] == len(second) - len(hidden - {"gone"})
    assert measures_of(Recommender(second)) == {**said, "agreement": None} != said


# The parent's lists


def test_the_first_build_agrees_with_nobody(build):
    assert build().report.lists["agreement"] is None


def test_the_same_again_agrees_in_full(build):
    first = build()
    said = build().report.lists
    assert said["agreement"] == {
        "parent": first.snapshot.name,
        "articles": len(NEWSROOM),
        "both_empty": said["empty"],
        "unchanged": len(NEWSROOM),
        "rbo": 1.0,
    }


def test_agreement_is_with_the_lists_of_the_parent(build, settings):
    """Another corpus in another order, another floor, and something taken down in between."""
    first = build(MANY, settings=configured(settings, min_score=0.0))
    overlay = Overlay(1, frozenset({"storm-05"}))
    (settings.index / OVERLAY_FILE).write_bytes(overlay.encode())
    new = {"id": "new", "title": "Storm new", "text": "storm storm"}
    changed = [new, *reversed(MANY[2:-1]), {**MANY[0], "text": "goal"}]
    second = build(changed, settings=configured(settings, min_score=0.3))
    before, after = (Lists.of(shown_lists(one.snapshot, overlay)[0]) for one in (first, second))
    expected = agreement(
        after, list(second.snapshot.ids), before, list(first.snapshot.ids), leave_out={"storm-05"}
    )
    said = second.report.lists["agreement"]
    assert said == {"parent": first.snapshot.name, **expected}
    assert 0 < said["rbo"] < 1
    assert said["articles"] == len(MANY) + 1 - 3  # the teaser counts; two are gone and one is taken down


def test_a_parent_that_cannot_be_read_is_agreed_with_by_nobody(build):
    first = build()
    (first.snapshot.directory / IDS).write_bytes(b"broken")
    assert build().report.lists["agreement"] is None


# Numbers by hand


def test_what_is_measured_is_what_happened(build, settings):
    said = build(MANY, settings=configured(settings, min_score=0.0)).report.lists
    n = len(MANY) + 1
    # Without a floor only what is too short has no list, and the copies see one fewer.
    assert said["empty_because"] == {
        "blocked": 0,
        "text_too_short": 1,
        "too_few_articles": 0,
        "below_min_score": 0,
        "filtered": 0,
    }
    assert (said["articles"], said["empty"], said["longest"], said["limit"]) == (n, 1, 10, 10)
    assert said["items"] == 10 * (n - 1)
    assert said["repeats"]["exact"] == 0  # the policy sees to it
    assert said["repeats"]["near"] > 0  # sixfold and sevenfold storms are one text to this encoder
    assert len(said["exposure"]["most"]) == 10
    assert all(one["id"].startswith(("storm", "copy", "page")) for one in said["exposure"]["most"][:3])
