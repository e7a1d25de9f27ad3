from __future__ import annotations

import math

import numpy as np
import pytest

from recommender.fitting.form import WITH_VECTORS, WITHOUT_VECTORS
from recommender.scoring import Floor
from tests.fitting import toys

GIVEN = toys.evidence(
    2, lead_cosine=[0.5, -0.25], lexical_cosine=[0.25, 0], name_cosine=[0.3, 0], neighbour_cosine=[0.125, 1]
)


def test_features_are_what_the_weights_are_multiplied_with():
    names = math.log(1 + 10 * 0.3)
    assert WITH_VECTORS.features(GIVEN) == pytest.approx(np.array([[0.5, 0.125, names], [-0.25, 1, 0]]))
    assert WITHOUT_VECTORS.features(GIVEN) == pytest.approx(np.array([[0.25, 0.125, names], [0, 1, 0]]))


@pytest.mark.parametrize("form", [WITH_VECTORS, WITHOUT_VECTORS])
def test_a_formula_scores_as_its_features_and_rounded_coefficients_do(form):
    weights = np.array([1.23456, 2.0, -0.5])
    formula = form.formula("fake:1", -1.00004, weights)
    logits = form.features(GIVEN) @ weights.round(4) - 1.0
    assert formula.score(GIVEN) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)
    assert formula.intercept == -1.0
    assert formula.floors.among(20) == Floor(0, 0)


def test_only_a_formula_with_vectors_is_bound_to_an_encoder():
    ones = np.ones(3)
    bound, free = (form.formula("fake:1", 0.0, ones) for form in (WITH_VECTORS, WITHOUT_VECTORS))
    assert (bound.fingerprint, bound.lead, bound.lexical, bound.closeness.lexical) == ("fake:1", 1, 0, 2)
    assert (free.fingerprint, free.lead, free.lexical, free.closeness.lead) == ("", 0, 1, 0)
