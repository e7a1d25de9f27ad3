"""What lists show with a floor, and the lowest floors that keep them clean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from recommender.errors import InputError
from recommender.fitting.pairs import JudgedPairs
from recommender.scoring import Floor, Floors

# Of what lists show that are cut where they are opened, and of what they show in the end.
SURE = 0.9
PRECISION = 0.8
LIMIT = 10
# Of what scores little more than the floor.
_LEAST = 1 / 2
_ABOUT = 0.2
# In larger corpora a set's articles stand among thousands that nobody judged, and related ones among these
# count as wrong: the larger the corpus, the worse the same lists look.
LARGEST = 600
_STEPS = tuple(one / 100 for one in range(1, 100))


@dataclass(frozen=True, slots=True)
class Shown:
    """Lists of at most ten in one corpus, of its ``pairs``: of each item that they could show the place of
    its query, its score and whether it is related, each ``(s,)``."""

    pairs: JudgedPairs
    queries: NDArray[np.int64]
    scores: NDArray[np.float64]
    related: NDArray[np.bool_]

    def kept(self, floor: Floor) -> NDArray[np.bool_]:
        """Which of the places are shown with this floor, ``(s,) bool``."""
        best = np.zeros(len(self.pairs.answerable))
        np.maximum.at(best, self.queries, self.scores)
        shown: NDArray[np.bool_] = (self.scores >= floor.min_score) & (best[self.queries] >= floor.min_best)
        return shown

    def counts(self, floor: Floor) -> Counts:
        """What is shown with this floor."""
        answerable, kept = self.pairs.answerable, self.kept(floor)
        listed = np.bincount(self.queries[kept], minlength=len(answerable)) > 0
        return Counts(
            items=int(kept.sum()),
            related=int(self.related[kept].sum()),
            answerable=int(answerable.sum()),
            answered=int((answerable & listed).sum()),
            lone=int((~answerable).sum()),
            empty=int((~answerable & ~listed).sum()),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Items shown, and those of them that are related; queries to which something is related, and those of
    them with a list; queries that nothing is related to, and those of them with an empty list."""

    items: int
    related: int
    answerable: int
    answered: int
    lone: int
    empty: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.items + other.items,
            self.related + other.related,
            self.answerable + other.answerable,
            self.answered + other.answered,
            self.lone + other.lone,
            self.empty + other.empty,
        )

    @property
    def precision(self) -> float:
        """The share of what is shown that is related; 1 where nothing is."""
        return self.related / self.items if self.items else 1.0

    @property
    def coverage(self) -> float:
        """The share of queries with related articles that have a list; NaN without such queries."""
        return self.answered / self.answerable if self.answerable else math.nan

    @property
    def abstained(self) -> float:
        """The share of the other queries whose list is empty; NaN without such queries."""
        return self.empty / self.lone if self.lone else math.nan


NOTHING = Counts(0, 0, 0, 0, 0, 0)


def shown(pairs: JudgedPairs, scores: NDArray[np.float64]) -> Shown:
    """The lists of at most ten that ``scores`` ``(m,)`` make of the pairs."""
    order = np.lexsort((pairs.others, -scores, pairs.queries))
    queries = pairs.queries[order]
    place = np.arange(len(order)) - np.searchsorted(queries, queries)
    order = order[place < LIMIT]
    return Shown(pairs, pairs.queries[order], scores[order], pairs.related[order])


def floors_of(lists: Sequence[Shown], sure: float = SURE, precision: float = PRECISION) -> Floors:
    """The floor for corpora of each size. In all of them a list is opened by the lowest score, in hundredths,
    from which on lists have the mean precision ``sure``. In those of one size opened lists show what scores
    the lowest from which on they have the mean precision ``precision``, and half of the least likely (by
    0.2 of score) is related too: so the last of a list is not carried by the first. No score is
    higher than the one that opens lists. In corpora larger than `LARGEST` the floor of that size holds.

    Raises InputError where no score opens lists.
    """
    min_best = next((one for one in _STEPS if _reaches(lists, sure, Floor(one, one))), None)
    if min_best is None:
        raise InputError(f"no score below 1 shows lists with a precision of {sure}; expected a floor")
    sizes = sorted({one.pairs.size for one in lists})
    found = []
    for size in [one for one in sizes if one <= LARGEST] or sizes[:1]:
        some = [one for one in lists if one.pairs.size == size]
        floors = (Floor(one, min_best) for one in _STEPS if one < min_best)
        good = (one for one in floors if _reaches(some, precision, one) and _ends_well(some, one))
        found.append((size, next((one.min_score for one in good), min_best)))
    return Floors(tuple(found), min_best)


def _reaches(lists: Sequence[Shown], precision: float, floor: Floor) -> bool:
    found = mean_precision(lists, floor)
    return found is not None and found >= precision


def _ends_well(lists: Sequence[Shown], floor: Floor) -> bool:
    """Whether half of the least likely that is shown is related: the mean over the sets."""
    kept = [one.kept(floor) for one in lists]
    least = min(one.scores[shown].min(initial=1.0) for one, shown in zip(lists, kept, strict=True))
    some: dict[str, list[NDArray[np.bool_]]] = {}
    for one, shown in zip(lists, kept, strict=True):
        last = shown & (one.scores <= least + _ABOUT)
        some.setdefault(one.pairs.name, []).append(one.related[last])
    shares = [float(found.mean()) for found in map(np.concatenate, some.values()) if len(found)]
    return fmean(shares) >= _LEAST


def mean_precision(lists: Sequence[Shown], floor: Floor | Floors) -> float | None:
    """The share of what is shown with the floor that is related: of each size of corpus, then the mean
    over the sizes, then over the sets; a size that shows nothing is left out. So it is neither that of the
    large corpora, which show most, nor that of the small ones, of which most are drawn. ``None`` where
    nothing is shown."""
    found: dict[str, list[float]] = {}
    for (name, _), counts in by_size(lists, floor).items():
        if counts.items:
            found.setdefault(name, []).append(counts.precision)
    return fmean(map(fmean, found.values())) if found else None


def by_set(lists: Sequence[Shown], floor: Floor | Floors) -> Mapping[str, Counts]:
    """Set -> what its corpora show with the floor."""
    found: dict[str, Counts] = {}
    for one in lists:
        found[one.pairs.name] = found.get(one.pairs.name, NOTHING) + one.counts(_at(floor, one))
    return found


def by_size(lists: Sequence[Shown], floor: Floor | Floors) -> Mapping[tuple[str, int], Counts]:
    """Set and size of the corpus -> what these corpora show with the floor."""
    found: dict[tuple[str, int], Counts] = {}
    for one in lists:
        key = (one.pairs.name, one.pairs.size)
        found[key] = found.get(key, NOTHING) + one.counts(_at(floor, one))
    return found


def _at(floor: Floor | Floors, one: Shown) -> Floor:
    return floor if isinstance(floor, Floor) else floor.among(one.pairs.size)
