"""A collection and a recommender over it to a whole report: every system run, measured and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from recommender import scoring
from recommender.candidates import DEPTH
from recommender.evaluation.asking import Answers, ask
from recommender.evaluation.calibration import CrossFitted
from recommender.evaluation.candidate_pairs import CandidatePairs, calibration, candidate_pairs, pooled
from recommender.evaluation.correlations import correlations
from recommender.evaluation.datasets import judge
from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.names import SOURCE, THIS
from recommender.evaluation.document.pairs import PairDataset, PublishedFigure
from recommender.evaluation.document.whole import SCHEMA_VERSION, Document, ListMeasures, SystemInfo
from recommender.evaluation.judgements import Collection, Pairs
from recommender.evaluation.made import Plan, made
from recommender.evaluation.own import Own, bare_lists, default_lists
from recommender.evaluation.recall import index_recall, lexical_recall
from recommender.evaluation.run import Run
from recommender.evaluation.sources import audit_totals
from recommender.evaluation.systems import System
from recommender.evaluation.unlabelled import listed_by
from recommender.rebuild import Progress, Silent
from recommender.recommend import MAX_LIMIT, Recommender


def assess(
    collection: Collection,
    recommender: Recommender,
    systems: Sequence[System],
    plan: Plan,
    *,
    held_out: Mapping[str, Recommender] = MappingProxyType({}),
    previous: Recommender | None = None,
    runs: Sequence[Run] = (),
    progress: Progress | None = None,
) -> Document:
    """Everything a report says.

    ``recommender`` is over a snapshot of the very corpus, row for row; ``systems`` hold this project's, named
    ``recommender``; ``runs`` are answers of others, made elsewhere; ``previous`` is over the snapshot
    before, for the agreement of lists. ``held_out`` holds by name of a dataset what stands in for
    ``recommender`` there: the same articles, ranked by a formula fitted without that dataset. Raises
    ValueError where the rows do not agree.
    """
    if list(collection.corpus.ids) != list(recommender.snapshot.ids):
        raise ValueError("the snapshot does not hold the collection's articles, row for row")
    shown, own = progress or Silent(), Own(recommender, held_out)
    ids = collection.corpus.ids
    bare = {
        one.name: bare_lists(own.of(one.name), [ids.row(query) for query in one.queries])
        for one in collection.qrels
    }
    candidates = {one.name: candidate_pairs(one, bare[one.name], ids) for one in collection.qrels}
    answers = ask(collection, own, systems, candidates, shown)
    for run in runs:
        answers.infos.append(SystemInfo(name=run.system, label=f"run file {run.system}", not_applicable=None))
        for unable in answers.no_candidates.values():
            unable[run.system] = "a run file has no scores of other pairs"
        # As deep as everybody else's: what stands beyond would count in AP.
        answers.runs[run.system] = Run(
            run.system, {query: listed[:DEPTH] for query, listed in run.lists.items()}
        )
    with shown.stage("measure", None) as advance:
        datasets = []
        for one in _datasets(collection, own, answers, bare, candidates, plan):
            datasets.append(one)
            advance(1)
        return Document(
            schema_version=SCHEMA_VERSION,
            made=made(collection, recommender, plan),
            systems=tuple(answers.infos),
            datasets=tuple(datasets),
            pairs=tuple(_pairs(one, own, answers, plan.seed) for one in collection.pairs),
            pooled=pooled(
                {one.name: candidates[one.name] for one in collection.qrels if one.kind == "events"},
                answers.candidates,
                answers.no_candidates,
            ),
            cross_fitted=_cross_fitted(recommender),
            lists=tuple(_lists(collection, recommender, answers.runs, previous)),
            index=index_recall(recommender.snapshot, seed=plan.seed),
            lexical_index=lexical_recall(recommender.snapshot, seed=plan.seed),
            audit=audit_totals(recommender),
            notes=collection.notes,
        )


def _datasets(
    collection: Collection,
    own: Own,
    answers: Answers,
    bare: Mapping[str, Run],
    candidates: Mapping[str, CandidatePairs],
    plan: Plan,
) -> Iterator[RankedDataset]:
    corpus = collection.corpus
    articles = {article.id: article for article in corpus.articles}
    pages = {
        article.id: len(listed)
        for article, listed in zip(corpus.articles, corpus.source_lists, strict=True)
        if listed
    }
    for qrels in collection.qrels:
        name, recommender = qrels.name, own.of(qrels.name)
        rows = [corpus.ids.row(query) for query in qrels.queries]
        yield judge(
            qrels,
            answers.runs_on(name),
            default_lists(recommender, rows, limit=MAX_LIMIT),
            articles,
            seed=plan.seed,
            resamples=plan.resamples,
            pages=pages,
            bare=bare[name],
            calibration=calibration(candidates[name], answers.candidates[name], answers.no_candidates[name]),
            scored_with=own.scored_with(name),
            floor=recommender.floor,
        )


def _cross_fitted(recommender: Recommender) -> CrossFitted | None:
    """What the packaged score has with it on how it was fitted for the snapshot's encoder."""
    found = scoring.cross_fitted(recommender.snapshot.manifest.encoder["fingerprint"])
    return None if found is None else CrossFitted.model_validate(found)


def _pairs(dataset: Pairs, own: Own, answers: Answers, seed: int) -> PairDataset:
    scores = answers.scores_of(dataset)
    found = correlations(dataset, scores, seed=seed)
    unable = {system: why for (name, system), why in answers.unable.items() if name == dataset.name}
    for system in scores.keys() - {one.system for one in found}:
        unable[system] = "its scores of these pairs never vary, or are fewer than three"
    return PairDataset(
        name=dataset.name,
        origin=dataset.origin,
        articles=len({one for pair in dataset.ids for one in pair}),
        pairs=len(dataset.ids),
        scored_with=own.scored_with(dataset.name),
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
