"""Each option of a list by hand: what it leaves out, and that it does nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from recommender.errors import ArticleNotFound, OptionError
from recommender.recommend import DEFAULT_LIMIT, MAX_LIMIT, Options, Recommender
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def made(name: str, section: str | None, source: str | None, at: datetime | None):
    return make_article(name, "storm", section=section, source=source, published_at=at)


ARTICLES = [
    made("q", "World", "Post", NOON),
    made("undated-q", "World", "Post", None),
    made("a", "World", "Post", NOON - 2 * DAY),
    made("b", "World", "Wire", NOON + DAY),
    made("c", "US", "Wire", None),
    made("d", "US", "Post", NOON - DAY),
    made("e", None, None, NOON - 30 * DAY),
    made("caf\u00e9", "Caf\u00e9", "W\u00f6rld", NOON),
]
ORDER = ("a", "b", "c", "d", "e", "caf\u00e9")
LISTED = [(name, score) for name, score in zip(ORDER, (0.9, 0.8, 0.7, 0.6, 0.55, 0.3), strict=True)]


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    contents = contents_of(ARTICLES, {"q": LISTED, "undated-q": LISTED})
    return Recommender(publish(tmp_path_factory.mktemp("index"), contents))


def shown(recommender, article_id="q", **options) -> list[str]:
    return [item.id for item in recommender.similar(article_id, **{"min_score": 0} | options)]


def test_without_options_the_list_is_what_reaches_the_floor(recommender):
    found = recommender.similar("q")
    assert [(item.id, item.score, item.rank) for item in found] == [
        ("a", 0.9, 1),
        ("b", 0.8, 2),
        ("c", 0.7, 3),
        ("d", 0.6, 4),
        ("e", 0.55, 5),
    ]
    assert found.requested == DEFAULT_LIMIT == 10
    assert found.id == "q"


# How many, and how good


@pytest.mark.parametrize("limit", [1, 3, 6, MAX_LIMIT])
def test_limit_cuts(recommender, limit):
    assert shown(recommender, limit=limit) == list(ORDER[:limit])


@pytest.mark.parametrize(
    ("min_score", "expected"), [(0, 6), (0.3, 6), (0.300001, 5), (0.6, 4), (0.600001, 3), (0.9, 1), (1, 0)]
)
def test_min_score_is_reached_by_an_equal_score(recommender, min_score, expected):
    assert shown(recommender, min_score=min_score) == list(ORDER[:expected])


def test_a_recommender_may_have_a_floor_of_its_own(recommender):
    strict = Recommender(recommender.snapshot, min_score=0.75)
    assert [item.id for item in strict.similar("q")] == ["a", "b"]
    assert [item.id for item in strict.similar("q", min_score=0.6)] == ["a", "b", "c", "d"]
    assert [item.id for item in Recommender(recommender.snapshot, min_score=0).similar("q")] == list(ORDER)


# Which


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"exclude": ("a",)}, "b c d e café"),
        ({"exclude": ("a", "e", "a")}, "b c d café"),
        ({"exclude": ("cafe\u0301",)}, "a b c d e"),
        ({"exclude": ("gone", "", "q")}, "a b c d e café"),
        ({"section": ("World",)}, "a b"),
        ({"section": ("World", "US")}, "a b c d"),
        ({"section": ("Caf\u00e9",)}, "café"),
        ({"section": ("Cafe\u0301",)}, "café"),
        ({"section": ("world",)}, ""),
        ({"section": ("Nowhere",)}, ""),
        ({"section": ("Nowhere", "US")}, "c d"),
        ({"exclude_section": ("World",)}, "c d e café"),
        ({"exclude_section": ("World", "US")}, "e café"),
        ({"exclude_section": ("Nowhere",)}, "a b c d e café"),
        ({"exclude_section": ("Cafe\u0301",)}, "a b c d e"),
        ({"section": ("World",), "exclude_section": ("World",)}, ""),
        ({"source": ("Wire",)}, "b c"),
        ({"source": ("Wire", "Post")}, "a b c d"),
        ({"source": ("Wo\u0308rld",)}, "café"),
        ({"source": ("Nowhere",)}, ""),
        ({"source": ("Post",), "section": ("World",)}, "a"),
        ({"published_after": NOON - 2 * DAY}, "b d café"),
        ({"published_after": NOON - 2 * DAY - timedelta(seconds=1)}, "a b d café"),
        ({"published_before": NOON}, "a d e"),
        ({"published_before": NOON + timedelta(seconds=1)}, "a d e café"),
        ({"published_after": NOON - 2 * DAY, "published_before": NOON}, "d"),
        ({"published_after": NOON, "published_before": NOON}, ""),
        ({"published_after": datetime(1, 1, 1, tzinfo=UTC)}, "a b d e café"),
        ({"max_age_days": 2}, "a b d café"),
        ({"max_age_days": 1.99}, "b d café"),
        ({"max_age_days": 0}, "b café"),
        ({"max_age_days": 1e300}, "a b d e café"),
        ({"max_age_days": 2, "published_before": NOON}, "a d"),
        ({"limit": 2, "section": ("US",)}, "c d"),
        ({"limit": 1, "exclude": ("a",)}, "b"),
    ],
    ids=str,
)
def test_what_an_option_leaves_out(recommender, options, expected):
    assert shown(recommender, **options) == expected.split()


def test_a_time_without_a_zone_is_utc(recommender):
    bare = NOON.replace(tzinfo=None)
    assert shown(recommender, published_before=bare) == shown(recommender, published_before=NOON)
    assert Options(published_after=bare).published_after == NOON


def test_a_time_of_another_zone_is_that_moment(recommender):
    there = NOON.astimezone(timezone(timedelta(hours=-8)))
    assert shown(recommender, published_before=there) == ["a", "d", "e"]


def test_max_age_counts_from_the_article_and_not_from_today(recommender):
    # The article is of 2022: counted from today nothing would be left.
    assert shown(recommender, max_age_days=2) == ["a", "b", "d", "caf\u00e9"]


def test_from_an_undated_article_no_age_can_be_counted(recommender):
    found = recommender.similar("undated-q", max_age_days=10_000, min_score=0, limit=3)
    assert list(found) == []
    assert (found.abstained, found.reason) == (False, "filtered")
    assert shown(recommender, "undated-q", published_before=NOON) == ["a", "d", "e"]
    assert shown(recommender, "undated-q") == list(ORDER)


def test_rank_is_the_place_in_this_list(recommender):
    found = recommender.similar("q", min_score=0, section=("US",))
    assert [(item.id, item.rank, item.score) for item in found] == [("c", 1, 0.7), ("d", 2, 0.6)]


# Whose list


@pytest.mark.parametrize("asked", ["caf\u00e9", "cafe\u0301"])
def test_an_id_is_found_however_it_is_composed(recommender, asked):
    assert recommender.similar(asked).id == "caf\u00e9"


@pytest.mark.parametrize("asked", ["", "Q", "q ", "gone", "\ud800"])
def test_an_unknown_id_is_named(recommender, asked):
    with pytest.raises(ArticleNotFound) as caught:
        recommender.similar(asked)
    assert caught.value.article_id == asked
    assert repr(asked) in str(caught.value)


# Options that make no sense


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", 0),
        ("limit", -1),
        ("limit", MAX_LIMIT + 1),
        ("min_score", -0.1),
        ("min_score", 1.1),
        ("min_score", float("nan")),
        ("max_age_days", -1),
        ("max_age_days", float("nan")),
        ("max_age_days", float("inf")),
    ],
)
def test_a_value_out_of_range_is_refused_and_named(recommender, name, value):
    with pytest.raises(OptionError, match=f"{name}: found {value}") as caught:
        recommender.similar("q", **{name: value})
    assert caught.value.name == name
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["exclude", "section", "exclude_section", "source"])
def test_a_text_in_a_list_s_place_is_refused_and_not_taken_by_its_letters(recommender, name):
    with pytest.raises(OptionError, match="found the text 'abc'") as caught:
        recommender.similar("q", **{name: "abc"})
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "5"), ("limit", 2.5), ("limit", True), ("min_score", "0.5"), ("max_age_days", True)],
)
def test_an_option_of_another_type_is_named(name, value):
    with pytest.raises(OptionError, match=f"^{name}: found {value!r}, expected a "):
        Options(**{name: value})


def test_an_unknown_option_is_refused_and_named(recommender):
    with pytest.raises(OptionError, match="colour"):
        recommender.similar("q", colour="blue")


def test_options_are_given_once(recommender):
    with pytest.raises(OptionError, match="given twice: limit"):
        recommender.similar("q", Options(), limit=3)
    assert recommender.similar("q", Options(limit=3)).rows == recommender.similar("q", limit=3).rows


def test_which_options_ask_for_a_date():
    assert not Options(limit=3, min_score=0.5, exclude=("a",), section=("b",)).dated
    assert Options(published_after=NOON).dated
    assert Options(published_before=NOON).dated
    assert Options(max_age_days=0).dated


# Lists by row, for callers who go through all of them


def test_a_list_by_row_is_that_of_similar(recommender):
    row = recommender.row("q")
    found = recommender.similar("q")
    assert recommender.listed(row, limit=10) == (found.rows, found.scores)
    assert recommender.listed(row, limit=2, min_score=0) == (found.rows[:2], found.scores[:2])
    assert len(recommender.listed(row, limit=1000, min_score=0)[0]) == len(ORDER)
    with pytest.raises(IndexError):
        recommender.listed(-1, limit=1)
