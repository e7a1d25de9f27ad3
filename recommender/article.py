"""The values that travel through the package: an article, its links, a recommendation."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MAX_ID_BYTES = 512


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a source page's own recommendations, as the page printed it."""

    title: str
    snippet: str = ""
    url: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article, cleaned: text is plain, times are aware and in UTC, absent is ``None``.

    ``links`` is the page's own list, in page order. A teaser is a linked story of which only title
    and snippet are known.
    """

    id: str
    title: str
    text: str
    url: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    section: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    image_url: str | None = None
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    teaser: bool = False


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One item of a list. ``score`` is the estimated probability that an editor calls the pair
    related (0..1), ``rank`` the position from 1, ``origin`` why it is there: ``similar``, or ``pin`` where
    an editor put it, whose score is ``None`` where the pair is not among those that are stored.
    ``reasons`` and ``evidence`` are filled in only where an explanation was asked for."""

    id: str
    title: str
    url: str | None
    source: str | None
    section: str | None
    published_at: datetime | None
    image_url: str | None
    score: float | None
    rank: int
    origin: str = "similar"
    reasons: tuple[str, ...] | None = None
    evidence: Mapping[str, float] | None = None


def normalise_id(raw: str) -> str:
    """An id in the form in which it is stored and looked up: Unicode NFC, nothing else changed."""
    return unicodedata.normalize("NFC", raw)


def id_problem(article_id: str) -> str | None:
    """Why a (normalised) id cannot be used, or ``None``: 1-512 bytes of UTF-8, no control
    characters, not white space alone."""
    if not article_id:
        return "is empty"
    try:
        size = len(article_id.encode("utf-8"))
    except UnicodeEncodeError:
        return "holds a lone surrogate"
    if size > MAX_ID_BYTES:
        return f"has {size} bytes, at most {MAX_ID_BYTES} are allowed"
    for character in article_id:
        if unicodedata.category(character) == "Cc":
            return f"holds the control character U+{ord(character):04X}"
    return "is blank" if article_id.isspace() else None


def title_key(title: str) -> str:
    """The form in which two titles are the same: NFC, case-folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def digest_id(*parts: str) -> str:
    """An id for something that brought none: 32 hex digits of sha256 over its parts."""
    joined = "\x1f".join(parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def rfc3339(moment: datetime | None) -> str | None:
    """A UTC time as RFC 3339 with a ``Z``, to the second unless it has a fraction; ``None`` stays."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
