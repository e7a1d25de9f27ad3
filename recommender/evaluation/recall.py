"""What the candidates of a snapshot missed: of the nearest by exact search, and of the related."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import DEPTH
from recommender.dense import ExactIndex
from recommender.evaluation.document.judged import CandidateRecall
from recommender.evaluation.document.whole import IndexRecall
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.run import Run
from recommender.nearest import Postings, Units
from recommender.snapshot import Snapshot

QUERIES = 200
# A query with more related articles than this may have more than there is room for among its candidates.
FEW_RELATED = 20
_DEPTHS = (10, DEPTH)
# Cosines are compared in single precision, those of terms rounded to six decimals; a candidate as near as the
# last exact one counts as found.
_ROUNDING = 1e-6
_TERMS_ROUNDING = 2e-6
# Of one article the cosines of its exact nearest and of those that a build finds, each best first.
_Sides = tuple[NDArray[np.float32], NDArray[np.float64]]


def index_recall(snapshot: Snapshot, *, seed: int) -> IndexRecall:
    """The share of each article's exact k nearest by vectors, k 10 and 100, that are among the k nearest that
    the index of a build finds, mean over 200 articles drawn at random (all, where there are fewer). A true
    recall at k: one that ties with the k-th counts."""
    rows = _drawn(snapshot, seed)
    found = _shares(_by_vectors(snapshot, rows), _ROUNDING)
    return IndexRecall(kind="exact inner products", queries=len(rows), recall=found)


def lexical_recall(snapshot: Snapshot, *, seed: int) -> IndexRecall:
    """The same by terms: what the sparse product of a build finds against exact cosines, for the same
    articles. Where fewer than k share a term with the article, these are all that there is to find."""
    rows = _drawn(snapshot, seed)
    found = _shares(_by_terms(snapshot, rows), _TERMS_ROUNDING)
    return IndexRecall(kind="sparse product of terms", queries=len(rows), recall=found)


def _drawn(snapshot: Snapshot, seed: int) -> NDArray[np.int64]:
    n = len(snapshot)
    return np.sort(np.random.default_rng(seed).choice(n, min(n, QUERIES), replace=False))


def _by_vectors(snapshot: Snapshot, rows: NDArray[np.int64]) -> Iterator[_Sides]:
    unit = snapshot.space.unit
    hits, seen = ExactIndex(unit).search(unit[rows], DEPTH + 1), Units(unit).nearest(rows, DEPTH)
    for place, row in enumerate(rows.tolist()):
        exact = hits.cosines[place][(hits.rows[place] != row) & (hits.rows[place] >= 0)]
        # By exact products again: what the search says of its own rows is not taken on trust.
        others = seen.rows[seen.queries == row]
        yield exact, np.sort(unit[others].astype(np.float64) @ unit[row].astype(np.float64))[::-1]


def _by_terms(snapshot: Snapshot, rows: NDArray[np.int64]) -> Iterator[_Sides]:
    terms = snapshot.space.terms
    found = Postings(terms, np.arange(len(terms)), snapshot.statistics.least).nearest(rows, DEPTH)
    for row in rows.tolist():
        cosines = terms.cosines_to_all(terms.row(row))
        seen = cosines[found.rows[found.queries == row]].astype(np.float64)
        cosines[row] = 0
        exact = np.sort(cosines[cosines > 0])[::-1]
        yield exact, np.sort(seen)[::-1]


def _shares(sides: Iterator[_Sides], rounding: float) -> dict[str, float]:
    """Depth -> the mean share found, of the articles that have anything to find."""
    found: dict[str, list[float]] = {str(k): [] for k in _DEPTHS}
    for exact, seen in sides:
        for k in _DEPTHS:
            wanted = exact[:k]
            if len(wanted):
                reaching = int((seen[:k] >= wanted[-1] - rounding).sum())
                found[str(k)].append(min(reaching, len(wanted)) / len(wanted))
    return {k: round(float(np.mean(values)), 6) for k, values in found.items() if values}


def candidate_recall(qrels: Qrels, bare: Run) -> CandidateRecall:
    """How many of the related pairs of a dataset are stored candidates, of all its queries and of those with
    at most 20 related articles; every pair counts as much. ``bare`` holds for each query all its stored
    candidates, without policy and floor."""
    sizes = {True: [0, 0], False: [0, 0]}
    for query in qrels.queries:
        related = {doc for doc, grade in qrels.relevance[query].items() if grade > 0}
        few = sizes[len(related) <= FEW_RELATED]
        few[0] += len(related)
        few[1] += len(related.intersection(bare.docs(query)))
    few_related, few_found = sizes[True]
    related_pairs, found = few_related + sizes[False][0], few_found + sizes[False][1]
    return CandidateRecall(
        related=related_pairs,
        found=found,
        recall=round(found / related_pairs, 6) if related_pairs else None,
        most=FEW_RELATED,
        few_related=few_related,
        few_found=few_found,
        few_recall=round(few_found / few_related, 6) if few_related else None,
    )
