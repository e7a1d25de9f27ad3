"""Evidence to one score, and the order that follows from it. The formula stands in this file alone.

The score is the estimated probability that an editor would call two articles related. Its coefficients stand
in ``background/scoring.json`` with what they were fitted on, and how well (`scripts/fit_scoring.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.candidates import DEPTH, Candidates, query_rows
from recommender.dense import freeze
from recommender.encoder import model_of
from recommender.evidence import Evidence
from recommender.nearest import in_order
from recommender.neighbourhood import Closeness

FORMULAS = "background/scoring.json"
# The fingerprint of the formula for encoders that none was fitted with.
WITHOUT_VECTORS = ""
_NAME_SCALE = 10

# Scores are rounded to this many decimals where they are made, so that the last bits of a product
# never decide between two articles that are equally good, and what is printed is what was compared.
DECIMALS = 6
_FLOOR_DECIMALS = 2
UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in order: higher score, then newer, then id (`order_pairs`), unless `reordered`. Laid out as
    `Candidates` is; ``scores`` ``(pairs,) float32`` in 0..1."""

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    scores: NDArray[np.float32]

    def __post_init__(self) -> None:
        freeze(self.offsets, self.rows, self.scores)

    def queries(self) -> NDArray[np.int32]:
        """The query's row for each pair, ``(pairs,) int32``."""
        return query_rows(self.offsets)

    def reordered(self, order: NDArray[np.int64]) -> Ranking:
        """The same pairs in another order, ``(pairs,) int64``, that leaves each in its list."""
        columns = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "offsets"}
        return replace(self, **{name: column[order] for name, column in columns.items()})


@dataclass(frozen=True, slots=True)
class Floor:
    """What a list may show: nothing that scores below ``min_score``, and nothing at all unless one of its
    stories scores ``min_best`` or more. Where something is surely related, what is probably related is too;
    an article of a kind of which there are many finds much that is moderately like it, and nothing more."""

    min_score: float
    min_best: float = 0.0

    def with_own(self, min_score: float | None, min_best: float | None = None) -> Floor:
        """The floor where somebody asks for one of these. Who asks for a lower ``min_score`` wants to see
        what is not shown otherwise, so that no best story is needed, unless a ``min_best`` is asked for
        beside it; with a higher one less is shown, and no list is opened that was empty."""
        least = self.min_score if min_score is None else min_score
        if min_best is None:
            min_best = self.min_best if least >= self.min_score else 0.0
        return Floor(least, min_best)

    def reached(self, scores: NDArray[np.float32], best: float) -> NDArray[np.bool_]:
        """Which of one list's ``scores`` ``(m,)`` may be shown, ``(m,) bool``; ``best`` is the highest of
        all that could stand in it."""
        if np.float32(best) < np.float32(self.min_best):
            return np.zeros(len(scores), dtype=np.bool_)
        reached: NDArray[np.bool_] = scores >= np.float32(self.min_score)
        return reached


@dataclass(frozen=True, slots=True)
class Floors:
    """The floor that lists have by default, by the size of their corpus: ``min_scores`` are pairs of a
    number of articles, ascending, and the `Floor.min_score` in a corpus of so many; ``min_best`` is the same
    in all."""

    min_scores: tuple[tuple[int, float], ...]
    min_best: float = 0.0

    def among(self, articles: int) -> Floor:
        """The floor in a corpus of so many articles. Between two sizes it is in proportion to the logarithms
        of these, in hundredths; below the smallest and above the largest it is theirs."""
        sizes, scores = zip(*self.min_scores, strict=True)
        found = float(np.interp(np.log(max(1, articles)), np.log(sizes), scores))
        return Floor(round(found, _FLOOR_DECIMALS), self.min_best)


@dataclass(frozen=True, slots=True)
class Scoring:
    """The fitted formula, a logistic function of four pieces of evidence:

        logit = intercept + lead * lead_cosine + lexical * lexical_cosine + neighbours * neighbour_cosine
                + names * ln(1 + 10 * name_cosine)

    The first shared names say much, further ones little more. ``closeness`` is what neighbours are found by,
    ``floors`` are what lists have by default. ``fingerprint`` is the encoder it was fitted with,
    empty for a formula without vectors, which fits any.
    """

    name: str
    fingerprint: str
    closeness: Closeness
    intercept: float
    lead: float
    lexical: float
    neighbours: float
    names: float
    floors: Floors

    @property
    def weights(self) -> dict[str, float]:
        """The coefficients by the name of the evidence."""
        return {
            "lead_cosine": self.lead,
            "lexical_cosine": self.lexical,
            "neighbour_cosine": self.neighbours,
            "name_cosine": self.names,
        }

    def contributions(self, evidence: Evidence) -> dict[str, NDArray[np.float64]]:
        """What each piece adds to the logit, by the name of the evidence, each ``(m,)``; the intercept is
        what is missing to the sum."""
        return {
            "lead_cosine": self.lead * evidence.lead_cosine.astype(np.float64),
            "lexical_cosine": self.lexical * evidence.lexical_cosine.astype(np.float64),
            "neighbour_cosine": self.neighbours * evidence.neighbour_cosine.astype(np.float64),
            "name_cosine": self.names * np.log1p(_NAME_SCALE * evidence.name_cosine.astype(np.float64)),
        }

    def score(self, evidence: Evidence) -> NDArray[np.float32]:
        """The estimated probability that an editor calls each pair related, ``(m,) float32`` in 0..1."""
        logits = self.intercept + sum(self.contributions(evidence).values())
        return np.round(1 / (1 + np.exp(-logits)), DECIMALS).astype(np.float32)

    def as_json(self) -> dict[str, Any]:
        """The formula, as it is read back from JSON."""
        floors = {**asdict(self.floors), "min_scores": [list(one) for one in self.floors.min_scores]}
        return {**asdict(self), "floors": floors}


def scoring_of(content: Mapping[str, Any]) -> Scoring:
    """The formula in what `Scoring.as_json` gave. Raises KeyError, TypeError or ValueError for
    anything else."""
    said = content["floors"]
    floors = Floors(tuple((int(size), float(least)) for size, least in said["min_scores"]), said["min_best"])
    return Scoring(**{**content, "closeness": Closeness(**content["closeness"]), "floors": floors})


def packaged_scoring(fingerprint: str, *, without: str | None = None) -> Scoring:
    """The formula packaged with the library for the encoder of this ``fingerprint``; for one that none was
    fitted with, that without vectors. ``without`` one of `fitted_on`: the one fitted without that set."""
    model = _model(fingerprint)
    return scoring_of(model["formula"] if without is None else model["without"][without])


def fitted_on(fingerprint: str) -> tuple[str, ...]:
    """The labelled sets that the packaged formula for this encoder was fitted on."""
    return tuple(_model(fingerprint)["without"])


def cross_fitted(fingerprint: str) -> Mapping[str, Any] | None:
    """What was measured when the packaged formula for this encoder was fitted, every pair scored by one
    fitted without its event; ``None`` where nothing was. The form is
    `recommender.evaluation.calibration.CrossFitted`'s."""
    found: Mapping[str, Any] | None = _model(fingerprint).get("cross_fitted")
    return found


def _model(fingerprint: str) -> dict[str, Any]:
    models: dict[str, dict[str, Any]] = {one["formula"]["fingerprint"]: one for one in _models()}
    return models.get(model_of(fingerprint)) or models[WITHOUT_VECTORS]


def _models() -> list[dict[str, Any]]:
    content = json.loads(resources.files("recommender").joinpath(FORMULAS).read_text(encoding="utf-8"))
    models: list[dict[str, Any]] = content["models"]
    return models


def rank(
    candidates: Candidates, evidence: Evidence, articles: Sequence[Article], scoring: Scoring
) -> Ranking:
    """The `DEPTH` best candidates of each article, in order. ``evidence`` is that of the candidates, pair for
    pair; ``articles`` are the corpus's, in row order."""
    scores = scoring.score(evidence)
    published = published_seconds(articles)
    ids = order_of_ids([article.id for article in articles])
    queries = candidates.queries()
    # Newer, then id, as one number an article: so many pairs are sorted far quicker by it.
    standing = np.empty(len(ids), dtype=np.int64)
    standing[np.lexsort((ids, ~published))] = np.arange(len(ids))
    order = in_order(queries, standing[candidates.rows], scores)
    place = np.arange(len(order)) - candidates.offsets[queries[order]]
    order = order[place < DEPTH]
    offsets = np.zeros(len(articles) + 1, dtype=np.int64)
    np.cumsum(np.bincount(queries[order], minlength=len(articles)), out=offsets[1:])
    return Ranking(offsets, candidates.rows[order], scores[order])


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
