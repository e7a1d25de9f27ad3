"""What others make of the pairs that a score is measured on: the same pairs, put in order by each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.dense import cosines_of_pairs
from recommender.evaluation.calibration import Calibration
from recommender.evaluation.candidate_pairs import CandidatePairs, calibration
from recommender.evaluation.systems.encoded import names_of
from recommender.evaluation.systems.lexical import Bm25, TfIdf, TfIdfBigrams
from recommender.fitting.material import NONE, Material
from recommender.fitting.model import Model, Scored

_NOT_MEASURED = "it was not measured when the score was fitted"


def cross_fitted_calibration(
    material: Material, model: Model, others: Mapping[str, NDArray[np.float64]], encoder: str
) -> Calibration:
    """The pairs of the whole corpus, each scored without its event, with the average precision of the
    ``others``' scores of the same pairs (`scores_of_others`). ``encoder`` is its name."""
    scored = list(model.whole.values())
    left, right = _rows(scored)
    pairs = CandidatePairs(
        queries=left,
        others=right,
        scores=np.concatenate([one.scores for one in scored]),
        related=np.concatenate([one.pairs.related for one in scored]),
        unjudged=int(np.count_nonzero(material.labelled[right] == NONE)),
    )
    unmeasured = dict.fromkeys(("newest", "random", "source", f"{names_of(encoder)[0]}-title"), _NOT_MEASURED)
    found = calibration(pairs, others, unmeasured)
    if found is None:
        raise ValueError("the model scored no pair, expected those that it was fitted on")
    return found


def scores_of_others(material: Material, model: Model, encoder: str) -> dict[str, NDArray[np.float64]]:
    """System -> its scores ``(m,)`` of the pairs of the whole corpus, in their order, for the systems of
    `recommender evaluate` that read words or vectors. Every model has the same pairs."""
    left, right = _rows(list(model.whole.values()))
    found = {}
    for system in (Bm25(), TfIdf(), TfIdfBigrams()):
        found[system.name] = system.fit(material.corpus).score_listed(left, right)
    found[names_of(encoder)[0]] = cosines_of_pairs(material.vectors, left, right).astype(np.float64)
    return found


def _rows(scored: Sequence[Scored]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of several sets, as rows of the corpus."""
    left = np.concatenate([one.pairs.rows[one.pairs.queries] for one in scored])
    return left, np.concatenate([one.pairs.others for one in scored])
