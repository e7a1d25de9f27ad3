"""``rules.toml``: read without its comments, changed with them. Nothing is written here."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.errors import BadRules, RuleNotFound
from recommender.rules.rule import Rule, record_of, rule_of

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT, Table

RULES_FILE = "rules.toml"
_ARRAY = "rule"


@dataclass(frozen=True, slots=True)
class RulesFile:
    """The rules in file order and the hex ``sha256`` of the file, ``None`` where there is no file."""

    rules: tuple[Rule, ...] = ()
    sha256: str | None = None


NO_FILE = RulesFile()


def content_of(index_dir: Path) -> bytes | None:
    """The file as it is, ``None`` where there is none. Raises BadRules where it cannot be read."""
    path = index_dir / RULES_FILE
    try:
        return path.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not path.is_symlink():
            return None
        raise BadRules(f"{path} cannot be read: {error.strerror}") from error


def read(index_dir: Path, known: RulesFile = NO_FILE) -> RulesFile:
    """The rules beside the snapshots; ``known`` itself where the file is still the one that it was read
    from. Raises BadRules: rules that cannot be read must never count as none."""
    content = content_of(index_dir)
    if content is None:
        return NO_FILE
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 == known.sha256:
        return known
    return RulesFile(decode(content, index_dir / RULES_FILE), sha256)


def decode(content: bytes, path: Path) -> tuple[Rule, ...]:
    """The rules in a file's content, in its order. Raises BadRules, naming ``path``, the rule and the key,
    for what is not understood."""
    try:
        value = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadRules(f"{path} cannot be read: {error}") from None
    if odd := ", ".join(sorted(map(repr, value.keys() - {_ARRAY}))):
        raise BadRules(f"{path}: unknown key {odd}; every rule stands under [[{_ARRAY}]]")
    records = value.get(_ARRAY, [])
    if not isinstance(records, list) or not all(isinstance(one, Mapping) for one in records):
        raise BadRules(f"{path}: {_ARRAY} is no array of tables; every rule stands under [[{_ARRAY}]]")
    rules = tuple(rule_of(one, f"{path}: rule {place}") for place, one in enumerate(records, start=1))
    seen: set[str] = set()
    for place, rule in enumerate(rules, start=1):
        if rule.id in seen:
            raise BadRules(f"{path}: rule {place}: id: {rule.id!r} stands twice, expected each once")
        seen.add(rule.id)
    return rules


def added(content: bytes, rule: Rule, path: Path) -> bytes:
    """The file with one more rule at its end, everything else as it was. Raises BadRules."""
    import tomlkit

    before, document, array = _opened(content, path)
    table = tomlkit.table()
    for key, value in record_of(rule).items():
        table.add(key, _inline(value))
    if array is None:
        if content.strip():
            document.add(tomlkit.nl())
        array = tomlkit.aot()
        array.append(table)
        document.append(_ARRAY, array)
    else:
        if array and not _ends_in_a_blank_line(array[-1]):
            array[-1].add(tomlkit.nl())
        array.append(table)
    return _checked(document, (*before, rule), path)


def removed(content: bytes, rule_id: str, path: Path) -> bytes:
    """The file without one rule; all comments stay where they were. Raises RuleNotFound, BadRules."""
    before, document, array = _opened(content, path)
    place = next((place for place, rule in enumerate(before) if rule.id == rule_id), None)
    if place is None or array is None:
        known = ", ".join(rule.id for rule in before) or "none"
        raise RuleNotFound(f"{path} has no rule {rule_id!r}; there are: {known}")
    body = array[place].value.body
    # What follows a rule's last key (comments on the next one, most likely) counts as that rule's.
    last = max(number for number, (key, _) in enumerate(body) if key is not None)
    rest = body[last + 1 :]
    if place > 0:
        array[place - 1].value.body.extend(rest)
        del array[place]
    else:
        at = next(number for number, (key, _) in enumerate(document.body) if key is not None)
        del array[place]
        if not array:  # or an empty one would be left, of another kind
            document.remove(_ARRAY)
        document.body[at:at] = rest
    return _checked(document, before[:place] + before[place + 1 :], path)


def _opened(content: bytes, path: Path) -> tuple[tuple[Rule, ...], TOMLDocument, AoT | None]:
    import tomlkit
    from tomlkit.items import AoT

    before = decode(content, path)
    document = tomlkit.parse(content.decode("utf-8-sig"))
    array = document.get(_ARRAY)
    if array is not None and not before:
        document.remove(_ARRAY)
        array = None
    if array is not None and not isinstance(array, AoT):
        raise BadRules(
            f"{path}: rules in one array cannot be changed by a program: write [[{_ARRAY}]] tables"
        )
    return before, document, array


def _checked(document: TOMLDocument, expected: tuple[Rule, ...], path: Path) -> bytes:
    """The document as bytes, once it is sure to hold just these rules."""
    content = document.as_string().encode("utf-8")
    if decode(content, path) != expected:
        raise BadRules(f"{path} cannot be changed by a program as it is written: edit it by hand")
    return content


def _inline(value: Any) -> Any:
    """A matcher as an inline table, two in an array of them; anything else as it is."""
    import tomlkit

    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for one in value:
            array.append(_inline(one))
        return array
    return value


def _ends_in_a_blank_line(table: Table) -> bool:
    return table.as_string().endswith("\n\n")
