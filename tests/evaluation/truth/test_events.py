"""Event-labelled articles: grades worked by hand, against brute force, and labels that are refused."""

from __future__ import annotations

import re
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.evaluation.truth import events
from recommender.evaluation.truth.events import Labels, judge_events, read_labels
from tests.evaluation.truth.conftest import Write

RECORDS: list[dict[str, Any]] = [
    {"id": "a", "text": "x", "event": "storm", "topic": "weather"},
    {"id": "b", "text": "x", "event": " storm\n", "topic": "weather"},
    {"id": "c", "text": "x", "event": "flood", "topic": "weather"},
    {"id": 4, "text": "x", "event": 17},
    {"id": "e", "text": "x", "event": "17"},
    {"id": "alone", "text": "x", "event": "court", "topic": ""},
    {"id": "plain", "text": "x", "topic": "weather"},
    {"id": "blank", "text": "x", "event": " ", "topic": None},
]
EVERYBODY = {"a", "b", "c", "4", "e", "alone", "plain", "blank"}


def test_eight_records_worked_by_hand(write: Write) -> None:
    path = write("news.jsonl", RECORDS)
    qrels = judge_events(path, read_labels(path), EVERYBODY, name="news")
    assert qrels.relevance == {
        "a": {"b": 2, "c": 1},
        "b": {"a": 2, "c": 1},
        "c": {"a": 1, "b": 1},
        "4": {"e": 2},
        "e": {"4": 2},
        "alone": {},
    }
    assert (qrels.name, qrels.kind) == ("news", "events")
    assert qrels.origin == "articles labelled with their event (news.jsonl)"
    assert qrels.unanswerable == ("alone",)
    assert qrels.judged == {"a", "b", "c", "4", "e", "alone"}
    assert (qrels.grade("a", "e"), qrels.grade("a", "plain")) == (0, None)
    assert qrels.groups == {
        "a": "topic weather",
        "b": "topic weather",
        "c": "topic weather",
        "4": "event 17",
        "e": "event 17",
        "alone": "event court",
    }
    assert qrels.notes == ()


def test_a_topic_belongs_to_the_event(write: Write) -> None:
    path = write(
        "x.jsonl",
        [
            {"id": "a", "event": "one"},
            {"id": "b", "event": "one", "topic": "t"},
            {"id": "c", "event": "two", "topic": "t"},
        ],
    )
    qrels = judge_events(path, read_labels(path), {"a", "b", "c"}, name="x")
    assert qrels.relevance["a"] == {"b": 2, "c": 1}


def test_labels_are_compared_in_nfc(write: Write) -> None:
    path = write("x.jsonl", [{"id": "a", "event": "caf\u00e9"}, {"id": "b", "event": "cafe\u0301"}])
    assert read_labels(path).events == {"a": "caf\u00e9", "b": "caf\u00e9"}


def test_a_topic_and_an_event_of_one_name_are_not_one_group(write: Write) -> None:
    path = write("x.jsonl", [{"id": "a", "event": "x"}, {"id": "b", "event": "y", "topic": "x"}])
    qrels = judge_events(path, read_labels(path), {"a", "b"}, name="x")
    assert qrels.relevance == {"a": {}, "b": {}}
    assert qrels.groups == {"a": "event x", "b": "topic x"}


def test_one_labelled_article_is_a_dataset_of_one_query(write: Write) -> None:
    path = write("x.jsonl", [{"id": "a", "event": "x"}, {"id": "b"}])
    qrels = judge_events(path, read_labels(path), {"a", "b"}, name="x")
    assert (qrels.queries, qrels.answerable) == (("a",), ())


def test_labels_of_rejected_records_are_dropped_and_counted(write: Write) -> None:
    path = write("x.jsonl", [*RECORDS[:3], {"event": "storm"}, {"id": " ", "event": "storm"}])
    qrels = judge_events(path, read_labels(path), {"a", "b"}, name="x")
    assert qrels.relevance == {"a": {"b": 2}, "b": {"a": 2}}
    assert qrels.notes == ("3 labels belong to records that ingestion rejected, and were dropped",)


def test_no_label_left_is_an_error(write: Write) -> None:
    for records in ([RECORDS[0]], [{"event": "storm"}]):
        path = write("x.jsonl", records)
        labels = read_labels(path)
        assert labels
        with pytest.raises(InputError, match=r"x\.jsonl: no labelled article is left"):
            judge_events(path, labels, set(), name="x")


def test_a_file_without_events_has_no_labels(write: Write) -> None:
    assert not read_labels(write("x.jsonl", "not JSON\n[1]\n" + '{"id": "a", "topic": "t"}\n'))
    assert not read_labels(write("empty.jsonl", ""))


def test_the_same_record_twice_is_one_label(write: Write) -> None:
    path = write("x.jsonl.gz", [RECORDS[0], RECORDS[0], RECORDS[1], {"id": "a", "text": "newer"}])
    assert read_labels(path).events == {"a": "storm", "b": "storm"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            '{"id": "a", "event": 1.5}',
            "x.jsonl:1: event is a number with a fraction, expected text or an integer",
        ),
        ('\n{"id": "a", "event": true}', "x.jsonl:2: event is a boolean, expected text or an integer"),
        ('{"id": "a", "event": ["x"]}', "x.jsonl:1: event is a list, expected text or an integer"),
        (
            '{"id": "a", "event": "x", "topic": {}}',
            "x.jsonl:1: topic is an object, expected text or an integer",
        ),
        (
            '{"id": "a", "event": "x", "topic": 1}\n{"id": "b", "event": "x"}\n'
            '{"id": "c", "event": "x", "topic": 2}',
            "x.jsonl:3: event 'x': found topic '2' here and topic '1' on line 1, expected one",
        ),
        (
            '{"id": "cafe\u0301", "event": "x"}\n{"id": "caf\u00e9", "event": "y"}',
            "x.jsonl:2: id 'caf\u00e9': found event 'y' here and event 'x' on line 1, expected one",
        ),
    ],
)
def test_odd_labels_are_refused_with_their_place(write: Write, lines: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_labels(write("x.jsonl", lines))


def test_topics_too_large_to_write_out_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("x.jsonl", "")
    labels = Labels({"a": "x", "b": "x", "c": "y"}, {"x": "news", "y": "news"})
    monkeypatch.setattr(events, "MOST_PAIRS", 6)
    assert len(judge_events(path, labels, {"a", "b", "c"}, name="x").relevance) == 3
    monkeypatch.setattr(events, "MOST_PAIRS", 5)
    with pytest.raises(InputError, match=r"6 related pairs, at most 5 .* 'topic news' alone has 3 articles"):
        judge_events(path, labels, {"a", "b", "c"}, name="x")


@given(
    st.dictionaries(st.integers(0, 40).map(str), st.integers(0, 6).map(str), min_size=1),
    st.dictionaries(st.integers(0, 6).map(str), st.integers(0, 2).map(str)),
)
def test_grades_are_those_of_the_definition(tmp_path_factory, chosen, topics):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    qrels = judge_events(path, Labels(chosen, topics), set(chosen), name="any")
    assert set(qrels.queries) == set(chosen)
    for one, other in permutations(chosen, 2):
        same_topic = topics.get(chosen[one], "-") == topics.get(chosen[other], "+")
        expected = 2 if chosen[one] == chosen[other] else 1 if same_topic else 0
        assert qrels.grade(one, other) == qrels.grade(other, one) == expected
        assert (qrels.groups[one] == qrels.groups[other]) == (expected > 0)
