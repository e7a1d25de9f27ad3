"""The editors' policy: small pure steps in one written order that strike candidates from the ranking.

A step never reorders and never adds. What it strikes is kept in the snapshot with the step's number, so
that a list without policy can still be read and every absence explained. The floor is not a step here:
callers may set their own, so it is applied when a list is read (`recommender.recommend`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article, title_key
from recommender.embedding import text_digest
from recommender.scoring import Ranking

# Less than this names nothing that could be compared ("Video", "Live updates"). Characters count as well,
# since not every language puts spaces between words.
FEWEST_WORDS = 3
FEWEST_CHARACTERS = 20
# A body shorter than this may be the same boilerplate under different stories, so the title counts too.
_BODY_WORDS = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """What the steps look at, one value an article in row order.

    ``teaser`` and ``too_short`` ``(n,) bool``; ``story`` ``(n,) int32``, equal where two articles are
    copies of one another; ``source_lists`` the rows that each page linked to; ``teasers`` the setting.
    """

    teaser: NDArray[np.bool_]
    too_short: NDArray[np.bool_]
    story: NDArray[np.int32]
    source_lists: Sequence[Sequence[int]]
    teasers: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ranked pairs still in play: ``queries`` and ``rows`` ``(m,) int32``, grouped by query, best first."""

    queries: NDArray[np.int32]
    rows: NDArray[np.int32]


Step = Callable[[Pairs, Facts], NDArray[np.bool_]]


def is_too_short(title: str, text: str) -> bool:
    """Whether title and text together are fewer than 3 words and fewer than 20 characters; a wide
    character, such as a Chinese one, counts as three."""
    beginning = f"{title} {text}".strip()[: 10 * FEWEST_CHARACTERS]
    characters = sum(3 if unicodedata.east_asian_width(one) in "WF" else 1 for one in beginning)
    return len(beginning.split()) < FEWEST_WORDS and characters < FEWEST_CHARACTERS


def text_too_short(pairs: Pairs, facts: Facts) -> NDArray[np.bool_]:
    """Strikes pairs in which either article is too short to be judged."""
    struck: NDArray[np.bool_] = facts.too_short[pairs.queries] | facts.too_short[pairs.rows]
    return struck


def unwanted_teaser(pairs: Pairs, facts: Facts) -> NDArray[np.bool_]:
    """Strikes teasers: none (``always``), those the article's own page did not link to
    (``same_page``), or all (``never``)."""
    teaser = facts.teaser[pairs.rows]
    if facts.teasers == "always":
        return np.zeros(len(pairs.rows), dtype=np.bool_)
    if facts.teasers == "same_page":
        n = len(facts.teaser)
        linked = [query * n + row for query, listed in enumerate(facts.source_lists) for row in listed]
        return teaser & ~np.isin(pairs.queries.astype(np.int64) * n + pairs.rows, linked)
    return teaser


def exact_copy(pairs: Pairs, facts: Facts) -> NDArray[np.bool_]:
    """Strikes copies of the article itself, and of two copies in one list the lower-ranked."""
    story = facts.story[pairs.rows]
    of_query = story == facts.story[pairs.queries]
    key = pairs.queries.astype(np.int64) * (int(facts.story.max(initial=0)) + 1) + story
    repeat = np.ones(len(key), dtype=np.bool_)
    repeat[np.unique(key, return_index=True)[1]] = False
    struck: NDArray[np.bool_] = of_query | repeat
    return struck


STEPS: tuple[Step, ...] = (text_too_short, unwanted_teaser, exact_copy)
# A verdict is the number of the step that struck the pair, from 1; 0 is kept.
KEPT = 0
STEP_NAMES = ("kept", *(step.__name__ for step in STEPS))


def apply(
    ranking: Ranking, facts: Facts, steps: Sequence[Step] = STEPS
) -> tuple[NDArray[np.uint8], dict[str, int]]:
    """The verdict for every pair of the ranking, ``(pairs,) uint8``, and how many each step struck."""
    verdicts = np.zeros(len(ranking.rows), dtype=np.uint8)
    queries = ranking.queries()
    struck: dict[str, int] = {}
    for number, step in enumerate(steps, start=1):
        left = np.flatnonzero(verdicts == KEPT)
        out = step(Pairs(queries[left], ranking.rows[left]), facts)
        verdicts[left[out]] = number
        struck[step.__name__] = int(out.sum())
    return verdicts, struck


def kept_for_query(
    rows: NDArray[np.int32], facts: Facts, without: frozenset[int] = frozenset()
) -> NDArray[np.bool_]:
    """The same policy for a query that has no row of its own: which of ``rows`` ``(m,) int32``, best
    first, stay. ``without`` are rows that must not come back, nor any copy of them."""
    keep = ~facts.too_short[rows]
    if facts.teasers != "always":  # no page of its own could have linked to one
        keep &= ~facts.teaser[rows]
    story = facts.story[rows]
    if without:
        keep &= ~np.isin(story, facts.story[list(without)])
    left = np.flatnonzero(keep)
    first = np.zeros(len(rows), dtype=np.bool_)
    first[left[np.unique(story[left], return_index=True)[1]]] = True
    kept: NDArray[np.bool_] = keep & first
    return kept


def facts_of(articles: Sequence[Article], source_lists: Sequence[Sequence[int]], teasers: str) -> Facts:
    """What the steps need to know about a corpus. ``teasers`` is the setting of that name."""
    stories: dict[bytes, int] = {}
    return Facts(
        teaser=np.array([article.teaser for article in articles], dtype=np.bool_),
        too_short=np.array(
            [is_too_short(article.title, article.text) for article in articles], dtype=np.bool_
        ),
        story=np.array(
            [stories.setdefault(_copy_key(article), len(stories)) for article in articles],
            dtype=np.int32,
        ),
        source_lists=source_lists,
        teasers=teasers,
    )


def _copy_key(article: Article) -> bytes:
    """The same for two articles whose bodies are equal but for case and white space; a body too short
    to tell stories apart is taken together with the title."""
    words = unicodedata.normalize("NFC", article.text).casefold().split()
    body = " ".join(words)
    return text_digest(body if len(words) >= _BODY_WORDS else f"{title_key(article.title)}\n{body}")
