"""Lists over a whole corpus, measured without labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from recommender import measures
from recommender.corpus import Corpus
from recommender.evaluation.document.names import SOURCE, THIS
from recommender.evaluation.run import Run
from recommender.evaluation.shown import LIMIT
from recommender.rebuild import measures_of
from recommender.recommend import Recommender


def listed_by(
    system: str, run: Run, corpus: Corpus, recommender: Recommender, previous: Recommender | None
) -> Mapping[str, Any]:
    """The first ten of a system's lists measured, the most recommended with their titles.

    This project's are those that are shown, whatever the run holds, and measured as every rebuild does
    (`recommender.rebuild.measures_of`): what has been taken down is no article, every empty list has its
    reason, and the agreement is with the lists of ``previous``, ``None`` without it. A page's own count
    only where there is one.
    """
    if system == THIS:
        found = measures_of(recommender, previous)
    else:
        found = _measured(system, run, corpus, recommender)
    titles = {article.id: article.title for article in corpus.articles}
    most = [
        {"id": one["id"], "title": titles[one["id"]], "times": one["times"]}
        for one in found["exposure"]["most"]
    ]
    return found | {"exposure": found["exposure"] | {"most": most}}


def _measured(system: str, run: Run, corpus: Corpus, recommender: Recommender) -> dict[str, Any]:
    snapshot, asked = recommender.snapshot, np.ones(len(corpus), dtype=np.bool_)
    if system == SOURCE:
        asked = np.array([bool(listed) for listed in corpus.source_lists])
    rows = [[corpus.ids.row(doc) for doc in run.docs(one, LIMIT)] for one in corpus.ids]
    found = measures.measure(
        measures.Lists.of(rows),
        limit=LIMIT,
        vectors=snapshot.vectors,
        stories=snapshot.facts.copy,
        published=snapshot.published,
        asked=asked,
    )
    for one in found["exposure"]["most"]:
        one["id"] = corpus.ids.id(one.pop("row"))
    return found
