"""The nine systems of every report, in the order in which it has them."""

from __future__ import annotations

from recommender.encoder import Advance, Encoder
from recommender.evaluation.systems.base import System
from recommender.evaluation.systems.encoded import Known, LeadCosine, TitleCosine
from recommender.evaluation.systems.lexical import Bm25, TfIdf, TfIdfBigrams
from recommender.evaluation.systems.served import Served
from recommender.evaluation.systems.simple import Newest, Random, SourceLists
from recommender.recommend import Recommender


def standard(
    recommender: Recommender,
    encoder: Encoder,
    seed: int,
    titles: Known | None = None,
    advance: Advance | None = None,
) -> tuple[System, ...]:
    """``random``, ``newest``, ``source``, ``bm25``, ``tfidf``, ``tfidf-bigrams``, ``minilm-title``,
    ``minilm``, ``recommender``; the two before the last are called after the encoder.

    ``recommender`` is over a published snapshot of the corpus that the systems will be fitted to;
    ``encoder`` encodes titles, each only where ``titles`` does not hold it, counted by ``advance``.
    """
    return (
        Random(seed),
        Newest(),
        SourceLists(),
        Bm25(),
        TfIdf(),
        TfIdfBigrams(),
        TitleCosine(encoder, titles, advance),
        LeadCosine(recommender.snapshot),
        Served(recommender),
    )
