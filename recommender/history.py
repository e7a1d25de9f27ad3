"""``history.json`` beside the snapshots: who published what the gate refused, when and why.

A snapshot never changes, so what a person decides about it afterwards stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender import files
from recommender.article import rfc3339
from recommender.errors import CorruptSnapshot, StorageError

HISTORY_FILE = "history.json"
HISTORY_VERSION = 1
# A build that was published in spite of the gate, and a snapshot that was named to be published.
NO_GATE, PUBLISHED = "no_gate", "published"


def read_history(index_dir: Path) -> tuple[Mapping[str, Any], ...]:
    """Every entry, oldest first: ``change``, ``snapshot``, ``by``, ``when``, ``reason``, ``failed``. Raises
    CorruptSnapshot for a file that is not understood; it never counts as empty. StorageError."""
    path = index_dir / HISTORY_FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}") from error
    try:
        value = json.loads(content)
        version, entries = value["version"], value["entries"]
        understood = version == HISTORY_VERSION and all(isinstance(one["snapshot"], str) for one in entries)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptSnapshot(f"{path}: expected an object with version and entries ({error!r})") from None
    if not understood:
        raise CorruptSnapshot(
            f"{path}: version {version!r}, expected {HISTORY_VERSION}, each entry with a snapshot"
        )
    return tuple(entries)


def overridden(index_dir: Path) -> frozenset[str]:
    """Names of the snapshots that were published in spite of the gate. Raises what `read_history` does."""
    return frozenset(entry["snapshot"] for entry in read_history(index_dir))


def note(
    index_dir: Path,
    change: str,
    name: str,
    *,
    when: datetime,
    failed: Sequence[str],
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """Write down one entry more; ``failed`` are the checks in words. Hold the store's lock. Raises what
    `read_history` does, and then leaves the file alone."""
    said = {"change": change, "snapshot": name, "by": by, "when": rfc3339(when), "reason": reason}
    entries = [*read_history(index_dir), {**said, "failed": list(failed)}]
    content = json.dumps({"version": HISTORY_VERSION, "entries": entries}, ensure_ascii=False, indent=1)
    files.replace_file(index_dir / HISTORY_FILE, content.encode() + b"\n")
