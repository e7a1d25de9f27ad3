"""Snapshots whose scores can be worked out by hand: the mean is zero, so that a cosine is that of the
words counted by `FakeEncoder`, and lists may also be written down outright."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender import candidates, scoring
from recommender.article import Article
from recommender.copies import copies_among
from recommender.corpus import Corpus, assemble
from recommender.dense import Vectors, centred
from recommender.embedding import digests_of, embed
from recommender.evidence import gather_measured
from recommender.lexical import bags_of
from recommender.neighbourhood import Closeness
from recommender.overlay import EMPTY, Overlay
from recommender.policy import STEP_NAMES, Facts, Policy, apply, facts_of, traits_of
from recommender.recommend import Options, Recommender, SimilarList
from recommender.scoring import Floors, Ranking, Scoring
from recommender.snapshot import FORMAT_VERSION, Contents, Manifest, Snapshot, corpus_sha256, said_of, work_of
from recommender.space import space_of
from recommender.statistics import Background, fit
from recommender.store import Store
from tests.fakes import FakeEncoder

# A cosine of 1 scores 0.880797, one of 0.5 scores 0.5, one of 0 scores 0.119203, whatever the size.
FORMULA = Scoring(
    "by-hand",
    "fake:1",
    Closeness(1, 0),
    intercept=-2,
    lead=4,
    lexical=0,
    neighbours=0,
    names=0,
    floors=Floors(((1, 0.5),)),
)
Lists = Mapping[str, Sequence[tuple[str, float]]]


def opened_by(min_best: float) -> Scoring:
    """`FORMULA` with lists that need a best story of ``min_best``."""
    return replace(FORMULA, floors=replace(FORMULA.floors, min_best=min_best))


def contents_of(
    articles: Sequence[Article],
    lists: Lists | None = None,
    *,
    formula: Scoring = FORMULA,
    policy: Policy = Policy(),  # noqa: B008 - a frozen value
    overlay: Overlay = EMPTY,
    fitted: bool = False,
    background: Background | None = None,
) -> Contents:
    """What a build makes of the articles. ``lists`` are the rankings as (id, score), best first; an
    article that is not in it has none. Without ``lists`` they follow from the words and `FORMULA`.
    With ``fitted`` the mean is the corpus's, as in a build; its terms are blended with those of a
    ``background``, as they are there."""
    corpus = assemble(articles)
    embedding, _ = embed(corpus.articles, FakeEncoder())
    bags = bags_of(corpus.articles)
    copies = copies_among(corpus.articles)
    statistics = fit(
        embedding.vectors[copies.first], bags.at(copies.first), embedding.fingerprint, background
    )
    if not fitted:
        statistics = replace(statistics, mean=np.zeros(embedding.vectors.shape[1], dtype=np.float32))
    space = space_of(embedding.vectors, bags, statistics)
    found = candidates.search(space, statistics.least, copies)
    pairs = found.pairs
    near, evidence, measured = gather_measured(space, pairs, formula.closeness, copies)
    if lists is None:
        ranking = scoring.rank(pairs, evidence, corpus.articles, formula)
    else:
        ranking = ranking_of(corpus, lists)
    floor = formula.floors.among(len(corpus))
    ranking, facts, verdicts = judged(
        corpus, ranking, centred(embedding.vectors, statistics.mean), policy, floor.min_score
    )
    return Contents(
        corpus=corpus,
        embedding=embedding,
        statistics=statistics,
        space=space,
        near=near,
        work=work_of(digests_of(corpus.articles), found, measured),
        ranking=ranking,
        facts=facts,
        verdicts=verdicts,
        overlay=overlay,
        floor=floor,
        report={"made": "by hand"},
    )


def judged(
    corpus: Corpus, ranking: Ranking, unit: Vectors, policy: Policy, min_score: float
) -> tuple[Ranking, Facts, NDArray[np.uint8]]:
    """A ranking in score order as the policy orders it, with the facts and the verdicts."""
    facts, alike = facts_of(corpus.articles, ranking.offsets, ranking.rows, unit, policy)
    traits = traits_of(corpus.articles, corpus.source_lists, alike)
    outcome = apply(ranking.offsets, ranking.rows, ranking.scores, facts, traits, unit, min_score)
    return ranking.reordered(outcome.order), facts, outcome.verdicts


def ranking_of(corpus: Corpus, lists: Lists) -> Ranking:
    """The lists as a ranking."""
    pairs = [pair for article_id in corpus.ids for pair in lists.get(article_id, ())]
    lengths = [len(lists.get(article_id, ())) for article_id in corpus.ids]
    scores = np.array([score for _, score in pairs], dtype=np.float32)
    rows = np.array([corpus.ids.row(other) for other, _ in pairs], dtype=np.int32)
    return Ranking(np.cumsum([0, *lengths], dtype=np.int64), rows, scores)


def ask(recommender: Recommender, row: int, *, now: datetime, options: Options | None = None) -> SimilarList:
    """The list of an article's own words and vector, as if it were a draft."""
    article, vector = recommender.snapshot.article(row), recommender.snapshot.vectors[row]
    return recommender.similar_to_text(article.title, article.text, vector, now=now, options=options)


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
        statistics={**said_of(contents.statistics), "since": None, "changed": 0, "why": "", "search": {}},
        scoring={"formula": formula.as_json(), **asdict(formula.floors.among(len(contents.corpus)))},
        policy={**asdict(contents.facts.policy), "steps": list(STEP_NAMES[1:])},
        counts={"articles": len(contents.corpus)},
        lists={},
        corpus_sha256=corpus_sha256(contents.corpus.articles),
        files=files,
    )


def publish(index: Path, contents: Contents, *, formula: Scoring = FORMULA) -> Snapshot:
    """Publish contents under the lock. The disk's own time is spared: that fsync is asked for, and when,
    is seen from the steps (`tests.test_store`)."""
    contents = replace(contents, floor=formula.floors.among(len(contents.corpus)))
    store = Store(index)
    with store.lock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        sequence = store.next_sequence()
        return store.publish(
            contents, lambda files: manifest_of(contents, files, sequence=sequence, formula=formula)
        )
