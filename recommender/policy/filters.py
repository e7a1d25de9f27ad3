"""The steps that strike pairs, each a pure function of the pairs still in play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.policy.facts import UNLABELLED, Facts, Traits
from recommender.policy.switches import Policy
from recommender.scoring import UNDATED


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ranked pairs still in play: ``queries`` and ``rows`` ``(m,) int32``, grouped by query, best first."""

    queries: NDArray[np.int32]
    rows: NDArray[np.int32]


Step = Callable[[Pairs, Facts, Traits], NDArray[np.bool_]]


def text_too_short(pairs: Pairs, facts: Facts, _: Traits) -> NDArray[np.bool_]:
    """Strikes pairs in which either article is too short to be judged."""
    struck: NDArray[np.bool_] = facts.too_short[pairs.queries] | facts.too_short[pairs.rows]
    return struck


def unwanted_teaser(pairs: Pairs, facts: Facts, traits: Traits) -> NDArray[np.bool_]:
    """Strikes teasers: none (``always``), those the article's own page did not link to
    (``same_page``), or all (``never``)."""
    teaser = facts.teaser[pairs.rows]
    if facts.policy.teasers == "always":
        return _none(pairs)
    if facts.policy.teasers == "same_page":
        n = len(facts.teaser)
        linked = [query * n + row for query, listed in enumerate(traits.source_lists) for row in listed]
        return teaser & ~np.isin(pairs.queries.astype(np.int64) * n + pairs.rows, linked)
    return teaser


def other_language(pairs: Pairs, facts: Facts, traits: Traits) -> NDArray[np.bool_]:
    """Strikes articles in another language than the article's, where ``languages`` is ``same``; one
    whose language is not known passes, and so does everything under an article whose own is not."""
    if facts.policy.languages != "same":
        return _none(pairs)
    one, other = traits.language[pairs.queries], traits.language[pairs.rows]
    struck: NDArray[np.bool_] = (one != other) & (one != UNLABELLED) & (other != UNLABELLED)
    return struck


def wrong_time(pairs: Pairs, facts: Facts, traits: Traits) -> NDArray[np.bool_]:
    """Strikes what was published after the article where ``recency`` is ``before``, what was published
    before it where it is ``after``. Undated articles on either side pass."""
    own, theirs = traits.published[pairs.queries], traits.published[pairs.rows]
    return is_wrong_time(facts.policy, own, theirs)


def copy_of_article(pairs: Pairs, facts: Facts, traits: Traits) -> NDArray[np.bool_]:
    """Strikes copies of the article itself, and with ``rewordings_of_article = drop`` its rewordings."""
    known, n = told_by_article(facts), len(facts.copy)
    alike = np.concatenate([traits.alike, traits.alike[:, ::-1]])
    codes = pairs.queries.astype(np.int64) * n + pairs.rows
    struck: NDArray[np.bool_] = known[pairs.rows] == known[pairs.queries]
    return struck | np.isin(codes, alike[:, 0] * n + alike[:, 1])


def same_story(pairs: Pairs, facts: Facts, _: Traits) -> NDArray[np.bool_]:
    """Of several candidates that tell one report, strikes all but the best: copies and rewordings
    (``collapse``), copies alone (``copies``), or nothing (``keep``)."""
    known = told_in_list(facts)
    if known is None:
        return _none(pairs)
    return ~first_of_each(report_of_each(pairs.queries, pairs.rows, known))


def is_wrong_time(policy: Policy, own: NDArray[np.int64], theirs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether candidates published at ``theirs`` lie on the wrong side of the article's own time,
    ``(m,) bool``; both ``(m,) int64`` in seconds."""
    if policy.recency not in ("before", "after"):
        return np.zeros(theirs.shape, dtype=np.bool_)
    wrong = theirs > own if policy.recency == "before" else theirs < own
    struck: NDArray[np.bool_] = wrong & (own != UNDATED) & (theirs != UNDATED)
    return struck


def told_by_article(facts: Facts) -> NDArray[np.int32]:
    """The groups ``(n,) int32`` of which an article's own is never in its list."""
    return facts.story if facts.policy.rewordings_of_article == "drop" else facts.copy


def told_in_list(facts: Facts) -> NDArray[np.int32] | None:
    """The groups ``(n,) int32`` of which a list holds one article each; ``None`` where it may hold any."""
    return {"collapse": facts.story, "copies": facts.copy}.get(facts.policy.same_story)


def report_of_each(
    queries: NDArray[np.int32], rows: NDArray[np.int32], told: NDArray[np.int32]
) -> NDArray[np.int64]:
    """A number for each pair, ``(m,) int64``, equal where two of one list tell the same: ``told`` ``(n,)
    int32`` is equal where two articles do."""
    keys: NDArray[np.int64] = queries.astype(np.int64) * (int(told.max(initial=0)) + 1) + told[rows]
    return keys


def first_of_each(key: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which values are the first of their kind, ``(m,) bool``."""
    first = np.zeros(len(key), dtype=np.bool_)
    first[np.unique(key, return_index=True)[1]] = True
    return first


def _none(pairs: Pairs) -> NDArray[np.bool_]:
    return np.zeros(len(pairs.rows), dtype=np.bool_)
