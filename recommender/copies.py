"""Which articles are one to the letter, so that one that is there often counts once.

A report that a hundred sites carry word for word would otherwise be all that is near it, and its words would
seem common. Title and text must both be the same: one text under several titles may be a notice in place of
several stories. What the policy takes for copies is more (`recommender.policy.stories`).
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


@dataclass(frozen=True, slots=True)
class Copies:
    """n articles in g groups of one text. ``group`` ``(n,) int64`` is an article's, numbered as they come;
    ``members`` ``(n,) int64`` are the rows of group 0, then of group 1 and so on, each in the order of ids,
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
    def sizes(self) -> NDArray[np.int64]:
        """How many articles each text has, ``(g,) int64``."""
        return np.diff(self.offsets)


def copies_among(articles: Sequence[Article]) -> Copies:
    """The articles by title and text, in which neither case nor white space makes a difference. The order of
    the articles makes no difference to who is grouped with whom."""
    known: dict[bytes, int] = {}
    group = np.array([known.setdefault(_key(article), len(known)) for article in articles], dtype=np.int64)
    by_id = np.array(sorted(range(len(articles)), key=lambda row: articles[row].id), dtype=np.int64)
    members = by_id[np.argsort(group[by_id], kind="stable")]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=len(known)))]).astype(np.int64)
    return Copies(group, members, offsets)


def _key(article: Article) -> bytes:
    body = " ".join(unicodedata.normalize("NFC", article.text).casefold().split())
    return text_digest(f"{title_key(article.title)}\n{body}")
