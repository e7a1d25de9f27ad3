"""Ids on disk do what ids in memory do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.article import id_problem, normalise_id
from recommender.corpus import Ids
from recommender.errors import ArticleNotFound
from recommender.snapshot import ids as stored_ids
from recommender.snapshot.format import ID_HASHES, ID_OFFSETS, ID_ROWS, IDS
from recommender.snapshot.ids import StoredIds, files_of_ids, hash_of

TEXT = st.text(max_size=12).map(normalise_id).filter(lambda one: id_problem(one) is None)
SOME = ["storm-2022-01-07", "storm-2022-01-08", "caf\u00e9/\u4e2d", "a", "https://x.example/a//b?c=d"]


class InMemory:
    """Stands in for the files of a snapshot."""

    def __init__(self, ids: list[str]) -> None:
        content, self._arrays = files_of_ids(ids)
        self._content = b"".join(content)

    def offsets(self, name, n):
        assert name == ID_OFFSETS
        return self._arrays[name]

    def array(self, name, dtype, n):
        assert name == ID_HASHES
        assert self._arrays[name].dtype == dtype
        return self._arrays[name]

    def rows(self, name, length, n):
        assert name == ID_ROWS
        return self._arrays[name]

    def mapped(self, name, size):
        assert name == IDS
        assert len(self._content) == size
        return memoryview(self._content)

    def corrupt(self, name, what):
        return ValueError(f"{name} {what}")


def stored(ids: list[str]) -> StoredIds:
    return StoredIds(InMemory(ids), len(ids))


def said(ids: Ids, what: str, given: object) -> object:
    """What an `Ids` answers, or how it refuses."""
    try:
        return getattr(ids, what)(given)
    except (ArticleNotFound, IndexError) as error:
        return type(error), str(error)


@given(ids=st.lists(TEXT, unique=True, max_size=20), asked=st.lists(st.text(max_size=12), max_size=10))
def test_they_answer_alike(ids, asked):
    one, other = Ids(ids), stored(ids)
    assert list(one) == list(other) == ids
    assert len(one) == len(other)
    assert other.misplaced() is None
    for text in [*ids, *asked, *(f"{name}x" for name in ids)]:
        assert (text in one) == (text in other)
        for what in ("find", "row", "resolve"):
            assert said(one, what, text) == said(other, what, text)
    for row in range(-2, len(ids) + 2):
        assert said(one, "id", row) == said(other, "id", row)


@pytest.mark.parametrize(
    "text",
    ["cafe\u0301/\u4e2d", "storm-2022-01-07", "storm-2022-01-0", "storm-20", "storm", "\ud800", ""],
)
def test_prefixes_and_other_forms(text):
    assert said(Ids(SOME), "resolve", text) == said(stored(SOME), "resolve", text)
    assert said(Ids(SOME), "row", text) == said(stored(SOME), "row", text)


def test_ids_with_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(stored_ids, "hash_of", lambda content: len(content) % 2)
    ids = stored(SOME)
    assert [ids.row(one) for one in SOME] == list(range(len(SOME)))
    assert ids.find("b") is None
    assert ids.find("bb") is None
    assert ids.misplaced() is None


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="holds an id twice"):
        stored(["a", "b", "a"])


def test_the_hash_is_the_one_of_the_specification():
    assert hash_of(b"storm-1") == int.from_bytes(bytes.fromhex("80706cefd0995693"), "little")
