"""Standard measures of one run, query by query, by `ir-measures`.

The measures are trec_eval's (its provider is pytrec_eval), so the gain of nDCG is the grade itself. Two of
its habits are kept away from the numbers: it sorts a list again by score and, where scores tie, by id, so
that a list is handed over with its places as scores; and it counts a query to which nothing is related as
0, so that only answerable queries are measured here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.document.names import JUDGED, MEASURES
from recommender.evaluation.judgements import Qrels
from recommender.evaluation.run import Run

# The longest list that any measure but AP and RR looks at; judgements of 0 matter to judged@10 alone.
_JUDGED_DEPTH = 10


def measure(
    qrels: Qrels, run: Run, queries: Sequence[str], names: Iterable[str] = MEASURES
) -> dict[str, NDArray[np.float64]]:
    """Each measure's value for each of ``queries``, ``(len(queries),) float64`` in 0..1, in their order.

    ``queries`` are answerable ones. A query without a list gets the measure's default, 0, judged@10
    included. Raises ValueError for a query to which nothing is related.
    """
    import ir_measures

    if unfit := [query for query in queries if not any(qrels.relevance[query].values())]:
        raise ValueError(f"{len(unfit)} queries have no related document, the first is {unfit[0]!r}")
    truth = {query: _judgements(qrels, run, query) for query in queries}
    lists = {query: docs for query in queries if (docs := run.docs(query))}
    # Places as scores; an empty list is a missing one, which the library's judged@10 cannot divide by.
    placed = {query: {doc: float(len(docs) - place) for place, doc in enumerate(docs)}
              for query, docs in lists.items()}  # fmt: skip
    row = {query: place for place, query in enumerate(queries)}
    found = {name: np.zeros(len(queries)) for name in names}
    for provider, wanted in (
        (ir_measures.judged, [name for name in found if name == JUDGED]),
        (ir_measures.pytrec_eval, [name for name in found if name != JUDGED]),
    ):
        parsed = {ir_measures.parse_measure(_their_name(name)): name for name in wanted}
        if parsed and queries:
            for metric in provider.evaluator(list(parsed), truth).iter_calc(placed):
                found[parsed[metric.measure]][row[metric.query_id]] = metric.value
    return found


def _judgements(qrels: Qrels, run: Run, query: str) -> dict[str, int]:
    """The listed judgements of a query, and the unlisted zeros of what the run put in its first places."""
    zeros = {doc: 0 for doc in run.docs(query, _JUDGED_DEPTH) if qrels.grade(query, doc) == 0}
    return zeros | dict(qrels.relevance[query])


def _their_name(name: str) -> str:
    return "Judged@10" if name == JUDGED else name
