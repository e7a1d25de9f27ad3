from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.fitting.form import WITH_VECTORS, WITHOUT_VECTORS
from recommender.fitting.pairs import judged_pairs
from recommender.lexical import bags_of
from tests.fakes import make_article
from tests.fitting import toys

FORMS = [WITH_VECTORS, WITHOUT_VECTORS]


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return toys.material(toys.newsroom(tmp_path_factory.mktemp("pairs") / "news"))


@given(st.lists(st.integers(0, 4), max_size=8))
def test_taken_words_are_those_of_the_articles(rows):
    texts = ("storm near Paris", "", "court court in Oslo", "a", "It rains in Paris")
    articles = [make_article(str(one), text) for one, text in enumerate(texts)]
    found = bags_of(articles).at(np.array(rows, dtype=np.int64))
    expected = bags_of([articles[row] for row in rows])
    for name in ("term_offsets", "terms", "counts", "name_offsets", "names", "how"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()


def test_every_labelled_article_asks_and_each_pair_has_its_judgement(material):
    rows = np.arange(len(material.corpus))
    made = judged_pairs(material, rows, material.names, FORMS)
    assert list(made) == FORMS
    for name in material.names:
        pairs = made[WITH_VECTORS][name]
        place = material.names.index(name)
        assert pairs.rows.tolist() == np.flatnonzero(material.labelled[rows] == place).tolist()
        asking = pairs.rows[pairs.queries]
        assert pairs.grades.tolist() == material.grades(asking, pairs.others).tolist()
        assert pairs.query_folds.tolist() == material.fold[asking].tolist()
        assert pairs.other_folds.tolist() == material.fold[pairs.others].tolist()
        assert -1 in pairs.other_folds.tolist()
        assert (asking != pairs.others).all()
        assert np.bincount(pairs.queries).min() > 0
        group = material.group[pairs.rows].tolist()
        assert pairs.answerable.tolist() == [group.count(one) > 1 for one in group]
        assert len(pairs.evidence) == len(pairs.queries) == len(pairs.others)


def test_the_forms_differ_in_their_neighbours_alone(material):
    made = judged_pairs(material, np.arange(len(material.corpus)), ["alpha"], FORMS)
    one, other = (made[form]["alpha"] for form in FORMS)
    assert one.others.tolist() == other.others.tolist()
    assert one.evidence.lexical_cosine.tolist() == other.evidence.lexical_cosine.tolist()
    assert one.evidence.neighbour_cosine.tolist() != other.evidence.neighbour_cosine.tolist()


def test_rows_in_another_order_give_the_same_pairs(material):
    rows = np.concatenate([material.events_of("beta")[4], material.distractors[:15]])
    mixed = rows[::-1].copy()
    found = []
    for some in (rows, mixed):
        pairs = judged_pairs(material, some, ["beta"], [WITH_VECTORS])[WITH_VECTORS]["beta"]
        keys = zip(
            pairs.rows[pairs.queries].tolist(), pairs.others.tolist(), pairs.grades.tolist(), strict=True
        )
        found.append(dict(zip(keys, pairs.evidence.lead_cosine.tolist(), strict=True)))
    assert found[0].keys() == found[1].keys()
    assert list(found[0].values()) == pytest.approx([found[1][key] for key in found[0]], abs=1e-5)
