"""A snapshot's rows are a corpus's rows only where both hold the same articles in the same order."""

from __future__ import annotations

from recommender.corpus import Corpus
from recommender.snapshot import Snapshot, corpus_sha256


def check_same_articles(corpus: Corpus, snapshot: Snapshot) -> None:
    """Raises ValueError unless the snapshot was built of exactly the corpus's articles, in row order."""
    found, expected = snapshot.manifest.corpus_sha256, corpus_sha256(corpus.articles)
    if found != expected:
        raise ValueError(
            f"snapshot {snapshot.name} was built of {len(snapshot)} articles with sha256 {found}, expected "
            f"the {len(corpus)} of the corpus with {expected}"
        )
