"""How a report is made: what the caller chose, and every version that had a part in it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from recommender.candidates import DEPTH
from recommender.evaluation.document.whole import Made
from recommender.evaluation.judgements import Collection
from recommender.evaluation.shown import LIMIT
from recommender.evaluation.significance import RESAMPLES
from recommender.recommend import Recommender

_PACKAGES = (
    *("recommender", "numpy", "scipy", "scikit-learn", "faiss-cpu", "torch", "transformers"),
    *("sentence-transformers", "bm25s", "ir-measures", "pytrec-eval-terrier", "matplotlib"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What of an evaluation the caller chooses: ``seed`` of everything random, ``resamples`` of intervals
    and tests, ``command`` that would do the same again."""

    seed: int = 0
    resamples: int = RESAMPLES
    command: str = ""


def made(collection: Collection, recommender: Recommender, plan: Plan) -> Made:
    """The part of a report that says how it was made."""
    manifest = recommender.snapshot.manifest
    scoring: dict[str, Any] = dict(manifest.scoring["formula"])
    return Made(
        collection=collection.name,
        command=plan.command,
        snapshot=manifest.name,
        corpus_sha256=manifest.corpus_sha256,
        articles=len(collection.corpus),
        teasers=sum(article.teaser for article in collection.corpus.articles),
        dated=sum(article.published_at is not None for article in collection.corpus.articles),
        encoder=manifest.encoder,
        scoring=scoring,
        policy=manifest.policy,
        min_score=recommender.floor.min_score,
        min_best=recommender.floor.min_best,
        depth=DEPTH,
        limit=LIMIT,
        seed=plan.seed,
        resamples=plan.resamples,
        versions={"python": platform.python_version(), **dict(_versions())},
    )


def _versions() -> list[tuple[str, str]]:
    found = []
    for name in _PACKAGES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:  # run from a source tree
            found.append((name, "not installed"))
    return found
