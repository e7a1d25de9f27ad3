"""Ids, title keys, digests and times: the forms in which articles are stored and compared."""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import (
    MAX_ID_BYTES,
    Article,
    Link,
    digest_id,
    id_problem,
    normalise_id,
    rfc3339,
    title_key,
)


@pytest.mark.parametrize("value", [Article("a", "t", ""), Link("t")], ids=["article", "link"])
def test_values_cannot_be_changed(value):
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.title = "another"
    assert not hasattr(value, "__dict__")


def test_an_id_is_stored_composed_and_otherwise_untouched():
    assert normalise_id("cafe\u0301") == "caf\u00e9"
    assert normalise_id(" A//b?c=D#é ") == " A//b?c=D#é "


@settings(deadline=None)
@given(st.text())
def test_normalising_an_id_twice_changes_nothing(raw):
    assert normalise_id(normalise_id(raw)) == normalise_id(raw)


@pytest.mark.parametrize(
    "article_id",
    ["0", "https://post.example/a//b?c=d#e", "id with spaces", "日本", "x" * 512, "é" * 256, "a\u2028", "🚀"],
)
def test_ids_that_can_be_used(article_id):
    assert id_problem(article_id) is None


@pytest.mark.parametrize(
    ("article_id", "problem"),
    [
        ("", "is empty"),
        ("x" * 513, "has 513 bytes, at most 512 are allowed"),
        ("é" * 257, "has 514 bytes, at most 512 are allowed"),  # two bytes each
        ("a\nb", "holds the control character U+000A"),
        ("a\x00", "holds the control character U+0000"),
        ("\x7f", "holds the control character U+007F"),
        ("a\x85b", "holds the control character U+0085"),
        (" \u2028", "is blank"),
        ("a\ud800", "holds a lone surrogate"),
    ],
)
def test_ids_that_cannot_be_used(article_id, problem):
    assert id_problem(article_id) == problem


@settings(deadline=None)
@given(st.text(max_size=300))
def test_an_id_is_usable_exactly_if_it_can_be_written_in_512_bytes_without_controls(raw):
    try:
        fits = 1 <= len(raw.encode()) <= MAX_ID_BYTES
    except UnicodeEncodeError:
        fits = False
    usable = fits and not raw.isspace() and not any(unicodedata.category(c) == "Cc" for c in raw)
    assert (id_problem(raw) is None) == usable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Storm  nears\n the\tcoast ", "storm nears the coast"),
        ("STRASSE", "Straße"),
        ("Cafe\u0301", "caf\u00e9"),
        ("a\u00a0b", "A b"),
    ],
)
def test_titles_that_are_the_same(one, other):
    assert title_key(one) == title_key(other)


def test_titles_that_are_not_the_same():
    assert title_key("Storm nears") != title_key("Storm, nears")
    assert title_key(" \n") == ""


def test_a_digest_is_the_first_half_of_sha256_over_the_parts():
    # printf 'Title\x1fText' | sha256sum
    assert digest_id("Title", "Text") == "a9927c41a1b8b415960cbc0510a9a997"
    assert digest_id("ab", "c") != digest_id("a", "bc")
    assert id_problem(digest_id("a\ud800")) is None


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (datetime(2022, 1, 17, 4, 5, 6, tzinfo=UTC), "2022-01-17T04:05:06Z"),
        (datetime(2022, 1, 17, 4, 5, 6, 70, tzinfo=UTC), "2022-01-17T04:05:06.000070Z"),
        (datetime(2022, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2021-12-31T23:00:00Z"),
        (datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_in_utc(moment, text):
    assert rfc3339(moment) == text
