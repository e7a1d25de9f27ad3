"""The candidate pairs of labelled articles in one corpus, with evidence and judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender import candidates
from recommender.copies import copies_among
from recommender.dense import freeze
from recommender.evidence import Evidence, gather
from recommender.fitting.form import Form
from recommender.fitting.material import Material
from recommender.space import fitted_space
from recommender.statistics import packaged_background


@dataclass(frozen=True, slots=True)
class JudgedPairs:
    """Pairs of one set in one corpus of ``size`` articles.

    ``queries`` ``(m,)`` is the query's place among the corpus's labelled articles of the set, ascending;
    ``others`` ``(m,)`` the candidate's row in the material, ``grades`` ``(m,)`` 0, 1 or 2, and
    ``query_folds`` and ``other_folds`` ``(m,)`` their folds, -1 for an unlabelled candidate. ``rows``
    ``(q,)`` are the queries in the material, and ``answerable`` ``(q,)`` says to which of them something in
    the corpus is related, candidate or not.
    """

    name: str
    size: int
    queries: NDArray[np.int64]
    others: NDArray[np.int64]
    grades: NDArray[np.int8]
    query_folds: NDArray[np.int64]
    other_folds: NDArray[np.int64]
    evidence: Evidence
    rows: NDArray[np.int64]
    answerable: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze(self.queries, self.others, self.grades, self.query_folds, self.other_folds)
        freeze(self.rows, self.answerable)

    @property
    def related(self) -> NDArray[np.bool_]:
        """Which pairs are related, whether of one event or of one topic."""
        return self.grades > 0


def judged_pairs(
    material: Material, rows: NDArray[np.int64], names: Sequence[str], forms: Sequence[Form]
) -> dict[Form, dict[str, JudgedPairs]]:
    """Form -> set -> pairs in the corpus of these ``rows`` of the material, for the sets ``names``; for those
    of one set that are labelled in another nothing is related. Ranked as a snapshot of the corpus would be,
    up to the score."""
    vectors, bags = material.vectors[rows], material.bags.at(rows)
    fingerprint = material.embedding.fingerprint
    articles = [material.articles[row] for row in rows.tolist()]
    copies = copies_among(articles)
    statistics, space = fitted_space(articles, vectors, bags, fingerprint, packaged_background(), copies)
    found = candidates.search(space, statistics.least, copies).pairs
    asking, others = found.queries().astype(np.int64), found.rows.astype(np.int64)
    labelled = material.labelled[rows]
    made: dict[Form, dict[str, JudgedPairs]] = {}
    for form in forms:
        _, evidence = gather(space, found, form.closeness, copies)
        for name in names:
            own = labelled == material.names.index(name)
            places = np.flatnonzero(own[asking])
            queries = rows[own]
            made.setdefault(form, {})[name] = JudgedPairs(
                name=name,
                size=len(rows),
                queries=(np.cumsum(own) - 1)[asking[places]],
                others=rows[others[places]],
                grades=material.grades(rows[asking[places]], rows[others[places]]),
                query_folds=material.fold[rows[asking[places]]],
                other_folds=material.fold[rows[others[places]]],
                evidence=evidence.at(places),
                rows=queries,
                answerable=_shared(material.group[queries]),
            )
    return made


def _shared(groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the numbers stand there more than once."""
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    shared: NDArray[np.bool_] = counts[places] > 1
    return shared
