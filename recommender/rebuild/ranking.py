"""The middle stages: a corpus to vectors, and these to all that a list is made of."""

from __future__ import annotations

from dataclasses import asdict

from recommender import candidates, overlay, policy, scoring, statistics
from recommender.corpus import Corpus
from recommender.dense import FaissIndex, centred
from recommender.embedding import Embedding
from recommender.embedding import embed as embed_articles
from recommender.encoder import Encoder
from recommender.rebuild.job import Job
from recommender.snapshot import Contents, Snapshot
from recommender.statistics import STATISTICS_VERSION


def embed(job: Job, corpus: Corpus, encoder: Encoder, parent: Snapshot | None) -> Embedding:
    """Vectors of all articles, those that the parent has taken from it."""
    known = [parent.embedding()] if parent is not None else []
    with job.report.timed(job.progress, "embed", len(corpus)) as advance:
        embedding, work = embed_articles(corpus.articles, encoder, known, advance)
    job.report.encoder = encoder.fingerprint
    job.report.embedding = asdict(work)
    return embedding


def rank(job: Job, corpus: Corpus, embedding: Embedding) -> Contents:
    """Statistics, candidates, scores and policy: everything a list is made of. The report is not in it."""
    formula, report = job.formula, job.report
    if formula.fingerprint != embedding.fingerprint:
        report.notes.append(
            f"the score was fitted for the encoder {formula.fingerprint}; with "
            f"{embedding.fingerprint} the order of lists holds, but scores and floor are not calibrated"
        )
    stats = statistics.fit(embedding.vectors, embedding.fingerprint, statistics.packaged_background())
    unit = centred(embedding.vectors, stats.mean)
    with report.timed(job.progress, "rank", len(corpus)) as advance:
        pairs = candidates.find(FaissIndex(unit), unit, advance=advance)
        ranking = scoring.rank(pairs, corpus.articles, formula)
        facts = policy.facts_of(corpus.articles, corpus.source_lists, job.settings.teasers)
        verdicts, report.policy = policy.apply(ranking, facts)
    report.statistics = {
        "version": STATISTICS_VERSION,
        "articles": stats.articles,
        "background": stats.background,
    }
    return Contents(
        corpus=corpus,
        embedding=embedding,
        statistics=stats,
        ranking=ranking,
        facts=facts,
        verdicts=verdicts,
        overlay=overlay.read(job.settings.index),
        report={},
    )
