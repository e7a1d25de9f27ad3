"""HTML pages: main text, metadata and the page's own recommendations."""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from recommender.article import Article, title_key
from recommender.ingest.cleaning import clean_line, clean_text, clean_url, host_name, page_id
from recommender.ingest.furniture import drop_furniture, drop_notices
from recommender.ingest.metadata import Metadata, read_metadata
from recommender.ingest.reading import Tally
from recommender.ingest.related import Element, take_related

MAX_BYTES = 10_000_000
MAX_ATTRIBUTES = 1_000
LONG_TAG = 2_000  # characters; a shorter tag cannot have more attributes than that
KICKER_WORDS = 4  # the label above a headline, such as "World" or "News analysis", has no more
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_BLOCKS = ("p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dt", "dd")
_UNSEEN = ("script", "style", "noscript", "template", "head", "svg", "button", "iframe", "nav", "footer")
# As a browser reads a tag: linear, since what was taken once is never given back (``*+``).
_ATTRIBUTE = (
    r"[^\s/>][^\s/>=]*+(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:\"[^\"]*+\"|'[^']*+'|[^ \t\n\f\r>]*+))?+"
).replace(r"\s", r" \t\n\f\r")
_TAG = re.compile(rf"<(/?[a-zA-Z][^ \t\n\f\r/>]*+)((?:[ \t\n\f\r/]++|{_ATTRIBUTE})*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_CLOSING = {
    "!--": re.compile("-->"),
    "script": re.compile("</script", re.IGNORECASE),
    "style": re.compile("</style", re.IGNORECASE),
}
_QUIET = logging.NullHandler()


def read_html(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The one article of a saved page, or a rejection of the whole file."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        tally.reject(source, None, f"the page has more than {MAX_BYTES} bytes")
        return
    try:
        page = extract_page(data)
    except ValueError as error:
        tally.reject(source, None, str(error))
        return
    if page is None:
        tally.reject(source, None, "the page has neither a title nor text")
        return
    yield page


def extract_page(data: bytes | str) -> Article | None:
    """The article on an HTML page (or fragment), or ``None`` for one without title and text.

    Everything that touches the page happens in this call, bytes in and a plain value out, so that it
    can run in another process. Raises ValueError for a page that is too large or cannot be parsed.
    """
    from lxml.etree import LxmlError

    if len(data) > MAX_BYTES:
        raise ValueError(f"the page has more than {MAX_BYTES} bytes")
    try:
        return _extract(clean_text(_decode(data) if isinstance(data, bytes) else data))
    except (LxmlError, ArithmeticError, AssertionError, AttributeError, LookupError) as error:
        # What the extraction libraries are known to raise on hostile pages.
        raise ValueError(f"the page cannot be read: {type(error).__name__}: {error}") from error
    except (TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"the page cannot be read: {type(error).__name__}") from error


def fragment_text(markup: str) -> str:
    """All the text of a piece of HTML, a paragraph a line, furniture and recommendations left out.

    Empty where the markup is such that the parser would stall.
    """
    try:
        tree = _parse(clean_text(markup))
    except ValueError:
        return ""
    if tree is None:
        return ""
    take_related(tree, None)
    return _all_text(tree)


def _extract(markup: str) -> Article | None:
    tree = _parse(markup)
    if tree is None:
        return None
    meta = read_metadata(tree)
    links = take_related(tree, meta.url or meta.base)
    guess = _library_metadata(tree)
    title = meta.title or clean_line(guess.title or "")
    text = _main_text(tree, title) or _all_text(tree, title)
    if not title and not text:
        return None
    return Article(
        id=page_id(meta.url, title, text),
        title=title,
        text=text,
        url=meta.url,
        published_at=meta.published_at or guess.published_at,
        updated_at=meta.updated_at,
        section=meta.section or guess.section,
        source=meta.source or _site(guess.source, title) or host_name(meta.url),
        authors=guess.authors,
        language=meta.language,
        image_url=guess.image_url,
        tags=guess.tags,
        links=links,
    )


def _site(guess: str | None, title: str) -> str | None:
    """The library's guess at the site's name, unless it took the headline for it."""
    return None if guess is not None and title_key(guess) == title_key(title) else guess


def _library_metadata(tree: Element) -> Metadata:
    """What trafilatura knows of the page beyond the tags that `read_metadata` reads."""
    import trafilatura

    from recommender.ingest.dates import read_time

    # No search through the text for anything that resembles a date, and no look at the clock.
    dates = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}
    found = trafilatura.extract_metadata(tree, None, dates, False)
    tags = [clean_line(tag) for entry in found.tags or () for tag in str(entry).split(",")]
    authors = [clean_line(author) for author in str(found.author or "").split(";")]
    return Metadata(
        title=clean_line(found.title or ""),
        published_at=read_time(found.date),
        section=clean_line((found.categories or [""])[0]) or None,
        source=clean_line(found.sitename or "") or None,
        authors=tuple(dict.fromkeys(filter(None, authors))),
        image_url=clean_url(found.image or ""),
        tags=tuple(dict.fromkeys(filter(None, tags))),
    )


def _main_text(tree: Element, title: str) -> str:
    import trafilatura

    # The library logs what it discards; without a handler that would land on standard error.
    logging.getLogger("trafilatura").addHandler(_QUIET)
    document = trafilatura.bare_extraction(tree, include_comments=False)
    text = getattr(document, "text", None) or ""
    return _joined(clean_text(text).split("\n"), title)


def _joined(lines: Iterable[str], title: str) -> str:
    """Paragraphs of prose; the title is left out where it opens them, with the kicker above it."""
    paragraphs = drop_notices(list(drop_furniture(lines)))
    for place, paragraph in enumerate(paragraphs[:2]):
        if title and title_key(paragraph) == title_key(title):
            del paragraphs[: place + 1]
            break
        if len(paragraph.split()) > KICKER_WORDS:
            break
    return "\n\n".join(paragraphs)


def _all_text(tree: Element, title: str = "") -> str:
    for element in list(tree.iter(*_UNSEEN)):
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.iter(*_BLOCKS):
        element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    lines = "".join(tree.itertext()).split("\n")
    return _joined((clean_line(line) for line in lines), title)


def _parse(markup: str) -> Element | None:
    from lxml import etree, html

    if not markup:
        return None
    _check_tags(markup)
    # Comments and processing instructions are no text; UTF-8, since the text is decoded already.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(markup.encode("utf-8"), parser=parser)
    except etree.ParserError:  # nothing in it but comments
        return None


def _check_tags(markup: str) -> None:
    """Raises ValueError for a tag with so many attributes that the parser, comparing them all, stalls."""
    place, closing = 0, dict(_CLOSING)
    while (place := markup.find("<", place)) >= 0:
        tag = _TAG.match(markup, place)
        opened = "!--" if markup.startswith("<!--", place) else tag[1].lower() if tag else ""
        if tag and tag.end() - place > LONG_TAG and len(_ATTRIBUTES.findall(tag[2])) > MAX_ATTRIBUTES:
            raise ValueError(f"a tag has more than {MAX_ATTRIBUTES:,} attributes")
        place = tag.end() if tag else place + 1
        if opened in closing:  # what stands inside is no markup, whatever it looks like
            if end := closing[opened].search(markup, place):
                place = end.end()
            else:
                del closing[opened]  # never closed: looked for once, and the rest is looked at as tags


def _decode(data: bytes) -> str:
    """Text by byte-order mark, else UTF-8 where it fits, else as declared, else as browsers do."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:4096])
    try:
        return data.decode(declared[1].decode("ascii") if declared else "cp1252", "replace")
    except LookupError:  # a charset that nobody knows
        return data.decode("cp1252", "replace")
