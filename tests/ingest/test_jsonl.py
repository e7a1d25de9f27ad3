"""JSON Lines, and the ways in which a line can be bad."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ingest.jsonl import read_jsonl
from tests.ingest.reading_helpers import places, read

GOOD = b'{"id": "ok", "title": "T"}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": 1,}', "not JSON: Illegal trailing comma before end of object at column 9"),
        (b"hello", "not JSON: Expecting value at column 1"),
        (b'{"id": "a"} {"id": "b"}', "not JSON: Extra data at column 13"),
        (b'{"id": "a", "title": "T', "not JSON: Unterminated string starting at column 22"),
        (b'["a", "b"]', "found a list, expected an object"),
        (b'"a"', "found text, expected an object"),
        (b"null", "found null, expected an object"),
        (b"7", "found an integer, expected an object"),
        (b"NaN", "found a number with a fraction, expected an object"),
        (b'{"id": "a", "title": "caf\xe9"}', "not UTF-8: byte 0xe9 at column 26"),
        (b'{"id": "\xff"}', "not UTF-8: byte 0xff at column 9"),
        (b'{"id": "a\\u0000", "title": "T"}', "id holds the control character U+0000"),
        (b'{"id": "\\ud800", "title": "T"}', "id holds a lone surrogate"),
        (b'{"id": NaN, "title": "T"}', "id: found a number with a fraction, expected text or an integer"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not usable JSON: an integer has too many digits"),
        (b"[" * 100_000 + b"]" * 100_000, "not usable JSON: nested too deeply"),
        (b'{"id":"a","x":' + b"[" * 100_000, "not usable JSON: nested too deeply"),
        (b'{"id":"a","x":' + b'{"a":' * 100_000, "not usable JSON: nested too deeply"),
        (b'{"id": "a"}', "title and text are both blank"),
    ],
)
def test_a_bad_line_is_rejected_and_the_next_one_read(line: bytes, reason: str) -> None:
    articles, tally = read(read_jsonl, b"\n" + line + b"\n" + GOOD)
    found = places(tally)
    if line.startswith(b'{"id": 1,}'):  # Python 3.13 words it so, earlier ones otherwise
        assert found[0][0] == 2
        assert found[0][1].startswith("not JSON: ")
    else:
        assert found == [(2, reason)]
    assert [article.id for article in articles] == ["ok"]


def test_lines_are_physical_and_blank_ones_are_silent() -> None:
    articles, tally = read(read_jsonl, GOOD + b"\n \t\r\n\nbad\n" + GOOD)
    assert len(articles) == 2
    assert [line for line, _ in places(tally)] == [5]


def test_line_separators_inside_a_text_do_not_cut_the_line() -> None:
    line = '{"id": "a", "text": "one\u2028two\x85three"}\r\n'
    articles, _ = read(read_jsonl, line)
    assert [article.text for article in articles] == ["one\u2028two\x85three"]


def test_a_byte_order_mark_and_a_missing_last_line_end_are_fine() -> None:
    articles, tally = read(read_jsonl, b"\xef\xbb\xbf" + GOOD + GOOD.rstrip())
    assert len(articles) == 2
    assert tally.rejections == []


def test_nul_and_lone_surrogates_in_text() -> None:
    articles, _ = read(read_jsonl, b'{"id": "a", "text": "x\\u0000y \\ud83d \\ud83d\\ude00 z"}')
    assert [article.text for article in articles] == ["xy \ufffd \U0001f600 z"]


def test_nan_in_an_optional_field_is_left_out_and_counted() -> None:
    articles, tally = read(read_jsonl, b'{"id": "a", "title": "T", "section": NaN, "date": Infinity}')
    assert articles[0].section is None
    assert tally.unreadable == {"section": 1, "date": 1}


def test_a_very_long_line() -> None:
    articles, _ = read(read_jsonl, b'{"id": "a", "text": "' + b"word " * 1_000_000 + b'"}\n' + GOOD)
    assert [len(article.text) for article in articles] == [4_999_999, 0]


@given(st.binary(max_size=200))
def test_never_raises(data: bytes) -> None:
    articles, tally = read(read_jsonl, data)
    assert tally.records == len(tally.rejections)
    assert articles == []
