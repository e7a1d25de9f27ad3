"""Every system asked for what is measured: its lists, and its scores of pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import DEPTH
from recommender.evaluation.candidate_pairs import CandidatePairs
from recommender.evaluation.document.names import SOURCE, THIS
from recommender.evaluation.document.whole import SystemInfo
from recommender.evaluation.judgements import Collection, Pairs
from recommender.evaluation.own import Own
from recommender.evaluation.run import Run
from recommender.evaluation.systems import NotApplicable, Ranker, System, score_listed
from recommender.evaluation.systems.served import Served
from recommender.rebuild import Progress

Scores = NDArray[np.float64]

# Up to here every other system makes a list for every article, so that lists can be measured without
# labels; beyond, all but the pages themselves answer the judged queries alone. This project always does:
# the lists that it serves are measured in the snapshot.
MOST_FOR_ALL = 5000


@dataclass(slots=True)
class Answers:
    """What the systems answered. ``runs`` by system; ``own`` by dataset, this project's where it is scored by
    other coefficients there; ``pairs`` by dataset and system the scores of graded pairs, ``candidates`` those
    of this project's candidate pairs, and beside each, why there are none."""

    infos: list[SystemInfo] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    own: dict[str, Run] = field(default_factory=dict)
    pairs: dict[tuple[str, str], Scores] = field(default_factory=dict)
    unable: dict[tuple[str, str], str] = field(default_factory=dict)
    candidates: dict[str, dict[str, Scores]] = field(default_factory=dict)
    no_candidates: dict[str, dict[str, str]] = field(default_factory=dict)

    def runs_on(self, dataset: str) -> dict[str, Run]:
        """Every system's lists, this project's those that count on the dataset."""
        return self.runs | ({THIS: self.own[dataset]} if dataset in self.own else {})

    def scores_of(self, dataset: Pairs) -> dict[str, Scores]:
        """Every system's scores of graded pairs, in the systems' order, where it has any."""
        return {
            info.name: self.pairs[dataset.name, info.name]
            for info in self.infos
            if (dataset.name, info.name) in self.pairs
        }


def ask(
    collection: Collection,
    own: Own,
    systems: Sequence[System],
    candidates: Mapping[str, CandidatePairs],
    progress: Progress,
) -> Answers:
    """Every system's lists and scores of pairs, one system after the other: none is kept longer.
    ``candidates`` are this project's candidate pairs by dataset."""
    corpus, answers = collection.corpus, Answers()
    for name in candidates:
        answers.candidates[name], answers.no_candidates[name] = {}, {}
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
            held_out: dict[str, Ranker] = {}
            if system.name == THIS:
                held_out = {name: Served(one).fit(corpus) for name, one in own.held_out.items()}
                for dataset in collection.qrels:
                    if dataset.name in held_out:
                        asked = [corpus.ids.row(query) for query in dataset.queries]
                        answers.own[dataset.name] = held_out[dataset.name].run(asked, DEPTH)
            else:
                _score_candidates(system.name, ranker, candidates, answers)
            for graded in collection.pairs:
                _score_graded(system.name, held_out.get(graded.name, ranker), graded, collection, answers)
            advance(len(rows))
    return answers


def _score_candidates(
    system: str, ranker: Ranker, candidates: Mapping[str, CandidatePairs], answers: Answers
) -> None:
    for name, pairs in candidates.items():
        try:
            answers.candidates[name][system] = score_listed(ranker, pairs.queries, pairs.others)
        except NotApplicable as reason:
            answers.no_candidates[name][system] = str(reason)


def _score_graded(
    system: str, ranker: Ranker, dataset: Pairs, collection: Collection, answers: Answers
) -> None:
    ids = collection.corpus.ids
    rows = np.array([[ids.row(one) for one in pair] for pair in dataset.ids], dtype=np.int64)
    try:
        answers.pairs[dataset.name, system] = ranker.score_pairs(rows[:, 0], rows[:, 1])
    except NotApplicable as reason:
        answers.unable[dataset.name, system] = str(reason)
