"""Systems that compare an encoder's vectors by a plain cosine: of titles alone, and of title and lead."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.dense import Vectors, cosines_in_blocks
from recommender.embedding import Embedding, embed
from recommender.encoder import DEFAULT_ENCODER, Advance, Encoder
from recommender.evaluation.systems.base import NotApplicable, Rows, ScoredSystem, Scores
from recommender.evaluation.systems.same import check_same_articles
from recommender.snapshot import Snapshot

# Names of other systems that an encoder's must not be taken for.
_OTHERS = ("bm25", "newest", "random", "recommender", "source", "tfidf", "tfidf-bigrams")


class Known(Protocol):
    """Where vectors of an earlier run are, and where those of this one are left."""

    def read(self) -> Embedding | None:
        """The vectors of an earlier run, if there are any."""
        ...

    def write(self, embedding: Embedding) -> None:
        """Keep the vectors of this run."""
        ...


class TitleCosine(ScoredSystem):
    """Cosine of the titles' vectors. An article without a title is in no list and has none."""

    def __init__(self, encoder: Encoder, known: Known | None = None, advance: Advance | None = None) -> None:
        """``known`` spares encoding again what an earlier run encoded; ``advance`` counts titles."""
        word, label = names_of(encoder.name)
        self.name = f"{word}-title"
        self.label = f"{label}, title only, plain cosine"
        self._encoder, self._known, self._advance = encoder, known, advance

    def prepare(self, corpus: Corpus) -> Scores:
        """See `ScoredSystem.prepare`. Raises EncoderError."""
        titles = [replace(article, text="") for article in corpus.articles if article.title.strip()]
        if not titles:
            raise NotApplicable("no article has a title")
        earlier = self._known.read() if self._known else None
        embedding, work = embed(titles, self._encoder, [earlier] if earlier else [], self._advance)
        if self._known and (work.embedded or earlier is None or len(earlier.digests) != len(titles)):
            self._known.write(embedding)
        titled = np.array([bool(article.title.strip()) for article in corpus.articles], dtype=np.bool_)
        vectors = np.zeros((len(corpus), embedding.vectors.shape[1]), dtype=np.float32)
        vectors[titled] = embedding.vectors
        cosines = _plain_cosines(vectors)

        def scores(rows: Rows) -> NDArray[np.float64]:
            return np.where(titled[rows][:, None] & titled, cosines(rows), np.nan)

        return scores


class LeadCosine(ScoredSystem):
    """Cosine of the vectors of title and lead as a snapshot holds them, neither centred nor calibrated:
    what tutorials build."""

    def __init__(self, snapshot: Snapshot) -> None:
        """``snapshot`` is one of the corpus that the system will be fitted to."""
        self.name, label = names_of(snapshot.manifest.encoder["name"])
        self.label = f"{label}, title + lead, plain cosine"
        self._snapshot = snapshot

    def prepare(self, corpus: Corpus) -> Scores:
        """See `ScoredSystem.prepare`. Raises ValueError where the snapshot is of other articles."""
        check_same_articles(corpus, self._snapshot)
        return _plain_cosines(self._snapshot.vectors)


def names_of(encoder: str) -> tuple[str, str]:
    """An encoder's name as a word for files and as people call it: ``minilm`` and ``MiniLM`` for the
    packaged one."""
    if encoder == DEFAULT_ENCODER:
        return "minilm", "MiniLM"
    word = re.sub(r"[^a-z0-9]+", "-", encoder.lower()).strip("-")
    return f"encoder-{word}".rstrip("-") if word in {"", *_OTHERS} else word, encoder


def _plain_cosines(vectors: Vectors) -> Scores:
    """Cosines as every index here has them, of vectors as they stand: in double precision, then rounded."""

    def scores(rows: Rows) -> NDArray[np.float64]:
        block = np.empty((len(rows), len(vectors)))
        for span, cosines in cosines_in_blocks(vectors, vectors[rows]):
            block[:, span] = cosines
        return block

    return scores
