"""A collection and a recommender over it to a whole report: every system run, measured and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import DEPTH
from recommender.evaluation.correlations import correlations
from recommender.evaluation.datasets import judge
from recommender.evaluation.document import (
    SCHEMA_VERSION,
    SOURCE,
    THIS,
    Document,
    ListMeasures,
    PairDataset,
    PublishedFigure,
    RankedDataset,
    SystemInfo,
)
from recommender.evaluation.judgements import Collection, Pairs
from recommender.evaluation.made import Plan, made
from recommender.evaluation.recall import index_recall
from recommender.evaluation.run import Run
from recommender.evaluation.sources import audit_totals
from recommender.evaluation.systems import NotApplicable, Ranker, System
from recommender.evaluation.unlabelled import default_lists, listed_by
from recommender.rebuild import Progress, Silent
from recommender.recommend import MAX_LIMIT, Recommender

# Up to here every other system makes a list for every article, so that lists can be measured without
# labels; beyond, all but the pages themselves answer the judged queries alone. This project always does:
# the lists that it serves are measured in the snapshot.
MOST_FOR_ALL = 5000


@dataclass(slots=True)
class _Answers:
    """What the systems answered: runs by name, scores of pairs by dataset and system, and who could not;
    ``unable`` says by dataset and system why pairs have no scores."""

    infos: list[SystemInfo] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    pairs: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)
    unable: dict[tuple[str, str], str] = field(default_factory=dict)


def assess(
    collection: Collection,
    recommender: Recommender,
    systems: Sequence[System],
    plan: Plan,
    *,
    previous: Recommender | None = None,
    runs: Sequence[Run] = (),
    progress: Progress | None = None,
) -> Document:
    """Everything a report says.

    ``recommender`` is over a snapshot of the very corpus, row for row; ``systems`` hold this project's, named
    ``recommender``; ``runs`` are answers of others, made elsewhere; ``previous`` is over the snapshot
    before, for the agreement of lists. Raises ValueError where the rows do not agree.
    """
    if list(collection.corpus.ids) != list(recommender.snapshot.ids):
        raise ValueError("the snapshot does not hold the collection's articles, row for row")
    shown = progress or Silent()
    answers = _ask(collection, systems, shown)
    for run in runs:
        answers.infos.append(SystemInfo(name=run.system, label=f"run file {run.system}", not_applicable=None))
        # As deep as everybody else's: what stands beyond would count in AP.
        answers.runs[run.system] = Run(
            run.system, {query: listed[:DEPTH] for query, listed in run.lists.items()}
        )
    with shown.stage("measure", None) as advance:
        datasets = []
        for one in _datasets(collection, recommender, answers, plan):
            datasets.append(one)
            advance(1)
        return Document(
            schema_version=SCHEMA_VERSION,
            made=made(collection, recommender, plan),
            systems=tuple(answers.infos),
            datasets=tuple(datasets),
            pairs=tuple(_pairs(one, answers, plan.seed) for one in collection.pairs),
            lists=tuple(_lists(collection, recommender, answers.runs, previous)),
            index=index_recall(recommender.snapshot, seed=plan.seed),
            audit=audit_totals(recommender),
            notes=collection.notes,
        )


def _ask(collection: Collection, systems: Sequence[System], progress: Progress) -> _Answers:
    """Every system's lists and scores of pairs, one system after the other: none is kept longer."""
    corpus, answers = collection.corpus, _Answers()
    queries = {query for dataset in collection.qrels for query in dataset.queries}
    judged = [row for row, article_id in enumerate(corpus.ids) if article_id in queries]
    everything = range(len(corpus))
    for system in systems:
        measured = system.name == SOURCE or len(corpus) <= MOST_FOR_ALL
        rows = everything if measured and system.name != THIS else judged
        with progress.stage(system.name, len(rows)) as advance:
            try:
                ranker = system.fit(corpus)
            except NotApplicable as reason:
                answers.infos.append(
                    SystemInfo(name=system.name, label=system.label, not_applicable=str(reason))
                )
                continue
            answers.infos.append(SystemInfo(name=system.name, label=system.label, not_applicable=None))
            answers.runs[system.name] = ranker.run(rows, DEPTH)
            for dataset in collection.pairs:
                try:
                    scores = _scores_of(ranker, dataset, collection)
                except NotApplicable as reason:
                    answers.unable[dataset.name, system.name] = str(reason)
                else:
                    answers.pairs[dataset.name, system.name] = scores
            advance(len(rows))
    return answers


def _scores_of(ranker: Ranker, dataset: Pairs, collection: Collection) -> NDArray[np.float64]:
    ids = collection.corpus.ids
    rows = np.array([[ids.row(one) for one in pair] for pair in dataset.ids], dtype=np.int64)
    return ranker.score_pairs(rows[:, 0], rows[:, 1])


def _datasets(
    collection: Collection, recommender: Recommender, answers: _Answers, plan: Plan
) -> Iterator[RankedDataset]:
    corpus = collection.corpus
    articles = {article.id: article for article in corpus.articles}
    pages = {
        article.id: len(listed)
        for article, listed in zip(corpus.articles, corpus.source_lists, strict=True)
        if listed
    }
    for qrels in collection.qrels:
        rows = [corpus.ids.row(query) for query in qrels.queries]
        yield judge(
            qrels,
            answers.runs,
            default_lists(recommender, rows, limit=MAX_LIMIT),
            articles,
            seed=plan.seed,
            resamples=plan.resamples,
            pages=pages,
        )


def _pairs(dataset: Pairs, answers: _Answers, seed: int) -> PairDataset:
    scores = {
        info.name: answers.pairs[dataset.name, info.name]
        for info in answers.infos
        if (dataset.name, info.name) in answers.pairs
    }
    found = correlations(dataset, scores, seed=seed)
    unable = {system: why for (name, system), why in answers.unable.items() if name == dataset.name}
    for system in scores.keys() - {one.system for one in found}:
        unable[system] = "its scores of these pairs never vary, or are fewer than three"
    return PairDataset(
        name=dataset.name,
        origin=dataset.origin,
        articles=len({one for pair in dataset.ids for one in pair}),
        pairs=len(dataset.ids),
        published=tuple(
            PublishedFigure(label=one.label, measure=one.measure, value=one.value, source=one.source)
            for one in dataset.anchors
        ),
        systems=found,
        not_applicable=dict(sorted(unable.items())),
        notes=dataset.notes,
    )


def _lists(
    collection: Collection,
    recommender: Recommender,
    runs: Mapping[str, Run],
    previous: Recommender | None,
) -> Iterator[ListMeasures]:
    """Each system's lists measured without labels, where it made one for every article."""
    for system, run in runs.items():
        if system in (THIS, SOURCE) or len(run.lists) >= len(collection.corpus):
            measures = listed_by(system, run, collection.corpus, recommender, previous)
            yield ListMeasures(system=system, measures=measures)
