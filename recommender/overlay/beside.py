"""The overlay beside the snapshots, as its two files make it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recommender import rules
from recommender.errors import BadRules, CorruptSnapshot
from recommender.overlay.ledger import OVERLAY_FILE, Ledger, decode_ledger
from recommender.overlay.value import Overlay
from recommender.rules import NO_FILE, RULES_FILE, RulesFile


@dataclass(frozen=True, slots=True)
class Beside:
    """Both files as they were read."""

    ledger: Ledger
    rules: RulesFile

    @property
    def edited(self) -> bool:
        """Whether the rules are other ones than those that the ledger's generation stands for."""
        return self.rules.sha256 != self.ledger.rules_sha256

    @property
    def overlay(self) -> Overlay:
        """What the two say together. Rules that were edited by hand are a generation of their own, one above
        the ledger's, until the next command or build writes that down."""
        return Overlay(self.ledger.generation + self.edited, self.ledger.takedowns, self.rules.rules)


def read(index_dir: Path) -> Overlay:
    """The overlay beside the snapshots; empty where there is none. Raises CorruptSnapshot and BadRules: what
    cannot be read must never count as empty, or what was taken down or blocked would come back."""
    return look(index_dir).overlay


def look(index_dir: Path) -> Beside:
    """Both files. Raises CorruptSnapshot, BadRules."""
    ledger = read_ledger(index_dir)
    return Beside(ledger, read_rules(index_dir, ledger))


def read_ledger(index_dir: Path, last: Ledger | None = None) -> Ledger:
    """``overlay.json``, empty where there is none; ``last`` where that has a higher generation. Raises
    CorruptSnapshot."""
    path = index_dir / OVERLAY_FILE
    try:
        found = decode_ledger(path.read_bytes(), path)
    except OSError as error:
        if not isinstance(error, FileNotFoundError) or path.is_symlink():
            raise CorruptSnapshot(f"{path} cannot be read: {error.strerror}") from error
        found = Ledger()
    return last if last is not None and last.generation > found.generation else found


def read_rules(index_dir: Path, ledger: Ledger, last: RulesFile = NO_FILE) -> RulesFile:
    """``rules.toml``; ``last`` itself where that still holds. Raises BadRules, also where the file was there
    and is gone."""
    found = rules.read(index_dir, last)
    if found.sha256 is None and (ledger.rules_sha256 or last.sha256):
        raise BadRules(
            f"{index_dir / RULES_FILE} is gone: put it back, or an empty file in its place to have no rules"
        )
    return found
