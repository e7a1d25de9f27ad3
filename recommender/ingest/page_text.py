"""Plain page text as a browser dumps it: title, furniture, byline, body, recommended stories."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from recommender.article import Article
from recommender.ingest.cleaning import clean_text, clean_url, host_name, page_id
from recommender.ingest.dates import read_page_date
from recommender.ingest.furniture import drop_notices, is_furniture, is_prose
from recommender.ingest.page_links import Line, read_lines, split_lists
from recommender.ingest.reading import Tally

MAX_BYTES = 10_000_000
NO_SHAPE = "has no page's shape (a title, a body and a list of recommended stories, or a reading time)"
HEADER_LINES = 20  # non-blank lines after the title among which the byline is looked for

_READING_TIME = re.compile(r"(?P<before>.*?)[\s·•|,–-]*\b\d{1,3}[ -]min(?:ute)?s? read", re.IGNORECASE)
LABEL_LENGTH = 160  # characters; a longer line is prose, whatever it ends with
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_IN_ARTICLE = re.compile(r"in this (?:article|story)\s*:?", re.IGNORECASE)
_STAMP = re.compile(r"(?:(?:(?:first )?published|posted|(?:last )?updated)(?: on)?:?\s+)?", re.IGNORECASE)
_PARTS = re.compile(r"\s*[·•|]\s*")
_BY = re.compile(r"by\s+(?=\S)", re.IGNORECASE)
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+")
_SENTENCE_END = re.compile(r"[.?!…][\"'”’)]*$")
ENTITY_LENGTH = 60  # characters; what a page lists under "In this article" are names, not sentences


def read_page_text(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The one article of a page dump; text without a page's shape is passed over."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        tally.pass_over(source, f"has more than {MAX_BYTES} bytes")
        return
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        page, remark = _parse(data.decode(encoding))
    except UnicodeDecodeError as error:
        tally.pass_over(source, f"is not text: {error.reason} at byte {error.start}")
        return
    if page is None:
        tally.pass_over(source, NO_SHAPE)
    else:
        if remark:
            tally.notes.append((source, remark))
        yield page


def parse_page(dump: str) -> Article | None:
    """The article on a dumped page, or ``None`` for text that does not have a page's shape.

    The first line is the title; a URL before it, or else right below it, is the page's own. The byline is
    the line before the reading time ("2 min read"), which a date may precede or follow; "Author, Outlet"
    and "Author · Outlet" name the outlet, and with "and" in it every name is an author. Without a reading
    time a line "By ..." right after the title counts. Lists of recommended stories are links and no body.
    """
    return _parse(dump)[0]


def _parse(dump: str) -> tuple[Article | None, str]:
    """The article, and a remark on what could not be read of the page (may be empty)."""
    url, lines = _take_url(read_lines(clean_text(dump)))
    title, lines = _take_title(lines)
    if not title:
        return None, ""
    below, lines = _take_url(lines)
    url = url or below
    split = split_lists(lines)
    links = split.links
    byline, body, timed = _take_byline(split.body)
    text = "\n\n".join(drop_notices(list(_paragraphs(_without_entities(body)))))
    if not timed and not (links and text):
        return None, ""
    remark = (
        f'{split.unread[1]} lines under "{split.unread[0]}" were not read as links' if split.unread else ""
    )
    article = Article(
        id=page_id(url, title, text),
        title=title,
        text=text,
        url=url,
        published_at=byline.published_at,
        updated_at=byline.updated_at,
        source=byline.outlet or host_name(url),
        authors=byline.authors,
        links=links,
    )
    return article, remark


@dataclass(frozen=True, slots=True)
class _Byline:
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None


def _take_url(lines: list[Line]) -> tuple[str | None, list[Line]]:
    for number, line in enumerate(lines):
        if line.text:
            url = clean_url(line.text) if _URL.fullmatch(line.text) else None
            return url, lines[number + 1 :] if url else lines
    return None, lines


def _take_title(lines: list[Line]) -> tuple[str, list[Line]]:
    for number, line in enumerate(lines):
        if line.text and not is_furniture(line.text):
            return line.text, lines[number + 1 :]
    return "", []


def _take_byline(lines: list[Line]) -> tuple[_Byline, list[Line], bool]:
    """The byline, the body without the header's lines, and whether there was a reading time."""
    words = [number for number, line in enumerate(lines) if line.text][:HEADER_LINES]
    for number in words:
        text = lines[number].text
        if len(text) <= LABEL_LENGTH and (match := _READING_TIME.fullmatch(text)) is not None:
            header = [line for line in lines[:number] if line.text and not line.bullet and not line.indent]
            header.append(Line(0, False, match["before"].strip(" ·•|,")))
            after = number + 1
            while (stamp := _next_words(lines, after)) is not None and _read_stamp(lines[stamp].text):
                header.append(lines[stamp])
                after = stamp + 1
            byline, prose = _read_header(header)
            return byline, [*prose, *lines[after:]], True
    if words and _BY.match(lines[words[0]].text) and not _is_sentence(lines[words[0]].text):
        dates = [number for number in words[1:2] if _read_stamp(lines[number].text)]
        byline, _ = _read_header([lines[number] for number in (words[0], *dates)])
        return byline, lines[(dates or words)[0] + 1 :], False
    return _Byline(), lines, False


def _next_words(lines: list[Line], number: int) -> int | None:
    return next((at for at in range(number, min(number + 2, len(lines))) if lines[at].text), None)


def _read_stamp(text: str) -> tuple[bool, datetime] | None:
    """The date on a line, and whether it is that of an update; ``None`` for any other line."""
    match = _STAMP.match(text) if len(text) <= LABEL_LENGTH else None
    moment = read_page_date(text[match.end() :]) if match else None
    return None if match is None or moment is None else ("updated" in match[0].lower(), moment)


def _read_header(header: list[Line]) -> tuple[_Byline, list[Line]]:
    """Byline and prose of the lines above the reading time; short lines of other kinds are labels."""
    moments: dict[bool, datetime] = {}  # by whether it is that of an update
    names: list[str] = []
    prose: list[Line] = []
    for line in header:
        if _read_stamp(line.text) is None and _is_sentence(line.text):
            prose += [line, Line(0, False, "")]  # the standfirst
            continue
        labels: list[str] = []
        for part in _PARTS.split(line.text):
            if (stamp := _read_stamp(part)) is not None:
                moments[stamp[0]] = stamp[1]
            elif part and not is_furniture(part) and not _IN_ARTICLE.fullmatch(part):
                labels.append(part)
        names = labels or names
    authors, outlet = _read_names(_BY.sub("", names[0], count=1)) if names else ((), None)
    outlet = names[1] if len(names) > 1 else outlet
    return _Byline(authors, outlet, moments.get(False), moments.get(True)), prose


def _is_sentence(text: str) -> bool:
    return len(text) > 80 or (_SENTENCE_END.search(text) is not None and len(text.split()) > 5)


def _read_names(text: str) -> tuple[tuple[str, ...], str | None]:
    if re.search(r"\s(?:and|&)\s", text):
        return tuple(filter(None, _AND.split(text))), None
    author, _, outlet = text.partition(",")
    return (author.strip(),) if author.strip() else (), outlet.strip() or None


def _without_entities(lines: list[Line]) -> Iterator[Line]:
    """The lines without the list of names under "In this article"."""
    skipping = False
    for line in lines:
        if _IN_ARTICLE.fullmatch(line.text):
            skipping = True
        elif skipping:
            label = len(line.text) <= ENTITY_LENGTH and not _is_sentence(line.text)
            skipping = (
                not line.text or is_furniture(line.text) or (label and (line.bullet or line.indent > 0))
            )
        if not skipping:
            yield line


def _paragraphs(lines: Iterator[Line]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in [*lines, Line(0, False, "")]:
        if paragraph and (not line.text or line.bullet):
            joined = " ".join(paragraph)
            if is_prose(joined):
                yield joined
            paragraph = []
        if line.text and not is_furniture(line.text):
            paragraph.append(line.text)
