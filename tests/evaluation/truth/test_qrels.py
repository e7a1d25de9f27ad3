"""TREC qrels: a file worked by hand, and every way in which one can be broken."""

from __future__ import annotations

import gzip
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError, SourceNotFound, StorageError
from recommender.evaluation.truth.qrels import read_qrels
from tests.evaluation.truth.conftest import Write, corpus_of

CORPUS = corpus_of("a", "b", "c", "d", "lone")


def test_six_lines_worked_by_hand(write: Write) -> None:
    path = write(
        "x.qrels", "\ufeffa 0 b 4\r\n\r\n a\t0\tc  0 \na 0 d -2\nb 0 a +1\nlone 0 lone 0\nlone 0 a 0"
    )
    qrels = read_qrels(path, CORPUS, name="x")
    assert qrels.relevance == {"a": {"b": 4, "c": 0, "d": 0}, "b": {"a": 1}, "lone": {"a": 0}}
    assert (qrels.name, qrels.kind, qrels.origin) == ("x", "qrels", "TREC qrels (x.qrels)")
    assert qrels.answerable == ("a", "b")
    assert qrels.unanswerable == ("lone",)
    assert qrels.judged is None
    assert (qrels.grade("a", "b"), qrels.grade("a", "d"), qrels.grade("b", "c")) == (4, 0, None)
    assert qrels.groups == {}
    assert qrels.notes == ("1 negative grades count as 0",)


def test_complete_judgements_make_the_rest_zero(write: Write) -> None:
    qrels = read_qrels(write("x.qrels", "a 0 b 1\n"), CORPUS, name="x", origin="by hand", complete=True)
    assert qrels.judged == {"a", "b", "c", "d", "lone"}
    assert (qrels.grade("a", "b"), qrels.grade("a", "c")) == (1, 0)
    assert (qrels.origin, qrels.notes) == ("by hand", ())


def test_one_query(write: Write) -> None:
    assert read_qrels(write("x.qrels", "a 0 b 1"), CORPUS, name="x").answerable == ("a",)


def test_no_query_with_a_related_article(write: Write) -> None:
    qrels = read_qrels(write("x.qrels", "a 0 a 0\nb 0 c 0"), CORPUS, name="x")
    assert (qrels.answerable, qrels.unanswerable) == ((), ("a", "b"))
    assert qrels.relevance == {"a": {}, "b": {"c": 0}}


def test_a_query_s_grade_for_itself_never_counts(write: Write) -> None:
    assert read_qrels(write("x.qrels", "a 0 a 4"), CORPUS, name="x").unanswerable == ("a",)


def test_ids_are_compared_in_nfc_and_cut_at_ascii_white_space(write: Write) -> None:
    corpus = corpus_of("caf\u00e9", "two\u00a0words", "line\u2028end")
    path = write("x.qrels", "cafe\u0301 0 two\u00a0words 1\ncaf\u00e9 0 line\u2028end 2")
    assert read_qrels(path, corpus, name="x").relevance == {
        "caf\u00e9": {"two\u00a0words": 1, "line\u2028end": 2}
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 0 b 1\na 0 c\n", "x.qrels:2: found 3 fields, expected 4: query 0 document grade"),
        ("\na 0 b 1 x", "x.qrels:2: found 5 fields, expected 4: query 0 document grade"),
        ("a 0 b 1.0", "x.qrels:1: grade: found '1.0', expected an integer of at most nine digits"),
        ("a 0 b 1_0", "x.qrels:1: grade: found '1_0', expected an integer of at most nine digits"),
        ("a 0 b \u0664", "x.qrels:1: grade: found '\u0664', expected an integer of at most nine digits"),
        ("a 0 b 1234567890", "x.qrels:1: grade: found '1234567890', expected an integer"),
        (
            "a 0 b 1\nb 0 a 1\na 0 b 1",
            "x.qrels:3: query 'a' and document 'b' stand here and on line 1, expected each pair once",
        ),
        (
            "a 0 a 0\n\na 0 a 0",
            "x.qrels:3: query 'a' and document 'a' stand here and on line 1, expected each pair once",
        ),
        (b"a 0 b 1\na 0 \xe9 1", "x.qrels:2: not UTF-8: byte 0xe9 at column 5"),
        ("a 0 b 1".encode("utf-16"), "x.qrels:1: not UTF-8: byte 0xff at column 1"),
        ("", "x.qrels: found no judgement, expected lines of query 0 document grade"),
        (" \r\n\n", "x.qrels: found no judgement, expected lines of query 0 document grade"),
        ("a 0 x 1", "x.qrels: 1 of 2 ids are unknown to the corpus of 5 articles: document 'x' (line 1)"),
        (
            "a 0 x 1\ny 0 b 1\ny 0 z 1\nw 0 x 1\n",
            "x.qrels: 4 of 6 ids are unknown to the corpus of 5 articles: document 'x' (line 1), query 'y' "
            "(line 2), document 'z' (line 3), ...",
        ),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(
    write: Write, content: str | bytes, message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_qrels(write("x.qrels", content), CORPUS, name="x")


def test_the_same_pair_in_two_normal_forms_is_the_same_pair(write: Write) -> None:
    path = write("x.qrels", "a 0 caf\u00e9 1\na 0 cafe\u0301 1")
    with pytest.raises(InputError, match=r"x\.qrels:2: .* on line 1"):
        read_qrels(path, corpus_of("a", "caf\u00e9"), name="x")


def test_files_that_cannot_be_read(write: Write, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="does not exist"):
        read_qrels(tmp_path / "none.qrels", CORPUS, name="x")
    with pytest.raises(StorageError, match="cannot read"):
        read_qrels(tmp_path, CORPUS, name="x")


def test_gzip_is_taken_off_and_must_be_whole(write: Write) -> None:
    assert read_qrels(write("x.gz", "a 0 b 1"), CORPUS, name="x").answerable == ("a",)
    whole = gzip.compress(b"".join(b"a 0 b%d 1\n" % number for number in range(9_000)))
    with pytest.raises(InputError, match=r"cut\.qrels: gzip data ends early after \d+ bytes"):
        read_qrels(write("cut.qrels", whole[:-400]), CORPUS, name="x")


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=5).map(
    lambda text: unicodedata.normalize("NFC", text)
)


@given(
    st.dictionaries(st.tuples(names, names), st.integers(-9, 9), min_size=1),
    st.lists(st.sampled_from([" ", "\t", "  \t"]), min_size=3, max_size=3),
    st.sampled_from(["\n", "\r\n", "\n\n \n"]),
)
def test_what_is_written_is_what_is_read(tmp_path_factory, pairs, gaps, end):
    path = tmp_path_factory.mktemp("qrels") / "any.qrels"
    lines = [f"{query}{gaps[0]}0{gaps[1]}{doc}{gaps[2]}{grade}" for (query, doc), grade in pairs.items()]
    path.write_text(end.join(lines), encoding="utf-8", newline="")
    qrels = read_qrels(path, corpus_of(*sorted({one for pair in pairs for one in pair})), name="any")
    expected: dict[str, dict[str, int]] = {query: {} for query, _ in pairs}
    for (query, doc), grade in pairs.items():
        if query != doc:
            expected[query][doc] = max(grade, 0)
    assert qrels.relevance == expected


def test_queries_that_share_what_is_truly_related_are_one_group(tmp_path: Path) -> None:
    lines = "a 0 x 4\nb 0 x 3\nb 0 y 2\nc 0 y 4\nd 0 c 3\ne 0 z 4\nf 0 z 1\nf 0 f 0\n"
    (tmp_path / "g.qrels").write_text(lines)
    found = read_qrels(tmp_path / "g.qrels", corpus_of(*"abcdefxyz"), name="g")
    # a and b share x; c is what d needs; y is of grade 2 to b, and z of grade 1 to f: that joins nothing.
    assert dict(found.groups) == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_with_grades_of_0_and_1_every_related_article_joins(tmp_path: Path) -> None:
    (tmp_path / "g.qrels").write_text("a 0 x 1\nb 0 x 1\nc 0 x 0\n")
    assert dict(read_qrels(tmp_path / "g.qrels", corpus_of(*"abcx"), name="g").groups) == {"a": "a", "b": "a"}
