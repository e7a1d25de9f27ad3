"""Parquet, read a batch of rows at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from recommender.article import Article
from recommender.errors import InputError
from recommender.ingest.reading import Broken, Tally
from recommender.ingest.records import FIELDS, take_record

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 512
MAGIC = b"PAR1"  # a file begins and ends with it


def read_parquet(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The articles of a Parquet file in row order; ``line`` in a rejection is the row, from 1.

    Only the columns with a field's name are read. A stream that cannot seek is held in memory, since
    the format's index stands at its end. Raises InputError for a file of another kind or without ``id``,
    `Broken` for one that begins as Parquet (an empty one might have) and is cut short or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    seekable = stream if stream.seekable() else io.BytesIO(stream.read())
    begins_well = MAGIC.startswith(seekable.read(len(MAGIC)))
    seekable.seek(0)
    try:
        with pq.ParquetFile(seekable) as file:
            names = [str(name) for name in file.schema_arrow.names]
            if "id" not in names:
                raise InputError(f"found the columns {', '.join(names)[:200]!r}, expected one named 'id'")
            rows = file.metadata.num_rows
            tally.ignored_fields.update({name: rows for name in names if name not in FIELDS and rows})
            columns = [name for name in FIELDS if name in names]
            row = 0
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
                for record in _records(batch):
                    row += 1
                    if (article := take_record(record, tally, source, row)) is not None:
                        yield article
    except (pa.ArrowException, OSError) as error:
        reason = str(error).split("\n", 1)[0]
        problem = f"not a readable Parquet file: {reason}"
        raise (Broken(problem) if begins_well else InputError(problem)) from None


class Undecodable:
    """Stands for a cell that has no Python value: a broken string, a time out of range."""


def _records(batch: pa.RecordBatch) -> Iterator[dict[str, object]]:
    import pyarrow as pa

    columns: dict[str, list[object]] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            # Python's datetime has microseconds, and pyarrow refuses to drop the rest unasked.
            column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        columns[str(name)] = _values(column)
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _values(column: Any) -> list[object]:
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):  # one bad cell must not take the batch with it
        return [_value(cell) for cell in column]


def _value(cell: Any) -> object:
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return Undecodable()
