"""What the policy's steps know of a corpus, an article a value, in row order."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article, normalise_id
from recommender.dense import Vectors
from recommender.policy.stories import find
from recommender.policy.switches import Policy
from recommender.scoring import order_of_ids, published_seconds

# Less than this names nothing that could be compared ("Video", "Live updates"). Characters count as well,
# since not every language puts spaces between words.
FEWEST_WORDS = 3
FEWEST_CHARACTERS = 20
UNLABELLED = -1


@dataclass(frozen=True, slots=True)
class Traits:
    """What is only looked at while whole rankings are judged, and no snapshot holds for the policy's sake.

    ``language`` and ``source`` ``(n,) int32`` are equal where two articles have the same, -1 where it is not
    known; ``published`` ``(n,) int64`` in seconds, `UNDATED` where unknown; ``ids`` ``(n,) int64`` each id's
    place in the order of all; ``source_lists`` the rows that each page linked to; ``alike`` ``(k, 2) int64``
    the rows of copies that are in no one group.
    """

    language: NDArray[np.int32]
    source: NDArray[np.int32]
    published: NDArray[np.int64]
    ids: NDArray[np.int64]
    source_lists: Sequence[Sequence[int]]
    alike: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a snapshot keeps of what the steps look at.

    ``teaser`` and ``too_short`` ``(n,) bool``; ``copy`` ``(n,) int32``, equal where two articles are copies
    of one another; ``story`` ``(n,) int32``, equal where they are copies or rewordings of one report;
    ``policy`` the settings that lists are made under.
    """

    teaser: NDArray[np.bool_]
    too_short: NDArray[np.bool_]
    copy: NDArray[np.int32]
    story: NDArray[np.int32]
    policy: Policy


def facts_of(
    articles: Sequence[Article],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int32],
    unit: Vectors,
    policy: Policy,
) -> tuple[Facts, NDArray[np.int64]]:
    """What a snapshot keeps, and the pairs ``(k, 2)`` of copies that are in no one group. Copies and
    rewordings are looked for among the pairs of the flat table ``offsets`` ``(n + 1,) int64``, ``rows``
    ``(pairs,) int32``; ``unit`` ``(n, dim) float32`` are centred."""
    copy, story, alike = find(articles, offsets, rows, unit)
    facts = Facts(
        teaser=np.array([article.teaser for article in articles], dtype=np.bool_),
        too_short=np.array(
            [is_too_short(article.title, article.text) for article in articles], dtype=np.bool_
        ),
        copy=copy,
        story=story,
        policy=policy,
    )
    return facts, alike


def traits_of(
    articles: Sequence[Article], source_lists: Sequence[Sequence[int]], alike: NDArray[np.int64]
) -> Traits:
    """What only a build looks at; ``source_lists`` are the corpus's, in row order, ``alike`` as `facts_of`
    gives them."""
    return Traits(
        language=_codes([language_of(article.language) for article in articles]),
        source=_codes([None if one.source is None else normalise_id(one.source) for one in articles]),
        published=published_seconds(articles),
        ids=order_of_ids([article.id for article in articles]),
        source_lists=source_lists,
        alike=alike,
    )


def is_too_short(title: str, text: str) -> bool:
    """Whether title and text together are fewer than 3 words and fewer than 20 characters; a wide
    character, such as a Chinese one, counts as three."""
    beginning = f"{title} {text}".strip()[: 10 * FEWEST_CHARACTERS]
    if len(beginning.split()) >= FEWEST_WORDS or len(beginning) >= FEWEST_CHARACTERS:
        return False
    characters = sum(3 if unicodedata.east_asian_width(one) in "WF" else 1 for one in beginning)
    return characters < FEWEST_CHARACTERS


def language_of(tag: str | None) -> str | None:
    """The language that a tag such as ``en-GB`` or ``pt_BR`` names, without its region; ``None`` for none."""
    primary = (tag or "").strip().replace("_", "-").partition("-")[0]
    return primary.casefold() or None


def _codes(values: Sequence[str | None]) -> NDArray[np.int32]:
    known: dict[str, int] = {}
    return np.array(
        [UNLABELLED if value is None else known.setdefault(value, len(known)) for value in values],
        dtype=np.int32,
    )
