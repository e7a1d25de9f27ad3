"""Four cosines a pair: by hand, and the same by whichever way they are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import candidates
from recommender.candidates import Candidates
from recommender.evidence import Evidence, evidence_of_pairs, evidence_of_point, evidence_with_all, gather
from recommender.lexical import words_of
from recommender.neighbourhood import Closeness
from recommender.space import Space, point_of
from tests.lexical.test_table import table_of
from tests.test_space import TEXTS, fitted_space, vectors_of
from tests.test_statistics import rows_of

F = np.float32
NAMES = ("lead_cosine", "lexical_cosine", "name_cosine", "neighbour_cosine")


def every_pair(n):
    """Each article's candidates are all the others."""
    rows = [other for row in range(n) for other in range(n) if other != row]
    return Candidates(np.arange(n + 1, dtype=np.int64) * max(0, n - 1), np.array(rows, dtype=np.int32))


def bytes_of(evidence):
    return [getattr(evidence, name).tobytes() for name in NAMES]


def test_four_pieces_by_hand():
    # Leads at 0.8 and opposite, a third of the terms' square in common, the same name, and no neighbours
    # but each other: 0 and 1 are 0.8 + 0.6 close.
    space = Space(
        rows_of([1, 0], [0.8, 0.6], [-1, 0]),
        table_of({0: 3, 1: 4}, {0: 1}, {}),
        table_of({2: 1}, {2: 1}, {3: 1}),
    )
    near, found = gather(space, every_pair(3), Closeness(1, 1))
    assert found.lead_cosine.tolist() == [F(one) for one in (0.8, -1, 0.8, -0.8, -1, -0.8)]
    assert found.lexical_cosine.tolist() == [F(one) for one in (0.6, 0, 0.6, 0, 0, 0)]
    assert found.name_cosine.tolist() == [1, 0, 1, 0, 0, 0]
    # 0 and 1 have each other and themselves, all the same above the crowd; 2 is alone.
    assert found.neighbour_cosine.tolist() == [1, 0, 1, 0, 0, 0]
    # Crowding: 1.4 - 1 + 1 over 7 and 1.4 - 0.8 + 1 over 7, and -1.8 + 1 over 7.
    np.testing.assert_allclose(near.crowding, [1.4 / 7, 1.6 / 7, -0.8 / 7], atol=1e-6)
    assert [getattr(found, name).dtype for name in NAMES] == [np.float32] * 4


def test_what_closeness_is_decides_who_neighbours_are():
    space = Space(
        rows_of([1, 0], [0.8, 0.6], [0, 1]),
        table_of({0: 1}, {1: 1}, {0: 1}),
        table_of({}, {}, {}),
    )
    pairs = every_pair(3)
    by_lead, by_terms = (
        gather(space, pairs, closeness)[1] for closeness in (Closeness(1, 0), Closeness(0, 1))
    )
    # By vectors 0 is nearest to 1, by terms to 2.
    assert by_lead.neighbour_cosine[0] > by_lead.neighbour_cosine[1]
    assert by_terms.neighbour_cosine.tolist()[:2] == [0, 1]


def test_one_pair_by_name_and_some_by_place():
    found = Evidence(*(np.array([0.25, 0.5, 1], np.float32) / (place + 1) for place in range(4)))
    assert len(found) == 3
    assert found.values(1) == {
        "lead_cosine": 0.5,
        "lexical_cosine": 0.25,
        "name_cosine": pytest.approx(1 / 6),
        "neighbour_cosine": 0.125,
    }
    some = found.at(np.array([2, 0, 2]))
    assert some.lead_cosine.tolist() == [1, 0.25, 1]
    assert some.neighbour_cosine.tolist() == [0.25, 0.0625, 0.25]
    assert not some.lead_cosine.flags.writeable


@given(TEXTS, st.sampled_from([Closeness(1, 2), Closeness(0, 1), Closeness(1, 0)]), st.randoms())
def test_every_way_to_ask_gives_the_same(texts, closeness, random):
    n = len(texts)
    space, _ = fitted_space(texts, vectors_of(n))
    pairs = candidates.find(space)
    near, found = gather(space, pairs, closeness)
    _, afresh = gather(space, Candidates(pairs.offsets, pairs.rows), closeness)
    assert bytes_of(afresh) == bytes_of(found)  # with the cosines that the search came by, and without
    left, right = pairs.queries().astype(np.int64), pairs.rows.astype(np.int64)
    assert bytes_of(evidence_of_pairs(space, near, left, right)) == bytes_of(found)
    assert bytes_of(evidence_of_pairs(space, near, right, left)) == bytes_of(found)
    order = list(range(len(left)))
    random.shuffle(order)
    assert bytes_of(evidence_of_pairs(space, near, left[order], right[order])) == bytes_of(found.at(order))
    for row in range(n):
        whole = evidence_with_all(space, near, row)
        assert len(whole) == n
        assert bytes_of(whole.at(right[left == row])) == bytes_of(found.at(np.flatnonzero(left == row)))


@given(TEXTS)
def test_evidence_is_within_its_range(texts):
    space, _ = fitted_space(texts, vectors_of(len(texts)))
    _, found = gather(space, every_pair(len(texts)), Closeness(1, 2))
    for name in NAMES:
        values = getattr(found, name)
        assert ((values >= (-1 if name == "lead_cosine" else 0)) & (values <= 1)).all()


@given(TEXTS)
def test_the_text_of_an_article_has_its_evidence_but_for_the_neighbours(texts):
    vectors = vectors_of(len(texts))
    space, statistics = fitted_space(texts, vectors)
    near, _ = gather(space, every_pair(len(texts)), Closeness(1, 2))
    for row, (title, text) in enumerate(texts):
        whole = evidence_with_all(space, near, row)
        point = point_of(vectors[row], words_of(title, text), statistics)
        found = evidence_of_point(space, near, point, Closeness(1, 2))
        np.testing.assert_allclose(found.lead_cosine, whole.lead_cosine, atol=1e-6)
        assert found.lexical_cosine.tolist() == whole.lexical_cosine.tolist()
        assert found.name_cosine.tolist() == whole.name_cosine.tolist()
        assert ((found.neighbour_cosine >= 0) & (found.neighbour_cosine <= 1)).all()


@given(TEXTS, st.randoms())
def test_evidence_does_not_depend_on_the_order_of_the_articles(texts, random):
    vectors, order = vectors_of(len(texts)), list(range(len(texts)))
    random.shuffle(order)
    n, place = len(texts), np.argsort(order)
    space, _ = fitted_space(texts, vectors)
    other, _ = fitted_space([texts[row] for row in order], vectors[order])
    left, right = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    near, _ = gather(space, every_pair(n), Closeness(1, 2))
    far, _ = gather(other, every_pair(n), Closeness(1, 2))
    np.testing.assert_allclose(far.crowding[place], near.crowding, atol=1e-5)
    one, two = (
        evidence_of_pairs(space, near, left, right),
        evidence_of_pairs(other, far, place[left], place[right]),
    )
    np.testing.assert_allclose(two.lead_cosine, one.lead_cosine, atol=1e-6)
    assert two.lexical_cosine.tolist() == one.lexical_cosine.tolist()
    assert two.name_cosine.tolist() == one.name_cosine.tolist()


@pytest.mark.parametrize("n", [0, 1])
def test_few_articles(n):
    space, _ = fitted_space([("storm", "the storm over Rome")] * n, vectors_of(n))
    near, found = gather(space, candidates.find(space), Closeness(1, 2))
    assert (len(found), len(near.crowding), len(near.table)) == (0, n, n)
    nothing = np.zeros(0, dtype=np.int64)
    assert len(evidence_of_pairs(space, near, nothing, nothing)) == 0
    for row in range(n):
        assert evidence_with_all(space, near, row).neighbour_cosine.tolist() == [1]


def test_articles_with_nothing_at_all():
    space = Space(rows_of([0, 0], [0, 0]), table_of({}, {}), table_of({}, {}))
    _, found = gather(space, every_pair(2), Closeness(1, 2))
    assert found.lead_cosine.tolist() == found.lexical_cosine.tolist() == found.name_cosine.tolist() == [0, 0]
    near, none = gather(space, candidates.find(space), Closeness(1, 2))
    assert len(none) == 0
    assert evidence_with_all(space, near, 0).neighbour_cosine.tolist() == [1, 0]
