"""What one editors' rule says, and how it is read from a record, wherever that comes from.

A pin shows one article first on another. A block keeps articles from having a list (``article``), from
being in any (``target``), or two sides from being linked with each other (``pair``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from recommender.article import id_problem, normalise_id, rfc3339
from recommender.errors import BadRules

PIN, BLOCK = "pin", "block"
FIELDS = ("id", "section", "tag", "source")
_ALWAYS = ("id", "kind", "by", "when", "reason")
_OF_PIN = ("article", "target")
_OF_BLOCK = ("article", "target", "pair")
_RULE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which articles are meant: those whose ``field``, one of `FIELDS`, is or holds ``value`` (NFC)."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field} {self.value!r}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. A pin has ``article`` and ``target``, both by id; a block exactly one of ``article`` (those
    get no list), ``target`` (those are in no list) and ``pair`` (never the one in a list of the other).
    ``by``, ``when`` (UTC) and ``reason`` say who decided it, when and why."""

    id: str
    kind: str
    by: str
    when: datetime
    reason: str
    article: Matcher | None = None
    target: Matcher | None = None
    pair: tuple[Matcher, Matcher] | None = None

    def says_the_same(self, other: Rule) -> bool:
        """Whether both decide the same, whoever decided it."""
        return _decided(self) == _decided(other)


def rule_of(record: Mapping[str, Any], place: str) -> Rule:
    """The rule in a record with the keys that `record_of` writes. Raises BadRules, naming ``place`` and the
    key, for one that is unknown, missing or not understood."""
    rule_id = record.get("id")
    if isinstance(rule_id, str):
        place = f"{place} ({rule_id!r})"
    kind = record.get("kind")
    if kind not in (PIN, BLOCK):
        raise BadRules(f"{place}: kind: found {kind!r}, expected {PIN!r} or {BLOCK!r}")
    known = (*_ALWAYS, *(_OF_PIN if kind == PIN else _OF_BLOCK))
    for key in record:
        if key not in known:
            raise BadRules(f"{place}: unknown key {key!r}; a {kind} has {', '.join(known)}")
    for key in (*_ALWAYS, *(_OF_PIN if kind == PIN else ())):
        if key not in record:
            raise BadRules(f"{place}: {key} is missing")
    if not isinstance(rule_id, str) or not _RULE_ID.fullmatch(rule_id):
        raise BadRules(
            f"{place}: id: found {rule_id!r}, expected a short name of letters, digits, dots, dashes"
        )
    said: dict[str, Any] = {
        "id": rule_id,
        "kind": kind,
        "by": _text(record["by"], f"{place}: by"),
        "when": _moment(record["when"], f"{place}: when"),
        "reason": _text(record["reason"], f"{place}: reason"),
    }
    return Rule(**said, **(_of_pin(record, place) if kind == PIN else _of_block(record, place)))


def record_of(rule: Rule) -> dict[str, Any]:
    """The rule as plain values, in the order in which it is written; ``when`` stays a time."""
    record: dict[str, Any] = {"id": rule.id, "kind": rule.kind}
    if rule.kind == PIN and rule.article and rule.target:
        record |= {"article": rule.article.value, "target": rule.target.value}
    else:
        for key, side in (("article", rule.article), ("target", rule.target)):
            if side is not None:
                record[key] = {side.field: side.value}
        if rule.pair is not None:
            record["pair"] = [{side.field: side.value} for side in rule.pair]
    return record | {"by": rule.by, "when": rule.when, "reason": rule.reason}


def new_id(record: Mapping[str, Any], taken: Container[str]) -> str:
    """A short id for a record that has none yet: its kind and the first digits of a digest of it."""
    digest = hashlib.sha256(repr(sorted(record.items())).encode("utf-8", "replace")).hexdigest()
    names = (f"{record.get('kind')}-{digest[:digits]}" for digits in range(6, len(digest)))
    return next(name for name in names if name not in taken)


def json_of(rule: Rule) -> dict[str, Any]:
    """The same, ready for JSON."""
    return record_of(rule) | {"when": rfc3339(rule.when)}


def in_words(rule: Rule) -> str:
    """What the rule does, in a few words."""
    if rule.kind == PIN and rule.article and rule.target:
        return f"{rule.target.value!r} first on {rule.article.value!r}"
    if rule.pair is not None:
        return f"{rule.pair[0]} and {rule.pair[1]} never linked"
    return f"{rule.article} gets no list" if rule.article else f"{rule.target} is in no list"


def matcher_of(value: Any, place: str) -> Matcher:
    """The matcher in a table such as ``{section = "Sport"}``. Raises BadRules."""
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in FIELDS:
        raise BadRules(
            f'{place}: found {_shown(value)}, expected exactly one of {", ".join(FIELDS)}, as {{ id = "…" }}'
        )
    ((field, text),) = value.items()
    if field == "id":
        return Matcher(field, _article_id(text, f"{place}: id"))
    return Matcher(field, normalise_id(_text(text, f"{place}: {field}")))


def _of_pin(record: Mapping[str, Any], place: str) -> dict[str, Any]:
    article, target = (Matcher("id", _article_id(record[key], f"{place}: {key}")) for key in _OF_PIN)
    if article == target:
        raise BadRules(f"{place}: target: found the article itself, expected another one")
    return {"article": article, "target": target}


def _of_block(record: Mapping[str, Any], place: str) -> dict[str, Any]:
    given = [key for key in _OF_BLOCK if key in record]
    if len(given) != 1:
        raise BadRules(
            f"{place}: found {' and '.join(given) or 'nothing'} to block, expected exactly one of "
            f"{', '.join(_OF_BLOCK)}"
        )
    (key,) = given
    value = record[key]
    if key != "pair":
        return {key: matcher_of(value, f"{place}: {key}")}
    if not isinstance(value, list) or len(value) != 2:
        raise BadRules(f"{place}: pair: found {_shown(value)}, expected two sides in a list")
    return {key: tuple(matcher_of(side, f"{place}: pair") for side in value)}


def _article_id(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise BadRules(f"{place}: found {_shown(value)}, expected an article's id")
    article_id = normalise_id(value)
    if problem := id_problem(article_id):
        raise BadRules(f"{place}: the id {_shown(value)} {problem}")
    return article_id


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRules(f"{place}: found {_shown(value)}, expected a text that is not blank")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRules(f"{place}: {_shown(value)} holds a lone surrogate") from None
    return value


def _moment(value: Any, place: str) -> datetime:
    """A time in UTC, read as articles' times are: a date is its midnight, no zone is UTC."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(found, date) and not isinstance(found, datetime):
            found = datetime.combine(found, time())
        if isinstance(found, datetime):
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRules(f"{place}: found {_shown(value)}, expected a time (RFC 3339)")


def _decided(rule: Rule) -> tuple[Any, ...]:
    return rule.kind, rule.article, rule.target, None if rule.pair is None else frozenset(rule.pair)


def _shown(value: Any) -> str:
    return repr(value)[:80]
