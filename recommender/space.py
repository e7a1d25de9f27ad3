"""Where articles lie: the three views of a corpus in which cosines are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.copies import Copies
from recommender.dense import Vectors, centred, freeze
from recommender.encoder import model_of
from recommender.lexical import (
    Bags,
    Row,
    Stack,
    Table,
    Words,
    by_weight,
    interleaved,
    mostly_latin,
    unit_rows,
)
from recommender.lexical.words import CAPITALISED, NEVER_LOWER
from recommender.statistics import Background, Statistics, fit
from recommender.statistics.fit import places_of

# What is nowhere in small letters in an article is a name there if it usually has a capital, and what has a
# capital in mid-sentence unless it hardly ever has one.
_USUALLY = 0.5
_SOMETIMES = 0.2
_ARTICLES_AT_ONCE = 1024
_BLOCK_ROWS = 64


@dataclass(frozen=True, slots=True)
class Space:
    """n articles, row for row: ``unit`` ``(n, dim) float32`` their vectors less the mean and whitened, unit
    rows, or zero for one that equals the mean; ``terms`` their terms by tf-idf and ``names`` their names by
    idf, both over the columns of `Statistics.keys`."""

    unit: Vectors
    terms: Table
    names: Table

    def __post_init__(self) -> None:
        freeze(self.unit)

    def __len__(self) -> int:
        return len(self.unit)

    def point(self, row: int) -> Point:
        """One article of it. Raises IndexError for a row outside 0..n-1."""
        terms = self.terms.row(row)
        return Point(self.unit[row], terms, self.names.row(row))


@dataclass(frozen=True, slots=True)
class Point:
    """One text among them: ``unit`` ``(dim,) float32``, and its rows of terms and names."""

    unit: Vectors
    terms: Row
    names: Row


def fitted_space(
    articles: Sequence[Article],
    vectors: Vectors,
    bags: Bags,
    fingerprint: str,
    background: Background,
    copies: Copies,
) -> tuple[Statistics, Space]:
    """The statistics of a corpus and the space of its articles: ``vectors`` ``(n, dim) float32`` are their
    plain unit vectors by the encoder of this ``fingerprint``, ``bags`` their words. Each of the ``copies``
    counts once.

    The encoder that the background is of was taught English: what it makes of a text in other letters says
    nothing of what that is about. Such an article has no vector here, and is compared by its words.
    """
    known = known_vectors(articles, fingerprint, background)
    once = copies.first
    statistics = fit(vectors[once[known[once]]], bags, fingerprint, background, once)
    space = space_of(vectors, bags, statistics, known)
    return replace(statistics, least=by_weight(space.terms, once)), space


def space_of(
    vectors: Vectors, bags: Bags, statistics: Statistics, known: NDArray[np.bool_] | None = None
) -> Space:
    """The space of articles whose plain unit vectors are ``vectors`` ``(n, dim)`` and whose words are
    ``bags``, by statistics that may be of another corpus under the same encoder; those that are not ``known``
    ``(n,) bool`` have no vector in it. A row does not depend on which others are there."""
    unit = np.zeros(vectors.shape, dtype=np.float32)
    terms, names = Stack(len(statistics.keys)), Stack(len(statistics.keys))
    for start in range(0, len(vectors), _ARTICLES_AT_ONCE):
        span = slice(start, start + _ARTICLES_AT_ONCE)
        unit[span] = _unit(vectors[span], statistics)
        ends, entries = _part(bags.term_offsets, start)
        terms.add(_terms(ends, bags.terms[entries], bags.counts[entries], statistics))
        ends, entries = _part(bags.name_offsets, start)
        names.add(_names(ends, bags.names[entries], bags.how[entries], statistics))
    if known is not None:
        unit[~known] = 0
    return Space(unit, terms.whole(), names.whole())


def carried_space(earlier: Space, was: NDArray[np.int64], fresh: Space) -> Space:
    """The space of n articles of which row ``i`` stands in row ``was[i]`` of an ``earlier`` one by the same
    statistics, or, where ``was`` ``(n,) int64`` is -1, next in ``fresh``."""
    unit = np.empty((len(was), fresh.unit.shape[1]), dtype=np.float32)
    unit[was >= 0] = earlier.unit[was[was >= 0]]
    unit[was < 0] = fresh.unit
    return Space(
        unit, interleaved(earlier.terms, fresh.terms, was), interleaved(earlier.names, fresh.names, was)
    )


def known_vectors(articles: Sequence[Article], fingerprint: str, background: Background) -> NDArray[np.bool_]:
    """Of which articles the vector says something, ``(n,) bool`` (`fitted_space`)."""
    if background.fingerprint != model_of(fingerprint):
        return np.ones(len(articles), dtype=np.bool_)
    return np.array([mostly_latin(one.title, one.text) for one in articles], dtype=np.bool_)


def _unit(vectors: Vectors, statistics: Statistics) -> Vectors:
    """Vectors ``(m, dim)`` less the mean, whitened, unit rows. The last bits of a product depend on its
    shape, so that rows are made up to a whole number of blocks."""
    m, dim = vectors.shape
    rows = np.zeros((-(-m // _BLOCK_ROWS) * _BLOCK_ROWS, dim), dtype=np.float32)
    rows[:m] = vectors
    return centred(rows, statistics.mean, statistics.whitening if statistics.whitened else None)[:m]


def _part(offsets: NDArray[np.int64], start: int) -> tuple[NDArray[np.int64], slice]:
    """The offsets of the rows from ``start`` on, as if there were no others, and where their entries are."""
    ends = offsets[start : start + _ARTICLES_AT_ONCE + 1]
    return ends - ends[0], slice(int(ends[0]), int(ends[-1]))


def point_of(vector: Vectors, words: Words, statistics: Statistics, *, known: bool = True) -> Point:
    """The place of a text that is in no corpus, from its unit vector ``(dim,)`` and its words; a vector that
    says nothing is not ``known`` (`fitted_space`)."""
    ends = (np.array([0, len(words.terms)]), np.array([0, len(words.names)]))
    unit = _unit(vector[None, :], statistics)[0]
    return Point(
        unit if known else np.zeros_like(unit),
        _terms(ends[0], words.terms, words.counts, statistics).row(0),
        _names(ends[1], words.names, words.how, statistics).row(0),
    )


def _terms(
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint32],
    counts: NDArray[np.float32],
    statistics: Statistics,
) -> Table:
    """Rows of (1 + ln count) * idf, to unit length."""
    places = places_of(keys, statistics.keys)
    idf = (
        np.where(places >= 0, statistics.idf[places], statistics.rarest)
        if len(statistics.keys)
        else (np.full(len(keys), statistics.rarest))
    )
    weights = (1 + np.log(counts.astype(np.float64))) * idf
    return unit_rows(offsets, places, weights, len(statistics.keys))


def _names(
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint32],
    how: NDArray[np.uint8],
    statistics: Statistics,
) -> Table:
    """Rows of the idf of each word that is a name there, to unit length; how often it stands there says
    nothing more. A name too frequent to count has none."""
    places = places_of(keys, statistics.keys)
    capital = how & CAPITALISED > 0
    idf, share = np.full(len(keys), statistics.rarest), capital.astype(np.float64)
    known = places >= 0
    idf[known], share[known] = statistics.idf[places[known]], statistics.capitalised[places[known]]
    is_name = (capital & (share >= _SOMETIMES)) | ((how & NEVER_LOWER > 0) & (share >= _USUALLY))
    return unit_rows(offsets, places, np.where(is_name, idf, 0.0), len(statistics.keys))
