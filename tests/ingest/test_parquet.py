"""Parquet, row by row."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.article import Link
from recommender.errors import InputError
from recommender.ingest.parquet import BATCH_ROWS, read_parquet
from recommender.ingest.reading import Broken, Tally
from tests.ingest.reading_helpers import places, read


def written(columns: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_rows_become_articles() -> None:
    data = written(
        {
            "id": [1, 2],
            "title": ["A", None],
            "text": [None, "B"],
            "published_at": pa.array(
                [1_641_462_060_000_000_001, None], pa.timestamp("ns", "America/New_York")
            ),
            "updated_at": [date(2022, 1, 7), None],
            "authors": [["Jo", "Al"], None],
            "tags": ["x,y", None],
            "links": [[{"title": "L", "url": None}], []],
            "event": [5, 6],
        }
    )
    (first, second), tally = read(read_parquet, data)
    assert (first.id, first.title, first.text) == ("1", "A", "")
    assert first.published_at == datetime(2022, 1, 6, 9, 41, tzinfo=UTC)
    assert first.updated_at == datetime(2022, 1, 7, tzinfo=UTC)
    assert (first.authors, first.tags, first.links) == (("Jo", "Al"), ("x", "y"), (Link("L"),))
    assert (second.id, second.title, second.text, second.links) == ("2", "", "B", ())
    assert tally.ignored_fields == {"event": 2}
    assert tally.unreadable == {}


def test_rows_are_counted_across_batches() -> None:
    ids = [str(number) for number in range(BATCH_ROWS + 2)]
    ids[-1] = ""
    articles, tally = read(read_parquet, written({"id": ids, "title": ["T"] * len(ids)}))
    assert len(articles) == BATCH_ROWS + 1
    assert places(tally) == [(BATCH_ROWS + 2, "id is empty")]


def test_one_bad_cell_does_not_take_its_batch_along() -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa")]
    )
    data = written({"id": broken, "title": ["T", "U"], "date": pa.array([0, 2**62], pa.timestamp("us"))})
    articles, tally = read(read_parquet, data)
    assert [(article.id, article.published_at) for article in articles] == [("a", None)]
    assert places(tally) == [(1, "id: found a value of type Undecodable, expected text or an integer")]
    assert tally.unreadable == {"date": 1}


def test_a_column_id_is_required() -> None:
    with pytest.raises(InputError, match=r"^found the columns 'key, title', expected one named 'id'$"):
        read(read_parquet, written({"key": ["a"], "title": ["T"]}))


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match=r"^not a readable Parquet file: "):
        read(read_parquet, b"id,title\na,T\n")


@pytest.mark.parametrize("damage", ["cut", "scribbled", "none of it", "two bytes", "empty"])
def test_a_damaged_file_is_broken(damage: str) -> None:
    data = written({"id": [str(number) for number in range(100)], "title": ["T"] * 100})
    data = {
        "cut": data[: len(data) // 2],
        "scribbled": data[:-60] + b"\xff" * 50 + data[-10:],
        "none of it": b"PAR1 and nothing else",
        "two bytes": b"PA",
        "empty": b"",
    }[damage]
    with pytest.raises(Broken, match=r"^not a readable Parquet file: "):
        read(read_parquet, data)


def test_a_file_damaged_after_its_first_rows_is_broken() -> None:
    sink = io.BytesIO()
    table = pa.table({"id": [str(number) for number in range(5000)], "title": ["T"] * 5000})
    pq.write_table(table, sink, row_group_size=1000, use_dictionary=False)
    data = bytearray(sink.getvalue())
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\xff" * 2000
    tally = Tally()
    articles = read_parquet(io.BytesIO(data), "in", tally)
    assert next(articles).id == "0"
    with pytest.raises(Broken, match=r"^not a readable Parquet file: "):
        list(articles)
    assert tally.rejections == []
