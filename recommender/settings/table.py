"""The one table of settings: name, default, meaning, and what each accepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.settings.values import integer, number, one_of, optional, path, text

# Libraries and precisions; `recommender.encoder.arithmetic` says what each is and where it can be had.
BACKENDS = ("torch-fp32", "torch-bf16", "torch-cuda-bf16", "openvino-fp32", "openvino-bf16")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Names, defaults and meanings stand in `TABLE`."""

    index: Path
    encoder: str
    encoder_backend: str
    min_score: float | None
    min_best: float | None
    teasers: str
    languages: str
    same_story: str
    rewordings_of_article: str
    recency: str
    recency_half_life_days: float
    diversity: float
    max_per_source: int
    max_rejected: float
    keep_statistics_from: int
    refit_share: float
    keep_snapshots: int
    gate_min_articles: float
    gate_max_articles: float | None
    gate_min_coverage: float
    gate_max_abstention_rise: float
    gate_max_repeats_rise: float
    gate_min_rbo: float
    gate_qrels: Path | None
    gate_max_ndcg_drop: float
    gate_canaries: Path | None
    gate_encoder: str
    gate_slack: int
    batch_size: int
    host: str
    port: int
    workers: int
    poll_seconds: float
    max_snapshot_age_hours: float
    max_body_bytes: int
    stale_while_revalidate: int
    stale_if_error: int


def own_floor(settings: Settings) -> dict[str, float | None]:
    """What of the floor the settings name, as `recommender.recommend.Recommender` takes it."""
    return {"min_score": settings.min_score, "min_best": settings.min_best}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. ``default`` is written as a person would write it in the file."""

    name: str
    default: Any
    meaning: str
    parse: Callable[[Any], Any]


TABLE: tuple[Setting, ...] = (
    Setting("index", "index", "directory that holds the snapshots", path),
    Setting(
        "encoder",
        "all-MiniLM-L6-v2",
        "the packaged encoder, a local model directory, or a model already in the hub's cache",
        text,
    ),
    Setting(
        "encoder_backend",
        "auto",
        "what the encoder is computed in: auto (the quickest here that keeps neighbours), "
        + ", ".join(BACKENDS),
        one_of("auto", *BACKENDS),
    ),
    Setting(
        "min_score",
        None,
        "score under which nothing is shown; unset: the one fitted with the score",
        optional(number(0, 1)),
    ),
    Setting(
        "min_best",
        None,
        "a list is empty unless its best story scores this; unset: the one fitted with the score, or, where "
        "`min_score` is set to less than was fitted, no such rule",
        optional(number(0, 1)),
    ),
    Setting(
        "teasers",
        "always",
        "recommend linked stories known only by title and snippet: always, same_page, never",
        one_of("always", "same_page", "never"),
    ),
    Setting(
        "languages",
        "any",
        "recommend articles in any language, or only in the article's own: any, same",
        one_of("any", "same"),
    ),
    Setting(
        "same_story",
        "collapse",
        "of one report a list holds the best: collapse (copies and rewordings), copies, keep (all)",
        one_of("collapse", "copies", "keep"),
    ),
    Setting(
        "rewordings_of_article",
        "keep",
        "the article's own report in another outlet's words: keep, drop; copies are always dropped",
        one_of("keep", "drop"),
    ),
    Setting(
        "recency",
        "any",
        "by the article's own date: any, around (near it first), before or after (the rest is struck)",
        one_of("any", "around", "before", "after"),
    ),
    Setting(
        "recency_half_life_days",
        14.0,
        "days from the article at which recency neither raises nor lowers",
        number(0.01, 36_500),
    ),
    Setting(
        "diversity",
        0.1,
        "0 to 1: how much a list avoids to say again what stands above; 0 is plain order",
        number(0, 1),
    ),
    Setting("max_per_source", 0, "most items of one source in a list; 0: any number", integer(0, 1000)),
    Setting(
        "max_rejected",
        0.05,
        "share of unusable records past which a rebuild stops",
        number(0, 1),
    ),
    Setting(
        "keep_statistics_from",
        5000,
        "articles from which on a rebuild keeps the statistics of the one before; smaller corpora are fitted "
        "anew every time",
        integer(0, 1_000_000_000),
    ),
    Setting(
        "refit_share",
        0.0,
        "share of the articles that statistics were fitted on; they are kept until more have changed: 0 fits "
        "them anew whenever something has, 0.1 makes nights quick and costs lists of new stories",
        number(0, 1),
    ),
    Setting(
        "keep_snapshots",
        7,
        "snapshots kept after a rebuild; the current one and the one before it always are",
        integer(1, 10_000),
    ),
    Setting(
        "gate_min_articles",
        0.75,
        "share of the served articles that a build must hold, or it is not published",
        number(0, 1),
    ),
    Setting(
        "gate_max_articles",
        None,
        "how many times the served articles a build may hold; unset: any number",
        optional(number(1, 1_000_000)),
    ),
    Setting(
        "gate_min_coverage",
        0.6,
        "share of the served coverage (articles whose list has items) that a build must reach",
        number(0, 1),
    ),
    Setting(
        "gate_max_abstention_rise",
        0.2,
        "how much the share of articles with nothing above the floor may rise",
        number(0, 1),
    ),
    Setting(
        "gate_max_repeats_rise",
        0.05,
        "how much the share of items that repeat a story of their list may rise",
        number(0, 1),
    ),
    Setting(
        "gate_min_rbo",
        0.6,
        "least mean rank-biased overlap of the lists with those served, over the articles that both know",
        number(0, 1),
    ),
    Setting(
        "gate_qrels",
        None,
        "file of TREC judgements by which the lists are compared with those served; unset: none",
        optional(path),
    ),
    Setting(
        "gate_max_ndcg_drop",
        0.05,
        "how much the mean nDCG@10 over the judged articles may fall",
        number(0, 1),
    ),
    Setting(
        "gate_canaries",
        None,
        "TOML file of articles with the neighbours that their lists must hold; unset: none",
        optional(path),
    ),
    Setting(
        "gate_encoder",
        "model",
        "what of the encoder must stay: same (its arithmetic too), model, any (nothing)",
        one_of("same", "model", "any"),
    ),
    Setting(
        "gate_slack",
        5,
        "articles, lists or items by which a small newsroom may always differ",
        integer(0, 1_000_000),
    ),
    Setting("batch_size", 32, "texts encoded at a time", integer(1, 4096)),
    Setting("host", "127.0.0.1", "address that the service listens on", text),
    Setting("port", 8000, "port that the service listens on; 0 takes a free one", integer(0, 65535)),
    Setting("workers", 1, "processes that serve", integer(1, 256)),
    Setting(
        "poll_seconds",
        1.0,
        "seconds between looks for a new snapshot",
        number(0.05, 3600),
    ),
    Setting(
        "max_snapshot_age_hours",
        0.0,
        "age of the snapshot past which /readyz says not ready; 0: any age is fine",
        number(0, 1_000_000),
    ),
    Setting("max_body_bytes", 1_000_000, "largest request body", integer(1, 1_000_000_000)),
    Setting(
        "stale_while_revalidate",
        600,
        "seconds a cache may serve a list while it fetches a newer one",
        integer(0, 31_536_000),
    ),
    Setting(
        "stale_if_error",
        86_400,
        "seconds a cache may serve a list while the service fails",
        integer(0, 31_536_000),
    ),
)
