"""Why a list is not full, in every combination, and why a story is in it; expected values follow from the
contract:

``abstained`` is true where nothing reached ``min_score``, before filters. ``reason`` is null when the list
is full, else the first that applies of text_too_short, too_few_articles, below_min_score, filtered.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.neighbourhood import Closeness
from recommender.overlay import Overlay
from recommender.recommend import Options, Recommender
from recommender.statistics import packaged_background
from tests.fakes import make_article
from tests.news import FOUR, news
from tests.snapshot.by_hand import ask, contents_of, publish

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
    ("title", "options", "expected"),
    [
        ("A storm nears", {"limit": 5, "min_score": 0}, (5, False, FULL)),
        ("A storm nears", {"limit": 6, "min_score": 0}, (5, False, FEW)),
        ("A storm nears", {"limit": 5, "min_score": 1}, (0, True, BELOW)),
        ("A storm nears", {"limit": 5, "min_score": 0, "section": ("US",)}, (2, False, FILTERED)),
        ("Video", {"limit": 5, "min_score": 0}, (0, True, "text_too_short")),
        ("Video", {"limit": 50, "min_score": 1}, (0, True, "text_too_short")),
    ],
)
def test_the_neighbours_of_a_text_say_why_too(tmp_path, title, options, expected):
    snapshot = publish(tmp_path, contents_of(OTHERS))
    found = Recommender(snapshot).similar_to_text(
        title, "", snapshot.vectors[0], now=NOW, options=Options(**options)
    )
    assert (len(found), found.abstained, found.reason) == expected


def test_the_neighbours_of_several_count_the_articles_but_those_named(tmp_path):
    recommender = Recommender(publish(tmp_path, contents_of(OTHERS)))
    for limit, reason in ((2, FULL), (3, FEW)):
        found = recommender.similar_to_several(["a", "b"], ["c"], Options(limit=limit, min_score=0))
        assert (len(found), found.reason) == (2, reason)


# Why a story is in a list

FERRY = [
    make_article(
        "one",
        "The storm broke the ferry of Kessock. Later Tarrant told Quillon that a grounded ferry sank.",
        title="A STORM hits kessock",
        section="World",
        published_at=NOW,
    ),
    make_article(
        "two",
        "A storm again: in Kessock a grounded ferry stayed away, and Tarrant blamed the harbour.",
        title="Storm and harbour",
        section="World",
        published_at=NOW + timedelta(hours=5),
    ),
    make_article("else", "The storm spared Korou. There the rocket stood frozen.", title="Frost"),
]


def reasons_of(tmp_path, formula, articles=FERRY, **asked) -> dict[str, tuple[str, ...]]:
    contents = contents_of(articles, formula=formula, background=packaged_background())
    recommender = Recommender(publish(tmp_path, contents, formula=formula))
    found = recommender.similar(articles[0].id, min_score=0, explain=True, **asked)
    return {item.id: item.reasons for item in found}


def test_what_raised_the_score_is_said_in_the_article_s_own_spelling(tmp_path):
    said = reasons_of(tmp_path, FOUR)["two"]
    names, terms, close, section, apart = said
    # The title has it in small letters; in mid-sentence it is as it should be. Both are equally rare.
    assert names in ("both name Kessock and Tarrant", "both name Tarrant and Kessock")
    # "grounded ferry" is theirs too, but the ferry, which is twice in the one, is said already.
    assert terms == "both speak of “ferry”, “storm” and “grounded”"
    # Of the words that the encoder counts both hold "storm" alone.
    assert close == "close in meaning: cosine 1.00 of title and lead"
    assert (section, apart) == ("same section: World", "published within a day")


NO_WEIGHT = {
    "names": "both name",
    "lexical": "both speak",
    "lead": "close in meaning",
}


@pytest.mark.parametrize("weight", NO_WEIGHT)
def test_what_has_no_weight_is_not_said(tmp_path, weight):
    formula = replace(FOUR, neighbours=0, **{weight: 0})
    said = [reason.split(":")[0] for reason in reasons_of(tmp_path, formula)["two"]]
    starts = [start for start in NO_WEIGHT.values() if any(one.startswith(start) for one in said)]
    assert starts == [start for name, start in NO_WEIGHT.items() if name != weight]


@pytest.mark.parametrize(
    ("neighbours", "by_terms", "expected"), [(2, 1, True), (0, 1, False), (2, 0, False), (0, 0, False)]
)
def test_terms_are_said_where_they_made_neighbours_and_these_count(tmp_path, neighbours, by_terms, expected):
    formula = replace(FOUR, lexical=0, neighbours=neighbours, closeness=Closeness(1, by_terms))
    said = reasons_of(tmp_path, formula)["two"]
    assert any(one.startswith("both speak") for one in said) == expected


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory):
    contents = contents_of(list(news()), formula=FOUR, fitted=True, background=packaged_background())
    return Recommender(publish(tmp_path_factory.mktemp("index"), contents, formula=FOUR))


def named(reason: str, start: str) -> list[str]:
    return re.split(r", | and ", reason.removeprefix(start)) if reason.startswith(start) else []


def links(name: str) -> list[str]:
    """A name of one word, or each pair of neighbours of a longer one."""
    words = name.split()
    return [f"{one} {other}" for one, other in pairwise(words)] or words


def words_of_article(article) -> list[str]:
    return re.findall(r"\w\w+", f"{article.title}\n{article.text}")


def test_names_of_several_words_are_said_as_a_whole_where_they_stand_side_by_side(tmp_path):
    articles = [
        make_article("one", "In the fog Ann Kessock waited for Tarrant, Quillon and the ferry."),
        make_article("two", "On the quay Ann Kessock said that Tarrant Quillon had left."),
        make_article("else", "The storm spared Korou. There the rocket stood frozen.", title="Frost"),
    ]
    names = reasons_of(tmp_path, FOUR, articles)["two"][0]
    assert sorted(named(names, "both name ")) == ["Ann Kessock", "Quillon", "Tarrant"]


@given(st.integers(0, 49), st.booleans())
@settings(deadline=None)
def test_names_and_terms_that_are_said_are_shared_and_spelt_as_in_the_article(newsroom, row, as_draft):
    snapshot = newsroom.snapshot
    own = words_of_article(snapshot.article(row))
    spelt = {*own, *(f"{one} {other}" for one, other in pairwise(own))}
    article = snapshot.article(row)
    text = " ".join(re.split(r"\W", f" {article.title}  {article.text} "))
    if as_draft:
        found = ask(newsroom, row, now=NOW, options=Options(limit=50, min_score=0, explain=True))
    else:
        found = newsroom.similar(snapshot.ids.id(row), limit=50, min_score=0, explain=True)
    for item, other in zip(found, found.rows, strict=True):
        words = [word.casefold() for word in words_of_article(snapshot.article(other))]
        theirs = {*words, *(f"{one} {two}" for one, two in pairwise(words))}
        for reason in item.reasons:
            names = named(reason, "both name ")
            terms = [one.strip("“”") for one in named(reason, "both speak of ")]
            # A name of several words stands word for word in the article, and pair by pair in the other.
            assert all(f" {name} ".replace("\n", " ") in text for name in names if " " in name)
            parts = {*terms, *(part for name in names for part in links(name))}
            assert parts <= spelt
            assert {one.casefold() for one in parts} <= theirs
            assert max(len(names), len(terms)) <= 3
            assert all(one[0].isupper() for one in names)
            assert not names or item.evidence["name_cosine"] > 0
            assert not terms or item.evidence["lexical_cosine"] > 0
            # Nothing is said twice, a pair of words by one of them included.
            said = [word.casefold() for one in terms for word in one.split()]
            assert len(said) == len(set(said))


def test_much_is_said_of_these_articles(newsroom):
    """The control."""
    found = newsroom.similar("news-00", explain=True)
    starts = {" ".join(reason.split()[:2]) for item in found for reason in item.reasons}
    assert {"both name", "both speak", "close in"} <= starts


def test_a_story_that_shares_nothing_is_given_no_reason(tmp_path):
    articles = [
        make_article("a", "storm over Kessock", title="Winds"),
        make_article("b", "rocket above Korou", title="Launch"),
    ]
    assert reasons_of(tmp_path, FOUR, articles) == {"b": ()}
