"""CSV with a header row."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.article import Link
from recommender.errors import InputError
from recommender.ingest.csvfile import read_csv
from recommender.ingest.reading import Broken, Tally
from tests.ingest.reading_helpers import places, read


def test_rows_become_articles() -> None:
    data = (
        '\ufeffid, title ,text,date,tags,links\r\n7,"A, b","One\r\n""Two""",2022-01-06,"x,y",'
        '"[{""title"": ""L""}]"\r\n\r\n8,C,,,,\r\n'
    )
    (first, second), tally = read(read_csv, data)
    assert (first.id, first.title, first.text) == ("7", "A, b", 'One\n"Two"')
    assert (first.tags, first.links) == (("x", "y"), (Link("L"),))
    assert first.published_at is not None
    assert (second.id, second.title, second.published_at) == ("8", "C", None)
    assert tally.rejections == []
    assert tally.unreadable == {}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"a,b", "found 2 columns, expected 3"),
        (b"a,b,c,d", "found 4 columns, expected 3"),
        (b",T,B", "id is empty"),
        (b"a, ,", "title and text are both blank"),
        (b"a,caf\xe9,B", "not UTF-8"),
        (b"a\0,T,B", "id holds the control character U+0000"),
        (b'a,"T"x,B', "not CSV: ',' expected after '\"'"),
    ],
)
def test_a_bad_row_is_rejected_with_its_first_line(row: bytes, reason: str) -> None:
    articles, tally = read(read_csv, b'id,title,text\nx,T,"1\n2\n3"\n' + row + b"\ny,T,B\n")
    assert places(tally) == [(5, reason)]
    assert [article.id for article in articles] == ["x", "y"]


def test_the_line_of_a_row_that_spans_lines_is_its_first() -> None:
    _, tally = read(read_csv, 'id,title\n,"a\nb\nc"\n,d\n')
    assert places(tally) == [(2, "id is empty"), (5, "id is empty")]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_quote_that_is_never_closed_costs_its_own_line(end: str) -> None:
    rows = [f"{number},T{number}" for number in range(1000)]
    rows[100] = '100,"T100'
    articles, tally = read(read_csv, "id,title\n" + "\n".join(rows) + end)
    assert places(tally) == [(102, "not CSV: unexpected end of data")]
    assert [article.id for article in articles] == [str(number) for number in range(1000) if number != 100]


def test_a_quote_that_is_closed_by_a_later_row_costs_its_own_line() -> None:
    articles, tally = read(read_csv, 'id,title\na,"T\nb,U\nc,V\nd,"W"\ne,\n')
    assert [article.id for article in articles] == ["b", "c", "d"]
    assert places(tally) == [(2, "not CSV: ',' expected after '\"'"), (6, "title and text are both blank")]


def test_a_quote_that_is_never_closed_before_a_cell_too_long_to_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.ingest.csvfile.CELL_LIMIT", 100)
    articles, tally = read(read_csv, 'id,title\na,"T\n' + "b,U\n" * 1000)
    assert len(articles) == 1000
    assert places(tally) == [(2, "not CSV: field larger than field limit (100)")]


@pytest.mark.parametrize(
    "cut",
    [
        'b,"The wall',
        'b,"The wall\n',
        'b,"The wall fell, at last.\n\nNobody, it is said, was\nhurt, or so',
    ],
)
def test_data_that_ends_inside_quotes_is_broken(cut: str) -> None:
    tally = Tally()
    articles = read_csv(io.BytesIO(b'id,title\na,"T\nT"\n' + cut.encode()), "in", tally)
    assert next(articles).id == "a"
    with pytest.raises(Broken, match=r"^CSV data ends inside quotes that were opened on line 4$"):
        list(articles)
    assert (tally.rejections[0].line, tally.rejections[0].reason) == (4, "not CSV: unexpected end of data")


def test_quotes_that_are_past_reading_do_not_hold_the_reader() -> None:
    # Every line closes the quote of the one before and opens another: to the end, from wherever one begins.
    with pytest.raises(Broken, match=r"^the quotes around line \d+ do not pair: too much was read twice$"):
        read(read_csv, "id,title\n" + 'x""","""\n' * 50_000)


def test_nul_bytes_and_long_cells() -> None:
    articles, _ = read(read_csv, "id,text\na,x\0y\nb," + "w " * 200_000 + "\n")
    assert [len(article.text) for article in articles] == [2, 399_999]


def test_other_columns_are_ignored_and_named() -> None:
    _, tally = read(read_csv, "id,title,event\na,T,1\nb,T,2\n")
    assert tally.ignored_fields == {"event": 2}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "found no header row, expected one that names the columns"),
        ("\n\n", "found no header row, expected one that names the columns"),
        ("a,b\n1,2\n", "found the columns 'a, b', expected one named 'id'"),
        ("id,title,title\n", "column 'title' stands twice in the header row, expected once"),
    ],
)
def test_a_header_row_is_required(data: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        read(read_csv, data)
    assert str(error.value) == reason


@given(st.binary(max_size=200))
def test_after_the_header_nothing_is_raised_but_for_open_quotes(data: bytes) -> None:
    try:
        read(read_csv, b"id,title,text\n" + data)
    except Broken:
        assert b'"' in data


def test_a_quote_that_a_later_row_closes_costs_its_own_row_alone() -> None:
    rows = [f"{number},T{number},Body {number}" for number in range(100)]
    rows[5], rows[60] = '5,x,"Foo,Body', '60,Foo",Body'
    articles, tally = read(read_csv, "id,title,text\n" + "\n".join(rows) + "\n")
    assert [article.id for article in articles if article.id not in ("5", "60")] == [
        str(number) for number in range(100) if number not in (5, 60)
    ]
    assert 7 in [rejection.line for rejection in tally.rejections]
