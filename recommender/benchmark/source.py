"""Where a benchmark's articles come from, and files of them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from recommender import files
from recommender.article import Article
from recommender.benchmark.newsroom import as_line
from recommender.ingest import Tally, read_sources


def source_articles(name: str | None = None) -> list[Article]:
    """The articles of a source in any form that a rebuild reads; those of the packaged sample without one.
    Raises whatever reading raises."""
    if name is not None:
        return list(read_sources([name], Tally()))
    with resources.as_file(resources.files("recommender") / "sample") as sample:
        return list(read_sources([str(sample)], Tally()))


def write_articles(path: Path, articles: Iterable[Article]) -> int:
    """Write a JSONL file, a line at a time, and put it in the place of the one that is there; the number of
    articles. Raises StorageError."""
    count = 0

    def lines() -> Iterable[bytes]:
        nonlocal count
        for article in articles:
            count += 1
            yield as_line(article)

    fresh = path.with_name(f".{path.name}.tmp")
    files.remove_file(fresh)
    files.write_new(fresh, lines())
    files.replace(fresh, path)
    return count
