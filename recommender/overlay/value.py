"""The overlay as a value, and as a snapshot carries it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.article import normalise_id
from recommender.corpus import Ids
from recommender.errors import BadRules, CorruptSnapshot
from recommender.rules import Rule, json_of, rule_of

OVERLAY_VERSION = 2
# The first version has takedowns alone.
_READABLE = (1, OVERLAY_VERSION)


@dataclass(frozen=True, slots=True)
class Overlay:
    """``generation`` grows with every change; ``takedowns`` are the ids that must not be shown; ``rules`` are
    the editors', in file order."""

    generation: int = 0
    takedowns: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()

    def encode(self) -> bytes:
        """The file of a snapshot: JSON, keys and ids sorted, rules in their order."""
        return to_json(
            {
                "version": OVERLAY_VERSION,
                "generation": self.generation,
                "takedowns": sorted(self.takedowns),
                "rules": [json_of(rule) for rule in self.rules],
            }
        )

    def hides(self, ids: Ids) -> NDArray[np.bool_]:
        """Which articles of a corpus are taken down, in row order, ``(n,) bool``."""
        hidden = np.zeros(len(ids), dtype=np.bool_)
        hidden[[ids.row(one) for one in self.takedowns if one in ids]] = True
        return hidden

    def digest(self) -> str:
        """Hex digest of all that it says."""
        return hashlib.blake2b(self.encode(), digest_size=12).hexdigest()


EMPTY = Overlay()


def decode(content: bytes, origin: Path) -> Overlay:
    """The overlay in a file's content. Raises CorruptSnapshot, naming ``origin``, for anything else."""
    value, generation, takedowns = common_of(content, origin)
    records = value.get("rules", [])
    if not isinstance(records, list) or not all(isinstance(one, Mapping) for one in records):
        raise CorruptSnapshot(f"{origin}: rules {records!r}, expected a list of objects")
    try:
        rules = tuple(rule_of(one, f"{origin}: rule {place}") for place, one in enumerate(records, start=1))
    except BadRules as error:
        raise CorruptSnapshot(str(error)) from None
    return Overlay(generation, takedowns, rules)


def common_of(content: bytes, origin: Path) -> tuple[Mapping[str, Any], int, frozenset[str]]:
    """The object in an overlay's file, its generation and takedowns. Raises CorruptSnapshot."""
    try:
        value: Any = json.loads(content)
        version, generation, takedowns = value["version"], value["generation"], value["takedowns"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptSnapshot(
            f"{origin}: expected an object with version, generation and takedowns ({error!r})"
        ) from None
    if type(version) is not int or version not in _READABLE:
        raise CorruptSnapshot(
            f"{origin}: overlay version {version!r}, expected {' or '.join(map(str, _READABLE))}"
        )
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
    return value, generation, frozenset(ids)


def to_json(content: Mapping[str, Any]) -> bytes:
    """JSON for people too."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def in_force(one: Overlay, other: Overlay) -> Overlay:
    """The one with the higher generation; the first where they are equal."""
    return other if other.generation > one.generation else one
