"""What a system answered: for each query its documents in order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from recommender.errors import InputError

Listed = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """``lists`` maps query_id -> ``((doc_id, score), ...)`` in the order in which they are shown, best first.

    The order counts, not the score: the two agree for most systems, but a list that policy thinned or a
    page printed need not fall monotonically. A query without a list is missing or has an empty one.
    Raises InputError where a list names a document twice, or the query itself, and for a score that is not
    a finite number.
    """

    system: str
    lists: Mapping[str, Listed]

    def __post_init__(self) -> None:
        for query_id, listed in self.lists.items():
            docs = [doc_id for doc_id, _ in listed]
            if len(set(docs)) != len(docs):
                twice = next(doc for doc in docs if docs.count(doc) > 1)
                raise InputError(
                    f"run {self.system!r}: the list of {query_id!r} names {twice!r} twice, expected each "
                    "document once"
                )
            if query_id in docs:
                raise InputError(f"run {self.system!r}: the list of {query_id!r} names the article itself")
            for doc_id, score in listed:
                if not math.isfinite(score):
                    raise InputError(
                        f"run {self.system!r}: the list of {query_id!r} gives {doc_id!r} the score {score}, "
                        "expected a finite number"
                    )

    def docs(self, query_id: str, limit: int | None = None) -> tuple[str, ...]:
        """The first ``limit`` documents of a query's list; none where there is no list."""
        return tuple(doc_id for doc_id, _ in self.lists.get(query_id, ())[:limit])
