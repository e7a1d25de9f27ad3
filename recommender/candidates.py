"""For every article the ones that might be related to it: the nearest by vectors, and the nearest by terms.

Each side is exact in what it promises, the ``depth`` highest cosines; the union is in no order of merit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.copies import Copies
from recommender.dense import DenseIndex, FaissIndex, Vectors, freeze
from recommender.encoder import Advance
from recommender.space import Space

DEPTH = 100
# So many articles of one text may stand in a list of candidates.
COPIES = 5
_QUERIES_PER_STEP = 1024


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs in one flat table, the candidates of article ``i`` at ``offsets[i]:offsets[i + 1]``.

    ``offsets`` ``(n + 1,) int64``; ``rows`` ``(pairs,) int32`` the candidate's row, never the article's own,
    ascending within an article. ``lexical`` ``(pairs,) float32`` is the cosine of terms where the search came
    by it, and NaN elsewhere; ``None`` where it did nowhere.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    lexical: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if len(self.rows) != self.offsets[-1]:
            raise ValueError(f"{len(self.rows)} rows, expected {self.offsets[-1]}")
        freeze(self.offsets, self.rows)
        if self.lexical is not None:
            if len(self.lexical) != len(self.rows):
                raise ValueError(f"{len(self.lexical)} cosines of terms, expected {len(self.rows)}")
            freeze(self.lexical)

    def queries(self) -> NDArray[np.int32]:
        """The query's row for each pair, ``(pairs,) int32``."""
        return query_rows(self.offsets)


def query_rows(offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """The query's row for each pair of a flat table with these ``offsets`` ``(n + 1,) int64``."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))


def find(
    space: Space, copies: Copies | None = None, *, depth: int = DEPTH, advance: Advance | None = None
) -> Candidates:
    """The ``depth`` nearest of every article by vectors and as many by terms, those that share none left out,
    without the article itself. ``advance`` counts articles.

    Of ``copies`` of one text the first stands for all: it is looked for, and near to others, once. What is
    near it is then near all of them, and each of the first `COPIES` is near what the first is near, and near
    the others of its text.
    """
    n = len(space)
    if copies is None or len(copies) == n:
        return _find(space, depth, advance)
    found = _every_copy(_find(space.at(copies.first), depth, advance), copies)
    if advance is not None:
        advance(n - len(copies))
    return found


def _find(space: Space, depth: int, advance: Advance | None) -> Candidates:
    dense = _dense(FaissIndex(space.unit), space.unit, depth, advance)
    by_terms, cosines = _lexical(space, depth)
    codes = np.union1d(dense, by_terms)
    lexical = np.full(len(codes), np.nan, dtype=np.float32)
    lexical[np.searchsorted(codes, by_terms)] = cosines
    return _laid_out(codes, lexical, len(space))


def _every_copy(found: Candidates, copies: Copies) -> Candidates:
    """Candidates among texts, to candidates among the articles that have them."""
    n, texts = len(copies.group), np.arange(len(copies))
    one = np.concatenate([found.queries().astype(np.int64), texts])
    other = np.concatenate([found.rows.astype(np.int64), texts])
    listed = np.minimum(copies.sizes, COPIES)[other]
    pairs = copies.sizes[one] * listed
    nth = np.arange(pairs.sum()) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    of_query, of_row = np.divmod(nth, np.repeat(listed, pairs))
    starts = copies.offsets[:-1]
    queries = copies.members[np.repeat(starts[one], pairs) + of_query]
    rows = copies.members[np.repeat(starts[other], pairs) + of_row]
    lexical = np.full(len(rows), np.nan, dtype=np.float32)
    if found.lexical is not None:
        # Known is the cosine of the two that were looked at.
        firsts = np.flatnonzero((of_query == 0) & (of_row == 0) & (queries != rows))
        lexical[firsts] = found.lexical
    kept = queries != rows
    codes, lexical = (queries * n + rows)[kept], lexical[kept]
    order = np.argsort(codes)
    return _laid_out(codes[order], lexical[order], n)


def _laid_out(codes: NDArray[np.int64], lexical: NDArray[np.float32], n: int) -> Candidates:
    """Pairs of query and row in one number, query * n + row, ascending, in one flat table."""
    queries, rows = np.divmod(codes, max(1, n))
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(queries, minlength=n), out=offsets[1:])
    return Candidates(offsets, rows.astype(np.int32), lexical)


def _dense(index: DenseIndex, unit: Vectors, depth: int, advance: Advance | None) -> NDArray[np.int64]:
    """Pairs of query and row in one number, query * n + row."""
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(unit), _QUERIES_PER_STEP):
        block = unit[start : start + _QUERIES_PER_STEP]
        hits = index.search(block, depth + 1)
        own = np.arange(start, start + len(block))[:, None]
        # Among exact copies the first hit is somebody else: leave out by row, never by place. Where the
        # article is not among its own hits, the last one goes.
        keep = (np.arange(hits.rows.shape[1])[None, :] < hits.counts[:, None]) & (hits.rows != own)
        keep &= np.cumsum(keep, axis=1) <= depth
        found.append((own * len(unit) + hits.rows)[keep])
        if advance is not None:
            advance(len(block))
    return np.concatenate(found)


def _lexical(space: Space, depth: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The same by terms, and the cosines of terms."""
    offsets, rows, cosines = space.terms.nearest(depth + 1)
    queries = query_rows(offsets).astype(np.int64)
    keep = rows != queries
    # The article itself need not be among them: others may have more of their terms in common with it.
    before = np.concatenate([[0], np.cumsum(keep)])
    keep &= before[:-1] - before[offsets[queries]] < depth
    codes: NDArray[np.int64] = queries[keep] * len(space) + rows[keep]
    return codes, cosines[keep]
