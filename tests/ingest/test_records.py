"""One record to an article, or a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.article import Article, Link, id_problem, normalise_id
from recommender.ingest.reading import Tally
from recommender.ingest.records import FIELDS, take_record
from tests.ingest.reading_helpers import places

VALID = {"id": "a", "title": "T", "text": "B"}


def take(**fields: Any) -> tuple[Article | None, Tally]:
    tally = Tally()
    return take_record(fields, tally, "in", 7), tally


def accepted(**fields: Any) -> Article:
    article, tally = take(**fields)
    assert tally.rejections == []
    assert article is not None
    return article


def test_every_field() -> None:
    article = accepted(
        id="a",
        title=" A  title\n",
        text="One.\r\nTwo.\n",
        url=" https://x.example/a ",
        published_at="2022-01-06",
        updated_at="2022-01-07T01:00:00+01:00",
        section="World",
        source="Gull",
        authors=["Jo", " Al  Li ", "Jo"],
        language="en",
        image_url="https://x.example/i.jpg",
        tags="sea, storm,,sea",
        links=[{"title": "L", "snippet": "S", "url": "/l", "id": 5}],
    )
    assert article == Article(
        id="a",
        title="A title",
        text="One.\nTwo.",
        url="https://x.example/a",
        published_at=datetime(2022, 1, 6, tzinfo=UTC),
        updated_at=datetime(2022, 1, 7, tzinfo=UTC),
        section="World",
        source="Gull",
        authors=("Jo", "Al Li"),
        language="en",
        image_url="https://x.example/i.jpg",
        tags=("sea", "storm"),
        links=(Link("L", "S", "/l", "5"),),
    )


def test_ids_are_opaque_text_in_nfc() -> None:
    assert accepted(**VALID | {"id": "e\u0301 x/?#"}).id == "\u00e9 x/?#"
    assert accepted(**VALID | {"id": 12345678901234567890123}).id == "12345678901234567890123"
    assert accepted(**VALID | {"id": -3}).id == "-3"
    assert accepted(**VALID | {"id": "x" * 512}).id == "x" * 512


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "id: found null, expected text or an integer"),
        (True, "id: found a boolean, expected text or an integer"),
        (1.5, "id: found a number with a fraction, expected text or an integer"),
        (float("nan"), "id: found a number with a fraction, expected text or an integer"),
        ([], "id: found a list, expected text or an integer"),
        ({}, "id: found an object, expected text or an integer"),
        (b"a", "id: found a value of type bytes, expected text or an integer"),
        ("", "id is empty"),
        ("x" * 513, "id has 513 bytes, at most 512 are allowed"),
        ("é" * 257, "id has 514 bytes, at most 512 are allowed"),
        ("a\0", "id holds the control character U+0000"),
        ("a\n", "id holds the control character U+000A"),
        ("\ud800", "id holds a lone surrogate"),
        pytest.param(10**5000, "id is an integer of more than 512 digits", id="5001 digits"),
        (10**530, "id has 531 bytes, at most 512 are allowed"),
    ],
)
def test_unusable_ids_reject(value: object, reason: str) -> None:
    article, tally = take(**VALID | {"id": value})
    assert article is None
    assert places(tally) == [(7, reason)]
    assert tally.rejections[0].id is None
    assert (tally.records, tally.accepted) == (1, 0)


def test_a_missing_id_rejects() -> None:
    assert places(take(title="T")[1]) == [(7, "id is missing")]


@pytest.mark.parametrize(
    "fields",
    [{}, {"title": " ", "text": "\t\n"}, {"title": "\u200b\ufeff"}, {"text": "\0\x01"}, {"html": "<p> </p>"}],
)
def test_title_and_text_both_blank_reject(fields: dict[str, object]) -> None:
    article, tally = take(id="a", **fields)
    assert article is None
    assert places(tally) == [(7, "title and text are both blank")]
    assert tally.rejections[0].id == "a"


def test_a_title_of_another_type_is_absent_and_counted() -> None:
    article, tally = take(id="a", title=1984, text="B")
    assert article == Article(id="a", title="", text="B")
    assert tally.unreadable == {"title": 1}
    _, tally = take(id="a", title=["x"], text=False)
    assert places(tally) == [(7, "title and text are both blank")]
    assert tally.unreadable == {"title": 1, "text": 1}


def test_control_characters_and_surrogates_leave_the_text() -> None:
    article = accepted(id="a", title="A\0\ud800b", text="x\0y\tz\x07\n\udc00")
    assert (article.title, article.text) == ("A\ufffdb", "xy\tz\n\ufffd")


@pytest.mark.parametrize("blank", [None, "", "  ", "\t\n"])
@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("id", "title", "text")])
def test_a_blank_optional_value_is_absent(name: str, blank: str | None) -> None:
    article, tally = take(**VALID | {name: blank})
    assert article == Article(id="a", title="T", text="B")
    assert tally.unreadable == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("published_at", "01/02/2019"),
        ("published_at", "yesterday"),
        ("published_at", 1546300800),
        ("published_at", "99999-01-01"),
        ("date", "1/2/19"),
        ("updated_at", ["2022-01-06"]),
        ("section", ["World"]),
        ("section", float("nan")),
        ("source", 3),
        ("language", {}),
        ("url", "javascript:alert(1)"),
        ("url", "http://[::1"),
        ("url", 5),
        ("image_url", "data:image/png;base64,AAAA"),
        ("authors", 4),
        ("authors", [4]),
        ("tags", {"a": 1}),
        ("links", "none"),
        ("links", ["a title"]),
        ("links", [{}]),
        ("links", [{"snippet": ""}]),
        ("links", "[broken"),
        ("html", 7),
    ],
)
def test_an_unreadable_optional_value_is_left_out_and_counted(name: str, value: object) -> None:
    article, tally = take(**VALID | {"text": ""} | {name: value})
    assert article == Article(id="a", title="T", text="")
    assert tally.unreadable == {name: 1}
    assert tally.rejections == []


def test_a_link_may_be_an_id_or_a_url_alone() -> None:
    links = [{"id": 7}, {"url": "https://x.example/a"}]
    assert accepted(**VALID, links=links).links == (Link("", id="7"), Link("", url="https://x.example/a"))


def test_date_stands_in_for_published_at() -> None:
    moment = datetime(2022, 1, 6, tzinfo=UTC)
    assert accepted(**VALID, date="2022-01-06").published_at == moment
    assert accepted(**VALID, date="2020-01-01", published_at="2022-01-06").published_at == moment
    assert accepted(**VALID, date=date(2022, 1, 6)).published_at == moment
    article, tally = take(**VALID, date="2022-01-06", published_at="?")
    assert article is not None
    assert article.published_at == moment
    assert tally.unreadable == {"published_at": 1}


def test_bad_links_are_left_out_and_the_others_keep_their_order() -> None:
    links = [{"title": "1"}, None, {"title": "2", "id": True, "url": "ftp://x"}, {"snippet": "3"}]
    article, tally = take(**VALID, links=links)
    assert article is not None
    assert article.links == (Link("1"), Link("2"), Link("", "3"))
    assert tally.unreadable == {"links": 2}


def test_lists_in_text_as_a_csv_cell_holds_them() -> None:
    article = accepted(
        **VALID, authors='["Jo", "Al"]', tags='["a,b"]', links='[{"title": "L", "snippet": null}]'
    )
    assert (article.authors, article.tags, article.links) == (("Jo", "Al"), ("a,b",), (Link("L"),))
    assert accepted(**VALID, authors="Jo Li; Al, Jr.").authors == ("Jo Li", "Al, Jr.")


def test_html_stands_in_for_text() -> None:
    page = (
        "<html lang=en><body><article><h1>Page title</h1><p>The wall fell in the night.</p>"
        "<h2>Related</h2><ul><li><a href='/f'>Ferry</a></li></ul></article></body></html>"
    )
    article = accepted(id="a", html=page, title="Own title")
    assert (article.id, article.title, article.text) == ("a", "Own title", "The wall fell in the night.")
    assert (article.links, article.language) == ((Link("Ferry", url="/f"),), "en")
    assert accepted(id="a", html=page).title == "Page title"
    assert accepted(id="a", html=page, text="Own text").text == "Own text"
    assert accepted(id="a", html=page, links=[{"title": "Own"}]).links == (Link("Own"),)


def test_other_fields_are_ignored_and_named() -> None:
    article, tally = take(**VALID, event=3, topic=None)
    assert article == Article(id="a", title="T", text="B")
    assert tally.ignored_fields == {"event": 1, "topic": 1}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["<p>x</p>", "2022-01-06"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
SURROGATES = st.text(st.characters(exclude_categories=()), max_size=20)
LINK = st.dictionaries(st.sampled_from(["title", "snippet", "url", "id"]), JSON | SURROGATES)


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "other"]), JSON | SURROGATES | st.lists(LINK, max_size=3), min_size=3
    )
)
def test_arbitrary_values_become_a_valid_article_or_one_rejection(record: dict[str, object]) -> None:
    tally = Tally()
    article = take_record(record, tally, "in", 1)
    assert len(tally.rejections) == (article is None)
    if article is not None:
        assert id_problem(article.id) is None
        assert normalise_id(article.id) == article.id
        assert article.title.strip() or article.text.strip()
        for moment in (article.published_at, article.updated_at):
            assert moment is None or moment.tzinfo is UTC
        repr(article).encode("utf-8")
        article.text.encode("utf-8")
