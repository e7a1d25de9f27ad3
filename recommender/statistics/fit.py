"""A corpus's vectors and words to its statistics, blended with those of the background."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recommender.dense import Vectors, freeze
from recommender.encoder import model_of
from recommender.lexical import Bags
from recommender.lexical.words import CAPITALISED
from recommender.statistics.background import Background

STATISTICS_VERSION = 2
# A corpus counts as much as the background when it has this many articles: for the mean, since in a corpus
# of two related articles its own lies between them and would make them opposites; for the covariance, which
# has far more numbers to fit; and for terms, as so many articles the background is counted.
MEAN_ARTICLES = 50
COVARIANCE_ARTICLES = 2000
TERM_ARTICLES = 2000
# Half way to full whitening, which would blow up directions that hold nothing but noise.
_WHITENING = 0.5
# What is worked on at once, so that it takes little memory beside the corpus.
_ROWS_AT_ONCE = 4096
_KEYS_AT_ONCE = 10_000_000
# A term that more of the articles hold says nothing, and makes up most of the work.
_FREQUENT = 0.1


@dataclass(frozen=True, slots=True)
class Statistics:
    """``mean`` ``(dim,) float32`` is taken from every vector, which ``whitening`` ``(dim, dim) float32``,
    symmetric, is then applied to. Of the terms ``keys`` ``(k,) uint32``, ascending: ``idf`` ``(k,) float32``,
    0 for one too frequent to count, and ``capitalised`` ``(k,) float32``, the share of the articles that hold
    it with a capital in mid-sentence. ``rarest`` is the idf of a term that one article alone holds, and of
    those that are not in ``keys``. ``least`` ``(k,) float32`` is the weight from which on an article is
    looked for by a term (`recommender.lexical.postings`), 0 for all that hold it.

    ``articles`` is the number it was fitted on; ``background`` names the packaged numbers that were
    blended in. Those of vectors are only used for the encoder that they are of: without them the mean
    shrinks towards zero and nothing is whitened (``whitened``).
    """

    version: int
    fingerprint: str
    articles: int
    background: str | None
    whitened: bool
    mean: NDArray[np.float32]
    whitening: NDArray[np.float32]
    keys: NDArray[np.uint32]
    idf: NDArray[np.float32]
    capitalised: NDArray[np.float32]
    rarest: float
    least: NDArray[np.float32]

    def __post_init__(self) -> None:
        freeze(self.mean, self.whitening, self.keys, self.idf, self.capitalised, self.least)


def fit(
    vectors: Vectors,
    bags: Bags,
    fingerprint: str,
    background: Background | None = None,
    once: NDArray[np.int64] | None = None,
) -> Statistics:
    """Statistics of a corpus: the words of n articles, of which those ``once`` ``(u,)`` count, or all; and
    ``vectors`` ``(m, dim) float32``, unit rows, of those of them whose vectors say something. The order of
    the articles makes no difference, the last bits of a mean apart."""
    dense = background if background is not None and background.fingerprint == model_of(fingerprint) else None
    mean, whitening = _moments(vectors, dense)
    counting = np.ones(len(bags), dtype=np.bool_)
    if once is not None:
        counting[:] = False
        counting[once] = True
    keys, idf, capitalised, rarest = _terms(bags, counting, background)
    return Statistics(
        version=STATISTICS_VERSION,
        fingerprint=fingerprint,
        articles=int(counting.sum()),
        background=background.name if background else None,
        whitened=dense is not None,
        mean=mean.astype(np.float32),
        whitening=whitening.astype(np.float32),
        keys=keys,
        idf=idf.astype(np.float32),
        capitalised=capitalised.astype(np.float32),
        rarest=rarest,
        least=np.zeros(len(keys), dtype=np.float32),
    )


def _moments(
    vectors: Vectors, background: Background | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean, and the matrix C^(-1/4) of the covariance C, which makes directions half way alike.

    Source: whitening of sentence vectors, Su, Cao, Liu and Ou, Whitening sentence representations for better
    semantics and faster retrieval, 2021; half of it and the blend were chosen here (docs/ranking.md).
    """
    n, dim = vectors.shape
    own = vectors.mean(axis=0, dtype=np.float64) if n else np.zeros(dim)
    weight = n / (n + MEAN_ARTICLES)
    if background is None:
        return weight * own, np.eye(dim)
    covariance = np.zeros((dim, dim))
    for start in range(0, n, _ROWS_AT_ONCE):
        centred = vectors[start : start + _ROWS_AT_ONCE] - own
        covariance += centred.T @ centred
    covariance /= max(1, n)
    share = n / (n + COVARIANCE_ARTICLES)
    blended = share * covariance + (1 - share) * background.covariance
    # Rounded first, so that the order in which rows were added up plays no part in what follows.
    values, directions = np.linalg.eigh(blended.round(9))
    values = np.maximum(values, values[-1] * 1e-6) ** (-_WHITENING / 2)
    return weight * own + (1 - weight) * background.mean, (directions * values) @ directions.T


def _terms(
    bags: Bags, counting: NDArray[np.bool_], background: Background | None
) -> tuple[NDArray[np.uint32], NDArray[np.float64], NDArray[np.float64], float]:
    """Terms that two articles hold or the background knows: keys, idf and share of capitals; and the idf of
    all others. idf is 1 + ln((1 + N) / (1 + articles that hold it)), scikit-learn's smoothed form."""
    known = background.keys if background else np.zeros(0, dtype=np.uint32)
    own, holding = _held(bags.terms, np.repeat(counting, np.diff(bags.term_offsets)), 2, known)
    keys = np.union1d(own, known)
    counts = at(keys, own, holding)
    capital = np.repeat(counting, np.diff(bags.name_offsets)) & (bags.how & CAPITALISED > 0)
    capitalised = at(keys, *_held(bags.names, capital, 1, known))
    total, share = float(counting.sum()), counts
    if background is not None:
        scale = min(1.0, TERM_ARTICLES / background.articles)
        more = at(keys, background.keys, background.holding)
        share, counts = counts + more, counts + scale * more
        capitalised = capitalised + at(keys, background.keys, background.capitalised)
        total += scale * background.articles
    idf = 1 + np.log((1 + total) / (1 + counts))
    idf[counts > _FREQUENT * total] = 0
    # Rounded, so that no digit of it in the manifest can change and stand for the same number.
    rarest = round(1 + math.log((1 + total) / 2), 6)
    return keys, idf, capitalised / np.maximum(share, 1), rarest


def _held(
    keys: NDArray[np.uint32], taken: NDArray[np.bool_], least: int, known: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Of the ``keys`` ``(m,)`` that are ``taken``, those that stand there ``least`` times or are ``known``,
    ascending, and how often each does. Sorted by ranges of keys, so that little is copied at once."""
    found, times = [np.zeros(0, dtype=np.uint32)], [np.zeros(0)]
    ranges = max(1, min(64, len(keys) // _KEYS_AT_ONCE))
    edges = np.linspace(0, 2**32, ranges + 1).astype(np.uint64)
    for low, high in pairwise(edges.tolist()):
        some = np.sort(keys[taken & (keys >= low) & (keys < high)] if ranges > 1 else keys[taken])
        begins = np.ones(len(some), dtype=np.bool_)
        begins[1:] = some[1:] != some[:-1]
        starts = np.flatnonzero(begins)
        counts = np.diff(np.append(starts, len(some))).astype(np.float64)
        distinct = some[starts]
        kept = (counts >= least) | (places_of(distinct, known) >= 0)
        found.append(distinct[kept])
        times.append(counts[kept])
    return np.concatenate(found), np.concatenate(times)


def at(
    keys: NDArray[np.uint32], known: NDArray[np.uint32], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The value of each of ``keys`` among the ascending ``known``; 0 for one that is not there."""
    places = places_of(keys, known)
    found = np.zeros(len(keys))
    found[places >= 0] = values[places[places >= 0]]
    return found


def places_of(keys: NDArray[np.uint32], known: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The place of each of ``keys`` among the ascending ``known``; -1 for one that is not there."""
    if not len(known):
        return np.full(len(keys), -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[places] == keys, places, -1)
