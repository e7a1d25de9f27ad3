"""Systems that are good for nothing but tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.evaluation.run import Listed, Run
from recommender.evaluation.systems import NotApplicable, Ranker, ScoredSystem, System
from recommender.evaluation.systems.base import Rows, Scores

Change = Callable[[str, Listed], Listed]


class Fixed:
    """Lists written down by hand, query id -> ((doc id, score), ...); every other list is empty."""

    def __init__(self, lists: Mapping[str, Listed], name: str = "fixed") -> None:
        self.name, self.label, self._lists = name, f"{name}, by hand", lists

    def fit(self, corpus: Corpus) -> Ranker:
        return _Lists(self.name, corpus, lambda row, depth: self._lists.get(corpus.ids.id(row), ())[:depth])


class Changed:
    """Another system under another name, each of its lists changed; pairs score as they do there."""

    def __init__(self, system: System, change: Change = lambda _, listed: listed, name: str = "") -> None:
        self.name = name or f"{system.name}-again"
        self.label, self._system, self._change = f"{system.label}, changed", system, change

    def fit(self, corpus: Corpus) -> Ranker:
        ranker = self._system.fit(corpus)

        def listed(row: int, depth: int) -> Listed:
            query = corpus.ids.id(row)
            return self._change(query, ranker.run([row], depth).lists.get(query, ()))

        return _Lists(self.name, corpus, listed, ranker)


def again(system: System) -> System:
    """The same system once more: nothing tells the two apart but the name."""
    return Changed(system)


def shuffled(system: System, seed: int = 0) -> System:
    """The same lists, each in a random order: the documents are as good, their order is worth nothing."""

    def change(query: str, listed: Listed) -> Listed:
        return tuple(Random(f"{seed}/{query}").sample(listed, len(listed)))

    return Changed(system, change, f"{system.name}-shuffled")


def backwards(system: System) -> System:
    """The same lists, the last first."""
    return Changed(system, lambda _, listed: listed[::-1], f"{system.name}-backwards")


class _Lists:
    def __init__(
        self,
        name: str,
        corpus: Corpus,
        listed: Callable[[int, int], Listed],
        pairs: Ranker | None = None,
    ) -> None:
        self._name, self._corpus, self._listed, self._pairs = name, corpus, listed, pairs

    def run(self, rows: Sequence[int], depth: int) -> Run:
        return Run(self._name, {self._corpus.ids.id(row): self._listed(row, depth) for row in rows})

    def score_pairs(self, left: Rows, right: Rows) -> NDArray[np.float64]:
        if self._pairs is None:
            raise NotApplicable("made of lists alone")
        return self._pairs.score_pairs(left, right)


class Table(ScoredSystem):
    """Scores written down by hand, a row an article; ``rows_off`` answers so many rows too few."""

    name = "table"
    label = "By hand"

    def __init__(self, table: Sequence[Sequence[float]], rows_off: int = 0) -> None:
        self._table, self._rows_off = np.array(table, dtype=np.float64), rows_off

    def prepare(self, corpus: Corpus) -> Scores:
        return lambda rows: self._table[rows][: len(rows) - self._rows_off]


class ShortTitles(ScoredSystem):
    """Shorter titles first; stands for what a user writes, and is made without arguments."""

    name = "short-titles"
    label = "Shorter titles first"

    def prepare(self, corpus: Corpus) -> Scores:
        lengths = np.array([-float(len(article.title)) for article in corpus.articles])
        return lambda rows: np.tile(lengths, (len(rows), 1))


class Silent(ScoredSystem):
    """Lists nothing at all."""

    name = "silent"
    label = "Lists nothing"

    def prepare(self, corpus: Corpus) -> Scores:
        return lambda rows: np.full((len(rows), len(corpus)), np.nan)


class Never:
    """Applies to no corpus."""

    name = "never"
    label = "Applies nowhere"

    def fit(self, corpus: Corpus) -> Ranker:
        raise NotApplicable("for no corpus at all")


READY = ShortTitles()
