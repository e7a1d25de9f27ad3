"""Snapshots whose scores can be worked out by hand: the mean is zero, so that a cosine is that of the
words counted by `FakeEncoder`, and lists may also be written down outright."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender import candidates, policy, scoring
from recommender.article import Article
from recommender.corpus import Corpus, assemble
from recommender.dense import ExactIndex, centred
from recommender.embedding import embed
from recommender.overlay import EMPTY, Overlay
from recommender.scoring import Ranking, Scoring
from recommender.snapshot import FORMAT_VERSION, Contents, Manifest, Snapshot, corpus_sha256
from recommender.statistics import STATISTICS_VERSION, Statistics, fit
from recommender.store import Store
from tests.fakes import FakeEncoder

# A cosine of 1 scores 0.880797, one of 0.5 scores 0.5, one of 0 scores 0.119203, whatever the size.
FORMULA = Scoring("by-hand", intercept=-2, slope=4, size_slope=0, smallest=1, largest=1000, min_score=0.5)
Lists = Mapping[str, Sequence[tuple[str, float]]]


def contents_of(
    articles: Sequence[Article],
    lists: Lists | None = None,
    *,
    formula: Scoring = FORMULA,
    teasers: str = "always",
    overlay: Overlay = EMPTY,
    fitted: bool = False,
) -> Contents:
    """What a build makes of the articles. ``lists`` are the rankings as (id, score), best first; an
    article that is not in it has none. Without ``lists`` they follow from the words and `FORMULA`.
    With ``fitted`` the mean is the corpus's, as in a build."""
    corpus = assemble(articles)
    embedding, _ = embed(corpus.articles, FakeEncoder())
    zero = np.zeros(embedding.vectors.shape[1], dtype=np.float32)
    statistics = Statistics(STATISTICS_VERSION, embedding.fingerprint, len(corpus), None, zero)
    if fitted:
        statistics = fit(embedding.vectors, embedding.fingerprint)
    if lists is None:
        unit = centred(embedding.vectors, statistics.mean)
        pairs = candidates.find(ExactIndex(unit), unit)
        ranking = scoring.rank(pairs, corpus.articles, formula)
    else:
        ranking = ranking_of(corpus, lists)
    facts = policy.facts_of(corpus.articles, corpus.source_lists, teasers)
    return Contents(
        corpus=corpus,
        embedding=embedding,
        statistics=statistics,
        ranking=ranking,
        facts=facts,
        verdicts=policy.apply(ranking, facts)[0],
        overlay=overlay,
        report={"made": "by hand"},
    )


def ranking_of(corpus: Corpus, lists: Lists) -> Ranking:
    """The lists as a ranking; a pair's cosine is its score."""
    pairs = [pair for article_id in corpus.ids for pair in lists.get(article_id, ())]
    lengths = [len(lists.get(article_id, ())) for article_id in corpus.ids]
    scores = np.array([score for _, score in pairs], dtype=np.float32)
    rows = np.array([corpus.ids.row(other) for other, _ in pairs], dtype=np.int32)
    return Ranking(np.cumsum([0, *lengths], dtype=np.int64), rows, scores, scores)


def manifest_of(
    contents: Contents, files: Mapping[str, Mapping[str, Any]], *, sequence: int, formula: Scoring = FORMULA
) -> Manifest:
    """An unsealed manifest over files that are written."""
    return Manifest(
        format_version=FORMAT_VERSION,
        sequence=sequence,
        created_at="2022-01-17T04:00:00Z",
        parent=None,
        encoder={"name": "fake", "fingerprint": "fake:1", "dim": int(contents.embedding.vectors.shape[1])},
        statistics={"version": STATISTICS_VERSION, "articles": len(contents.corpus), "background": None},
        scoring={"formula": asdict(formula), "min_score": formula.min_score},
        policy={"teasers": contents.facts.teasers, "steps": list(policy.STEP_NAMES[1:])},
        counts={"articles": len(contents.corpus)},
        lists={},
        corpus_sha256=corpus_sha256(contents.corpus.articles),
        files=files,
    )


def publish(index: Path, contents: Contents, *, formula: Scoring = FORMULA) -> Snapshot:
    """Publish contents under the lock. The disk's own time is spared: that fsync is asked for, and when,
    is seen from the steps (`tests.test_store`)."""
    store = Store(index)
    with store.lock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        sequence = store.next_sequence()
        return store.publish(
            contents, lambda files: manifest_of(contents, files, sequence=sequence, formula=formula)
        )
