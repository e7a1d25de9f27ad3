"""Raw text -> clean text, and the identity of a page that brought no id."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urljoin, urlsplit

from recommender.article import digest_id, id_problem, normalise_id

# Everything that JSON, a tokeniser or a browser may choke on: C0 controls, DEL, lone surrogates.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(raw: str) -> str:
    """Text with ``\\n`` line ends, without control characters other than tab and newline, stripped.

    A lone surrogate becomes U+FFFD. Text without a visible character comes back empty.
    """
    if raw.isascii():  # most text, and no surrogate is
        text = raw if raw.isprintable() else _CONTROLS.sub("", _LINE_ENDS.sub("\n", raw))
        return text.strip()
    text = _LINE_ENDS.sub("\n", _SURROGATES.sub("\ufffd", raw))
    text = _CONTROLS.sub("", text).strip()
    return "" if _is_blank(text) else text


def clean_line(raw: str) -> str:
    """`clean_text` on one line: every run of white space is one space."""
    return " ".join(clean_text(raw).split())


def _is_blank(text: str) -> bool:
    # Zero-width spaces and byte-order marks (Cf) are no words, though str.strip() keeps them.
    return all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def clean_url(raw: str) -> str | None:
    """A URL without the white space around it, or ``None`` for one that is not of the web.

    Relative URLs stay as they are; ``javascript:`` and its like must never reach a page of ours.
    """
    url = clean_line(raw)
    return url if url and _scheme(url) in ("", "http", "https") else None


def absolute_url(base: str | None, href: str) -> str | None:
    """An ``href`` seen from the page at ``base``; ``None`` where it leads to no other page."""
    url = clean_url(href)
    if url is None or url.startswith("#"):
        return None
    try:
        return urljoin(base, url) if base else url
    except ValueError:  # a bracket in the host part that is no IPv6 address
        return None


def host_name(url: str | None) -> str | None:
    """The host of a URL without ``www.``, to stand in for a source's name."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def page_id(url: str | None, title: str, text: str, *, guid: str | None = None) -> str:
    """The id of a page or feed entry: URL, else guid, else a digest of title and text.

    One that cannot be an id (too long, say) is skipped for the next.
    """
    for candidate in (url, guid):
        if candidate and id_problem(article_id := normalise_id(candidate)) is None:
            return article_id
    return digest_id(title, text)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return "malformed"
