"""One dataset of judgements: every system measured on it, each with how sure that is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

from recommender.article import Article
from recommender.evaluation import shown, slices, worst
from recommender.evaluation.calibration import Calibration
from recommender.evaluation.document.estimates import Estimate
from recommender.evaluation.document.judged import RankedDataset, SystemScores
from recommender.evaluation.document.names import ALL_SETS, HEADLINE, JUDGED, MEASURES, NEWEST, SOURCE, THIS
from recommender.evaluation.judge import Judge, rounded
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.measuring import measure
from recommender.evaluation.pages import against_source
from recommender.evaluation.recall import candidate_recall
from recommender.evaluation.run import Run
from recommender.scoring import Floor


def judge(
    qrels: Qrels,
    runs: Mapping[str, Run],
    default: Run,
    articles: Mapping[str, Article],
    *,
    seed: int,
    resamples: int,
    pages: Mapping[str, int],
    bare: Run,
    calibration: Calibration | None,
    scored_with: str = ALL_SETS,
    floor: Floor,
) -> RankedDataset:
    """Everything a report says of one dataset.

    ``runs`` holds each system's lists in full, this project's without the floor; ``default`` this project's
    as they are shown, for readers who have room for any number; ``pages`` how many stories the page of
    each article printed, where any; ``bare`` this project's stored candidates, without policy and floor.
    ``floor`` is the one that ``default`` was shown with. ``calibration`` and ``scored_with`` are as the
    document has them.
    """
    missing = _not_applicable(qrels, runs, articles)
    runs = {system: run for system, run in runs.items() if system not in missing}
    answerable = qrels.answerable
    judged = Judge(
        {system: measure(qrels, run, answerable) for system, run in runs.items()},
        answerable,
        qrels.groups,
        seed=seed,
        resamples=resamples,
    )
    estimates, differences = judged.estimates(), judged.differences()
    this = runs[THIS]
    return RankedDataset(
        name=qrels.name,
        kind=qrels.kind,
        origin=qrels.origin,
        queries=len(qrels.queries),
        answerable=len(answerable),
        unanswerable=len(qrels.unanswerable),
        groups=judged.groups,
        group_of={query: qrels.groups[query] for query in answerable if query in qrels.groups},
        judgements=_grades(qrels),
        judgements_sha256=_digest(qrels),
        complete=_completeness(qrels, articles),
        scored_with=scored_with,
        min_score=floor.min_score,
        min_best=floor.min_best,
        systems=tuple(
            SystemScores(
                system=system,
                answered=sum(bool(run.docs(query, 1)) for query in answerable),
                measures=estimates[system],
                less_this=differences.get(system, {}),
                shown=shown.shown(
                    qrels,
                    default if system == THIS else run,
                    # A page without a list of its own does not abstain: it was never asked.
                    [query for query in qrels.queries if system != SOURCE or pages.get(query)],
                ),
                per_query=_per_query(judged, system),
            )
            for system, run in runs.items()
        ),
        with_floor=_served(qrels, default, seed=seed, resamples=resamples),
        not_applicable=missing,
        against_source=against_source(qrels, runs, default, pages, seed=seed, resamples=resamples),
        slices=slices.slices(
            [articles[query] for query in answerable],
            {system: judged.of(system, HEADLINE) for system in runs},
        )
        if answerable
        else (),
        worst=worst.worst(
            qrels,
            this,
            dict(zip(answerable, map(rounded, judged.of(THIS, HEADLINE).tolist()), strict=True)),
            articles,
        ),
        needless=worst.needless(qrels, default, qrels.unanswerable, articles),
        thresholds=shown.thresholds(qrels, this, qrels.queries),
        scores=shown.distribution(qrels, this),
        calibration=calibration,
        candidates=candidate_recall(qrels, bare),
        notes=qrels.notes,
    )


def _served(qrels: Qrels, default: Run, *, seed: int, resamples: int) -> Mapping[str, Estimate]:
    """The measures of what is served, lists of at most ten that end at the floor."""
    cut = Run(THIS, {query: listed[: shown.LIMIT] for query, listed in default.lists.items()})
    names = [name for name in MEASURES if name != JUDGED]
    values = {THIS: measure(qrels, cut, qrels.answerable, names)}
    return Judge(values, qrels.answerable, qrels.groups, seed=seed, resamples=resamples).estimates()[THIS]


def _not_applicable(qrels: Qrels, runs: Mapping[str, Run], articles: Mapping[str, Article]) -> dict[str, str]:
    """System -> why it says nothing here though it does elsewhere in the corpus. A 0 would be no measure."""
    missing = {}
    for system, run in runs.items():
        if system != THIS and not any(run.docs(query, 1) for query in qrels.queries):
            missing[system] = "it has no list for any query of this dataset"
    docs = (doc for listed in qrels.relevance.values() for doc, grade in listed.items() if grade > 0)
    if NEWEST in runs and not any(articles[doc].published_at for doc in docs):
        missing[NEWEST] = "no related article of this dataset has a date"
    return missing


def _per_query(judged: Judge, system: str) -> dict[str, dict[str, float]]:
    names = MEASURES if system == THIS else (HEADLINE,)
    columns = [judged.of(system, name).tolist() for name in names]
    return {
        query: {name: rounded(column[place]) for name, column in zip(names, columns, strict=True)}
        for place, query in enumerate(judged.queries)
    }


def _grades(qrels: Qrels) -> dict[str, int]:
    counts = Counter(grade for docs in qrels.relevance.values() for grade in docs.values())
    return {str(grade): counts[grade] for grade in sorted(counts)}


def _digest(qrels: Qrels) -> str:
    digest = hashlib.sha256()
    for query in qrels.queries:
        for doc, grade in sorted(qrels.relevance[query].items()):
            digest.update(f"{query}\0{doc}\0{grade}\n".encode())
        digest.update(f"{query}\n".encode())
    return digest.hexdigest()


def _completeness(qrels: Qrels, articles: Mapping[str, Article]) -> str:
    if qrels.judged is None:
        return "pairs that are not listed were not judged"
    if len(qrels.judged) >= len(articles):
        return "every pair of the corpus was judged: one that is not listed is unrelated"
    return (
        f"every pair among {len(qrels.judged):,} labelled articles was judged; pairs with the other "
        f"{len(articles) - len(qrels.judged):,} were not"
    )
