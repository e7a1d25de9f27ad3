"""Lists of graded pairs: what they say, what they bring, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from recommender.errors import InputError
from recommender.evaluation.truth.pairs import pairs_over, read_pairs
from tests.evaluation.truth.conftest import Write, corpus_of

THREE = [
    {"id_a": "a", "id_b": "b", "grade": 3},
    {"id_a": "a", "id_b": "c", "grade": 2.5},
    {"id_a": "b", "id_b": "c", "grade": -1},
]


def test_three_pairs_worked_by_hand(write: Write) -> None:
    graded = read_pairs(write("x_pairs.jsonl", THREE))
    pairs = pairs_over(graded, corpus_of("a", "b", "c"), name="x")
    assert pairs.ids == (("a", "b"), ("a", "c"), ("b", "c"))
    assert pairs.grades == (3.0, 2.5, -1.0)
    assert (pairs.name, pairs.origin) == ("x", "pairs graded by people (x_pairs.jsonl)")
    assert (pairs.anchors, pairs.notes, graded.articles) == ((), (), ())


def test_overall_of_semeval_is_turned_round(write: Write) -> None:
    records = [{"id_a": 1, "id_b": 2 + place, "overall": 1 + place} for place in range(4)]
    graded = read_pairs(write("x.jsonl", records))
    assert graded.grades == (-1.0, -2.0, -3.0, -4.0)
    assert graded.ids[0] == ("1", "2")


def test_pairs_bring_their_articles(write: Write) -> None:
    records = [
        {**THREE[0], "text_a": "Of  storms.\r\n", "title_a": "Storm", "published_at_a": "2022-01-03",
         "text_b": " ", "html_b": None},
        {**THREE[1], "title_b": "Court", "url_b": "https://post.example/c"},
        {**THREE[2], "title_b": "Court", "url_b": "https://post.example/c"},
    ]  # fmt: skip
    storm, court = read_pairs(write("x.jsonl", records)).articles
    assert (storm.id, storm.title, storm.text, storm.url) == ("a", "Storm", "Of  storms.", None)
    assert storm.published_at is not None
    assert (court.id, court.title, court.text, court.url) == ("c", "Court", "", "https://post.example/c")


def test_of_two_extracts_of_one_page_the_longer_is_kept(write: Write) -> None:
    page = {"url_a": "https://post.example/a"}
    records = [
        {**THREE[0], **page, "text_a": "Short."},
        {**THREE[1], **page, "text_a": "Rather longer."},
        THREE[2],
    ]
    for order in (records, records[::-1]):
        graded = read_pairs(write("x.jsonl", order))
        assert [article.text for article in graded.articles] == ["Rather longer."]
        assert graded.notes == ("1 articles came with two extracts, of which the longer is used",)


def test_equal_repeats_are_dropped_and_noted(write: Write) -> None:
    graded = read_pairs(write("x.jsonl", [*THREE, {"id_a": "b", "id_b": "a", "grade": 3.0}, THREE[2]]))
    assert len(graded.ids) == len(graded.grades) == len(graded.lines) == 3
    assert graded.notes == ("2 pairs stood again with the same grade, and count once",)


A, B = {"id_a": "a", "id_b": "b"}, {"id_a": "b", "id_b": "a"}


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ('{"id_a": "a"', "x.jsonl:1: not JSON"),
        ("[]", "x.jsonl:1: found a list, expected an object"),
        ([*THREE, {"id_a": "a", "grade": 1}], "x.jsonl:4: id_b is missing"),
        ([{"id_a": None, "id_b": "b", "grade": 1}], "x.jsonl:1: id_a is null, expected text or an integer"),
        ([{"id_a": "a", "id_b": "b\x07", "grade": 1}], "x.jsonl:1: id_b holds the control character U+0007"),
        ([A], "x.jsonl:1: found no grade, expected either grade or overall"),
        ([{**A, "grade": 1, "overall": 2}], "x.jsonl:1: found grade and overall, expected either"),
        ([{**A, "grade": "1"}], "x.jsonl:1: grade is text, expected a number"),
        ([{**A, "grade": True}], "x.jsonl:1: grade is a boolean, expected a number"),
        ([{**A, "grade": float("nan")}], "x.jsonl:1: grade is nan, expected a finite number"),
        ([{**A, "grade": 10**400}], "x.jsonl:1: grade is inf, expected a finite number"),
        ([{**A, "overall": 4.1}], "x.jsonl:1: overall is 4.1, expected 1 (the same) to 4 (unrelated)"),
        (
            [{**A, "grade": 1}, {"id_a": "a", "id_b": "c", "overall": 1}],
            "x.jsonl:2: found 'overall', expected 'grade' as in the lines before",
        ),
        (
            [{"id_a": "caf\u00e9", "id_b": "cafe\u0301", "grade": 1}],
            "x.jsonl:1: pairs 'caf\u00e9' with itself",
        ),
        (
            [*THREE, {**B, "grade": 2}],
            "x.jsonl:4: 'b' and 'a' have another grade here than on line 1, expected one",
        ),
        ([{**A, "grade": 1, "text_b": 7}], "x.jsonl:1: text_b is an integer, expected text"),
        ([{**A, "grade": 1, "text_b": "\u200b"}], "x.jsonl:1: article 'b': title and text are both blank"),
        (
            [{**THREE[0], "text_a": "one"}, {**THREE[1], "text_a": "two", "url_a": "https://x.example"}],
            "x.jsonl:2: article 'a' has another text here than on line 1",
        ),
        (THREE[:2], "x.jsonl: no correlation can be computed: found 2 pairs, expected 3 or more"),
        ("", "x.jsonl: no correlation can be computed: found 0 pairs, expected 3 or more"),
        (
            [{**pair, "grade": 1} for pair in THREE],
            "x.jsonl: no correlation can be computed: all 3 pairs have the same grade",
        ),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(
    write: Write, records: str | list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_pairs(write("x.jsonl", records))


def test_ids_that_the_corpus_does_not_know(write: Write) -> None:
    graded = read_pairs(write("x.jsonl", THREE))
    message = "2 of 3 ids are unknown to the corpus of 1 articles: id_a 'a' (line 1), id_b 'c' (line 2)"
    with pytest.raises(InputError, match=re.escape(message)):
        pairs_over(graded, corpus_of("b"), name="x")
