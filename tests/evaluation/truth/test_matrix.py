"""Matrices of similarities: which numbers count, and which files are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.evaluation.truth.anchors import LEE_ANCHORS, anchors_for
from recommender.evaluation.truth.matrix import read_matrix
from tests.evaluation.truth.conftest import Write

ARTICLES = Path("x.jsonl")
IDS = ["a", "b", "c"]


@pytest.mark.parametrize(
    "lines",
    [
        "1 0.5 .25\n0 1 -1e-1\n0 0 1\n",
        "9\t0.5  .25\r\n0.5 9 -0.1\n\n.25 -0.1 9",
        "0 0.5 .25\n0.5000000001 0 -0.1\n.25 -0.1 0",
    ],
)
def test_the_upper_triangle_counts(write: Write, lines: str) -> None:
    pairs = read_matrix(write("x_similarities.txt", lines), IDS, ARTICLES, name="x")
    assert pairs.ids == (("a", "b"), ("a", "c"), ("b", "c"))
    assert pairs.grades == (0.5, 0.25, -0.1)
    assert (pairs.name, pairs.origin) == ("x", "similarities given by people (x_similarities.txt)")
    assert pairs.anchors == ()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("1 2 3\n0 1 3", "m.txt:2: found 2 rows, expected 3: one for each article of x.jsonl"),
        ("", "m.txt: found 0 rows, expected 3: one for each article of x.jsonl"),
        ("1 2 3\n0 1\n0 0 1", "m.txt:2: found 2 numbers, expected 3: as many as there are rows"),
        ("1 2 3\n0 1 x\n0 0 1", "m.txt:2: found 'x', expected a finite number"),
        ("1 2 3\n0 1 nan\n0 0 1", "m.txt:2: found 'nan', expected a finite number"),
        ("1 2 inf\n0 1 2\n0 0 1", "m.txt:1: found 'inf', expected a finite number"),
        ("1 2 1e999\n0 1 2\n0 0 1", "m.txt:1: found '1e999', expected a finite number"),
        ("1 2 1_0\n0 1 2\n0 0 1", "m.txt:1: found '1_0', expected a finite number"),
        (b"1 2 \xe9\n0 1 2\n0 0 1", "m.txt:1: found '\ufffd', expected a finite number"),
        (
            "1 2 3\n\n2 1 4\n0 4 1",
            "m.txt:4: found 0 in column 1 and 3 on the other side of the diagonal, expected the same, or "
            "nothing but zeros below the diagonal",
        ),
        ("1 2 2\n0 1 2\n0 0 1", "m.txt: no correlation can be computed: all 3 pairs have the same grade"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(write: Write, lines: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_matrix(write("m.txt", lines), IDS, ARTICLES, name="m")


def test_two_articles_are_too_few(write: Write) -> None:
    with pytest.raises(InputError, match="found 1 pairs, expected 3 or more"):
        read_matrix(write("m.txt", "1 2\n0 1"), ["a", "b"], ARTICLES, name="m")


def test_an_article_that_stands_twice_has_no_row_of_its_own(write: Write) -> None:
    with pytest.raises(InputError, match=r"article 'a' stands twice in x\.jsonl"):
        read_matrix(write("m.txt", "1 2 3\n0 1 2\n0 0 1"), ["a", "b", "a"], ARTICLES, name="m")


def test_published_figures_belong_to_the_grades_of_one_set() -> None:
    assert anchors_for([0.3] * 1225) == ()
    assert [(one.measure, one.value) for one in LEE_ANCHORS] == [
        ("Pearson", 0.605),
        ("Pearson", 0.60),
        ("Pearson", 0.72),
    ]
    assert all("(2005)" in one.source or "(2007)" in one.source for one in LEE_ANCHORS)


@given(st.integers(3, 7).flatmap(
    lambda n: st.lists(st.lists(st.floats(-9, 9), min_size=n, max_size=n), min_size=n, max_size=n)
))  # fmt: skip
def test_every_pair_once_and_mirrored_or_not_the_same(tmp_path_factory, rows):
    size = len(rows)
    rows[0][1], rows[0][2] = 1.0, 2.0  # something to correlate
    ids = [f"id-{place}" for place in range(size)]
    folder = tmp_path_factory.mktemp("matrix")
    found = []
    for name in ("upper", "mirrored"):
        below = (lambda row, column: 0.0) if name == "upper" else (lambda row, column: rows[column][row])
        content = "\n".join(
            " ".join(
                repr(below(row, column) if column < row else rows[row][column]) for column in range(size)
            )
            for row in range(size)
        )
        (folder / name).write_text(content, encoding="utf-8")
        found.append(read_matrix(folder / name, ids, ARTICLES, name="any"))
    upper, mirrored = found
    assert (upper.ids, upper.grades) == (mirrored.ids, mirrored.grades)
    assert len({frozenset(pair) for pair in upper.ids}) == size * (size - 1) // 2
    for (left, right), grade in zip(upper.ids, upper.grades, strict=True):
        assert grade == rows[ids.index(left)][ids.index(right)]
