from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from recommender.errors import InputError
from recommender.fitting import WITH_VECTORS, WITHOUT_VECTORS, fit_models
from recommender.fitting.logistic import fitted
from recommender.fitting.model import cross_fitted
from tests.fitting import toys

FORMS = [WITH_VECTORS, WITHOUT_VECTORS]


def fit(material, **options):
    return fit_models(material, FORMS, seed=0, sizes=toys.SIZES, **options)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return toys.material(toys.newsroom(tmp_path_factory.mktemp("model") / "news"))


@pytest.fixture(scope="module")
def models(material):
    return fit(material)


def relabelled(records):
    """The same articles, each in the event of the one before it."""
    return [{**one, "event": f"other {place // 3}"} for place, one in enumerate(records)]


def test_a_model_of_each_form(models):
    assert [one.form for one in models] == FORMS
    assert [one.formula.fingerprint for one in models] == ["fake:1", ""]
    for model in models:
        assert list(model.without) == list(model.whole) == list(model.held_out) == ["alpha", "beta"]
        assert all(0 < least < 1 for _, least in model.formula.floors.min_scores)
        assert model.formula.neighbours > 0 or model.formula.names > 0
        assert len(model.lists) == 2 * sum(toys.SIZES.values())


def test_the_same_material_and_seed_give_the_same_models(material, models):
    done = []
    again = fit(material, advance=done.append)
    assert sum(done) == 2 * sum(toys.SIZES.values())
    assert [one.formula for one in again] == [one.formula for one in models]
    assert [one.without for one in again] == [one.without for one in models]


@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_a_held_out_sets_labels_have_no_say_in_its_formula(tmp_path, models, name):
    own = {"alpha": toys.records("ab", 24), "beta": toys.records("cd", 24, topics=8, seed=3)}[name]
    plain = [{key: value for key, value in one.items() if key != "topic"} for one in own]
    other = fit(toys.material(toys.newsroom(tmp_path / "news", **{name: relabelled(plain)})))
    for one, before in zip(other, models, strict=True):
        assert one.without[name] == before.without[name]
        assert one.formula != before.formula


def test_folds_share_no_group(material):
    kept = material.fold >= 0
    groups = {
        (int(group), int(fold)) for group, fold in zip(material.group[kept], material.fold[kept], strict=True)
    }
    assert set(Counter(group for group, _ in groups).values()) == {1}
    assert len({fold for _, fold in groups}) > 2


def test_every_pair_is_scored_without_its_own_fold():
    def formula(lead: float):
        return WITH_VECTORS.formula("fake:1", 0.0, np.array([lead, 0.0, 0.0]))

    pairs = toys.judged(
        [0, 1, 1], [0, 0, 0], query_folds=[3, 1, 1], given=toys.evidence(3, lead_cosine=[1, 1, 0])
    )
    scores = cross_fitted({1: formula(2), 3: formula(-2)}, pairs)
    assert scores.tolist() == [0.119203, 0.880797, 0.5]


def test_cross_fitted_scores_know_nothing_of_their_own_labels(models):
    whole = list(models[0].whole.values())
    pairs = [one.pairs for one in whole]
    fold = int(np.unique(pairs[0].query_folds)[0])
    drawn = [one.pairs for one in models[0].lists]
    formula = fitted(WITH_VECTORS, "fake:1", drawn, pairs, without_fold=fold)
    for one in whole:
        inside = one.pairs.query_folds == fold
        assert one.scores[inside] == pytest.approx(formula.score(one.pairs.evidence)[inside], abs=1e-6)
        assert not np.isnan(one.scores).any()


def test_each_set_is_held_out_with_its_formula(models):
    for name, one in models[0].held_out.items():
        assert one.pairs is models[0].whole[name].pairs
        expected = models[0].without[name].score(one.pairs.evidence)
        assert one.scores == pytest.approx(expected, abs=1e-6)


def test_one_set_alone_is_held_out_from_nothing(tmp_path):
    found = toys.collection(tmp_path / "one", {"alpha": toys.records("ab", 24), "others": toys.others(80)})
    (model,) = fit_models(toys.material(found), [WITH_VECTORS], seed=0, sizes=toys.SIZES)
    assert model.without == {} == model.held_out


def test_one_group_is_too_few(tmp_path):
    one = [{**record, "topic": "one"} for record in toys.records("ab", 6)]
    found = toys.collection(tmp_path / "few", {"alpha": one, "others": toys.others(80)})
    with pytest.raises(InputError, match="fall into 1 of 5 folds"):
        fit(toys.material(found))
