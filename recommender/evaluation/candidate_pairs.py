"""The stored candidate pairs of judged queries, and what is measured on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Ids
from recommender.evaluation.calibration import (
    COUNTED_FROM,
    Calibration,
    PairOrder,
    PooledCalibration,
    average_precision,
    reliability,
)
from recommender.evaluation.document.names import THIS
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.run import Run

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Every query of one dataset with each of its stored candidates, query by query: rows ``queries`` and
    ``others`` ``(m,)``, this project's ``scores`` ``(m,)``, and whether each pair is ``related`` ``(m,)``.
    ``unjudged`` of them nobody judged; they count as unrelated."""

    queries: NDArray[np.int64]
    others: NDArray[np.int64]
    scores: Scores
    related: NDArray[np.bool_]
    unjudged: int


def candidate_pairs(qrels: Qrels, bare: Run, ids: Ids) -> CandidatePairs:
    """The pairs of a dataset. ``bare`` holds for each of its queries all stored candidates with their
    scores, without policy and floor."""
    pairs = [(query, doc, score) for query in qrels.queries for doc, score in bare.lists.get(query, ())]
    grades = [qrels.grade(query, doc) for query, doc, _ in pairs]
    return CandidatePairs(
        queries=np.array([ids.row(query) for query, _, _ in pairs], dtype=np.int64),
        others=np.array([ids.row(doc) for _, doc, _ in pairs], dtype=np.int64),
        scores=np.array([score for _, _, score in pairs], dtype=np.float64),
        related=np.array([(grade or 0) > 0 for grade in grades], dtype=np.bool_),
        unjudged=sum(grade is None for grade in grades),
    )


def calibration(
    pairs: CandidatePairs, others: Mapping[str, Scores], not_applicable: Mapping[str, str]
) -> Calibration | None:
    """This project's scores of the pairs against their judgements, and the order that it and the ``others``,
    system -> scores ``(m,)``, put them in; ``None`` where there is no pair."""
    if not len(pairs.scores):
        return None
    counted = pairs.scores >= COUNTED_FROM
    return Calibration(
        reliability=reliability(pairs.scores, pairs.related),
        unjudged=pairs.unjudged,
        systems=tuple(
            PairOrder(
                system=system,
                average_precision=average_precision(scores, pairs.related),
                counted_average_precision=average_precision(scores[counted], pairs.related[counted]),
            )
            for system, scores in (*others.items(), (THIS, pairs.scores))
        ),
        not_applicable=dict(sorted(not_applicable.items())),
    )


def pooled(
    sets: Mapping[str, CandidatePairs],
    others: Mapping[str, Mapping[str, Scores]],
    not_applicable: Mapping[str, Mapping[str, str]],
) -> PooledCalibration | None:
    """The same over the pairs of several datasets together, dataset -> pairs, scores by system and why there
    are none; ``None`` for fewer than two. A system without scores of one of them has none of all."""
    names = [name for name, pairs in sets.items() if len(pairs.scores)]
    if len(names) < 2:
        return None
    unable = {system: why for name in names for system, why in not_applicable.get(name, {}).items()}
    scored = [system for system in others[names[0]] if all(system in others[name] for name in names)]
    found = calibration(
        CandidatePairs(
            queries=np.concatenate([sets[name].queries for name in names]),
            others=np.concatenate([sets[name].others for name in names]),
            scores=np.concatenate([sets[name].scores for name in names]),
            related=np.concatenate([sets[name].related for name in names]),
            unjudged=sum(sets[name].unjudged for name in names),
        ),
        {system: np.concatenate([others[name][system] for name in names]) for system in scored},
        unable,
    )
    return None if found is None else PooledCalibration(datasets=tuple(names), calibration=found)
