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
from recommender.ingest.page_links import Line, read_lines, read_links, split_at_recommended
from recommender.ingest.reading import Tally

MAX_BYTES = 10_000_000
NO_SHAPE = "has no page's shape (a title, a body and a list of recommended stories, or a reading time)"
HEADER_LINES = 20  # non-blank lines after the title among which the byline is looked for

_READING_TIME = re.compile(r"(?P<before>.*?)[\s·•|,–-]*\b\d{1,3}[ -]min(?:ute)?s? read", re.IGNORECASE)
LABEL_LENGTH = 160  # characters; a longer line is prose, whatever it ends with
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_IN_ARTICLE = re.compile(r"in this (?:article|story)\s*:?", re.IGNORECASE)
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
        page = parse_page(data.decode(encoding))
    except UnicodeDecodeError as error:
        tally.pass_over(source, f"is not text: {error.reason} at byte {error.start}")
        return
    if page is None:
        tally.pass_over(source, NO_SHAPE)
    else:
        yield page


def parse_page(dump: str) -> Article | None:
    """The article on a dumped page, or ``None`` for text that does not have a page's shape.

    The first line is the title; a URL before it is the page's own. The byline is the line before the
    reading time ("2 min read"), which a date may precede; "Author, Outlet" names the outlet, and with
    "and" in it every name is an author. Without a reading time a line "By ..." right after the title
    counts. Everything from the first recommended-stories heading on is links and no body.
    """
    lines = read_lines(clean_text(dump))
    url, lines = _take_url(lines)
    title, lines = _take_title(lines)
    if not title:
        return None
    body, rest = split_at_recommended(lines)
    links = tuple(read_links(rest))
    byline, body, timed = _take_byline(body)
    text = "\n\n".join(drop_notices(list(_paragraphs(_without_entities(body)))))
    if not timed and not (links and text):
        return None
    return Article(
        id=page_id(url, title, text),
        title=title,
        text=text,
        url=url,
        published_at=byline.published_at,
        source=byline.outlet or host_name(url),
        authors=byline.authors,
        links=links,
    )


@dataclass(frozen=True, slots=True)
class _Byline:
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    published_at: datetime | None = None


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
            byline, prose = _read_header(header)
            return byline, [*prose, *lines[number + 1 :]], True
    if words and (by := _BY.match(lines[words[0]].text)) and not _is_sentence(lines[words[0]].text):
        dates = [number for number in words[1:2] if read_page_date(lines[number].text)]
        published_at = read_page_date(lines[dates[0]].text) if dates else None
        authors, outlet = _read_names(lines[words[0]].text[by.end() :])
        return _Byline(authors, outlet, published_at), lines[(dates or words)[0] + 1 :], False
    return _Byline(), lines, False


def _read_header(header: list[Line]) -> tuple[_Byline, list[Line]]:
    """Byline and prose of the lines above the reading time; short lines of other kinds are labels."""
    published_at: datetime | None = None
    names = ""
    prose: list[Line] = []
    for line in header:
        moment = read_page_date(line.text)
        if moment is not None:
            published_at = moment
        elif _is_sentence(line.text):
            prose += [line, Line(0, False, "")]  # the standfirst
        elif line.text and not is_furniture(line.text) and not _IN_ARTICLE.fullmatch(line.text):
            names = line.text
    authors, outlet = _read_names(_BY.sub("", names, count=1) if _BY.match(names) else names)
    return _Byline(authors, outlet, published_at), prose


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
