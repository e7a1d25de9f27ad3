"""Ranking a corpus whose vectors are there, against embedding a tenth of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from statistics import median

from recommender.corpus import Corpus, assemble
from recommender.embedding import Embedding
from recommender.encoder import SentenceEncoder, embedded_text, load_encoder
from recommender.ingest import Tally, read_sources
from recommender.rebuild import Silent, publish_corpus
from recommender.rebuild.job import Job
from recommender.rebuild.ranking import rank
from recommender.settings import Settings

EMBEDDED = 1000


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each run, the two measured in turn: ``ranking`` all ``articles``, ``encoding`` the first
    ``embedded`` of them."""

    articles: int
    embedded: int
    ranking: tuple[float, ...]
    encoding: tuple[float, ...]
    stages: dict[str, float]

    @property
    def ratio(self) -> float:
        """Median time to rank over median time to embed; below 1, ranking is quicker."""
        return median(self.ranking) / median(self.encoding)


def ranking(source: str, settings: Settings, *, articles: int, runs: int, now: datetime) -> Times:
    """Time the first ``articles`` of a source. Their vectors are kept in the settings' index, so that only
    the first run embeds them all. Raises whatever reading, embedding and publishing raise."""
    corpus = assemble(islice(read_sources([source], Tally()), articles))
    encoder = load_encoder(settings.encoder, batch_size=settings.batch_size, backend=settings.encoder_backend)
    snapshot = publish_corpus(corpus, settings, now=now, encoder=encoder)
    return against_encoding(corpus, snapshot.embedding(), encoder, settings, now=now, runs=runs)


def against_encoding(
    corpus: Corpus,
    embedding: Embedding,
    encoder: SentenceEncoder,
    settings: Settings,
    *,
    now: datetime,
    runs: int,
) -> Times:
    """Time both ``runs`` times in turn. Ranking is all that a rebuild does with vectors in hand up to what it
    publishes: words, statistics, candidates, evidence, scores and policy; nothing is written. Encoding is
    `SentenceTransformer.encode` as it comes, over title and lead of the first 1,000 articles."""
    texts = [embedded_text(one.title, one.text) for one in corpus.articles[:EMBEDDED]]
    encoder.encode_as_it_comes(texts[:32])  # the model is loaded, and the processor is awake
    ranking, encoding, stages = [], [], dict[str, float]()
    for _ in range(runs):
        started = time.perf_counter()
        job = Job(settings, now, Silent())
        rank(job, corpus, embedding)
        ranking.append(time.perf_counter() - started)
        stages = dict(job.report.seconds)
        started = time.perf_counter()
        encoder.encode_as_it_comes(texts)
        encoding.append(time.perf_counter() - started)
    return Times(len(corpus), len(texts), tuple(ranking), tuple(encoding), stages)
