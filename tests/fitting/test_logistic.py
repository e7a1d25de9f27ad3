from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.errors import InputError
from recommender.fitting.form import WITH_VECTORS, WITHOUT_VECTORS
from recommender.fitting.logistic import fitted
from tests.fitting import toys

QUERIES, EACH = 60, 10


def planted(seed: int, *, lift: float = 0.0, topics: bool = False, name: str = "set"):
    """Pairs that are related by a known logistic function of their evidence."""
    rng = np.random.default_rng(seed)
    m = QUERIES * EACH
    lead, near, names, lexical = rng.uniform(-0.2, 1, m), *(rng.uniform(0, 1, m) for _ in range(3))
    logit = -4 + lift + 3 * lead + 4 * near + 1 * np.log1p(10 * names)
    grades = np.where(rng.random(m) < 1 / (1 + np.exp(-logit)), 2, 0)
    if topics:
        grades = np.where((grades == 0) & (rng.random(m) < 0.3), 1, grades)
    return toys.judged(
        np.repeat(np.arange(QUERIES), EACH).tolist(),
        grades.tolist(),
        name=name,
        query_folds=(np.repeat(np.arange(QUERIES), EACH) % 5).tolist(),
        other_folds=rng.integers(-1, 5, m).tolist(),
        given=toys.evidence(
            m, lead_cosine=lead, lexical_cosine=lexical, name_cosine=names, neighbour_cosine=near
        ),
    )


def test_planted_coefficients_are_found_again():
    many = [planted(seed) for seed in range(20)]
    formula = fitted(WITH_VECTORS, "fake:1", many, many)
    found = (formula.intercept, formula.lead, formula.neighbours, formula.names)
    assert found == pytest.approx((-4, 3, 4, 1), abs=0.4)
    assert formula.lexical == 0


def test_evidence_that_says_nothing_weighs_nothing():
    many = [planted(seed) for seed in range(20)]
    formula = fitted(WITHOUT_VECTORS, "fake:1", many, many)
    assert abs(formula.lexical) < 0.3  # related pairs are drawn without it
    assert formula.neighbours > 2
    assert formula.lead == 0


def test_calibration_moves_scores_to_the_share_of_the_whole_corpus_and_keeps_their_order():
    drawn = [planted(seed) for seed in range(8)]
    whole = [planted(50 + seed, lift=-2.5) for seed in range(8)]
    plain, moved = (fitted(WITH_VECTORS, "fake:1", drawn, one) for one in (drawn, whole))
    scores = np.concatenate([moved.score(one.evidence) for one in whole])
    related = np.concatenate([one.related for one in whole])
    assert scores.mean() == pytest.approx(related.mean(), abs=0.002)
    assert abs(np.concatenate([plain.score(one.evidence) for one in whole]).mean() - related.mean()) > 0.1
    assert moved.lead / moved.neighbours == pytest.approx(plain.lead / plain.neighbours, rel=1e-3)
    assert moved.names / moved.neighbours == pytest.approx(plain.names / plain.neighbours, rel=1e-3)


def test_a_pair_of_one_topic_counts_between_one_event_and_none():
    def slope(grade: int) -> float:
        """How much the lead weighs where the pairs of high cosine have this grade."""
        pairs = toys.judged(
            [0] * 8, [2, 2, 2, 0, 0, 0, grade, grade],
            given=toys.evidence(8, lead_cosine=[0.9, 0.5, 0.6, 0.4, 0.7, 0.2, 1, 1]),
        )  # fmt: skip
        # The same calibration for each, so that what is fitted on the drawn corpus alone is seen.
        formula = fitted(WITH_VECTORS, "fake:1", [pairs], [planted(0)])
        order = formula.score(toys.evidence(2, lead_cosine=[1, 0]))
        return float(order[0] - order[1])

    none, topic, event = slope(0), slope(1), slope(2)
    assert none < topic < event


@pytest.mark.parametrize("side", ["query_folds", "other_folds"])
def test_nothing_of_a_fold_that_is_left_out_counts(side):
    drawn, whole = [planted(seed, topics=True) for seed in (1, 2)], [planted(3)]

    def flipped(pairs):
        inside = getattr(pairs, side) == 2
        assert inside.any()
        return replace(pairs, grades=np.where(inside, 2 - pairs.grades, pairs.grades).astype(np.int8))

    changed = [[flipped(one) for one in some] for some in (drawn, whole)]
    without = fitted(WITH_VECTORS, "fake:1", drawn, whole, without_fold=2)
    assert fitted(WITH_VECTORS, "fake:1", *changed, without_fold=2) == without
    assert fitted(WITH_VECTORS, "fake:1", *changed) != fitted(WITH_VECTORS, "fake:1", drawn, whole)


def test_a_corpus_counts_as_often_as_it_stands_there_whatever_its_number_of_queries():
    few = toys.judged([0, 0, 0, 0], [2, 0, 2, 0], given=toys.evidence(4, lead_cosine=[0.9, 0.1, 0.3, 0.5]))
    twice = toys.judged(
        [0, 0, 0, 0, 1, 1, 1, 1], [2, 0, 2, 0] * 2,
        given=toys.evidence(8, lead_cosine=[0.9, 0.1, 0.3, 0.5] * 2),
    )  # fmt: skip
    other, whole = planted(4), [planted(5)]
    formula, same = (fitted(WITH_VECTORS, "fake:1", [one, other], whole) for one in (few, twice))
    assert [same.intercept, same.lead, same.neighbours, same.names] == pytest.approx(
        [formula.intercept, formula.lead, formula.neighbours, formula.names], abs=2e-3
    )


@pytest.mark.parametrize("grade", [0, 2])
def test_judgements_that_are_all_alike_are_refused(grade):
    pairs = toys.judged([0, 0], [grade, grade])
    with pytest.raises(InputError, match=r"of 2 judged pairs are related; expected some, and not all"):
        fitted(WITH_VECTORS, "fake:1", [pairs], [pairs])
