"""Which articles of a corpus tell one report: copies of one text, and rewordings by other outlets.

Pairs are looked for among the candidates alone. Two groups become one only where every pair across them
passes, so that A like B and B like C never make A and C the same. Sources: runs of words and their overlap,
Broder, On the resemblance and containment of documents, 1997; complete linkage, Sorensen 1948.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article, normalise_id, title_key
from recommender.candidates import query_rows
from recommender.dense import Vectors
from recommender.embedding import text_digest
from recommender.nearest import distinct
from recommender.policy.likeness import COPY_COSINE, REWORDING_COSINE, are_copies, are_rewordings
from recommender.policy.wording import Wording, wording_of
from recommender.scoring import order_of_ids, published_seconds

# A body shorter than this may be the same boilerplate under different stories, so the title counts too.
_BODY_WORDS = 30
# Of a large group so many members speak for all, the first by id, lest work grow with its square.
_ASKED = 8
_BLOCK_FLOATS = 8_000_000
# Cosines are compared after rounding, so that the last bits do not decide in which order groups grow.
_DECIMALS = 4

Same = Callable[[int, int], bool]


def find(
    articles: Sequence[Article], offsets: NDArray[np.int64], rows: NDArray[np.int32], unit: Vectors
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Copies and stories, each ``(n,) int32``, equal where two articles are copies of one another, or tell
    one report; numbered as they come. Copies are of one story. And ``(k, 2) int64`` the pairs of rows that
    are copies, but not of all that either is a copy of, so that they are in two groups. ``unit`` ``(n, dim)
    float32`` are centred unit vectors, the pairs those of the flat table ``offsets`` and ``rows``. The
    order of the articles makes no difference to who is grouped with whom."""
    groups = _Groups(articles)
    wording: dict[int, Wording] = {}

    def worded(row: int) -> Wording:
        if row not in wording:
            wording[row] = wording_of(articles[row])
        return wording[row]

    pairs, cosines = _near(offsets, rows, unit, groups)
    apart = groups.merge(pairs, lambda a, b: are_copies(worded(a), worded(b)))
    copies = groups.labels()
    published = published_seconds(articles).tolist()
    codes: dict[str, int] = {}
    source = [
        -1 if one.source is None else codes.setdefault(normalise_id(one.source), len(codes))
        for one in articles
    ]

    def reworded(a: int, b: int) -> bool:
        return are_rewordings(worded(a), worded(b), (source[a], source[b]), (published[a], published[b]))

    groups.merge(pairs[cosines >= REWORDING_COSINE], reworded)
    alike = np.array([pair for pair in apart if copies[pair[0]] != copies[pair[1]]], dtype=np.int64)
    return copies, groups.labels(), alike.reshape(-1, 2)


class _Groups:
    """Articles in groups, at first those with the same words; members in the order of their ids."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.places = order_of_ids([article.id for article in articles])
        known: dict[bytes, int] = {}
        self._group = [known.setdefault(_copy_key(article), len(known)) for article in articles]
        self._members: dict[int, list[int]] = {}
        for row in np.argsort(self.places).tolist():
            self._members.setdefault(self._group[row], []).append(row)

    def merge(self, pairs: NDArray[np.int64], same: Same) -> list[tuple[int, int]]:
        """Make one of two groups for each pair ``(m, 2)``, in this order, that `same` says is the same,
        where it says so of all pairs across the two; the pairs of which it does not come back."""
        apart = []
        for a, b in pairs.tolist():
            one, other = self._group[a], self._group[b]
            if one == other or not same(a, b):
                continue
            if not all(same(*pair) for pair in self._across(one, other)):
                apart.append((a, b))
            else:
                members = sorted(self._members[one] + self._members.pop(other), key=self.places.__getitem__)
                self._members[one] = members
                for row in members:
                    self._group[row] = one
        return apart

    def labels(self) -> NDArray[np.int32]:
        """Each article's group, ``(n,) int32``, numbered as they come."""
        numbers: dict[int, int] = {}
        return np.array([numbers.setdefault(group, len(numbers)) for group in self._group], dtype=np.int32)

    def _across(self, one: int, other: int) -> Iterator[tuple[int, int]]:
        return ((a, b) for a in self._members[one][:_ASKED] for b in self._members[other][:_ASKED])


def _near(
    offsets: NDArray[np.int64], rows: NDArray[np.int32], unit: Vectors, groups: _Groups
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The distinct pairs ``(m, 2)`` of the table with a cosine of `COPY_COSINE` or more, and these,
    highest first, then by id."""
    n = len(unit)
    queries = query_rows(offsets).astype(np.int64)
    codes = distinct(np.minimum(queries, rows) * n + np.maximum(queries, rows))
    found, near = [np.zeros((0, 2), dtype=np.int64)], [np.zeros(0)]
    step = max(1, _BLOCK_FLOATS // max(1, unit.shape[1]))
    for start in range(0, len(codes), step):
        left, right = np.divmod(codes[start : start + step], n)
        cosines = np.einsum("ij,ij->i", unit[left], unit[right]).astype(np.float64).round(_DECIMALS)
        kept = cosines >= COPY_COSINE
        found.append(np.stack([left[kept], right[kept]], axis=1))
        near.append(cosines[kept])
    pairs, cosines = np.concatenate(found), np.concatenate(near)
    first, second = np.sort(groups.places[pairs], axis=1).T
    order = np.lexsort((second, first, -cosines))
    return pairs[order], cosines[order]


def _copy_key(article: Article) -> bytes:
    """The same for two articles whose bodies are equal but for case and white space; a body too short
    to tell stories apart is taken together with the title."""
    words = unicodedata.normalize("NFC", article.text).casefold().split()
    body = " ".join(words)
    return text_digest(body if len(words) >= _BODY_WORDS else f"{title_key(article.title)}\n{body}")
