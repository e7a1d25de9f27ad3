"""How one article is written into a snapshot: in full, and as the fragment that lists are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from recommender.article import Article, Link, rfc3339


def article_record(article: Article) -> dict[str, Any]:
    """Every field of an article, ready for JSON."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "published_at": rfc3339(article.published_at),
        "updated_at": rfc3339(article.updated_at),
        "section": article.section,
        "source": article.source,
        "authors": list(article.authors),
        "language": article.language,
        "image_url": article.image_url,
        "tags": list(article.tags),
        "links": [
            {"title": link.title, "snippet": link.snippet, "url": link.url, "id": link.id}
            for link in article.links
        ],
        "teaser": article.teaser,
    }


def encode_article(article: Article) -> bytes:
    """The article as one line of JSON."""
    return orjson.dumps(article_record(article)) + b"\n"


def decode_article(line: bytes) -> Article:
    """What `encode_article` wrote."""
    value = orjson.loads(line)
    for name in ("published_at", "updated_at"):
        if value[name] is not None:
            value[name] = datetime.fromisoformat(value[name])
    for name in ("authors", "tags"):
        value[name] = tuple(value[name])
    value["links"] = tuple(Link(**link) for link in value["links"])
    return Article(**value)


def item_fragment(article: Article) -> bytes:
    """The article's own part of a list item: the inside of a JSON object, without its braces."""
    fields = {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "section": article.section,
        "published_at": rfc3339(article.published_at),
        "image_url": article.image_url,
    }
    return orjson.dumps(fields)[1:-1]
