"""One record of JSONL, CSV or Parquet -> an article, or a rejection with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from recommender.article import MAX_ID_BYTES, Article, Link, id_problem, normalise_id
from recommender.ingest.cleaning import clean_line, clean_text, clean_url
from recommender.ingest.dates import read_time
from recommender.ingest.reading import Tally

FIELDS = (
    "id",
    "title",
    "text",
    "html",
    "url",
    "published_at",
    "date",
    "updated_at",
    "section",
    "source",
    "authors",
    "language",
    "image_url",
    "tags",
    "links",
)
_KNOWN = frozenset(FIELDS)
_JSON_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number with a fraction",
    str: "text",
    list: "a list",
    dict: "an object",
}


def take_record(record: Mapping[str, object], tally: Tally, source: str, line: int | None) -> Article | None:
    """The article that a record describes, or ``None`` after rejecting it into the tally.

    Only a missing or unusable id, or title and text both blank, rejects; an optional value that cannot
    be read is left out and counted under its field's name.
    """
    for name in record:
        if name not in _KNOWN:
            tally.ignored_fields[clean_line(name)] += 1
    article_id, problem = _read_id(record)
    if problem is not None:
        tally.reject(source, line, problem)
        return None
    fields = _Fields(record, tally)
    title, text = fields.line("title") or "", fields.text("text")
    page = fields.page() if not text else None
    title = title or (page.title if page else "")
    text = text or (page.text if page else "")
    if not title and not text:
        tally.reject(source, line, "title and text are both blank", id=article_id)
        return None
    published_at = fields.time("published_at") or fields.time("date")
    article = Article(
        id=article_id,
        title=title,
        text=text,
        url=fields.url("url"),
        published_at=published_at,
        updated_at=fields.time("updated_at"),
        section=fields.line("section"),
        source=fields.line("source"),
        authors=fields.names("authors", ";"),
        language=fields.line("language"),
        image_url=fields.url("image_url"),
        tags=fields.names("tags", ","),
        links=fields.links("links"),
    )
    return _filled_from(page, article) if page else article


def found(value: object) -> str:
    """A value's kind in JSON's words, for a message."""
    return _JSON_NAMES.get(type(value), f"a value of type {type(value).__name__}")


def _read_id(record: Mapping[str, object]) -> tuple[str, str | None]:
    if "id" not in record:
        return "", "id is missing"
    value = record["id"]
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > MAX_ID_BYTES * 4:  # str() of a huge integer is slow, or refused
            return "", f"id is an integer of more than {MAX_ID_BYTES} digits"
        value = str(value)
    if not isinstance(value, str):
        return "", f"id: found {found(value)}, expected text or an integer"
    article_id = normalise_id(value)
    problem = id_problem(article_id)
    return article_id, None if problem is None else f"id {problem}"


def _filled_from(page: Article, article: Article) -> Article:
    values = {
        name: getattr(article, name) or getattr(page, name)
        for name in Article.__slots__
        if name not in ("id", "teaser")
    }
    return Article(id=article.id, **values)


class _Fields:
    """The optional values of one record: absent, readable, or left out and counted."""

    def __init__(self, record: Mapping[str, object], tally: Tally) -> None:
        self._record = record
        self._tally = tally

    def _unreadable(self, name: str) -> None:
        self._tally.unreadable[name] += 1

    def text(self, name: str) -> str:
        value = self._record.get(name)
        if isinstance(value, str):
            return clean_text(value)
        if value is not None:
            self._unreadable(name)
        return ""

    def line(self, name: str) -> str | None:
        return " ".join(self.text(name).split()) or None

    def url(self, name: str) -> str | None:
        value = self.line(name)
        if value is None:
            return None
        if (url := clean_url(value)) is None:
            self._unreadable(name)
        return url

    def time(self, name: str) -> datetime | None:
        value = self._record.get(name)
        if value is None or (isinstance(value, str) and not clean_text(value)):
            return None
        moment = read_time(value) if isinstance(value, (str, date)) else None
        if moment is None:
            self._unreadable(name)
        return moment

    def names(self, name: str, separator: str) -> tuple[str, ...]:
        value = self._list(name)
        if isinstance(value, str):
            value = clean_text(value).split(separator)
        names: dict[str, None] = {}
        for item in value:
            if not isinstance(item, str):
                self._unreadable(name)
            elif cleaned := clean_line(item):
                names.setdefault(cleaned)
        return tuple(names)

    def links(self, name: str) -> tuple[Link, ...]:
        value = self._list(name)
        if isinstance(value, str):
            if value.strip():
                self._unreadable(name)
            return ()
        return tuple(link for item in value if (link := self._link(item, name)) is not None)

    def _link(self, item: object, name: str) -> Link | None:
        if not isinstance(item, Mapping):
            self._unreadable(name)
            return None
        entry = _Fields(item, Tally())
        link_id: str | None = None
        if item.get("id") is not None:
            link_id, problem = _read_id(item)
            if problem is not None:
                entry._unreadable("id")
                link_id = None
        link = Link(entry.line("title") or "", entry.text("snippet"), entry.url("url"), link_id)
        usable = bool(link.title or link.snippet or link.url or link.id)
        # One count an entry, whether it is left out whole or loses one value.
        if entry._tally.unreadable or not usable:
            self._unreadable(name)
        return link if usable else None

    def _list(self, name: str) -> Iterable[object] | str:
        """A list, or text; text that holds a JSON list (as a CSV cell must) is that list."""
        value = self._record.get(name)
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return str(value)
        if isinstance(value, (str, list, tuple)):
            return value
        if value is not None:
            self._unreadable(name)
        return ()

    def page(self) -> Article | None:
        value = self._record.get("html")
        if isinstance(value, str) and not value.strip():
            return None
        if not isinstance(value, str):
            if value is not None:
                self._unreadable("html")
            return None
        from recommender.ingest.html import extract_page

        try:
            page = extract_page(value)
        except ValueError:
            page = None
        if page is None:
            self._unreadable("html")
        return page
