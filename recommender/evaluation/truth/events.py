"""Articles that name the event they report, and the topic that it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from recommender.evaluation.judgements import Qrels
from recommender.ingest.labels import bad, file_name, read_id, read_label, read_records

SAME_EVENT = 2
SAME_TOPIC = 1
# Every pair of a topic is written out: a thousand articles of one topic are a million.
MOST_PAIRS = 2_000_000


@dataclass(frozen=True, slots=True)
class Labels:
    """What the records of one file say: ``events`` id -> event, in file order, ``topics`` event -> topic
    where it has one. ``without_id`` counts labelled records whose id cannot be used."""

    events: Mapping[str, str]
    topics: Mapping[str, str]
    without_id: int = 0

    def __bool__(self) -> bool:
        return bool(self.events or self.without_id)


def read_labels(path: Path) -> Labels:
    """The fields ``event`` and ``topic`` of JSONL records; nothing where no record has an ``event``.

    Labels are text or integers; white space around them does not count, and a blank one is absent. A
    topic belongs to the event: it counts for all articles of that event, and alone it says nothing.
    Lines that are no records are left to ingestion, which counts them.

    Raises InputError, with file and line, for a label of another kind, an event in two topics, and an
    article with two events.
    """
    events: dict[str, str] = {}
    topics: dict[str, str] = {}
    places: dict[tuple[str, str], int] = {}
    without_id = 0
    for line, record in read_records(path):
        if isinstance(record, ValueError):
            continue
        event = _label(path, line, record, "event")
        if event is None:
            continue
        topic = _label(path, line, record, "topic")
        if topic is not None and topics.setdefault(event, topic) != topic:
            before = f"topic {topics[event]!r} on line {places['topic', event]}"
            raise bad(path, line, f"event {event!r}: found topic {topic!r} here and {before}, expected one")
        if topic is not None:
            places.setdefault(("topic", event), line)
        try:
            article_id = read_id(record.get("id"))
        except ValueError:
            without_id += 1
            continue
        if events.setdefault(article_id, event) != event:
            before = f"event {events[article_id]!r} on line {places['id', article_id]}"
            raise bad(path, line, f"id {article_id!r}: found event {event!r} here and {before}, expected one")
        places.setdefault(("id", article_id), line)
    return Labels(events, topics, without_id)


def judge_events(path: Path, labels: Labels, known: Container[str], *, name: str) -> Qrels:
    """Relevance from labels: 2 for the same event, 1 for another event of the same topic, else 0.

    ``known`` holds the ids that ingestion accepted from the file; labels of others are dropped and
    counted. Every labelled article is a query, also one alone with its event. Groups are topics, where
    an event has none the event itself.

    Raises InputError where no label is left, or where so many articles share a topic that their pairs
    cannot be written out.
    """
    events = {article_id: event for article_id, event in labels.events.items() if article_id in known}
    if not events:
        raise bad(path, None, "no labelled article is left: ingestion rejected every record with an event")
    groups = {
        article_id: f"topic {labels.topics[event]}" if event in labels.topics else f"event {event}"
        for article_id, event in events.items()
    }
    together: dict[str, list[str]] = defaultdict(list)
    for article_id, group in groups.items():
        together[group].append(article_id)
    _refuse_too_many(path, together)
    relevance = {
        query: {
            doc: SAME_EVENT if events[doc] == event else SAME_TOPIC
            for doc in together[groups[query]]
            if doc != query
        }
        for query, event in events.items()
    }
    dropped = len(labels.events) - len(events) + labels.without_id
    note = f"{dropped:,} labels belong to records that ingestion rejected, and were dropped"
    return Qrels(
        name=name,
        kind="events",
        origin=f"articles labelled with their event ({file_name(path)})",
        relevance=relevance,
        judged=frozenset(events),
        groups=groups,
        notes=(note,) if dropped else (),
    )


def _label(path: Path, line: int, record: Mapping[str, object], name: str) -> str | None:
    try:
        return read_label(record.get(name))
    except ValueError as error:
        raise bad(path, line, f"{name} {error}") from None


def _refuse_too_many(path: Path, together: Mapping[str, list[str]]) -> None:
    pairs = sum(len(members) * (len(members) - 1) for members in together.values())
    if pairs > MOST_PAIRS:
        largest = max(together, key=lambda group: len(together[group]))
        raise bad(
            path,
            None,
            f"the labels make {pairs:,} related pairs, at most {MOST_PAIRS:,} can be held; "
            f"{largest!r} alone has {len(together[largest]):,} articles, expected events and topics that a "
            "reader would call one story",
        )
