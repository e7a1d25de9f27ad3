"""``recommender export``: every list, in corpus order."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from recommender import files
from recommender.candidates import DEPTH
from recommender.cli.common import (
    ConfigOption,
    IndexOption,
    MinScoreOption,
    note,
    open_recommender,
    settings_from,
    write_bytes_out,
)
from recommender.errors import OptionError
from recommender.recommend import DEFAULT_LIMIT, Options, Recommender

_EXAMPLE = (
    "\b\nExample:\n  recommender export --format parquet --out lists.parquet\n"
    "  recommender export --policy none --min-score 0 --limit 100 > ranking.jsonl"
)
_ARTICLES_PER_CHUNK = 1000
_ARTICLES_PER_ROW_GROUP = 50_000
_COLUMNS = ("id", "rank", "item_id", "score")

# An article's id, and ids and scores of its items in order; a pin may have no score.
Listed = tuple[str, list[tuple[str, float | None]]]


class Policy(StrEnum):
    """Whether the policy's verdicts count."""

    DEFAULT = "default"
    NONE = "none"


class Format(StrEnum):
    """How lists are written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export", epilog=_EXAMPLE)(run)


def run(
    index: IndexOption = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="Items a list at the most.")
    ] = DEFAULT_LIMIT,
    min_score: MinScoreOption = None,
    policy: Annotated[
        Policy, typer.Option("--policy", help="none: the bare ranking, without the article itself.")
    ] = Policy.DEFAULT,
    format: Annotated[
        Format, typer.Option("--format", help="jsonl: a line an article; csv, parquet: a row an item.")
    ] = Format.JSONL,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to; `-` is standard output. [default: -]"),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write every list, articles in corpus order.

    In JSONL an article whose list is empty has its line all the same. What has been taken down is in no
    list and has no line.
    """
    Options(min_score=min_score)  # refuses what is no score
    to_stdout = out is None or str(out) == "-"
    if to_stdout and format is Format.PARQUET and sys.stdout.isatty():
        raise OptionError("--format", "parquet is not for a terminal; give --out FILE")
    recommender = open_recommender(settings_from(config, index=index))
    if limit > DEPTH:
        note(f"--limit {limit} is beyond the stored depth: lists hold at most {DEPTH} items")
    lists = every_list(recommender, limit=limit, min_score=min_score, policy=policy is Policy.DEFAULT)
    chunks = WRITERS[format](lists)
    if out is None or to_stdout:
        write_bytes_out(chunks)
    else:
        _replace(out, chunks)


def every_list(
    recommender: Recommender, *, limit: int, min_score: float | None, policy: bool
) -> Iterator[Listed]:
    """The list of each article that may be shown, in corpus order, scores as `similar` has them."""
    ids = list(recommender.snapshot.ids)
    for row, article_id in enumerate(ids):
        if recommender.visible(row):
            rows, scores = recommender.listed(row, limit=limit, min_score=min_score, policy=policy)
            yield article_id, [(ids[other], score) for other, score in zip(rows, scores, strict=True)]


def jsonl(lists: Iterable[Listed]) -> Iterator[bytes]:
    """One object a line: ``{"id": …, "items": [{"id": …, "score": …}, …]}``."""
    for article_id, items in lists:
        line = {"id": article_id, "items": [{"id": item_id, "score": score} for item_id, score in items]}
        yield orjson.dumps(line) + b"\n"


def comma_separated(lists: Iterable[Listed]) -> Iterator[bytes]:
    """A header, then one row an item; lines end with a line feed."""
    lists = iter(lists)
    yield _csv([_COLUMNS])
    while some := list(islice(lists, _ARTICLES_PER_CHUNK)):
        yield _csv(_rows(some))


def parquet(lists: Iterable[Listed]) -> Iterator[bytes]:
    """The same columns in Parquet, made in memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = (pa.string(), pa.int32(), pa.string(), pa.float64())
    schema = pa.schema(
        [pa.field(name, kind, nullable=name == "score") for name, kind in zip(_COLUMNS, types, strict=True)]
    )
    sink = pa.BufferOutputStream()
    lists = iter(lists)
    with pq.ParquetWriter(sink, schema) as writer:
        while some := list(islice(lists, _ARTICLES_PER_ROW_GROUP)):
            columns = list(zip(*_rows(some), strict=True)) or [()] * len(_COLUMNS)
            writer.write_table(pa.table(list(map(list, columns)), schema=schema))
    yield sink.getvalue().to_pybytes()


WRITERS: dict[Format, Callable[[Iterable[Listed]], Iterator[bytes]]] = {
    Format.JSONL: jsonl,
    Format.CSV: comma_separated,
    Format.PARQUET: parquet,
}


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _rows(lists: Iterable[Listed]) -> Iterator[tuple[str, int, str, float | None]]:
    for article_id, items in lists:
        for rank, (item_id, score) in enumerate(items, start=1):
            yield article_id, rank, item_id, score


def _replace(out: Path, chunks: Iterable[bytes]) -> None:
    """Write a file so that a reader sees the old content or the new."""
    path = out.resolve()  # through a link, so that the link stays
    if path.exists() and not path.is_file():
        raise OptionError("--out", f"{out} is not a regular file; without --out lists go to standard output")
    fresh = path.with_name(f".{path.name}.tmp")
    files.remove_file(fresh)
    try:
        files.write_new(fresh, chunks)
        files.replace(fresh, path)
    except BaseException:
        files.remove_file(fresh)
        raise
    files.sync_directory(path.parent)
