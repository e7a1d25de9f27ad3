"""RSS and Atom files."""

from __future__ import annotations

import calendar
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from recommender.article import Article
from recommender.errors import InputError
from recommender.ingest.cleaning import clean_line, clean_text, clean_url, page_id
from recommender.ingest.dates import read_time
from recommender.ingest.reading import Tally

MAX_BYTES = 50_000_000
# RSS says who wrote it as "desk@paper.example (Jane Doe)"; of an address with a long last part
# feedparser leaves pieces behind, and takes the closing bracket.
_MAILBOX = re.compile(r"(?:\S+\s+)?\((?P<name>[^()]+)\)?")
# The dates of RSS (RFC 822). Others feedparser reads too, but it guesses: 99999-01-01 is one in 9999.
_RFC822 = re.compile(r"\d{1,2}\s+[a-z]{3,9}\.?,?\s+\d{2,4}\b", re.IGNORECASE | re.ASCII)


def read_feed(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The entries of a feed in the feed's order; nothing is ever fetched.

    A feed that is malformed is read as far as it goes, and noted. Raises InputError for one that is
    malformed and without entries, or too large.
    """
    import feedparser

    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"the feed has more than {MAX_BYTES} bytes")
    # A stream, since the library would fetch or open what looks like a URL or a file name.
    parsed: Any = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False)
    if parsed.bozo:
        problem = clean_line(str(parsed.get("bozo_exception", "")))
        if not parsed.entries:
            raise InputError(f"not a readable feed: {problem}")
        tally.notes.append((source, f"malformed feed, {len(parsed.entries)} entries read: {problem}"))
    for number, entry in enumerate(parsed.entries, start=1):
        article = _article(entry, parsed.feed, tally)
        if article is None:
            tally.reject(source, None, f"entry {number}: title and text are both blank")
        else:
            yield article


def _article(entry: Any, feed: Any, tally: Tally) -> Article | None:
    title = " ".join(_plain(entry.get("title_detail")).split())
    bodies = [text for content in entry.get("content") or () if (text := _plain(content))]
    text = bodies[0] if bodies else _plain(entry.get("summary_detail"))
    if not title and not text:
        return None
    url = clean_url(entry.get("link") or "")
    guid = entry.get("id")
    if entry.get("guidislink") and url and not url.startswith(("http://", "https://")):
        url = None  # a guid that is no URL, which the library offers as one
    entry_source = entry.get("source")
    authors = [_author(author.get("name") or "") for author in entry.get("authors") or () if author]
    tags = [clean_line(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags") or ()]
    return Article(
        id=page_id(url, title, text, guid=guid and clean_line(guid)),
        title=title,
        text=text,
        url=url,
        published_at=_time(entry, "published", tally),
        updated_at=_time(entry, "updated", tally),
        source=clean_line((entry_source and entry_source.get("title")) or feed.get("title") or "") or None,
        authors=tuple(dict.fromkeys(filter(None, authors))),
        language=clean_line(entry.get("language") or feed.get("language") or "") or None,
        image_url=_image(entry),
        tags=tuple(dict.fromkeys(filter(None, tags))),
    )


def _plain(detail: Any) -> str:
    """The text of a title, summary or content element, markup taken off where there is some."""
    if not detail:
        return ""
    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain":  # unescaped by the library already
        return clean_text(value)
    if "<" not in value:
        return clean_text(html.unescape(value))
    from recommender.ingest.html import fragment_text

    return fragment_text(value)


def _time(entry: Any, name: str, tally: Tally) -> datetime | None:
    # Asked for by "in", because looking up an absent "updated" falls back to "published", with a warning.
    if name not in entry or not (value := str(entry[name]).strip()):
        return None
    moment = read_time(value)
    parsed = entry.get(f"{name}_parsed") if moment is None and _RFC822.search(value) else None
    if parsed is not None:
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    if moment is None:
        tally.unreadable[f"{name}_at"] += 1
    return moment


def _author(name: str) -> str:
    match = _MAILBOX.fullmatch(name.strip())
    return clean_line(match["name"] if match else name)


def _image(entry: Any) -> str | None:
    media = [*(entry.get("media_content") or ()), *(entry.get("media_thumbnail") or ())]
    media += [{"url": link.get("href"), "type": link.get("type")} for link in entry.get("enclosures") or ()]
    for item in media:
        kind = str(item.get("type") or item.get("medium") or "image")
        if kind.startswith("image") and item.get("url"):
            return clean_url(item["url"])
    return None
