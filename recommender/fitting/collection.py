"""The labelled folder, and further articles to set among its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recommender.corpus import assemble
from recommender.evaluation.judgements import Collection
from recommender.evaluation.truth import from_folder
from recommender.ingest import Tally, read_sources


def collection_of(labelled: Path, sources: Sequence[str]) -> Collection:
    """The collection of a folder of labelled files, with the articles of ``sources`` after its own, less
    those whose id it has.

    Raises what `from_folder` and `read_sources` raise.
    """
    found = from_folder(labelled)
    if not sources:
        return found
    own = found.corpus.ids
    more = (article for article in read_sources(sources, Tally()) if article.id not in own)
    return replace(found, corpus=assemble([*found.corpus.articles, *more]))
