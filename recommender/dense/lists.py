"""Neighbours of all rows where exact ones cost too much: FAISS with inverted lists, and the recall it has."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.dense.apart import Found, all_pairs_apart
from recommender.dense.hits import Hits, no_hits
from recommender.dense.pairs import Advance, nearest_to
from recommender.dense.settling import firsts, put, settled
from recommender.dense.survivors import MOST_COLUMNS, PANEL, keys_of
from recommender.dense.vectors import Vectors, checked

# The time of all pairs grows with the square of their number. Set by estimate.
EXACT_UP_TO = 200_000
RECALL = 0.99
_MEASURED_ON = 1000
# Fetched beyond k: single precision may have put a pair on the wrong side of the cut.
_MARGIN = 16


def nearest_of_all(
    unit: Vectors,
    k: int,
    *,
    seed: int = 0,
    exact_up_to: int = EXACT_UP_TO,
    directory: Path | None = None,
    advance: Advance | None = None,
) -> Found:
    """The k nearest of every row: exact up to ``exact_up_to`` rows (see `all_pairs_apart`), by inverted lists
    beyond, with the share of the exact k nearest that it finds for 1,000 rows drawn by ``seed``. As many
    lists are looked through as this takes to be 0.99, or all. Cosines are exact either way."""
    if len(unit) <= exact_up_to:
        return all_pairs_apart(unit, k, directory=directory, advance=advance)
    unit = checked(unit, None)
    hits = no_hits(len(unit), k, len(unit))
    if len(unit) > MOST_COLUMNS:
        raise ValueError(f"{len(unit)} vectors, expected at most {MOST_COLUMNS}")
    rows = np.flatnonzero(unit.any(axis=1))
    recall = 1.0
    if len(rows):
        vectors = unit[rows]
        index = _index(vectors, seed)
        recall = _widened(index, vectors, min(k, len(rows)), seed)
        for start in range(0, len(rows), PANEL):
            _search(
                index, vectors, vectors[start : start + PANEL], rows, rows[start : start + PANEL], k, hits
            )
            if advance is not None:
                advance(len(rows[start : start + PANEL]))
    if advance is not None:
        advance(len(unit) - len(rows))
    note = f"{len(unit)} articles, more than {exact_up_to}: {recall:.4f} of the exact neighbours were found"
    return Found(hits, note, recall)


def _index(vectors: Vectors, seed: int) -> Any:
    import faiss

    n, dim = vectors.shape
    lists = max(1, min(n, round(4 * sqrt(n))))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = seed
    # With fewer rows a list than it likes, FAISS warns on standard error.
    index.cp.min_points_per_centroid = 1
    index.train(vectors)
    index.add(vectors)
    index.nprobe = min(lists, 8)
    return index


def _widened(index: Any, vectors: Vectors, k: int, seed: int) -> float:
    """Look through twice as many lists until enough is found, and say how much that is."""
    drawn = np.random.default_rng(seed).permutation(len(vectors))[:_MEASURED_ON]
    drawn.sort()
    exact = nearest_to(vectors, drawn, k)
    places = np.arange(len(vectors))
    while True:
        found = no_hits(len(drawn), k, len(vectors))
        _search(index, vectors, vectors[drawn], places, np.arange(len(drawn)), k, found)
        same = sum(
            len(np.intersect1d(one, other)) for one, other in zip(exact.rows, found.rows, strict=True)
        ) - sum(-1 in one and -1 in other for one, other in zip(exact.rows, found.rows, strict=True))
        recall = same / max(1, int(exact.counts.sum()))
        if recall >= RECALL or index.nprobe >= index.nlist:
            return float(recall)
        index.nprobe = min(index.nlist, 2 * index.nprobe)


def _search(
    index: Any,
    vectors: Vectors,
    queries: Vectors,
    rows: NDArray[np.int64],
    places: NDArray[np.int64],
    k: int,
    hits: Hits,
) -> None:
    """Each of ``queries`` among ``vectors``, which are the ``rows``; into the ``places`` of ``hits``."""
    products, columns = index.search(queries, min(len(vectors), k + _MARGIN))
    one, other = np.nonzero(columns >= 0)
    keys = keys_of(one, products[one, other], columns[one, other])
    keys.sort()
    keys = settled(vectors, queries, keys, rows)
    put(hits, places, keys[firsts(keys, len(queries), k)])
