"""The middle stages: a corpus to vectors, and these to all that a list is made of."""

from __future__ import annotations

from dataclasses import asdict

from recommender import candidates, policy, scoring
from recommender.copies import copies_among
from recommender.corpus import Corpus
from recommender.dense import Vectors, centred
from recommender.embedding import Embedding
from recommender.embedding import embed as embed_articles
from recommender.encoder import Encoder
from recommender.evidence import gather
from recommender.lexical import bags_of
from recommender.rebuild.job import Job
from recommender.scoring import Ranking
from recommender.snapshot import Contents, Snapshot, said_of
from recommender.space import fitted_space
from recommender.statistics import packaged_background


def embed(job: Job, corpus: Corpus, encoder: Encoder, parent: Snapshot | None) -> Embedding:
    """Vectors of all articles, those that the parent has taken from it."""
    known = [parent.embedding()] if parent is not None else []
    with job.report.timed(job.progress, "embed", len(corpus)) as advance:
        embedding, work = embed_articles(corpus.articles, encoder, known, advance)
    job.report.encoder = encoder.fingerprint
    job.report.embedding = asdict(work)
    return embedding


def rank(job: Job, corpus: Corpus, embedding: Embedding) -> Contents:
    """Words, statistics, candidates, scores and policy: everything a list is made of. The report is not in
    it."""
    formula, report = job.formula_for(embedding.fingerprint), job.report
    with report.timed(job.progress, "words", len(corpus)) as advance:
        bags = bags_of(corpus.articles, advance)
    with report.timed(job.progress, "rank", len(corpus)) as advance:
        copies = copies_among(corpus.articles)
        background = packaged_background()
        stats, space = fitted_space(
            corpus.articles, embedding.vectors, bags, embedding.fingerprint, background, copies
        )
        pairs = candidates.find(space, copies, advance=advance)
        near, evidence = gather(space, pairs, formula.closeness, copies)
        ranking = scoring.rank(pairs, evidence, corpus.articles, formula)
    with report.timed(job.progress, "policy", None):
        unit = centred(embedding.vectors, stats.mean)
        min_score = job.floor_among(len(corpus)).min_score
        outcome, facts = judge(corpus, ranking, unit, policy.Policy.of(job.settings), min_score)
    report.policy = dict(outcome.counts)
    report.statistics = said_of(stats)
    return Contents(
        corpus=corpus,
        embedding=embedding,
        statistics=stats,
        space=space,
        near=near,
        ranking=ranking.reordered(outcome.order),
        facts=facts,
        verdicts=outcome.verdicts,
        overlay=job.overlay,
        report={},
    )


def judge(
    corpus: Corpus, ranking: Ranking, unit: Vectors, wanted: policy.Policy, min_score: float
) -> tuple[policy.Outcome, policy.Facts]:
    """What the policy makes of a ranking in score order, and the facts that it went by. ``unit``
    ``(n, dim) float32`` are the centred vectors, ``min_score`` is the floor that lists have by default."""
    facts, alike = policy.facts_of(corpus.articles, ranking.offsets, ranking.rows, unit, wanted)
    traits = policy.traits_of(corpus.articles, corpus.source_lists, alike)
    outcome = policy.apply(ranking.offsets, ranking.rows, ranking.scores, facts, traits, unit, min_score)
    return outcome, facts
