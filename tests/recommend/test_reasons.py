"""Why a list is not full, in every combination; expected values follow from the contract:

``abstained`` is true where nothing reached ``min_score``, before filters. ``reason`` is null when the list
is full, else the first that applies of text_too_short, too_few_articles, below_min_score, filtered.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from recommender.overlay import Overlay
from recommender.recommend import Options, Recommender
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

NOW = datetime(2022, 1, 17, tzinfo=UTC)
BODY = " ".join(f"word{number}" for number in range(30))
OTHERS = [make_article(name, "storm", section="US" if name in "ab" else "World") for name in "abcde"]


def answer(tmp_path, articles, lists=None, overlay=None, **options):
    contents = contents_of([make_article("q", "storm"), *articles], lists)
    found = Recommender(publish(tmp_path / "index", contents), overlay).similar("q", **options)
    return len(found), found.abstained, found.reason


def scored(*scores: float):
    return {"q": list(zip("abcde", scores, strict=True))}


FULL, BELOW, FEW, FILTERED = None, "below_min_score", "too_few_articles", "filtered"


@pytest.mark.parametrize(
    ("scores", "options", "expected"),
    [
        # Five others, at least as many as are asked for; the floor is 0.5.
        ((0.9, 0.8, 0.7, 0.6, 0.5), {"limit": 5}, (5, False, FULL)),
        ((0.9, 0.8, 0.1, 0.1, 0.1), {"limit": 2}, (2, False, FULL)),
        ((0.9, 0.8, 0.1, 0.1, 0.1), {"limit": 3}, (2, False, BELOW)),
        ((0.1, 0.1, 0.1, 0.1, 0.1), {"limit": 3}, (0, True, BELOW)),
        ((0.1, 0.1, 0.1, 0.1, 0.1), {"limit": 3, "min_score": 0}, (3, False, FULL)),
        ((0.9, 0.9, 0.9, 0.9, 0.9), {"limit": 3, "section": ("US",)}, (2, False, FILTERED)),
        ((0.9, 0.9, 0.9, 0.9, 0.9), {"limit": 2, "section": ("US",)}, (2, False, FULL)),
        ((0.9, 0.9, 0.9, 0.9, 0.9), {"limit": 3, "section": ("Nowhere",)}, (0, False, FILTERED)),
        ((0.9, 0.9, 0.9, 0.9, 0.9), {"limit": 3, "published_before": NOW}, (0, False, FILTERED)),
        ((0.9, 0.9, 0.9, 0.9, 0.9), {"limit": 3, "exclude": tuple("abc")}, (2, False, FILTERED)),
        # Too low and filtered: the floor is named, and what it let through tells whether it abstained.
        ((0.9, 0.8, 0.1, 0.1, 0.1), {"limit": 3, "exclude": ("a",)}, (1, False, BELOW)),
        ((0.9, 0.8, 0.1, 0.1, 0.1), {"limit": 3, "exclude": ("a", "b")}, (0, False, BELOW)),
        ((0.1, 0.1, 0.1, 0.1, 0.1), {"limit": 3, "section": ("Nowhere",)}, (0, True, BELOW)),
        # Enough reach the floor, and filters leave too few of them.
        ((0.9, 0.8, 0.7, 0.1, 0.1), {"limit": 3, "exclude": ("a",)}, (2, False, FILTERED)),
        # More are asked for than there are.
        ((0.9, 0.8, 0.7, 0.6, 0.5), {"limit": 6}, (5, False, FEW)),
        ((0.9, 0.1, 0.1, 0.1, 0.1), {"limit": 6}, (1, False, FEW)),
        ((0.1, 0.1, 0.1, 0.1, 0.1), {"limit": 6}, (0, True, FEW)),
        ((0.9, 0.9, 0.9, 0.9, 0.9), {"limit": 6, "section": ("Nowhere",)}, (0, False, FEW)),
        ((0.1, 0.1, 0.1, 0.1, 0.1), {"limit": 6, "section": ("Nowhere",)}, (0, True, FEW)),
    ],
    ids=str,
)
def test_why_a_list_is_not_full(tmp_path, scores, options, expected):
    assert answer(tmp_path, OTHERS, scored(*scores), **options) == expected


def test_an_article_alone(tmp_path):
    assert answer(tmp_path, []) == (0, True, FEW)


@pytest.mark.parametrize("others", [[], OTHERS])
@pytest.mark.parametrize("options", [{"limit": 2}, {"limit": 9}, {"limit": 2, "section": ("US",)}])
def test_a_text_too_short_comes_before_every_other_reason(tmp_path, others, options):
    contents = contents_of([make_article("v", title="Video"), *others])
    found = Recommender(publish(tmp_path, contents)).similar("v", min_score=0, **options)
    assert (len(found), found.abstained, found.reason) == (0, True, "text_too_short")


def test_a_short_text_among_the_others_is_not_listed(tmp_path):
    video = make_article("a", title="Video")
    assert answer(tmp_path, [video, *OTHERS[1:]], min_score=0, limit=4) == (4, False, FULL)
    assert answer(tmp_path / "five", [video, *OTHERS[1:]], min_score=0, limit=5) == (4, False, FILTERED)


def test_what_is_taken_down_is_not_counted_among_the_articles(tmp_path):
    lists, down = scored(0.9, 0.8, 0.7, 0.6, 0.5), Overlay(1, frozenset("ab"))
    assert answer(tmp_path / "1", OTHERS, lists, down, limit=3) == (3, False, FULL)
    assert answer(tmp_path / "2", OTHERS, lists, down, limit=4) == (3, False, FEW)


def test_copies_that_the_policy_struck_count_as_filtered(tmp_path):
    copies = [make_article(name, BODY) for name in "abc"]
    articles = [*copies, *OTHERS[3:]]
    assert answer(tmp_path / "1", articles, scored(0.9, 0.8, 0.7, 0.6, 0.5), limit=3) == (3, False, FULL)
    assert answer(tmp_path / "2", articles, scored(0.9, 0.8, 0.7, 0.6, 0.5), limit=4) == (3, False, FILTERED)
    assert answer(tmp_path / "3", articles, scored(0.9, 0.8, 0.7, 0.6, 0.1), limit=4) == (2, False, BELOW)


@pytest.mark.parametrize(
    ("too_short", "options", "expected"),
    [
        (False, {"limit": 5, "min_score": 0}, (5, False, FULL)),
        (False, {"limit": 6, "min_score": 0}, (5, False, FEW)),
        (False, {"limit": 5, "min_score": 1}, (0, True, BELOW)),
        (False, {"limit": 5, "min_score": 0, "section": ("US",)}, (2, False, FILTERED)),
        (True, {"limit": 5, "min_score": 0}, (0, True, "text_too_short")),
        (True, {"limit": 50, "min_score": 1}, (0, True, "text_too_short")),
    ],
)
def test_the_neighbours_of_a_text_say_why_too(tmp_path, too_short, options, expected):
    snapshot = publish(tmp_path, contents_of(OTHERS))
    found = Recommender(snapshot).similar_to_vector(
        snapshot.vectors[0], too_short=too_short, now=NOW, options=Options(**options)
    )
    assert (len(found), found.abstained, found.reason) == expected


def test_the_neighbours_of_several_count_the_articles_but_those_named(tmp_path):
    recommender = Recommender(publish(tmp_path, contents_of(OTHERS)))
    for limit, reason in ((2, FULL), (3, FEW)):
        found = recommender.similar_to_several(["a", "b"], ["c"], Options(limit=limit, min_score=0))
        assert (len(found), found.reason) == (2, reason)
