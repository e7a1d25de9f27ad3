"""The middle stages: a corpus to vectors, and these to all that a list is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from recommender import candidates, policy, scoring
from recommender.copies import Copies, copies_among
from recommender.corpus import Corpus
from recommender.dense import Vectors, centred
from recommender.embedding import Embedding, digests_of
from recommender.embedding import embed as embed_articles
from recommender.encoder import Encoder, SentenceEncoder, arithmetic_of, model_of
from recommender.evidence import gather_measured
from recommender.lexical import bags_of
from recommender.nearest import recall_of
from recommender.rebuild.earlier import earlier_of, kept_statistics, said_of_keeping
from recommender.rebuild.job import Job
from recommender.scoring import Ranking
from recommender.snapshot import Contents, Snapshot, said_of, work_of
from recommender.space import Space, carried_space, fitted_space, known_vectors, space_of
from recommender.statistics import Statistics, packaged_background

# Articles that recall is measured on.
_ASKED = 100


def embed(job: Job, corpus: Corpus, encoder: Encoder, *earlier: Snapshot | None) -> Embedding:
    """Vectors of all articles, those that an ``earlier`` snapshot has taken from it."""
    known = [one.embedding() for one in earlier if one is not None]
    job.report.notes += _said_of_arithmetic(encoder, known)
    with job.report.timed(job.progress, "embed", len(corpus)) as advance:
        embedding, work = embed_articles(corpus.articles, encoder, known, advance)
    job.report.encoder = encoder.fingerprint
    job.report.embedding = asdict(work)
    return embedding


def rank(
    job: Job, corpus: Corpus, embedding: Embedding, parent: Snapshot | None = None, *, reuse: bool = True
) -> Contents:
    """Words, statistics, candidates, scores and policy: everything a list is made of. The report is not in
    it. Where the ``parent``'s statistics are kept, what it holds for unchanged articles is taken over;
    without ``reuse`` everything is worked out again, with the same result."""
    formula, report, articles = job.formula_for(embedding.fingerprint), job.report, corpus.articles
    background, fingerprint = packaged_background(), embedding.fingerprint
    digests = digests_of(articles)
    kept, why = kept_statistics(
        parent, corpus.ids, digests, fingerprint, background, job.settings, refit=job.refit
    )
    earlier = earlier_of(parent, kept) if parent is not None and kept is not None and reuse else None
    fresh = np.arange(len(articles)) if earlier is None or kept is None else np.flatnonzero(kept.was < 0)
    with report.timed(job.progress, "words", len(fresh)) as advance:
        bags = bags_of((articles[row] for row in fresh.tolist()), advance)
    with report.timed(job.progress, "space", None):
        copies = copies_among(articles)
        if kept is None:
            stats, space = fitted_space(articles, embedding.vectors, bags, fingerprint, background, copies)
        else:
            stats = kept.statistics
            known = known_vectors([articles[row] for row in fresh.tolist()], fingerprint, background)
            space = space_of(embedding.vectors[fresh], bags, stats, known)
            if earlier is not None:
                space = carried_space(earlier.space, kept.was, space)
        del bags
    with report.timed(job.progress, "candidates", len(corpus)) as advance:
        found = candidates.search(
            space,
            stats.least,
            copies,
            None if earlier is None else earlier.search,
            directory=job.settings.index if job.settings.index.is_dir() else None,
            advance=advance,
        )
        searched = recall_of_search(found, space, stats, copies, None if kept is None else parent)
    with report.timed(job.progress, "scores", None):
        taken = None if earlier is None else earlier.measured
        near, evidence, measured = gather_measured(space, found.pairs, formula.closeness, copies, taken)
        ranking = scoring.rank(found.pairs, evidence, articles, formula)
    with report.timed(job.progress, "policy", None):
        unit = centred(embedding.vectors, stats.mean)
        floor = job.floor_among(len(corpus))
        outcome, facts = judge(corpus, ranking, unit, policy.Policy.of(job.settings), floor.min_score)
    report.policy = dict(outcome.counts)
    if found.note:
        report.notes.append(found.note)
    report.statistics = {**said_of(stats), **said_of_keeping(kept, why), "search": searched}
    return Contents(
        corpus=corpus,
        embedding=embedding,
        statistics=stats,
        space=space,
        near=near,
        work=work_of(digests, found, measured),
        ranking=ranking.reordered(outcome.order),
        facts=facts,
        verdicts=outcome.verdicts,
        overlay=job.overlay,
        floor=floor,
        report={},
    )


def recall_of_search(
    found: candidates.Search, space: Space, stats: Statistics, copies: Copies, keeping: Snapshot | None
) -> dict[str, float | None]:
    """The share of each article's exact nearest that candidates are found of: by vectors of the 100 nearest
    and a few more, and by terms of the 10 and of the 100 nearest, 1 where the search is exact. That of terms
    follows from the statistics, so that it is taken from the snapshot that these are kept from."""
    earlier = {} if keeping is None else keeping.manifest.statistics["search"]
    # Lists that are taken over are as good as they were.
    lead = {"lead_100": min(found.recall, earlier.get("lead_100", 1.0))}
    if found.all_terms:
        return {**lead, "terms_10": 1.0, "terms_100": 1.0}
    if earlier:
        return {**lead, "terms_10": earlier["terms_10"], "terms_100": earlier["terms_100"]}
    terms = {
        f"terms_{k}": recall_of(space.terms, copies.first, stats.least, sample=_ASKED, k=k, seed=0)
        for k in (10, 100)
    }
    return {**lead, **terms}


def _said_of_arithmetic(encoder: Encoder, known: Sequence[Embedding]) -> list[str]:
    """Why it is not a quicker one, and that vectors of another are not reused."""
    said = [encoder.note] if isinstance(encoder, SentenceEncoder) and encoder.note else []
    here = encoder.fingerprint
    for there in (one.fingerprint for one in known):
        if there != here and model_of(there) == model_of(here):
            said.append(
                f"all texts are embedded again: the current snapshot's vectors were computed in "
                f"{arithmetic_of(there)}, this build's are in {arithmetic_of(here)}"
            )
    return said


def judge(
    corpus: Corpus, ranking: Ranking, unit: Vectors, wanted: policy.Policy, min_score: float
) -> tuple[policy.Outcome, policy.Facts]:
    """What the policy makes of a ranking in score order, and the facts that it went by. ``unit``
    ``(n, dim) float32`` are the centred vectors, ``min_score`` is the floor that lists have by default."""
    facts, alike = policy.facts_of(corpus.articles, ranking.offsets, ranking.rows, unit, wanted)
    traits = policy.traits_of(corpus.articles, corpus.source_lists, alike)
    outcome = policy.apply(ranking.offsets, ranking.rows, ranking.scores, facts, traits, unit, min_score)
    return outcome, facts
