"""Two sets of lists over the articles that both know, so that what came and went since is no difference."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.measures.agreement import PERSISTENCE, rank_biased_overlap
from recommender.measures.lists import Lists, rounded


@dataclass(frozen=True, slots=True)
class Shared:
    """The lists of two sets, of the same articles and with these alone as items: ``ids`` in ascending order,
    and their lists in ``one`` and ``other``, whose rows are places in ``ids``."""

    ids: tuple[str, ...]
    one: Lists
    other: Lists

    def overlap(self, p: float = PERSISTENCE) -> tuple[float | None, int]:
        """Mean `rank_biased_overlap`, 0..1, over the articles with a list on one side at least, and how many
        these are; ``None`` where there is none. Two empty lists agree about nothing: where many articles have
        none, they would hide what became of the others."""
        listed = (self.one.lengths() > 0) | (self.other.lengths() > 0)
        if not listed.any():
            return None, 0
        return rounded(rank_biased_overlap(self.one, self.other, p)[listed].mean()), int(listed.sum())


def shared(
    one: Lists,
    one_ids: Sequence[str],
    other: Lists,
    other_ids: Sequence[str],
    *,
    limit: int,
    leave_out: Collection[str] = (),
) -> Shared:
    """The lists of both over the articles that both know by id: articles of one side alone are taken out of
    the lists first, and then these are cut to ``limit``. So a list that was pushed down by newer articles
    is the same list; hand over lists that are longer than ``limit``.

    ``one_ids`` and ``other_ids`` are in row order; ``leave_out`` are ids that count as unknown. Raises
    ValueError where ids and lists are not as many.
    """
    for lists, ids in ((one, one_ids), (other, other_ids)):
        if len(ids) != len(lists):
            raise ValueError(f"{len(ids)} ids for {len(lists)} lists, expected one each")
    both = sorted((set(one_ids) & set(other_ids)) - set(leave_out))
    place = {article_id: number for number, article_id in enumerate(both)}
    return Shared(
        tuple(both),
        _among(one, np.array([place.get(each, -1) for each in one_ids], dtype=np.int64), len(both), limit),
        _among(
            other, np.array([place.get(each, -1) for each in other_ids], dtype=np.int64), len(both), limit
        ),
    )


def _among(lists: Lists, place: NDArray[np.int64], n: int, limit: int) -> Lists:
    """The lists with each row as its ``place`` ``(n,)``, what has none (-1) left out, cut to ``limit``."""
    queries, rows = place[lists.queries()], place[lists.rows]
    known = (queries >= 0) & (rows >= 0)
    order = np.argsort(queries[known], kind="stable")
    queries, rows = queries[known][order], rows[known][order]
    lengths = np.bincount(queries, minlength=n)
    starts = np.cumsum(lengths) - lengths
    rows = rows[np.arange(len(rows)) - starts[queries] < limit]
    return Lists(np.cumsum([0, *np.minimum(lengths, limit)], dtype=np.int64), rows.astype(np.int32))
