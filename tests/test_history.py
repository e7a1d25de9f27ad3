"""Who published what the gate refused, as it is written down."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from recommender import history
from recommender.errors import CorruptSnapshot, StorageError

NOW = datetime(2022, 1, 17, 4, 0, tzinfo=UTC)


def test_nothing_was_overridden_before_there_is_a_file(tmp_path):
    assert history.read_history(tmp_path) == ()
    assert history.overridden(tmp_path / "gone") == frozenset()


def test_entries_are_added_and_stay(tmp_path):
    history.note(tmp_path, history.NO_GATE, "000002-aaaaaa", when=NOW, failed=["articles: …"])
    history.note(
        tmp_path, history.PUBLISHED, "000003-bbbbbb", when=NOW, failed=[], by="Žofie", reason="on purpose"
    )
    assert history.read_history(tmp_path) == (
        {
            "change": "no_gate",
            "snapshot": "000002-aaaaaa",
            "by": None,
            "when": "2022-01-17T04:00:00Z",
            "reason": None,
            "failed": ["articles: …"],
        },
        {
            "change": "published",
            "snapshot": "000003-bbbbbb",
            "by": "Žofie",
            "when": "2022-01-17T04:00:00Z",
            "reason": "on purpose",
            "failed": [],
        },
    )
    assert history.overridden(tmp_path) == {"000002-aaaaaa", "000003-bbbbbb"}


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{}", b'{"version": 1}', b'{"version": 2, "entries": []}', b"\xff"),
        *(b'{"version": 1, "entries": [1]}', b'{"version": 1, "entries": [{"snapshot": 1}]}'),
        b'{"version": 1, "entries": 1}',
    ],
)
def test_what_is_not_understood_never_counts_as_empty_and_is_left_alone(tmp_path, content):
    path = tmp_path / history.HISTORY_FILE
    path.write_bytes(content)
    with pytest.raises(CorruptSnapshot, match=r"history\.json"):
        history.overridden(tmp_path)
    with pytest.raises(CorruptSnapshot, match=r"history\.json"):
        history.note(tmp_path, history.NO_GATE, "000002-aaaaaa", when=NOW, failed=[])
    assert path.read_bytes() == content


def test_what_cannot_be_read(tmp_path):
    (tmp_path / history.HISTORY_FILE).mkdir()
    with pytest.raises(StorageError, match=r"history\.json"):
        history.read_history(tmp_path)


def test_the_file_is_for_people_too(tmp_path):
    history.note(tmp_path, history.PUBLISHED, "000003-bbbbbb", when=NOW, failed=[], by="ana")
    content = (tmp_path / history.HISTORY_FILE).read_text(encoding="utf-8")
    assert json.loads(content)["version"] == 1
    assert len(content.splitlines()) > 5
