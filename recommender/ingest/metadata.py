"""What a page says about itself in its head: canonical URL, title, times, section, language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from recommender.article import title_key
from recommender.ingest.cleaning import clean_line, clean_url, host_name
from recommender.ingest.dates import read_time
from recommender.ingest.related import Element

_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "pubdate",
    "date",
)
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified")
_SECTION = ("article:section", "og:section", "section", "parsely-section")
_SEPARATORS = re.compile(r"\s+[|\-–—:·•»«]+\s+")
JSON_LD_NODES = 500  # nodes of a page's JSON-LD that are looked at


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a page besides its text; absent values are ``None`` or empty."""

    title: str = ""
    url: str | None = None
    base: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    section: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    image_url: str | None = None
    tags: tuple[str, ...] = ()


def read_metadata(tree: Element) -> Metadata:
    """A page's metadata from its link, meta, time and JSON-LD elements (Open Graph, schema.org)."""
    meta = _meta_values(tree)
    facts = _json_ld(tree)
    canonical = [
        link.get("href")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    base = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
    url = _first_url([*canonical, *meta.get("og:url", ())])
    site = _first(meta.get("og:site_name", ()))
    stamps = [element.get("datetime") for element in tree.iter("time") if element.get("datetime")]
    published = [value for name in _PUBLISHED for value in meta.get(name, ())]
    updated = [value for name in _UPDATED for value in meta.get(name, ())]
    return Metadata(
        title=_title(tree, meta, site or host_name(url)),
        url=url,
        base=base,
        published_at=_best_time([*published, *facts.get("datePublished", ())]) or _best_time(stamps[:1]),
        updated_at=_best_time([*updated, *facts.get("dateModified", ())]),
        section=_first(
            [value for name in _SECTION for value in meta.get(name, ())] + facts.get("articleSection", [])
        ),
        source=site,
        language=clean_line(tree.get("lang") or "") or _first(facts.get("inLanguage", ())),
    )


def _meta_values(tree: Element) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if name and element.get("content"):
            values.setdefault(name.strip().lower(), []).append(element.get("content"))
    return values


def _json_ld(tree: Element) -> dict[str, list[str]]:
    """The text values of every schema.org article on the page, by property."""
    facts: dict[str, list[str]] = {}
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            document = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # one broken block among several is common
        for node in _article_nodes(document):
            for name, value in node.items():
                values = value if isinstance(value, list) else [value]
                facts.setdefault(name, []).extend(item for item in values if isinstance(item, str))
    return facts


def _article_nodes(document: object) -> Iterator[dict[str, object]]:
    queue = [document]
    for _ in range(JSON_LD_NODES):
        if not queue:
            return
        node = queue.pop(0)
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            kinds = node.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind.endswith(("Article", "Posting")) for kind in names):
                yield node
            queue.extend(node.get(name) for name in ("@graph", "mainEntity"))


def _title(tree: Element, meta: dict[str, list[str]], site: str | None) -> str:
    headings = [text for element in tree.iter("h1") if (text := clean_line(" ".join(element.itertext())))]
    heading = headings[0] if len(headings) == 1 else ""
    titles = [clean_line(" ".join(element.itertext())) for element in tree.iter("title")]
    named = _first(meta.get("og:title", ()))
    title = named or heading or next(filter(None, titles), "")
    if heading and title_key(title).startswith(title_key(heading)):
        rest = title[len(heading) :]
        if not rest or _SEPARATORS.match(rest + " "):
            return heading
    parts = list(_SEPARATORS.finditer(title))
    if parts and site and title_key(title[parts[-1].end() :]) == title_key(site):
        return title[: parts[-1].start()]
    # Where nothing names the site: what stands after a bar in <title> is always the site.
    return title if named or heading else title.rpartition(" | ")[0] or title


def _best_time(values: list[str]) -> datetime | None:
    """The first readable value that has a time of day, else the first readable one."""
    moments = [(value, moment) for value in values if (moment := read_time(value)) is not None]
    timed = [moment for value, moment in moments if ":" in value]
    return next(iter(timed), moments[0][1] if moments else None)


def _first(values: list[str] | tuple[str, ...]) -> str | None:
    return next((text for value in values if (text := clean_line(value))), None)


def _first_url(values: list[str | None]) -> str | None:
    return next((url for value in values if value and (url := clean_url(value))), None)
