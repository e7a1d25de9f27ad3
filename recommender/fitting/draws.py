"""Corpora drawn from the material, from one page and its links to a large newsroom's."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recommender.fitting.material import NONE, Material

# Articles -> corpora drawn a set.
SIZES: Mapping[int, int] = MappingProxyType({20: 60, 60: 40, 200: 20, 600: 10, 2000: 6, 8000: 2})
# The share of articles that are labelled.
_SHARES = (0.1, 0.3, 0.6)
_FEWEST = 6
# How many articles of an event there are at most: many are alone with theirs.
_MEMBERS = (1, 1, 2, 3, 5, 8, 12)
# The share of articles with a shortened copy that are replaced by it.
_TEASERS = (0.0, 0.3, 0.6)


@dataclass(frozen=True, slots=True)
class Draw:
    """One corpus: ``rows`` ``(size,) int64`` of the material, the ``queries`` labelled ones first, all of the
    set ``name``."""

    name: str
    size: int
    queries: int
    rows: NDArray[np.int64]


def draws(material: Material, name: str, *, seed: int, sizes: Mapping[int, int] = SIZES) -> Iterator[Draw]:
    """The corpora with labelled articles of one set, smallest first. They depend on the set itself, the
    distractors and ``seed``, on no other set. A size that the material is too small for is left out."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    events = material.events_of(name)
    available = sum(map(len, events)) + len(material.distractors)
    for size in sorted(sizes):
        if size > available:
            continue
        for _ in range(sizes[size]):
            yield _draw(material, name, events, size, rng)


def _draw(
    material: Material,
    name: str,
    events: tuple[NDArray[np.int64], ...],
    size: int,
    rng: np.random.Generator,
) -> Draw:
    budget = min(size, max(_FEWEST, int(size * rng.choice(_SHARES))))
    picked: list[int] = []
    for place in rng.permutation(len(events)):
        picked += rng.permutation(events[place])[: rng.choice(_MEMBERS)].tolist()
        if len(picked) >= budget:
            break
    picked = picked[:budget]
    fill = rng.choice(material.distractors, min(size - len(picked), len(material.distractors)), replace=False)
    rows = np.concatenate([np.array(picked, dtype=np.int64), fill])
    # Drawn in any case, so that what is drawn later does not depend on it.
    cut = rng.random(len(rows)) < rng.choice(_TEASERS)
    rows = np.where(cut & (material.short[rows] != NONE), material.short[rows], rows)
    return Draw(name, size, len(picked), rows)
