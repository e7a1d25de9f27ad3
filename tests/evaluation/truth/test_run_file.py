"""TREC run files: the order of lists, and what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.evaluation.truth import read_run
from tests.evaluation.truth.conftest import Write, corpus_of

CORPUS = corpus_of("a", "b", "c", "d", "caf\u00e9")


def test_lists_are_by_score_then_rank_then_line(write: Write) -> None:
    path = write(
        "x.run",
        "a Q0 b 1 0.5 mine\n\nb Q0 a 1 1e-3 mine\r\na Q0 c 2 2 mine\na Q0 d 0 0.5 mine\n"
        "a Q0 cafe\u0301 1 0.50 mine\n",
    )
    run = read_run(path, CORPUS)
    assert run.system == "mine"
    assert run.lists == {
        "a": (("c", 2.0), ("d", 0.5), ("b", 0.5), ("caf\u00e9", 0.5)),
        "b": (("a", 0.001),),
    }
    assert read_run(path, CORPUS, name="other").system == "other"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("a Q0 b 1 0.5", "x.run:1: found 5 fields, expected 6: query Q0 document rank score tag"),
        ("a Q0 b 1.0 0.5 t", "x.run:1: rank and score: found '1.0', expected an integer"),
        ("a Q0 b 1 nan t", "x.run:1: rank and score: found 'nan', expected a finite number"),
        ("a Q0 b 1 -inf t", "x.run:1: rank and score: found '-inf', expected a finite number"),
        (
            "a Q0 b 1 2 t\nb Q0 a 1 2 t\na Q0 b 2 1 t",
            "x.run:3: document 'b' stands in the list of 'a' here and on line 1, expected once",
        ),
        ("a Q0 a 1 2 t", "x.run:1: the list of 'a' names the article itself"),
        ("a Q0 b 1 2 t\na Q0 c 2 1 u", "x.run:2: found the tag 'u', expected 't' as in the lines before"),
        (
            "x Q0 b 1 2 t\nx Q0 y 2 1 t",
            "x.run: 2 of 3 ids are unknown to the corpus of 5 articles: query 'x' (line 1), document 'y' "
            "(line 2)",
        ),
        (b"a Q0 b 1 2 \xff", "x.run:1: not UTF-8: byte 0xff at column 12"),
        ("\n", "x.run: found no line, expected query Q0 document rank score tag"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(write: Write, lines: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_run(write("x.run", lines), CORPUS)


@given(st.permutations("abcd"), st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_the_order_of_lines_matters_only_where_score_and_rank_tie(tmp_path_factory, docs, scores):
    path = tmp_path_factory.mktemp("run") / "any.run"
    rows = list(zip(docs, scores, strict=True))
    lines = [f"caf\u00e9 Q0 {doc} {ord(doc)} {score!r} t" for doc, score in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    first = read_run(path, CORPUS)
    path.write_text("\n".join(reversed(lines)), encoding="utf-8")
    assert read_run(path, CORPUS) == first
    assert first.docs("caf\u00e9") == tuple(doc for doc, _ in sorted(rows, key=lambda row: (-row[1], row[0])))
