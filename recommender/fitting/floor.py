"""What lists show with a floor, and the lowest floor that keeps them clean."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from recommender.errors import InputError
from recommender.fitting.pairs import JudgedPairs
from recommender.scoring import Floor

# Of what lists show that are cut where they are opened, and of what they show in the end.
SURE = 0.9
PRECISION = 0.8
LIMIT = 10
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """Lists of at most ten in one corpus: ``places`` ``(s,)`` of the pairs that they could show, and their
    ``queries``, ``scores`` and whether they are ``related`` ``(s,)``."""

    pairs: JudgedPairs
    queries: NDArray[np.int64]
    scores: NDArray[np.float64]
    related: NDArray[np.bool_]

    def counts(self, floor: Floor) -> Counts:
        """What is shown with this floor."""
        answerable = self.pairs.answerable
        best = np.zeros(len(answerable))
        np.maximum.at(best, self.queries, self.scores)
        kept = (self.scores >= floor.min_score) & (best[self.queries] >= floor.min_best)
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


def floor_of(lists: Sequence[Shown], sure: float = SURE, precision: float = PRECISION) -> Floor:
    """A list is opened by the lowest score, in hundredths, from which on lists have the mean precision
    ``sure``; then it shows what scores the lowest from which on opened lists have the mean ``precision``.

    Raises InputError where there is none.
    """
    min_best = _lowest(lists, sure, lambda score: Floor(score, score))
    return Floor(_lowest(lists, precision, lambda score: Floor(score, min_best)), min_best)


def _lowest(lists: Sequence[Shown], precision: float, floor_from: Callable[[float], Floor]) -> float:
    for step in range(1, _STEPS):
        found = mean_precision(lists, floor_from(step / _STEPS))
        if found is not None and found >= precision:
            return step / _STEPS
    raise InputError(f"no score below 1 shows lists with a precision of {precision}; expected a floor")


def mean_precision(lists: Sequence[Shown], floor: Floor) -> float | None:
    """The share of what is shown with the floor that is related: of each size of corpus, then the mean
    over the sizes, then over the sets; a size that shows nothing is left out. So it is neither that of the
    large corpora, which show most, nor that of the small ones, of which most are drawn. ``None`` where
    nothing is shown."""
    found: dict[str, list[float]] = {}
    for (name, _), counts in by_size(lists, floor).items():
        if counts.items:
            found.setdefault(name, []).append(counts.precision)
    return fmean(map(fmean, found.values())) if found else None


def by_set(lists: Sequence[Shown], floor: Floor) -> Mapping[str, Counts]:
    """Set -> what its corpora show with the floor."""
    found: dict[str, Counts] = {}
    for one in lists:
        found[one.pairs.name] = found.get(one.pairs.name, NOTHING) + one.counts(floor)
    return found


def by_size(lists: Sequence[Shown], floor: Floor) -> Mapping[tuple[str, int], Counts]:
    """Set and size of the corpus -> what these corpora show with the floor."""
    found: dict[tuple[str, int], Counts] = {}
    for one in lists:
        key = (one.pairs.name, one.pairs.size)
        found[key] = found.get(key, NOTHING) + one.counts(floor)
    return found
