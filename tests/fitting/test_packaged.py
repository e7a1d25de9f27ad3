"""The packaged file: what `recommender.scoring` and the evaluation rely on."""

from __future__ import annotations

import pytest

from recommender import scoring
from recommender.evaluation.calibration import CrossFitted
from recommender.fitting import WITH_VECTORS, WITHOUT_VECTORS
from recommender.statistics import packaged_background

FINGERPRINTS = [packaged_background().fingerprint, scoring.WITHOUT_VECTORS]


@pytest.mark.parametrize(
    ("fingerprint", "form"), list(zip(FINGERPRINTS, [WITH_VECTORS, WITHOUT_VECTORS], strict=True))
)
def test_a_formula_of_its_form_and_one_without_each_set(fingerprint, form):
    sets = scoring.fitted_on(fingerprint)
    assert len(sets) >= 2
    for without in (None, *sets):
        formula = scoring.packaged_scoring(fingerprint, without=without)
        assert (formula.name, formula.fingerprint, formula.closeness) == (
            form.name,
            fingerprint,
            form.closeness,
        )
        weights = {name: getattr(formula, name) for name in ("lead", "lexical", "neighbours", "names")}
        assert {name for name, weight in weights.items() if weight > 0} == set(form.weights)
        assert {name for name, weight in weights.items() if weight == 0} == set(weights) - set(form.weights)
        assert formula.intercept < 0
        assert [size for size, _ in formula.floors.min_scores] == [20, 60, 200, 600]
        assert all(0 < least <= formula.floors.min_best < 1 for _, least in formula.floors.min_scores)


@pytest.mark.parametrize("fingerprint", FINGERPRINTS)
def test_measured_in_folds_the_score_is_about_the_probability_that_it_is_called(fingerprint):
    found = CrossFitted.model_validate(scoring.cross_fitted(fingerprint))
    assert found.calibration.reliability.error <= 0.05
    orders = {one.system: one.counted_average_precision for one in found.calibration.systems}
    own = orders.pop("recommender")
    assert own == found.calibration.reliability.counted_average_precision
    assert {"bm25", "minilm", "tfidf", "tfidf-bigrams"} <= set(orders)
    assert own >= max(orders.values())


def test_an_unknown_encoder_gets_the_formula_without_vectors():
    assert scoring.packaged_scoring("unknown:1") == scoring.packaged_scoring(scoring.WITHOUT_VECTORS)
