"""Short ways to read a few bytes or files in a test."""

from __future__ import annotations

import io
from pathlib import Path

from recommender.article import Article
from recommender.ingest import Tally, read_sources
from recommender.ingest.reading import Reader


def read(reader: Reader, data: bytes | str, source: str = "in") -> tuple[list[Article], Tally]:
    """What one reader makes of some bytes."""
    tally = Tally()
    raw = data.encode("utf-8") if isinstance(data, str) else data
    articles = list(reader(io.BytesIO(raw), source, tally))
    return articles, tally


def read_paths(*sources: str | Path, stdin: bytes | None = None) -> tuple[list[Article], Tally]:
    """What `read_sources` makes of some sources."""
    tally = Tally()
    stream = None if stdin is None else io.BytesIO(stdin)
    articles = list(read_sources([str(source) for source in sources], tally, stdin=stream))
    return articles, tally


def places(tally: Tally) -> list[tuple[int | None, str]]:
    """Line and reason of every rejection."""
    return [(rejection.line, rejection.reason) for rejection in tally.rejections]
