"""Example answers for the API's description."""

from __future__ import annotations

from typing import Any

_SNAPSHOT = "000012-1f3a9c"
_ITEM: dict[str, Any] = {
    "id": "storm-2",
    "title": "Storm makes landfall on the coast",
    "url": "https://news.example/2022/storm-2",
    "source": "Example News",
    "section": "Weather",
    "published_at": "2022-01-04T08:00:00Z",
    "image_url": None,
    "score": 0.93,
    "rank": 1,
    "origin": "similar",
}

LIST: dict[str, Any] = {
    "id": "storm-1",
    "snapshot": _SNAPSHOT,
    "requested": 2,
    "returned": 1,
    "abstained": False,
    "reason": "below_min_score",
    "items": [_ITEM],
}
LIST_OF_URL: dict[str, Any] = LIST | {"id": "https://news.example/a?b=c"}
LIST_OF_TEXT: dict[str, Any] = LIST | {"id": None}
BATCH: dict[str, Any] = {
    "results": [
        LIST,
        {
            "id": "gone",
            "error": {
                "type": "/docs#taken-down",
                "title": "Article taken down",
                "status": 410,
                "detail": "article 'gone' has been taken down",
                "id": "gone",
            },
        },
    ]
}
_KEPT: dict[str, Any] = {
    "id": "storm-2",
    "title": "Storm makes landfall on the coast",
    "url": "https://news.example/2022/storm-2",
    "score": 0.93,
    "reason": "similar",
    "place": 2,
    "rank": 1,
}
_DROPPED: dict[str, Any] = {
    "id": "sales-1",
    "title": "The January sales worth a look",
    "url": None,
    "score": 0.01,
    "reason": "below_min_score",
    "place": 1,
    "rank": None,
}
AUDIT: dict[str, Any] = {
    "id": "storm-1",
    "snapshot": _SNAPSHOT,
    "requested": 2,
    "min_score": 0.4,
    "min_best": 0.9,
    "source": [_DROPPED, _KEPT],
    "rebuilt": [_KEPT],
    "kept": [_KEPT],
    "dropped": [_DROPPED],
    "new": [],
}
_SUMMARY: dict[str, Any] = {
    "id": "storm-1",
    "title": "Storm nears the coast",
    "url": "https://news.example/2022/storm-1",
    "published_at": "2022-01-03T08:00:00Z",
    "updated_at": None,
    "section": "Weather",
    "source": "Example News",
    "authors": ["A. Writer"],
    "language": "en",
    "image_url": None,
    "tags": [],
    "teaser": False,
}
ARTICLE: dict[str, Any] = _SUMMARY | {
    "text": "Residents were told on Monday to prepare.",
    "links": [{"title": "Storm makes landfall on the coast", "snippet": "", "url": None, "id": "storm-2"}],
    "source_list": [{"id": "storm-2", "title": "Storm makes landfall on the coast"}],
}
PAGE: dict[str, Any] = {"total": 1, "offset": 0, "limit": 20, "items": [_SUMMARY]}
SNAPSHOTS: dict[str, Any] = {
    "serving": _SNAPSHOT,
    "current": _SNAPSHOT,
    "error": None,
    "snapshots": [
        {
            "name": _SNAPSHOT,
            "created_at": "2022-01-17T04:00:00Z",
            "articles": 5530,
            "current": True,
            "error": None,
            "refused": [],
        }
    ],
}
READY: dict[str, Any] = {
    "ready": True,
    "reason": None,
    "snapshot": _SNAPSHOT,
    "created_at": "2022-01-17T04:00:00Z",
    "age_seconds": 3600.0,
    "articles": 5530,
    "overlay_generation": 3,
    "load_error": None,
}
LIVE: dict[str, Any] = {"live": True}
METRICS = (
    'recommender_snapshot_info{snapshot="000012-1f3a9c"} 1.0\n'
    "recommender_snapshot_age_seconds 3600.0\n"
    'recommender_requests_total{method="GET",route="/similar/{id}",status="200"} 41.0\n'
)
