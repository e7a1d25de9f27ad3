"""``overlay.json`` beside the snapshots: takedowns, the generation, and who changed what, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender.article import rfc3339
from recommender.errors import CorruptSnapshot
from recommender.overlay.value import OVERLAY_VERSION, common_of, to_json

OVERLAY_FILE = "overlay.json"
TAKEDOWN, UNDO = "takedown", "undo"
RULE_ADDED, RULE_REMOVED, RULES_EDITED = "rule_added", "rule_removed", "rules_edited"


@dataclass(frozen=True, slots=True)
class Ledger:
    """``rules_sha256`` is that of the ``rules.toml`` that ``generation`` stands for, ``None`` for none: with
    another one there the rules were edited by hand. ``changes`` are all there were, oldest first, as objects
    with ``generation``, ``change``, ``of`` (an id), ``what``, ``by``, ``when`` and ``reason``."""

    generation: int = 0
    takedowns: frozenset[str] = frozenset()
    rules_sha256: str | None = None
    changes: tuple[Mapping[str, Any], ...] = ()

    def encode(self) -> bytes:
        """The file's content: JSON, keys and ids sorted."""
        return to_json(
            {
                "version": OVERLAY_VERSION,
                "generation": self.generation,
                "takedowns": sorted(self.takedowns),
                "rules_sha256": self.rules_sha256,
                "changes": list(self.changes),
            }
        )


def change(
    kind: str,
    when: datetime,
    *,
    of: str | None = None,
    what: str | None = None,
    by: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """One of the changes, still without its generation."""
    return {"change": kind, "of": of, "what": what, "by": by, "when": rfc3339(when), "reason": reason}


def decode_ledger(content: bytes, origin: Path) -> Ledger:
    """The ledger in a file's content. Raises CorruptSnapshot, naming ``origin``, for anything else."""
    value, generation, takedowns = common_of(content, origin)
    sha256, changes = value.get("rules_sha256"), value.get("changes", [])
    if value.get("rules"):
        raise CorruptSnapshot(f"{origin}: holds rules, which stand in rules.toml beside the snapshots")
    if sha256 is not None and not isinstance(sha256, str):
        raise CorruptSnapshot(f"{origin}: rules_sha256 {sha256!r}, expected hex digits or null")
    if not isinstance(changes, list) or not all(isinstance(one, Mapping) for one in changes):
        raise CorruptSnapshot(f"{origin}: changes {changes!r:.80}, expected a list of objects")
    return Ledger(generation, takedowns, sha256, tuple(changes))
