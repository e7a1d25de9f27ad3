"""What holds for every list whatever the rules and the options are."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recommender.overlay import Overlay
from recommender.policy import Policy
from recommender.rebuild.measuring import default_lists, left_of, why_empty
from recommender.recommend import MAX_LIMIT, Options, Recommender
from recommender.rules import Matcher, apply
from recommender.scoring import Floor
from tests.fakes import AXES, make_article
from tests.recommend.test_properties import corpus, filters, floors, is_subsequence, pairs
from tests.snapshot.by_hand import ask, contents_of, publish
from tests.test_rules import block, pin

NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)
TAGS = ("cup", "late", "row")


def tagged():
    """The thirty articles of the other properties with tags, and copies of the first five."""
    articles = [*corpus()]
    for number, article in enumerate(articles):
        tags = tuple(tag for place, tag in enumerate(TAGS) if number % (place + 2) == 0)
        yield make_article(
            article.id,
            article.text,
            section=article.section,
            source=article.source,
            published_at=article.published_at,
            tags=tags,
        )
    for number in range(5):
        yield make_article(f"copy-{number}", articles[number].text, title=articles[number].title)


ARTICLES = list(tagged())
IDS = [article.id for article in ARTICLES]
ids = st.sampled_from(IDS)
sides = st.one_of(
    st.sampled_from([*IDS, "gone"]).map(lambda one: {"id": one}),
    st.sampled_from(["US", "World", "Nowhere"]).map(lambda one: {"section": one}),
    st.sampled_from(TAGS).map(lambda one: {"tag": one}),
    st.sampled_from(["Post", "Wire"]).map(lambda one: {"source": one}),
)
blocks = st.one_of(
    st.tuples(st.sampled_from(["article", "target"]), sides).map(lambda one: dict([one])),
    st.tuples(sides, sides).map(lambda two: {"pair": list(two)}),
).map(lambda form: block(**form))
pins = st.lists(st.sampled_from([*IDS, "gone"]), min_size=2, max_size=2, unique=True).map(
    lambda two: pin(*two)
)
rules = st.lists(blocks | pins, max_size=6).map(tuple)
takedowns = st.frozensets(ids, max_size=4)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES))


def matches(matcher: Matcher | None, row: int) -> bool:
    article = ARTICLES[row]
    found = {
        # A block of an id means every copy of the article.
        "id": {one.id for one in ARTICLES if (one.title, one.text) == (article.title, article.text)},
        "section": (article.section,),
        "tag": article.tags,
        "source": (article.source,),
    }
    return matcher is not None and matcher.value in found[matcher.field]


def linked(rule, row: int, other: int) -> bool:
    """Whether a block speaks against ``other`` in the list of ``row``, read off the articles."""
    if rule.pair is not None:
        one, two = rule.pair
        return (matches(one, row) and matches(two, other)) or (matches(two, row) and matches(one, other))
    return rule.kind == "block" and (matches(rule.article, row) or matches(rule.target, other))


def every_list(recommender, article_id, options):
    """Each way in which the list of an article, or of something that goes with it, is handed out."""
    row = recommender.snapshot.ids.row(article_id)
    yield recommender.similar(article_id, options), True
    yield next(iter(recommender.similar_to_each([article_id], options))), True
    yield recommender.similar_to_several([article_id], options=options), True
    yield ask(recommender, row, now=NOW, options=options), False


@given(rules, takedowns, ids, filters, floors)
@hypothesis_settings(max_examples=150)
def test_no_list_holds_what_is_blocked_or_taken_down(snapshot, rules, takedowns, article_id, options, floor):
    takedowns -= {article_id}
    recommender = Recommender(snapshot, Overlay(1, takedowns, rules))
    row = snapshot.ids.row(article_id)
    chosen = Options(limit=MAX_LIMIT, min_score=floor, **options)
    for listed, of_article in every_list(recommender, article_id, chosen):
        for other in listed.rows:
            assert snapshot.ids.id(other) not in takedowns
            assert other != row or not of_article
            assert not any(matches(rule.target, other) for rule in rules if rule.kind == "block")
            assert not of_article or not any(linked(rule, row, other) for rule in rules)
        assert len(set(listed.rows)) == len(listed)
        stories = [int(snapshot.facts.story[other]) for other in listed.rows]
        assert len(set(stories)) == len(stories)
        if of_article:
            assert snapshot.facts.copy[row] not in snapshot.facts.copy[list(listed.rows)]
            blocked = any(matches(rule.article, row) for rule in rules if rule.kind == "block")
            assert (listed.reason == "blocked") == blocked
    own, scores = recommender.listed(row, limit=100, min_score=floor)
    whole = recommender.similar(article_id, limit=MAX_LIMIT, min_score=floor)
    assert (own[:MAX_LIMIT], scores[:MAX_LIMIT]) == (whole.rows, whole.scores)


@given(rules, takedowns, ids, filters, floors, st.integers(1, 10))
@hypothesis_settings(max_examples=150)
def test_options_only_leave_out(snapshot, rules, takedowns, article_id, options, floor, limit):
    recommender = Recommender(snapshot, Overlay(1, takedowns - {article_id}, rules))
    everything = recommender.similar(article_id, limit=MAX_LIMIT, min_score=0)
    found = recommender.similar(article_id, limit=MAX_LIMIT, min_score=floor, **options)
    assert is_subsequence(pairs(found), pairs(everything))
    assert (
        pairs(recommender.similar(article_id, limit=limit, min_score=floor, **options))
        == pairs(found)[:limit]
    )
    pinned = [item.id for item in found if item.origin == "pin"]
    assert [item.id for item in found][: len(pinned)] == pinned
    expected = [
        item.id for item in everything if item.origin == "pin" and item.id not in options.get("exclude", ())
    ]
    assert is_subsequence(pinned, expected)
    assert set(options) - {"exclude", "explain"} or pinned == expected
    assert (found.reason is None) == (len(found) == MAX_LIMIT)


@given(st.lists(blocks, max_size=5).map(tuple), blocks, takedowns, ids, floors)
@hypothesis_settings(max_examples=150)
def test_a_further_block_takes_items_away_and_lets_in_what_tells_the_same(
    snapshot, rules, further, takedowns, article_id, floor
):
    takedowns -= {article_id}
    before, after = (
        Recommender(snapshot, Overlay(1, takedowns, chosen)) for chosen in (rules, (*rules, further))
    )
    chosen = Options(limit=MAX_LIMIT, min_score=floor)
    for (longer, _), (shorter, _) in zip(
        every_list(before, article_id, chosen), every_list(after, article_id, chosen), strict=True
    ):
        told = snapshot.facts.story
        gone = {int(told[row]) for row in longer.rows if row not in shorter.rows}
        stayed = [pair for pair in pairs(shorter) if pair in pairs(longer)]
        assert is_subsequence(stayed, pairs(longer))
        assert {int(told[row]) for row, _ in pairs(shorter) if row not in longer.rows} <= gone


@given(rules, takedowns)
@hypothesis_settings(max_examples=60)
def test_the_order_of_blocks_changes_nothing(snapshot, rules, takedowns):
    turned = sorted(rules, key=lambda rule: rule.kind == "block")
    one, other = (Recommender(snapshot, Overlay(1, takedowns, tuple(chosen))) for chosen in (rules, turned))
    for row in range(len(snapshot)):
        assert one.listed(row, limit=100) == other.listed(row, limit=100)


words = st.lists(st.sampled_from([*AXES, "other"]), min_size=1, max_size=4).map(" ".join)
drawn_articles = st.lists(
    st.tuples(words, st.sampled_from(["One of many", "Video"]), st.sampled_from(["S", "T", None])),
    min_size=1,
    max_size=16,
)
few_sides = st.one_of(
    st.integers(0, 15).map(lambda row: {"id": f"a-{row:02}"}),
    st.sampled_from(["S", "T"]).map(lambda one: {"section": one}),
)
few_rules = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["article", "target"]), few_sides).map(lambda one: block(**dict([one]))),
        st.tuples(few_sides, few_sides).map(lambda two: block(pair=list(two))),
        st.lists(st.integers(0, 15), min_size=2, max_size=2, unique=True).map(
            lambda two: pin(*(f"a-{row:02}" for row in two))
        ),
    ),
    max_size=6,
).map(tuple)


few_floors = st.builds(Floor, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.7, 0.88, 0.9]))


@given(
    drawn_articles, few_rules, st.sets(st.integers(0, 15), max_size=3), few_floors, st.sampled_from([0, 1])
)
@hypothesis_settings(max_examples=60)
def test_what_a_build_measures_is_what_is_shown(drawn, rules, hidden, floor, most):
    articles = [
        make_article(
            f"a-{row:02}", "" if title == "Video" else text, title=title, section=section, source=section
        )
        for row, (text, title, section) in enumerate(drawn)
    ]
    overlay = Overlay(1, frozenset(f"a-{row:02}" for row in hidden), rules)
    contents = contents_of(articles, overlay=overlay, policy=Policy(max_per_source=most))
    mask = np.array([row in hidden for row in range(len(articles))])
    with tempfile.TemporaryDirectory() as directory:
        snapshot = publish(Path(directory), contents)
        applied = apply(rules, snapshot.catalogue(), mask)
        ranking, verdicts = contents.ranking, contents.verdicts
        left = left_of(ranking, verdicts, mask, applied, snapshot.sources, most)
        lists = default_lists(ranking, verdicts, left, floor, applied)
        because = why_empty(lists, ranking, left, contents.facts.too_short, mask, applied)
        recommender = Recommender(snapshot, **asdict(floor))
        counted = dict.fromkeys(because, 0)
        for row, article_id in enumerate(snapshot.ids):
            own = lists.rows[slice(*lists.offsets[row : row + 2])].tolist()
            if row in hidden:
                assert own == []
                continue
            shown = recommender.similar(article_id)
            assert own == list(shown.rows)
            if not shown.rows:
                counted[shown.reason] += 1
    assert because == counted
