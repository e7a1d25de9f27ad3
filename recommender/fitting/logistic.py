"""Judged pairs to the coefficients of one formula: fitted on drawn corpora, calibrated on the whole one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.errors import InputError
from recommender.evaluation.truth.events import SAME_EVENT, SAME_TOPIC
from recommender.fitting.form import Form
from recommender.fitting.pairs import JudgedPairs
from recommender.scoring import Scoring

# An editor would call most pairs of one topic related, though they report different events.
TOPIC_RELATED = 0.75
# Next to no penalty: there are three features and a million pairs.
_PENALTY = 1e3
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Examples:
    """What one corpus teaches: ``features`` ``(m, f)``, ``related`` ``(m,)``, whether it is, ``weights``
    ``(m,)``. A pair that is half related stands there twice."""

    features: NDArray[np.float64]
    related: NDArray[np.bool_]
    weights: NDArray[np.float64]


def fitted(
    form: Form,
    fingerprint: str,
    drawn: Sequence[JudgedPairs],
    whole: Sequence[JudgedPairs],
    *,
    without_fold: int | None = None,
) -> Scoring:
    """The formula, without a floor: fitted on ``drawn`` corpora, calibrated on the ``whole`` corpus. A pair
    whose query or candidate is in the fold ``without_fold`` is left out of both.

    Raises InputError where what is left holds no related pair, or no other.
    """
    kept = [_kept(pairs, without_fold) for pairs in (*drawn, *whole)]
    examples = [_examples(form, one, keep) for one, keep in zip(drawn, kept[: len(drawn)], strict=True)]
    intercept, weights = _logistic(
        np.concatenate([one.features for one in examples]),
        np.concatenate([one.related for one in examples]),
        np.concatenate([one.weights for one in examples]),
    )
    judged = list(zip(whole, kept[len(drawn) :], strict=True))
    logits = [form.features(one.evidence)[keep] @ weights + intercept for one, keep in judged]
    related = np.concatenate([one.related[keep] for one, keep in judged])
    shift, stretch = _logistic(np.concatenate(logits)[:, None], related, np.ones(len(related)))
    factor = float(stretch[0])
    return form.formula(fingerprint, factor * intercept + shift, factor * weights)


def _kept(pairs: JudgedPairs, without_fold: int | None) -> NDArray[np.bool_]:
    if without_fold is None:
        return np.ones(len(pairs.queries), dtype=np.bool_)
    kept: NDArray[np.bool_] = (pairs.query_folds != without_fold) & (pairs.other_folds != without_fold)
    return kept


def _examples(form: Form, pairs: JudgedPairs, kept: NDArray[np.bool_]) -> Examples:
    """Every query weighs as much as the others of its corpus, and every corpus as much as another of as many
    candidates a query."""
    features, grades = form.features(pairs.evidence.at(np.flatnonzero(kept))), pairs.grades[kept]
    weight = 1 / max(1, len(np.unique(pairs.queries[kept])))
    topic = grades == SAME_TOPIC
    weights = np.where(topic, (1 - TOPIC_RELATED) * weight, weight)
    return Examples(
        np.concatenate([features, features[topic]]),
        np.concatenate([grades >= SAME_EVENT, np.ones(int(topic.sum()), dtype=np.bool_)]),
        np.concatenate([weights, np.full(int(topic.sum()), TOPIC_RELATED * weight)]),
    )


def _logistic(
    features: NDArray[np.float64], related: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Intercept and coefficients ``(f,)``."""
    if related.all() or not related.any():
        raise InputError(
            f"{int(related.sum())} of {len(related)} judged pairs are related; expected some, and not all"
        )
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_PENALTY, solver="newton-cholesky", max_iter=_MOST_STEPS)
    model.fit(features, related, weights * (len(weights) / weights.sum()))
    return float(model.intercept_[0]), model.coef_[0]
