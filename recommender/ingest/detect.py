"""The format of a stream: by the suffix of its name, then by how its content begins."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

from recommender.ingest.csvfile import read_csv
from recommender.ingest.feed import read_feed
from recommender.ingest.html import read_html
from recommender.ingest.jsonl import read_jsonl
from recommender.ingest.page_text import read_page_text
from recommender.ingest.parquet import read_parquet
from recommender.ingest.reading import Reader

SUFFIXES = ".jsonl .ndjson .json .csv .parquet .html .htm .xml .rss .atom .txt, and .gz after them"
_BY_SUFFIX: dict[str, Reader] = {
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".html": read_html,
    ".htm": read_html,
    ".rss": read_feed,
    ".atom": read_feed,
    ".txt": read_page_text,
}
_BY_CONTENT = ("", ".json", ".xml")
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
# A comment once passed is never looked at again (``*+``): two to the number of comments, otherwise.
_HTML = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(?:!doctype html|html|head|body|article|title|meta)\b",
    re.DOTALL | re.IGNORECASE,
)
_BODY_COLUMNS = frozenset(("title", "text", "html"))


def unknown_suffix(name: str) -> str | None:
    """Why a file is no source whatever it holds, by the suffix of its name (without ``.gz``), or ``None``."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _BY_SUFFIX or suffix in _BY_CONTENT:
        return None
    return f"has the suffix {suffix!r}, expected one of {SUFFIXES}"


def detect(name: str | None, head: bytes) -> Reader | str:
    """The reader for a stream, or why there is none.

    ``name`` is the file's name without ``.gz``, with no `unknown_suffix`; ``None`` for standard input.
    ``head`` is the beginning of the content, which decides where the suffix leaves the format open.
    """
    suffix = PurePath(name).suffix.lower() if name is not None else ""
    if (reader := _BY_SUFFIX.get(suffix)) is not None:
        return reader
    if suffix == ".json":
        return read_jsonl if _is_json_lines(head) else "is JSON, but not one object a line"
    if suffix == ".xml":
        return _markup(head) or "is XML, but neither a feed nor a page"
    if not head:
        return "is empty"
    if head.startswith(b"PAR1"):
        return read_parquet
    if _is_json_lines(head):
        return read_jsonl
    return _markup(head) or (read_csv if _is_csv(head) else read_page_text)


def _markup(head: bytes) -> Reader | None:
    # Without the zero bytes UTF-16 reads like ASCII, which is all that is looked for.
    beginning = head.replace(b"\0", b"")
    plain = re.sub(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*", b"", beginning, count=1)
    if not plain.startswith(b"<"):
        return None
    if _HTML.match(plain):
        return read_html
    return read_feed if _FEED.search(plain[:4096]) else None


def _is_json_lines(head: bytes) -> bool:
    """Whether the first line begins an object, readable or not: one bad line must not hide the others.

    A brace alone on its line begins one document that is printed over many.
    """
    line = head.removeprefix(codecs.BOM_UTF8).lstrip().split(b"\n", 1)[0]
    return line.startswith(b"{") and line.strip() != b"{"


def _is_csv(head: bytes) -> bool:
    line = head.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0].decode("utf-8", "replace")
    columns = {column.strip().strip('"') for column in line.split(",")}
    return "id" in columns and bool(columns & _BODY_COLUMNS)
