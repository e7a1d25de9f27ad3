"""What rules look at: ids and labels of a corpus by row, in memory or in a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article, normalise_id
from recommender.corpus import Ids
from recommender.rules.rule import Matcher


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labels of articles: ``codes`` ``(k,) int32`` are places in ``labels`` (NFC, each once), below 0 for no
    label. Those of row ``i`` are ``offsets[i]:offsets[i+1]``, ``(n + 1,) int64``."""

    labels: Sequence[str]
    codes: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @classmethod
    def of_one(cls, labels: Sequence[str], codes: NDArray[np.int32]) -> Labelled:
        """Articles with one code each, ``(n,) int32``."""
        return cls(labels, codes, np.arange(len(codes) + 1, dtype=np.int64))

    @classmethod
    def of(cls, values: Iterable[Iterable[str]]) -> Labelled:
        """The labels of each article, in row order; one that an article has twice counts once."""
        places: dict[str, int] = {}
        codes: list[int] = []
        ends = [0]
        for value in values:
            own = dict.fromkeys(map(normalise_id, value))
            codes += [places.setdefault(label, len(places)) for label in own]
            ends.append(len(codes))
        return cls(tuple(places), np.array(codes, dtype=np.int32), np.array(ends, dtype=np.int64))

    def of_each(self) -> NDArray[np.int32]:
        """The code of each article, ``(n,) int32``, -1 without one; of several the last."""
        found = np.full(len(self.offsets) - 1, -1, dtype=np.int32)
        found[np.repeat(np.arange(len(found)), np.diff(self.offsets))] = self.codes
        return found

    def rows(self, label: str) -> NDArray[np.int64]:
        """The rows that have a label, ascending."""
        if label not in self.labels:
            return np.zeros(0, dtype=np.int64)
        found = np.flatnonzero(self.codes == self.labels.index(label))
        return np.searchsorted(self.offsets, found, side="right") - 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A corpus as rules see it. ``labelled`` has ``section``, ``tag`` and ``source``; ``copies`` ``(n,)
    int32`` is equal where two articles are one text, ``own`` ``(n,) int32`` where neither may stand in the
    other's list, ``told`` ``(n,) int32`` where a list holds only one of the two, ``None`` where it may hold
    any (the policy's `told_by_article`, `told_in_list`)."""

    ids: Ids
    labelled: Mapping[str, Labelled]
    copies: NDArray[np.int32]
    own: NDArray[np.int32]
    told: NDArray[np.int32] | None

    @classmethod
    def of(
        cls,
        ids: Ids,
        articles: Sequence[Article],
        copies: NDArray[np.int32],
        own: NDArray[np.int32],
        told: NDArray[np.int32] | None,
    ) -> Catalogue:
        """The catalogue of articles in memory."""
        labelled = {
            "section": Labelled.of(_one(article.section) for article in articles),
            "tag": Labelled.of(article.tags for article in articles),
            "source": Labelled.of(_one(article.source) for article in articles),
        }
        return cls(ids, labelled, copies, own, told)

    def rows(self, matcher: Matcher) -> NDArray[np.int64]:
        """The rows that a matcher means, ascending."""
        if matcher.field != "id":
            return self.labelled[matcher.field].rows(matcher.value)
        return np.array([self.ids.row(matcher.value)] if matcher.value in self.ids else [], dtype=np.int64)

    def blocked(self, matcher: Matcher) -> NDArray[np.int64]:
        """The rows that a matcher of a block means, ascending: one that names an article means every copy of
        it, or another copy would take its place."""
        rows = self.rows(matcher)
        if matcher.field != "id":
            return rows
        return np.flatnonzero(np.isin(self.copies, self.copies[rows]))


def _one(label: str | None) -> tuple[str, ...]:
    return () if label is None else (label,)
