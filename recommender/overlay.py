"""The overlay: what editors have withdrawn since the snapshot was built.

It lies beside the snapshots in ``overlay.json`` and outlasts them. A snapshot carries the overlay that
it was built under; whichever has the higher generation is in force. Every list, batch and export
passes through it, and its generation is part of every ETag. Without a file it is empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.article import normalise_id
from recommender.errors import CorruptSnapshot

OVERLAY_FILE = "overlay.json"
OVERLAY_VERSION = 1


@dataclass(frozen=True, slots=True)
class Overlay:
    """``generation`` grows with every change; ``takedowns`` are the ids that must not be shown."""

    generation: int = 0
    takedowns: frozenset[str] = frozenset()

    def encode(self) -> bytes:
        """The file's content: JSON, keys and ids sorted."""
        content = {
            "version": OVERLAY_VERSION,
            "generation": self.generation,
            "takedowns": sorted(self.takedowns),
        }
        return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


EMPTY = Overlay()


def decode(content: bytes, origin: Path) -> Overlay:
    """The overlay in a file's content. Raises CorruptSnapshot, naming ``origin``, for anything else."""
    try:
        value: Any = json.loads(content)
        version, generation, takedowns = value["version"], value["generation"], value["takedowns"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptSnapshot(
            f"{origin}: expected an object with version, generation and takedowns ({error!r})"
        ) from None
    if version != OVERLAY_VERSION:
        raise CorruptSnapshot(f"{origin}: overlay version {version!r}, expected {OVERLAY_VERSION}")
    if type(generation) is not int or generation < 0:
        raise CorruptSnapshot(f"{origin}: generation {generation!r}, expected a whole number from 0")
    if not isinstance(takedowns, list) or not all(isinstance(one, str) for one in takedowns):
        raise CorruptSnapshot(f"{origin}: takedowns {takedowns!r}, expected a list of ids")
    ids = [normalise_id(one) for one in takedowns]
    for one in ids:
        try:
            one.encode("utf-8")  # or it could not be written into a snapshot again
        except UnicodeEncodeError:
            raise CorruptSnapshot(
                f"{origin}: the id {one!r} among the takedowns holds a lone surrogate"
            ) from None
    return Overlay(generation, frozenset(ids))


def read(index_dir: Path) -> Overlay:
    """The overlay beside the snapshots; empty where there is none. Raises CorruptSnapshot: an overlay
    that cannot be read must never count as empty, or what was taken down would come back."""
    path = index_dir / OVERLAY_FILE
    try:
        return decode(path.read_bytes(), path)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not path.is_symlink():
            return EMPTY
        raise CorruptSnapshot(f"{path} cannot be read: {error.strerror}") from error


def in_force(one: Overlay, other: Overlay) -> Overlay:
    """The one with the higher generation; the first where they are equal."""
    return other if other.generation > one.generation else one
