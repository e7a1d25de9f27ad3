"""Collections that have a name, and the one of a corpus and a file of qrels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO

from recommender.article import Article
from recommender.corpus import assemble
from recommender.errors import InputError, OptionError
from recommender.evaluation.judgements import Collection
from recommender.evaluation.truth.articles import MAX_REJECTED, notes_of
from recommender.evaluation.truth.lee_set import lee
from recommender.evaluation.truth.qrels import read_qrels
from recommender.ingest import Tally, read_sources
from recommender.ingest.labels import dataset_name, file_name
from recommender.rebuild import Progress, Silent

_SAMPLE_ORIGIN = "the packaged sample newsroom, judged by reading all its articles"


def sample() -> Collection:
    """The packaged newsroom with its judgements; a pair that they do not list is unrelated."""
    with as_file(files("recommender") / "sample") as directory:
        corpus = assemble(read_sources([str(directory)], Tally()))
        path = directory / "qrels.txt"
        judged = read_qrels(path, corpus, name="sample", origin=_SAMPLE_ORIGIN, complete=True)
    return Collection(name="sample", corpus=corpus, qrels=(judged,))


_NAMED = {"sample": sample, "lee": lee}
NAMES = tuple(_NAMED)


def named(name: str) -> Collection:
    """The collection of one of `NAMES`. Raises OptionError for another name, SourceNotFound where its
    data is not installed."""
    if name not in _NAMED:
        raise OptionError("dataset", f"found {name!r}, expected one of {', '.join(NAMES)}")
    return _NAMED[name]()


def from_corpus_and_qrels(
    sources: Sequence[str],
    qrels: Path,
    *,
    complete: bool = False,
    max_rejected: float = MAX_REJECTED,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Collection:
    """The articles of sources, read as a rebuild reads them, with the judgements of a TREC qrels file.

    ``complete``: what the file does not list was judged and is unrelated. Collection and dataset are named
    after that file.

    Raises what `read_sources` and `read_qrels` raise, and InputError where no article is found or more
    than ``max_rejected`` of the records are unusable.
    """
    tally = Tally()
    found = read_sources(sources, tally, stdin=stdin)

    def counted() -> Iterator[Article]:
        for article in found:
            advance(1)
            yield article

    with (progress or Silent()).stage("read", None) as advance:
        corpus = assemble(counted())
    tally.refuse_rejected(max_rejected)
    if not len(corpus):
        raise InputError(f"no article found in {', '.join(sources)}")
    name = dataset_name(file_name(qrels))
    return Collection(
        name=name,
        corpus=corpus,
        qrels=(read_qrels(qrels, corpus, name=name, complete=complete),),
        notes=notes_of(tally, corpus.counts["duplicates"]),
    )
