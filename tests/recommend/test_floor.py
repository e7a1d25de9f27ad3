"""The floor: nothing below `min_score`, and nothing at all unless the best reaches `min_best`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import OptionError
from recommender.overlay import Overlay
from recommender.recommend import MAX_LIMIT, Options, Recommender
from recommender.scoring import Floor
from recommender.statistics import packaged_background
from tests.fakes import make_article
from tests.news import FOUR, NOON, news
from tests.snapshot.by_hand import ask, contents_of, publish
from tests.test_rules import block, pin

BODY = " ".join(f"word{number}" for number in range(30))
ARTICLES = [
    *(make_article(name, "storm", section="US" if name in "ab" else "World") for name in "qrabcd"),
    make_article("e", BODY),
    make_article("e-copy", BODY),
]
# Of q one is surely related, of r none.
LISTS = {
    "q": [("a", 0.9), ("b", 0.7), ("c", 0.5), ("d", 0.4)],
    "r": [("a", 0.79), ("b", 0.7), ("c", 0.5), ("d", 0.4)],
    "a": [("e", 0.9), ("e-copy", 0.9), ("b", 0.6)],
}
FLOOR = Floor(0.5, 0.8)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("index"), contents_of(ARTICLES, LISTS))


@pytest.fixture
def under(snapshot):
    """A recommender with the floor and these rules."""

    def recommender(*rules, takedowns=(), min_score=0.5, min_best=0.8):
        overlay = Overlay(1, frozenset(takedowns), rules)
        return Recommender(snapshot, overlay, min_score=min_score, min_best=min_best)

    return recommender


def ids(found) -> str:
    return " ".join(item.id for item in found)


# By hand


@pytest.mark.parametrize(
    ("scores", "best", "floor", "expected"),
    [
        ([0.9, 0.5, 0.4], 0.9, Floor(0.5), [True, True, False]),
        ([0.9, 0.5, 0.4], 0.9, Floor(0.5, 0.9), [True, True, False]),
        ([0.9, 0.5, 0.4], 0.9, Floor(0.5, 0.900001), [False] * 3),
        ([0.5, 0.4], 0.9, Floor(0.5, 0.9), [True, False]),  # the best was pinned
        ([0.4], 0.4, Floor(0, 0), [True]),
        ([], 0, Floor(0, 0), []),
        ([], 0, Floor(0.5, 0.9), []),
        # 0.7 is no single-precision number: what was stored as 0.7 reaches a floor of 0.7.
        ([0.7], float(np.float32(0.7)), Floor(0.7, 0.7), [True]),
    ],
)
def test_what_reaches_a_floor(scores, best, floor, expected):
    assert floor.reached(np.array(scores, dtype=np.float32), best).tolist() == expected


@pytest.mark.parametrize(
    ("min_score", "min_best", "expected"),
    [
        (None, None, FLOOR),
        (0.3, None, Floor(0.3, 0)),
        (0.5, None, FLOOR),
        (0.6, None, Floor(0.6, 0.8)),
        (None, 0.3, Floor(0.5, 0.3)),
        (None, 0.0, Floor(0.5, 0)),
        (0.3, 0.9, Floor(0.3, 0.9)),
        (0.0, 0.0, Floor(0, 0)),
    ],
)
def test_a_floor_of_one_s_own(min_score, min_best, expected):
    assert FLOOR.with_own(min_score, min_best) == expected


def test_a_list_is_open_or_empty(under):
    assert ids(under().similar("q")) == "a b c"
    closed = under().similar("r")
    assert (ids(closed), closed.abstained, closed.reason) == ("", True, "too_few_articles")
    assert under().similar("r", limit=3).reason == "below_min_score"
    assert ids(under(min_best=0.79).similar("r")) == "a b c"
    assert under().listed(1, limit=10) == ((), ())
    assert [len(found) for found in under().similar_to_each(["q", "r"], Options())] == [3, 0]


def test_a_lower_min_score_opens_every_list_and_a_higher_one_none(under):
    assert ids(under().similar("r", min_score=0.49)) == "a b c"
    assert ids(under().similar("r", min_score=0.4)) == "a b c d"
    assert ids(under().similar("r", min_score=0)) == "a b c d"
    assert under().listed(1, limit=10, min_score=0.49)[1] == (0.79, 0.7, 0.5)
    for min_score in (0.5, 0.6, 0.79):
        assert ids(under().similar("r", min_score=min_score)) == ""
    assert ids(under().similar("q", min_score=0.6)) == "a b"
    assert ids(under().similar("q", min_score=0.95)) == ""


def test_what_is_filtered_opens_a_list_all_the_same(under):
    """A filter only leaves out: what made the list worth showing need not pass it."""
    found = under().similar("q", section=["World"])
    assert (ids(found), found.abstained) == ("c", False)
    assert ids(under().similar("q", exclude=["a", "b"])) == "c"


def test_what_may_not_be_shown_leaves_the_rest_of_the_list_as_it_was(under):
    assert ids(under(takedowns=["a"]).similar("q")) == "b c"
    assert ids(under(block(target={"id": "a"})).similar("q")) == "b c"
    assert ids(under(block(pair=[{"id": "a"}, {"id": "q"}])).similar("q")) == "b c"
    assert ids(under(takedowns=["a"]).similar("r")) == ""


def test_a_pin_opens_no_list(under):
    found = under(pin("r", "d")).similar("r")
    assert (ids(found), found.abstained) == ("d", True)


def test_a_pin_closes_no_list(under):
    """What is pinned stands in front, and the others are those that there would be without it."""
    assert ids(under(pin("q", "a")).similar("q")) == "a b c"
    assert ids(under(pin("q", "d")).similar("q")) == "d a b c"
    # So it is where a copy of what opens the list is pinned, and takes its place.
    assert ids(under().similar("a")) == "e b"
    assert ids(under(pin("a", "e-copy")).similar("a")) == "e-copy b"


def test_drafts_and_several_have_the_floor_too(under):
    recommender = under(min_best=0.88)
    # The words of q and of r are storm alone, and so are those of four others: a score of 0.880797.
    assert len(ask(recommender, 0, now=NOON)) == len(recommender.similar_to_several(["q"])) + 1 == 6
    closed = under(min_best=0.89)
    assert len(ask(closed, 0, now=NOON)) == len(closed.similar_to_several(["q"])) == 0
    chosen = Options(min_score=0.49)
    assert len(ask(closed, 0, now=NOON, options=chosen)) == 6
    assert len(closed.similar_to_several(["q"], options=chosen)) == 5


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_min_score_outside_its_range_is_refused(under, value):
    with pytest.raises(OptionError, match="min_score"):
        under().similar("q", min_score=value)


# Whatever the list


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    contents = contents_of(list(news()), formula=FOUR, fitted=True, background=packaged_background())
    return publish(tmp_path_factory.mktemp("index"), contents, formula=FOUR)


NEWS = [article.id for article in news()]
shares = st.sampled_from([0.0, 0.3, 0.4, 0.8, 0.95, 1.0]) | st.floats(0, 1)


def pairs(found) -> list[tuple[int, float | None]]:
    return list(zip(found.rows, found.scores, strict=True))


def test_the_floor_decides_something_on_the_news(four):
    """The control: some lists are closed that would have items, and some are open."""
    with_best, without = Recommender(four), Recommender(four, min_best=0)
    lengths = [(len(with_best.similar(one)), len(without.similar(one))) for one in NEWS]
    assert with_best.floor == FOUR.floors.among(1)
    assert any(shut == 0 < open_ for shut, open_ in lengths)
    assert any(0 < shut == open_ for shut, open_ in lengths)


@given(st.sampled_from(NEWS), shares, shares)
@settings(deadline=None)
def test_with_a_best_story_a_list_is_empty_or_as_without(four, article_id, min_score, min_best):
    shut = Recommender(four, min_score=min_score, min_best=min_best).similar(article_id, limit=MAX_LIMIT)
    whole = Recommender(four, min_score=min_score, min_best=0).similar(article_id, limit=MAX_LIMIT)
    everything = Recommender(four).similar(article_id, limit=MAX_LIMIT, min_score=0)
    best = np.float32(max(everything.scores, default=0))
    assert pairs(shut) == (pairs(whole) if best >= np.float32(min_best) else [])


@given(st.sampled_from(NEWS), shares, shares)
@settings(deadline=None)
def test_a_caller_s_min_score_is_a_plain_floor_or_takes_from_the_default_list(
    four, article_id, min_score, min_best
):
    recommender, plain = Recommender(four, min_best=min_best), Recommender(four, min_best=0)
    found = pairs(recommender.similar(article_id, limit=MAX_LIMIT, min_score=min_score))
    if min_score < recommender.floor.min_score:
        assert found == pairs(plain.similar(article_id, limit=MAX_LIMIT, min_score=min_score))
    else:
        least = np.float32(min_score)
        default = pairs(recommender.similar(article_id, limit=MAX_LIMIT))
        assert found == [pair for pair in default if np.float32(pair[1]) >= least]


@given(st.sampled_from(NEWS), shares, shares, shares)
@settings(deadline=None)
def test_raising_min_score_only_leaves_items_out(four, article_id, one, other, min_best):
    recommender = Recommender(four, min_best=min_best)
    low, high = (
        pairs(recommender.similar(article_id, limit=MAX_LIMIT, min_score=score))
        for score in sorted((one, other))
    )
    left = iter(low)
    assert all(pair in left for pair in high)


@given(st.sampled_from(NEWS), st.lists(st.integers(0, 9), max_size=3, unique=True), st.data())
@settings(deadline=None)
def test_a_pin_changes_nothing_but_its_own_story(four, article_id, places, data):
    """Pinned are some of the best, with the floor at one of their scores."""
    listed = Recommender(four).similar(article_id, min_score=0)
    rules = tuple(
        pin(article_id, listed.items[place].id, f"p{place}") for place in places if place < len(listed)
    )
    min_best = data.draw(st.sampled_from(listed.scores)) if listed.scores else 0.5
    bare, pinned = (
        Recommender(four, Overlay(1, frozenset(), some), min_score=0.4, min_best=min_best)
        for some in ((), rules)
    )
    found = pinned.similar(article_id, limit=MAX_LIMIT)
    assert found.pins == len(rules)
    stories = four.facts.story
    told = {int(stories[row]) for row in found.rows[: found.pins]}
    expected = [
        pair for pair in pairs(bare.similar(article_id, limit=MAX_LIMIT)) if stories[pair[0]] not in told
    ]
    assert pairs(found)[found.pins :] == expected[: MAX_LIMIT - found.pins]
