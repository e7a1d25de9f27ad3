"""Evidence to one score, and the order that follows from it. The formula stands in this file alone.

First form: the probability that an editor calls a pair related is a logistic function of the cosine of
the centred vectors and of the logarithm of the corpus's size. Within one corpus it is monotone in the
cosine, so it changes no order; it says where to stop. The size is in it because the number of articles
on one story grows far slower than the number of articles: the same cosine means less among 10,000
articles than among 20. Its coefficients stand in ``background/scoring.json`` with what they were fitted on
(`scripts/fit_scoring.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.candidates import Candidates, query_rows
from recommender.dense import freeze

_COEFFICIENTS_FILE = "background/scoring.json"

# Scores are rounded to this many decimals where they are made, so that the last bits of a product
# never decide between two articles that are equally good, and what is printed is what was compared.
DECIMALS = 6
UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in order: higher score, then newer, then id. Laid out as `Candidates` is;
    ``scores`` ``(pairs,) float32`` in 0..1."""

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    cosines: NDArray[np.float32]
    scores: NDArray[np.float32]

    def __post_init__(self) -> None:
        freeze(self.offsets, self.rows, self.cosines, self.scores)

    def queries(self) -> NDArray[np.int32]:
        """The query's row for each pair, ``(pairs,) int32``."""
        return query_rows(self.offsets)


@dataclass(frozen=True, slots=True)
class Scoring:
    """The fitted formula: ``logit = intercept + slope * cosine + size_slope * ln(articles)``, the size
    held within ``smallest..largest``, the sizes it was fitted on. A corpus smaller than that adds
    ``small_slope * ln(articles / smallest)``: its own mean says little yet, so that chance likeness is
    larger, and more is asked. ``min_score`` is the floor that lists
    have by default, ``fingerprint`` the encoder that the cosines were of."""

    name: str
    intercept: float
    slope: float
    size_slope: float
    smallest: int
    largest: int
    min_score: float
    small_slope: float = 0.0
    fingerprint: str = ""

    def score(self, cosines: NDArray[np.float32], articles: int) -> NDArray[np.float32]:
        """The estimated probability that a pair is related, for each centred cosine; same shape, 0..1.
        ``articles`` is the corpus's size."""
        size = min(max(articles, self.smallest), self.largest)
        constant = self.intercept + self.size_slope * math.log(size)
        if 0 < articles < self.smallest:
            constant += self.small_slope * math.log(articles / self.smallest)
        logits = constant + self.slope * cosines.astype(np.float64)
        return np.round(1 / (1 + np.exp(-logits)), DECIMALS).astype(np.float32)


def packaged_scoring() -> Scoring:
    """The coefficients packaged with the library."""
    content = json.loads(
        resources.files("recommender").joinpath(_COEFFICIENTS_FILE).read_text(encoding="utf-8")
    )
    return Scoring(**content["formula"], fingerprint=content["fingerprint"])


def rank(candidates: Candidates, articles: Sequence[Article], scoring: Scoring) -> Ranking:
    """Candidates scored and put in order. ``articles`` are the corpus's, in row order."""
    scores = scoring.score(candidates.cosines, len(articles))
    published = published_seconds(articles)
    ids = order_of_ids([article.id for article in articles])
    order = order_pairs(candidates.queries(), candidates.rows, scores, published, ids)
    return Ranking(candidates.offsets, candidates.rows[order], candidates.cosines[order], scores[order])


def order_pairs(
    queries: NDArray[np.int32],
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    published: NDArray[np.int64],
    ids: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The permutation that puts pairs in query order and, within a query, in the house's order."""
    # -UNDATED would overflow; the complement reverses the order of all integers.
    return np.lexsort((ids[rows], ~published[rows], -scores, queries))


def published_seconds(articles: Sequence[Article]) -> NDArray[np.int64]:
    """Publication times in seconds since 1970 UTC, ``(n,) int64``; `UNDATED`, the least, where unknown."""
    return np.array(
        [
            UNDATED if article.published_at is None else int(article.published_at.timestamp())
            for article in articles
        ],
        dtype=np.int64,
    )


def order_of_ids(ids: Sequence[str]) -> NDArray[np.int64]:
    """Each id's place in the order of all ids, ``(n,) int64``."""
    places = np.empty(len(ids), dtype=np.int64)
    places[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return places
