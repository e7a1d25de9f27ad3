"""Slices of queries, by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from recommender.evaluation.slices import slices
from tests.fakes import make_article


def dated(day: int) -> datetime:
    return datetime(2022, 1, day, tzinfo=UTC)


ARTICLES = [
    make_article("a", "word " * 49, section="US", source="Post", published_at=dated(31)),
    make_article("b", "word " * 50, section="US", source="Post", published_at=dated(29)),
    make_article("c", "word " * 400, section="World", source="Post", published_at=dated(23)),
    make_article("d", "word " * 149, source="Post", teaser=True),
]
VALUES = {"one": np.array([1.0, 0.5, 0.0, 0.25]), "two": np.array([0.0, 0.0, 1.0, 1.0])}


def found(dimension, articles=ARTICLES, values=VALUES):
    return {s.value: (s.queries, dict(s.means)) for s in slices(articles, values) if s.dimension == dimension}


def test_sections_with_the_most_queries_come_first():
    assert found("section") == {
        "US": (2, {"one": 0.75, "two": 0}),
        "World": (1, {"one": 0, "two": 1}),
        "none": (1, {"one": 0.25, "two": 1}),
    }
    assert next(iter(found("section"))) == "US"


def test_what_all_share_divides_nothing():
    assert found("source") == {}


def test_bounds_belong_to_the_longer_slice():
    assert {value: queries for value, (queries, _) in found("body length").items()} == {
        "under 50 words": 1,
        "50 to 149 words": 2,
        "400 words and more": 1,
    }


def test_age_counts_back_from_the_newest():
    assert {value: queries for value, (queries, _) in found("age").items()} == {
        "under 2 days": 1,
        "2 to 7 days": 1,
        "8 to 30 days": 1,
        "undated": 1,
    }


def test_teasers_are_told_from_articles():
    assert found("kind") == {
        "full article": (3, {"one": pytest.approx(0.5), "two": pytest.approx(1 / 3)}),
        "teaser": (1, {"one": 0.25, "two": 1}),
    }


def test_many_sections_end_in_all_others():
    articles = [make_article(f"{n}", section=f"s{min(n, 20 - n):02}") for n in range(21)]
    values = {"one": np.arange(21.0)}
    sections = found("section", articles, values)
    # s00 to s09 have two each, s10 one.
    assert list(sections) == [*(f"s{n:02}" for n in range(10)), "all others"]
    assert sections["all others"] == (1, {"one": 10})
    assert sum(queries for queries, _ in sections.values()) == 21
