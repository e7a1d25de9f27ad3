"""For every article the ones that might be related to it: the nearest by vectors, and the nearest by terms.

The union of the two sides is in no order of merit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.copies import Copies
from recommender.dense import freeze
from recommender.encoder import Advance
from recommender.lexical.table import entries_of
from recommender.nearest import (
    Earlier,
    Lists,
    Pairs,
    Postings,
    Side,
    Units,
    brought_forward,
    distinct,
    searched,
)
from recommender.space import Space

DEPTH = 100
# So many articles of one text may stand in a list of candidates.
COPIES = 5


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


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for candidates found: the ``pairs``, and for a later build the nearest of every article
    by vectors, ``lead``, and by ``terms``; of copies of one text the first alone has lists. ``recall`` is the
    share of the nearest by vectors that was found, 1 where all were, ``all_terms`` says whether all terms
    were looked at, and ``note`` whatever there is to say of how it was done."""

    pairs: Candidates
    lead: Lists
    terms: Lists
    recall: float = 1.0
    all_terms: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierSearch:
    """What an earlier build's search found over m articles, and the rows of these now: ``now``
    ``(m,) int64``, -1 for one that is gone or no longer what it was."""

    lead: Lists
    terms: Lists
    now: NDArray[np.int64]


def find(
    space: Space, copies: Copies | None = None, *, depth: int = DEPTH, advance: Advance | None = None
) -> Candidates:
    """The pairs of `search`, by all terms."""
    nothing = np.zeros(space.terms.width, dtype=np.float32)
    return search(space, nothing, copies, depth=depth, advance=advance).pairs


def search(
    space: Space,
    least: NDArray[np.float32],
    copies: Copies | None = None,
    earlier: EarlierSearch | None = None,
    *,
    depth: int = DEPTH,
    directory: Path | None = None,
    advance: Advance | None = None,
) -> Search:
    """The ``depth`` nearest of every article by vectors and as many by those terms that weigh at least
    ``least`` ``(width,) float32`` in it, those that share none left out, without the article itself.
    ``advance`` counts articles; ``directory`` is where files of this search alone may stand. With an
    ``earlier`` search only what changed is looked for.

    Of ``copies`` of one text the first stands for all: it is looked for, and near to others, once. What is
    near it is then near all of them, and each of the first `COPIES` is near what the first is near, and near
    the others of its text.
    """
    n = len(space)
    first = np.arange(n) if copies is None else copies.first
    unit = space.unit if len(first) == n else space.unit[first]
    units = Units(unit, directory)
    lead, dense = _near(units, first, n, depth, None if earlier is None else (earlier.lead, earlier.now))
    if advance is not None:
        advance(n // 2)
    postings = Postings(space.terms, first, least)
    terms, by_terms = _near(
        postings, first, n, depth, None if earlier is None else (earlier.terms, earlier.now)
    )
    if advance is not None:
        advance(n - n // 2)
    m = len(first)
    exact, note, recall = postings.exact, units.note, units.recall
    told = by_terms.queries * m + by_terms.rows
    codes = distinct(np.concatenate([dense.queries * m + dense.rows, told]))
    lexical = np.full(len(codes), np.nan, dtype=np.float32)
    if exact:
        lexical[np.searchsorted(codes, told)] = by_terms.values
    del dense, by_terms, told, postings, units  # the most of what this takes
    pairs = _laid_out(codes, lexical, m)
    if copies is not None and m < n:
        pairs = _every_copy(pairs, copies)
    return Search(pairs, lead, terms, recall, exact, note)


def _near(
    side: Side, first: NDArray[np.int64], n: int, depth: int, earlier: tuple[Lists, NDArray[np.int64]] | None
) -> tuple[Lists, Pairs]:
    """The lists of n articles, of which those in the rows ``first`` ``(m,)`` have any, and the nearest of
    each of these among them, numbered 0..m-1."""
    m = len(first)
    if earlier is None:
        lists, top = searched(side, m, depth)
    else:
        known, now = earlier
        place = np.full(n + 1, -1, dtype=np.int64)  # the last for what is gone
        place[first] = np.arange(m)
        lists, top = brought_forward(side, m, depth, Earlier(known, place[now]))
    return lists if m == n and (np.diff(first) == 1).all() else _of_articles(lists, first, n), top


def _of_articles(lists: Lists, first: NDArray[np.int64], n: int) -> Lists:
    """Lists of texts as lists of the articles that stand for them."""
    lengths = np.zeros(n, dtype=np.int64)
    lengths[first] = np.diff(lists.offsets)
    beyond = np.full(n, np.nan, dtype=np.float32)
    beyond[first] = lists.beyond
    by_row = np.argsort(first)
    _, entries = entries_of(lists.offsets, by_row)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Lists(offsets, first[lists.rows[entries]].astype(np.int32), lists.values[entries], beyond)


def _every_copy(found: Candidates, copies: Copies) -> Candidates:
    """Candidates among texts, to candidates among the articles that have them."""
    n, first, several = len(copies.group), copies.first, copies.sizes > 1
    one, other = found.queries(), found.rows
    again = several[one] | several[other]
    plain = np.flatnonzero(~again)
    codes = [first[one[plain]] * n + first[other[plain]]]
    nothing = np.full(len(one), np.nan, dtype=np.float32)
    known = nothing if found.lexical is None else found.lexical
    lexical = [known[plain]]
    # Few texts stand there more than once: those pairs alone are drawn out.
    texts = np.flatnonzero(several)
    one = np.concatenate([one[again], texts])
    other = np.concatenate([other[again], texts])
    known = np.concatenate([known[again], np.full(len(texts), np.nan, dtype=np.float32)])
    listed = np.minimum(copies.sizes, COPIES)[other]
    pairs = copies.sizes[one] * listed
    nth = np.arange(pairs.sum()) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    of_query, of_row = np.divmod(nth, np.repeat(listed, pairs))
    starts = copies.offsets[:-1]
    queries = copies.members[np.repeat(starts[one], pairs) + of_query]
    rows = copies.members[np.repeat(starts[other], pairs) + of_row]
    # Known is the cosine of the two that were looked at.
    cosines = np.where((of_query == 0) & (of_row == 0), np.repeat(known, pairs), np.float32(np.nan))
    kept = queries != rows
    codes.append((queries * n + rows)[kept])
    lexical.append(cosines[kept].astype(np.float32))
    together, of_terms = np.concatenate(codes), np.concatenate(lexical)
    order = np.argsort(together)
    return _laid_out(together[order], of_terms[order], n)


def _laid_out(codes: NDArray[np.int64], lexical: NDArray[np.float32], n: int) -> Candidates:
    """Pairs of query and row in one number, query * n + row, ascending, in one flat table."""
    offsets = np.searchsorted(codes, np.arange(n + 1) * n)
    return Candidates(offsets, (codes % max(1, n)).astype(np.int32), lexical)
