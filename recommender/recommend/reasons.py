"""Why a story is in a list: in words for readers, and in numbers for editors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.evidence import Evidence
from recommender.lexical import Row, in_common, key_of, spellings
from recommender.recommend.names import whole_names
from recommender.recommend.scores import Scores
from recommender.scoring import DECIMALS, UNDATED, Scoring
from recommender.snapshot import Snapshot
from recommender.space import Point
from recommender.statistics import places_of

DAY_SECONDS = 86_400
# So many names, and so many other terms, are named.
_MOST_NAMED = 3
# Of so many weightiest terms those are named whose every word tells something: one with at least this idf,
# which about one article of twenty holds.
_LOOKED_AT = 60
_TELLING = 4.0
# A cosine of vectors that a reader would notice.
_CLOSE = 0.25


class Asked(ABC):
    """Whom the stories of a list were compared with."""

    @property
    @abstractmethod
    def point(self) -> Point:
        """Where it lies."""

    @property
    @abstractmethod
    def words(self) -> tuple[str, str]:
        """Its title and text."""

    @abstractmethod
    def evidence(self, rows: NDArray[np.int64]) -> Evidence:
        """The evidence for it and each of these rows."""

    @cached_property
    def spelt(self) -> dict[int, str]:
        """Its terms by their hashes, as they are spelt in it."""
        return spellings(*self.words)

    def says(self, words: str) -> bool:
        """Whether these words stand in it, letter for letter."""
        return any(words in part for part in self.words)


class Stored(Asked):
    """An article of the snapshot."""

    def __init__(self, scores: Scores, row: int) -> None:
        self._scores, self._row = scores, row

    @property
    def point(self) -> Point:
        """See `Asked.point`."""
        return self._scores.space.point(self._row)

    @cached_property
    def words(self) -> tuple[str, str]:
        """See `Asked.words`."""
        article = self._scores.snapshot.article(self._row)
        return article.title, article.text

    def evidence(self, rows: NDArray[np.int64]) -> Evidence:
        """See `Asked.evidence`."""
        return self._scores.evidence(np.full(len(rows), self._row, dtype=np.int64), rows)


class Draft(Asked):
    """A text that is in no snapshot; ``scores`` ``(n,) float32`` are its with every article."""

    def __init__(self, scores: Scores, title: str, text: str, vector: NDArray[np.float32]) -> None:
        self._words = (title, text)
        self._point = scores.point(title, text, vector)
        self.scores, self._evidence = scores.to_point(self._point)

    @property
    def point(self) -> Point:
        """See `Asked.point`."""
        return self._point

    @property
    def words(self) -> tuple[str, str]:
        """See `Asked.words`."""
        return self._words

    def evidence(self, rows: NDArray[np.int64]) -> Evidence:
        """See `Asked.evidence`."""
        return self._evidence.at(rows)


def explain(
    asked: Asked | None,
    rows: NDArray[np.int32],
    snapshot: Snapshot,
    formula: Scoring,
    *,
    published: int,
    section: int,
    pins: int,
) -> tuple[tuple[tuple[str, ...], ...], tuple[dict[str, float], ...]]:
    """For each of ``rows`` ``(m,)``, the first ``pins`` of them the editors', the reasons in words and the
    evidence's values. ``published`` and ``section`` are those of whom they were compared with."""
    reasons, values = [], []
    found = asked.evidence(rows.astype(np.int64)) if asked is not None else None
    for place, row in enumerate(rows.tolist()):
        pinned = place < pins
        said = ["pinned by the editors"] if pinned else []
        value: dict[str, float] = {}
        if asked is not None and found is not None:
            value = {name: round(number, DECIMALS) for name, number in found.values(place).items()}
            if not pinned:  # it is here whatever the evidence
                said += in_words(asked, row, value, snapshot, formula)
        if section >= 0 and section == int(snapshot.sections[row]):
            said.append(f"same section: {snapshot.section_labels[section]}")
        when = int(snapshot.published[row])
        if UNDATED not in (when, published):
            days = abs(when - published) / DAY_SECONDS
            value["days_apart"] = round(days, 2)
            said.append(_apart(days))
        reasons.append(tuple(said))
        values.append(value)
    return tuple(reasons), tuple(values)


def in_words(
    asked: Asked, row: int, value: dict[str, float], snapshot: Snapshot, formula: Scoring
) -> list[str]:
    """What of the evidence raised the score, the most telling first."""
    said = []
    point, other = asked.point, snapshot.space.point(row)
    terms = shared(point.terms, other.terms, asked.spelt, snapshot)
    words = shared(point.names, other.names, asked.spelt, snapshot)
    # Of neighbouring words those with nothing but a space between them: "Geneva, Brussels" is no name.
    names = whole_names(words, [term for term in terms if " " in term and asked.says(term)])[:_MOST_NAMED]
    if names and formula.names > 0:
        said.append(f"both name {_listed(names)}")
    by_neighbours = formula.neighbours > 0 and value["neighbour_cosine"] > 0
    if formula.lexical > 0 or (by_neighbours and formula.closeness.lexical > 0):
        named = {word.casefold() for name in names for word in name.split()}
        telling = [
            term
            for term in terms[:_LOOKED_AT]
            if not named & set(term.casefold().split()) and _telling(term, snapshot)
        ]
        if telling:
            said.append(
                f"both speak of {_listed([f'“{term}”' for term in _apart_from(telling)[:_MOST_NAMED]])}"
            )
    if formula.lead > 0 and value["lead_cosine"] >= _CLOSE:
        said.append(f"close in meaning: cosine {value['lead_cosine']:.2f} of title and lead")
    return said


def shared(one: Row, other: Row, spelt: dict[int, str], snapshot: Snapshot) -> list[str]:
    """What two rows have in common, as ``spelt``, the weightiest first."""
    columns, _ = in_common(one, other)
    keys = snapshot.statistics.keys[columns].tolist()
    return [spelt[key] for key in keys if key in spelt]


def _telling(term: str, snapshot: Snapshot) -> bool:
    """Whether each word of a term is rare enough, and not a number, to be worth naming."""
    keys = np.array([key_of(word) for word in term.split()], dtype=np.uint32)
    places = places_of(keys, snapshot.statistics.keys)
    idf = np.where(places >= 0, snapshot.statistics.idf[places], snapshot.statistics.rarest)
    return bool((idf >= _TELLING).all()) and not any(word.isdecimal() for word in term.split())


def _apart_from(terms: list[str]) -> list[str]:
    """Terms without those whose words a weightier one has said already."""
    kept: list[str] = []
    for term in terms:
        words = set(term.casefold().split())
        if not any(words & set(one.casefold().split()) for one in kept):
            kept.append(term)
    return kept


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _apart(days: float) -> str:
    if days < 1:
        return "published within a day"
    return "1 day apart" if round(days) == 1 else f"{days:.0f} days apart"
