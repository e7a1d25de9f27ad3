"""Changing the overlay: each function is one change, made under a lock of its own.

It is not the snapshots' lock, since a takedown must not wait for a rebuild to end. ``carried`` is the
overlay of the current snapshot: where that is in force (the snapshot came from another machine, or files
were lost), the change begins with what it says, so that nothing of it is undone by the way. ``rules.toml``
is written first: until ``overlay.json`` follows, it counts as edited by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from recommender import files, rules
from recommender.errors import ArticleNotFound, BadRules, OptionError
from recommender.overlay import ledger as changes
from recommender.overlay.beside import Beside, look, read_ledger
from recommender.overlay.ledger import OVERLAY_FILE, Ledger, change
from recommender.overlay.value import EMPTY, Overlay, in_force
from recommender.rules import RULES_FILE, Rule

LOCK = "overlay.lock"


def take_down(
    index_dir: Path, article_id: str, *, by: str, when: datetime, reason: str, carried: Overlay = EMPTY
) -> bool:
    """Keep an article from being shown; false where it is down already. Goes through where the rules cannot
    be read. Raises CorruptSnapshot, StorageError; BadRules where the rules of ``carried`` would be lost."""
    with _changing(index_dir, carried, with_rules=False) as current:
        if article_id in current.overlay.takedowns:
            return False
        said = change(changes.TAKEDOWN, when, of=article_id, by=by, reason=reason)
        current.write(said, takedowns=current.overlay.takedowns | {article_id})
    return True


def restore(
    index_dir: Path, article_id: str, *, by: str, when: datetime, reason: str, carried: Overlay = EMPTY
) -> None:
    """Let an article be shown again. Raises ArticleNotFound where it is not taken down, and as `take_down`
    does."""
    with _changing(index_dir, carried, with_rules=False) as current:
        if article_id not in current.overlay.takedowns:
            raise ArticleNotFound(article_id, f"article {article_id!r} is not taken down")
        said = change(changes.UNDO, when, of=article_id, by=by, reason=reason)
        current.write(said, takedowns=current.overlay.takedowns - {article_id})


def add_rule(index_dir: Path, rule: Rule, *, carried: Overlay = EMPTY) -> None:
    """Put a rule at the end of ``rules.toml``. Raises OptionError where one says the same already; BadRules,
    CorruptSnapshot, StorageError."""
    with _changing(index_dir, carried) as current:
        for known in current.overlay.rules:
            if known.says_the_same(rule):
                raise OptionError("rule", f"{known.id!r} says the same already: {rules.in_words(known)}")
        said = change(
            changes.RULE_ADDED,
            rule.when,
            of=rule.id,
            what=rules.in_words(rule),
            by=rule.by,
            reason=rule.reason,
        )
        current.write(said, content=rules.added(current.content, rule, index_dir / RULES_FILE))


def remove_rule(
    index_dir: Path, rule_id: str, *, by: str, when: datetime, reason: str, carried: Overlay = EMPTY
) -> Rule:
    """Take a rule out of ``rules.toml``, and give it back. Raises RuleNotFound, BadRules, CorruptSnapshot,
    StorageError."""
    with _changing(index_dir, carried) as current:
        content = rules.removed(current.content, rule_id, index_dir / RULES_FILE)
        (gone,) = (rule for rule in current.overlay.rules if rule.id == rule_id)
        what = rules.in_words(gone)
        said = change(changes.RULE_REMOVED, when, of=rule_id, what=what, by=by, reason=reason)
        current.write(said, content=content)
    return gone


def settle(index_dir: Path, *, when: datetime, carried: Overlay = EMPTY) -> Overlay:
    """The overlay in force, that of a snapshot about to be built; rules that were edited by hand get their
    generation written down. Raises CorruptSnapshot, BadRules, StorageError."""
    beside = look(index_dir)
    if beside.overlay.generation < carried.generation:
        return carried
    if not beside.edited:
        return beside.overlay
    with _lock(index_dir):
        beside = look(index_dir)
        if beside.edited:
            files.replace_file(_file(index_dir, OVERLAY_FILE), _settled(beside, when).encode())
    return beside.overlay


@dataclass(frozen=True, slots=True)
class _Current:
    """What a change starts from: the ledger, the overlay in force, and ``content``, a ``rules.toml`` with all
    its rules; ``on_disk`` is the file as it stands, ``None`` for none. ``beside`` is ``None`` where the rules
    cannot be read: they are left alone then."""

    index_dir: Path
    beside: Beside | None
    ledger: Ledger
    overlay: Overlay
    content: bytes = b""
    on_disk: bytes | None = None

    def write(
        self, said: dict[str, Any], *, takedowns: frozenset[str] | None = None, content: bytes | None = None
    ) -> None:
        """One change more: what it changed, one generation above all that there was."""
        ledger = self.ledger
        sha256 = ledger.rules_sha256
        if self.beside is not None:
            if self.beside.edited:
                ledger = _settled(self.beside, datetime.fromisoformat(said["when"]))
            content = self.content if content is None else content
            if content != (self.on_disk or b""):
                path = self.index_dir / RULES_FILE
                if rules.content_of(self.index_dir) != self.on_disk:  # an editor saved it just now
                    raise BadRules(f"{path} was changed at the same moment, and was left alone: try again")
                files.replace_file(_file(self.index_dir, RULES_FILE), content)
            there = content or self.on_disk is not None
            sha256 = hashlib.sha256(content).hexdigest() if there else None
        generation = max(self.overlay.generation, ledger.generation) + 1
        changed = replace(
            ledger,
            generation=generation,
            takedowns=self.overlay.takedowns if takedowns is None else takedowns,
            rules_sha256=sha256,
            changes=(*ledger.changes, {"generation": generation, **said}),
        )
        files.replace_file(_file(self.index_dir, OVERLAY_FILE), changed.encode())


@contextmanager
def _changing(index_dir: Path, carried: Overlay, *, with_rules: bool = True) -> Iterator[_Current]:
    with _lock(index_dir):
        try:
            current = _with_rules(index_dir, carried)
        except BadRules:
            ledger = read_ledger(index_dir)
            alone = Overlay(ledger.generation + 1, ledger.takedowns)  # whatever they are, they were edited
            if with_rules or (carried.rules and carried.generation > alone.generation):
                raise
            current = _Current(index_dir, None, ledger, in_force(alone, carried))
        yield current


def _with_rules(index_dir: Path, carried: Overlay) -> _Current:
    beside = look(index_dir)
    on_disk = rules.content_of(index_dir)
    overlay, content = beside.overlay, on_disk or b""
    if carried.generation > overlay.generation:
        overlay = carried
        for rule in carried.rules:
            content = _with(content, rule, index_dir / RULES_FILE)
    held = rules.decode(content, index_dir / RULES_FILE)
    return _Current(index_dir, beside, beside.ledger, replace(overlay, rules=held), content, on_disk)


def _with(content: bytes, rule: Rule, path: Path) -> bytes:
    """The file with a rule that another machine knew, unless it says so already."""
    held = rules.decode(content, path)
    if any(known.says_the_same(rule) for known in held):
        return content
    names = {known.id for known in held}
    free = (f"{rule.id[:60]}-{number}" for number in count(2))
    name = rule.id if rule.id not in names else next(one for one in free if one not in names)
    return rules.added(content, replace(rule, id=name), path)


def _settled(beside: Beside, when: datetime) -> Ledger:
    """The ledger with the rules as they are now, edited by nobody knows whom."""
    generation = beside.overlay.generation
    noted = {"generation": generation, **change(changes.RULES_EDITED, when)}
    return replace(
        beside.ledger,
        generation=generation,
        rules_sha256=beside.rules.sha256,
        changes=(*beside.ledger.changes, noted),
    )


def _lock(index_dir: Path) -> AbstractContextManager[None]:
    return files.exclusive_lock(index_dir / LOCK, wait=True)


def _file(index_dir: Path, name: str) -> Path:
    return (index_dir / name).resolve()  # through a link, so that the link stays
