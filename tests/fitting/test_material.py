from __future__ import annotations

import zlib

import numpy as np
import pytest

from recommender.errors import InputError
from recommender.evaluation.judgements import Collection
from recommender.fitting import gather_material
from recommender.lexical import bags_of
from tests.fitting import toys

FILES = {
    "flood": [
        {"id": "a1", "title": "A", "text": "storm one", "event": "a", "topic": "t"},
        {"id": "a2", "title": "A", "text": "storm two", "event": "a", "topic": "t"},
        {"id": "b1", "title": "B", "text": "storm three", "event": "b", "topic": "t"},
        {"id": "c1", "title": "C", "text": "court one", "event": "c"},
    ],
    "trial": [{"id": "d1", "title": "D", "text": "vote", "event": "a"}],
    "more": [{"id": "e1", "title": "E", "text": "goal"}, {"id": "f1", "title": "F", "text": "goal"}],
    "pairs": [{"id_a": "f1", "id_b": "g1", "text_b": "goal x", "grade": 1},
              {"id_a": "f1", "id_b": "h1", "text_b": "goal y", "grade": 2},
              {"id_a": "g1", "id_b": "h1", "grade": 3}],
}  # fmt: skip


@pytest.fixture
def small(tmp_path) -> Collection:
    found = toys.collection(tmp_path / "small", FILES)
    assert [one.name for one in found.qrels] == ["flood", "trial"]
    assert len(found.pairs) == 1
    return found


def rows_of(some, *ids):
    return np.array([some.corpus.ids.row(one) for one in ids])


def test_grades_are_those_of_the_labels(small):
    material = toys.material(small)
    left = rows_of(small, "a1", "a1", "a1", "a1", "a1", "e1")
    right = rows_of(small, "a2", "b1", "c1", "d1", "e1", "f1")
    assert material.grades(left, right).tolist() == [2, 1, 0, 0, 0, 0]
    assert material.grades(right, left).tolist() == [2, 1, 0, 0, 0, 0]


def test_grades_are_those_of_the_qrels_for_every_pair(tmp_path):
    found = toys.newsroom(tmp_path / "news")
    material = toys.material(found)
    for place, qrels in enumerate(found.qrels):
        rows = np.flatnonzero(material.labelled[: len(found.corpus)] == place)
        for row in rows.tolist():
            listed = qrels.relevance[found.corpus.ids.id(row)]
            got = material.grades(np.full(len(rows), row), rows).tolist()
            expected = [listed.get(found.corpus.ids.id(one), 0) if one != row else 2 for one in rows.tolist()]
            assert got == expected


def test_distractors_are_what_no_judgement_names(small):
    material = toys.material(small)
    # f1, g1 and h1 stand in graded pairs.
    assert [small.corpus.ids.id(row) for row in material.distractors.tolist()] == ["e1"]


def test_folds_follow_from_the_name_of_the_group(small):
    material = toys.material(small)
    row = rows_of(small, "a1", "a2", "b1", "c1", "d1")
    topic, c, a = (zlib.crc32(name.encode()) % 5 for name in ("topic t", "event c", "event a"))
    assert material.fold[row].tolist() == [topic, topic, topic, c, a]
    assert material.fold[rows_of(small, "e1", "f1")].tolist() == [-1, -1]


def test_events_are_lists_of_rows(small):
    material = toys.material(small)
    assert [one.tolist() for one in material.events_of("flood")] == [
        rows_of(small, "a1", "a2").tolist(), rows_of(small, "b1").tolist(), rows_of(small, "c1").tolist()
    ]  # fmt: skip


def test_shortened_copies_have_words_vectors_and_labels_of_their_own_row(tmp_path):
    long = "storm storm storm and so much else has happened on this one day. Then court court."
    files = {**FILES, "flood": [{**FILES["flood"][0], "text": long}, *FILES["flood"][1:]]}
    found = toys.collection(tmp_path / "long", files)
    material = toys.material(found)
    row = int(rows_of(found, "a1")[0])
    copy = int(material.short[row])
    assert copy >= len(found.corpus)
    assert len(material.vectors) == len(material.bags) == len(material.event)
    for column in (material.event, material.group, material.fold, material.labelled):
        assert column[copy] == column[row]
    assert material.vectors[copy].tolist() == [1, 0, 0, 0, 0, 0, 0]  # only storms are left
    assert material.vectors[row][1] > 0
    whole = bags_of([found.corpus.articles[row]])
    ends = material.bags.term_offsets
    assert ends[copy + 1] - ends[copy] < len(whole.terms)


def test_a_collection_without_events_is_refused(tmp_path):
    found = toys.collection(tmp_path / "none", {"more": FILES["more"], "pairs": FILES["pairs"]})
    with pytest.raises(InputError, match="no labelled events"):
        gather_material(found, toys.vectors, seed=0)
