"""Which articles are one, so that one that is there often counts once.

A report that a hundred sites carry would otherwise be all that is near it, and its words would seem common.
Title and opening must be the same, and the rest nearly: one text under several titles may be a notice in
place of several stories, and a line at the end may be each site's own. What the policy takes for copies
goes by whole texts (`recommender.policy.stories`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article, title_key
from recommender.dense import freeze
from recommender.embedding import text_digest

_OPENING_WORDS = 100
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Copies:
    """n articles in g groups, each of one text. ``group`` ``(n,) int64`` is an article's, numbered as they
    come; ``members`` ``(n,) int64`` are the rows of group 0, then of 1 and so on, each in the order of ids,
    those of group ``i`` at ``offsets[i]:offsets[i + 1]``, ``(g + 1,) int64``."""

    group: NDArray[np.int64]
    members: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        freeze(self.group, self.members, self.offsets)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.offsets) - 1

    @property
    def first(self) -> NDArray[np.int64]:
        """One article of each text, the first by id, ``(g,) int64``; ascending where no text stands twice."""
        return self.members[self.offsets[:-1]]

    @property
    def stands_for(self) -> NDArray[np.int64]:
        """For each article the first of its text, ``(n,) int64``."""
        return self.first[self.group]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many articles each text has, ``(g,) int64``."""
        return np.diff(self.offsets)


def copies_among(articles: Sequence[Article]) -> Copies:
    """The articles by title and text, in which neither case nor white space makes a difference; texts that
    open with the same hundred words may differ in a fifth of their words after these. The order of the
    articles makes no difference to who is grouped with whom."""
    by_id = np.array(sorted(range(len(articles)), key=lambda row: articles[row].id), dtype=np.int64)
    # The first by id of each text, under what it opens with.
    firsts: dict[bytes, list[int]] = {}
    stands_for = np.zeros(len(articles), dtype=np.int64)
    for row in by_id.tolist():
        known = firsts.setdefault(_opening(articles[row]), [])
        words = _words(articles[row].text) if known else []
        same = next((one for one in known if _same_end(_words(articles[one].text), words)), None)
        if same is None:
            known.append(row)
        stands_for[row] = row if same is None else same
    numbers: dict[int, int] = {}
    group = np.array([numbers.setdefault(one, len(numbers)) for one in stands_for.tolist()], dtype=np.int64)
    members = by_id[np.argsort(group[by_id], kind="stable")]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=len(numbers)))]).astype(np.int64)
    return Copies(group, members, offsets)


def _opening(article: Article) -> bytes:
    """What an article's title and opening are known by."""
    words = _words(" ".join(article.text.split(maxsplit=_OPENING_WORDS)[:_OPENING_WORDS]))
    return text_digest(f"{title_key(article.title)}\n{' '.join(words[:_OPENING_WORDS])}")


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).casefold().split()


def _same_end(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts are the same to four fifths of all their words (Jaccard), their opening included."""
    if one == other:
        return True
    mine, theirs = set(one), set(other)
    return len(mine & theirs) >= _ALIKE * len(mine | theirs)
