"""What a fitted model is worth, in lines to print."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recommender.evaluation.calibration import Calibration, reliability
from recommender.evaluation.measuring import measure
from recommender.evaluation.run import Run
from recommender.fitting.floor import Counts, by_set, by_size, mean_precision
from recommender.fitting.material import Material
from recommender.fitting.model import Model, Scored
from recommender.scoring import Floors

_NDCG = "nDCG@10"


def summary(material: Material, model: Model, measured: Calibration) -> Iterator[str]:
    """Lines: the formula, lists at its floors by set and size, calibration of each set and as ``measured`` of
    all with what others make of the same pairs, and each set held out."""
    floors = model.formula.floors
    yield f"{model.form.name}: {_coefficients(model)}"
    yield (
        f"lists of at most ten with {_in_words(floors)}, cross-fitted: "
        f"mean precision {mean_precision(model.lists, floors):.3f}"
    )
    yield f"{'':>8} {'articles':>8} {'items':>8} {'precision':>9} {'coverage':>9} {'lone, empty':>12}"
    for (name, size), counts in by_size(model.lists, floors).items():
        yield _row(name, f"{size:,}", counts)
    for name, counts in by_set(model.lists, floors).items():
        yield _row(name, "all", counts)
    parts = {name: reliability(one.scores, one.pairs.related) for name, one in model.whole.items()}
    for name, found in [*parts.items(), ("pooled", measured.reliability)]:
        yield (
            f"{name}: {found.pairs:,} candidate pairs of the whole corpus, cross-fitted: "
            f"error {found.error}, average precision {found.average_precision} "
            f"({found.counted_average_precision} from 0.05 on)"
        )
    orders = ", ".join(f"{one.system} {one.counted_average_precision}" for one in measured.systems)
    yield f"average precision from 0.05 on, pooled: {orders}"
    for name, one in model.held_out.items():
        without = model.without[name]
        yield f"{name} held out: {_NDCG} {100 * ndcg(material, one):.2f}, {_in_words(without.floors)}"


def ndcg(material: Material, scored: Scored) -> float:
    """nDCG@10 of the queries of one set in the whole corpus, 0..1: the mean over the answerable."""
    qrels = next(one for one in material.sets if one.name == scored.pairs.name)
    pairs, ids = scored.pairs, material.corpus.ids
    lists: dict[str, list[tuple[str, float]]] = {}
    for place in np.lexsort((pairs.others, -scored.scores, pairs.queries)).tolist():
        query = ids.id(int(pairs.rows[pairs.queries[place]]))
        lists.setdefault(query, []).append((ids.id(int(pairs.others[place])), float(scored.scores[place])))
    run = Run("fitted", {query: tuple(listed) for query, listed in lists.items()})
    return float(measure(qrels, run, qrels.answerable, [_NDCG])[_NDCG].mean())


def _in_words(floors: Floors) -> str:
    by_size = ", ".join(f"{least} among {size:,}" for size, least in floors.min_scores)
    return f"a best of {floors.min_best} and a floor of {by_size}"


def _coefficients(model: Model) -> str:
    formula = model.formula.as_json()
    return ", ".join(f"{name} {formula[name]}" for name in ("intercept", *model.form.weights))


def _row(name: str, size: str, counts: Counts) -> str:
    return (
        f"{name:>8} {size:>8} {counts.items:>8,} {counts.precision:>9.3f} {counts.coverage:>9.3f} "
        f"{counts.abstained:>12.3f}"
    )
