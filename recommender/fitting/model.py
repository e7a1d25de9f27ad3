"""One whole model: the formula, those without each labelled set, and what is measured in folds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.encoder import model_of
from recommender.errors import InputError
from recommender.evidence import Evidence
from recommender.fitting.draws import SIZES, draws
from recommender.fitting.floor import Shown, floors_of, shown
from recommender.fitting.form import Form
from recommender.fitting.logistic import fitted
from recommender.fitting.material import FOLDS, NONE, Material
from recommender.fitting.pairs import JudgedPairs, judged_pairs
from recommender.scoring import DECIMALS, Scoring

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Scored:
    """Judged pairs and ``scores`` ``(m,)`` of them."""

    pairs: JudgedPairs
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """``formula`` with its floors, ``without`` each set the one fitted on the others. ``whole`` holds by set
    the pairs of the whole corpus, each scored by a formula fitted without its event; ``lists`` the lists of
    the drawn corpora, scored so too. ``held_out`` has by set the pairs of the whole corpus scored by the
    formula in ``without``."""

    form: Form
    formula: Scoring
    without: Mapping[str, Scoring]
    whole: Mapping[str, Scored]
    lists: tuple[Shown, ...]
    held_out: Mapping[str, Scored]


def fit_models(
    material: Material,
    forms: Sequence[Form],
    *,
    seed: int,
    sizes: Mapping[int, int] = SIZES,
    advance: Advance = lambda _: None,
) -> tuple[Model, ...]:
    """A model of each form. ``sizes`` says how many corpora of how many articles are drawn from each set;
    ``advance`` counts them.

    Raises InputError where the judged pairs are too few to fit a formula or find a floor.
    """
    whole = judged_pairs(material, np.arange(len(material.corpus)), material.names, forms)
    drawn: dict[Form, list[JudgedPairs]] = {form: [] for form in forms}
    for name in material.names:
        for draw in draws(material, name, seed=seed, sizes=sizes):
            for form, pairs in judged_pairs(material, draw.rows, [name], forms).items():
                drawn[form].append(pairs[name])
            advance(1)
    fingerprint = model_of(material.embedding.fingerprint)
    return tuple(_model(form, fingerprint, drawn[form], list(whole[form].values())) for form in forms)


def _model(form: Form, fingerprint: str, drawn: Sequence[JudgedPairs], whole: Sequence[JudgedPairs]) -> Model:
    formula, lists, scored = _fitted(form, fingerprint, drawn, whole)
    without, held_out = {}, {}
    for pairs in whole:
        rest = [_unlabelled(one, pairs.rows) for one in whole if one.name != pairs.name]
        if rest:
            without[pairs.name], _, _ = _fitted(
                form, fingerprint, [one for one in drawn if one.name != pairs.name], rest
            )
            held_out[pairs.name] = Scored(pairs, scores_of(without[pairs.name], pairs))
    return Model(form, formula, without, {one.pairs.name: one for one in scored}, lists, held_out)


def _unlabelled(pairs: JudgedPairs, rows: NDArray[np.int64]) -> JudgedPairs:
    """The same pairs, as if nothing were known of the events of these rows."""
    folds = np.where(np.isin(pairs.others, rows), NONE, pairs.other_folds)
    return replace(pairs, other_folds=folds)


def _fitted(
    form: Form, fingerprint: str, drawn: Sequence[JudgedPairs], whole: Sequence[JudgedPairs]
) -> tuple[Scoring, tuple[Shown, ...], tuple[Scored, ...]]:
    """The formula with its floors; lists of the drawn corpora and pairs of the whole one, cross-fitted."""
    formula = fitted(form, fingerprint, drawn, whole)
    folds = {
        fold: fitted(form, fingerprint, drawn, whole, without_fold=fold) for fold in _folds(drawn, whole)
    }
    lists = tuple(shown(pairs, cross_fitted(folds, pairs)) for pairs in drawn)
    scored = tuple(Scored(pairs, cross_fitted(folds, pairs)) for pairs in whole)
    return replace(formula, floors=floors_of(lists)), lists, scored


def cross_fitted(folds: Mapping[int, Scoring], pairs: JudgedPairs) -> NDArray[np.float64]:
    """Scores ``(m,)`` of the pairs, each by the formula that was fitted without its query's fold."""
    scores = np.full(len(pairs.queries), np.nan)
    for fold, formula in folds.items():
        places = np.flatnonzero(pairs.query_folds == fold)
        scores[places] = _scores(formula, pairs.evidence.at(places))
    return scores


def scores_of(formula: Scoring, pairs: JudgedPairs) -> NDArray[np.float64]:
    """One formula's scores ``(m,)`` of the pairs."""
    return _scores(formula, pairs.evidence)


def _scores(formula: Scoring, evidence: Evidence) -> NDArray[np.float64]:
    """In double precision as they are printed, so that 0.9 is at a floor of 0.9."""
    return formula.score(evidence).astype(np.float64).round(DECIMALS)


def _folds(*all_pairs: Sequence[JudgedPairs]) -> Iterator[int]:
    found = {int(fold) for some in all_pairs for pairs in some for fold in np.unique(pairs.query_folds)}
    if len(found) < 2:
        raise InputError(
            f"the labelled articles fall into {len(found)} of {FOLDS} folds, expected two or more"
        )
    yield from sorted(found)
