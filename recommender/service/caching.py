"""Validators and caching headers of lists (RFC 9110 section 13, RFC 5861)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import orjson

from recommender.article import normalise_id
from recommender.recommend import MAX_LIMIT, Options, Recommender
from recommender.settings import Settings

MAX_AGE_SECONDS = 60
# Raised when the same list comes to be written differently, or caches would keep the old bytes.
_BODY_VERSION = 1
_ANY_ROW = -1  # no article stands there
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def cache_control(settings: Settings) -> str:
    """The ``Cache-Control`` of a list."""
    return (
        f"public, max-age={MAX_AGE_SECONDS}, stale-while-revalidate={settings.stale_while_revalidate}, "
        f"stale-if-error={settings.stale_if_error}"
    )


def etag(recommender: Recommender, row: int, options: Options) -> str:
    """A strong entity tag: equal where snapshot, overlay (its generation and all it says), article and the
    normalised query are, that is with defaults filled in and repeatable values as a set."""
    return _tag(_parts(recommender, row, options)).decode("ascii")


class Tags:
    """`etag` for requests that ask for nothing but a limit, with nothing written out again but that."""

    def __init__(self, recommender: Recommender) -> None:
        # Row and limit stand side by side, and nowhere else two numbers of this kind.
        whole = _parts(recommender, _ANY_ROW, Options(limit=MAX_LIMIT))
        self._before, self._after = whole.split(b"%d,%d" % (_ANY_ROW, MAX_LIMIT))

    def of(self, row: int, limit: int) -> bytes:
        """The entity tag."""
        return _tag(b"%b%d,%d%b" % (self._before, row, limit, self._after))


def _tag(parts: bytes) -> bytes:
    return b'"%b"' % hashlib.blake2b(parts, digest_size=12).hexdigest().encode("ascii")


def _parts(recommender: Recommender, row: int, options: Options) -> bytes:
    floor = recommender.floor.with_own(options.min_score)
    parts = (
        _BODY_VERSION,
        recommender.snapshot.name,
        recommender.overlay_digest,
        row,
        options.limit,
        float(floor.min_score),
        float(floor.min_best),
        _as_set(options.exclude),
        _as_set(options.section),
        _as_set(options.exclude_section),
        _as_set(options.source),
        _in_utc(options.published_after),
        _in_utc(options.published_before),
        None if options.max_age_days is None else float(options.max_age_days),
        options.explain,
    )
    return orjson.dumps(parts)


def matches(if_none_match: Iterable[str], tag: str) -> bool:
    """Whether an ``If-None-Match`` (one string a header line) names ``tag``; compared weakly, as the RFC
    has it, and ``*`` names every tag."""
    return any(line.strip() == "*" or tag in _TAG.findall(line) for line in if_none_match)


def _as_set(values: Sequence[str]) -> list[str]:
    return sorted({normalise_id(value) for value in values})


def _in_utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
