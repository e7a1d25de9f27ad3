"""What the parts of a benchmark measure on: made-up articles, their vectors, and indexes built of them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender import files
from recommender.article import Article
from recommender.benchmark.newsroom import Newsroom
from recommender.benchmark.recombined import Recombiner
from recommender.benchmark.source import source_articles, write_articles
from recommender.benchmark.story import Made, published
from recommender.benchmark.timing import Child, in_child
from recommender.encoder import SentenceEncoder, embedded_text, load_encoder
from recommender.settings import load

SHARE_OF_A_NIGHT = 0.01
_SEED = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much to measure on. ``texts`` to encode, ``vectors`` to find neighbours among, ``words`` articles
    to find neighbours among by words, ``lists`` articles from text to lists, ``builds`` the corpora to
    rebuild, smallest first, of which nights and serving have the last; ``seconds`` of requests at a time;
    ``most_source`` bounds how many source articles are used."""

    texts: int = 1_000
    vectors: int = 20_000
    words: int = 10_000
    lists: int = 1_000
    builds: tuple[int, ...] = (10_000, 20_000, 50_000, 100_000)
    seconds: float = 5.0
    most_source: int | None = None


QUICK = Sizes(texts=24, vectors=4_000, words=600, lists=12, builds=(300, 600), seconds=1.0, most_source=60)


class Material:
    """Made when it is first asked for, in the directory ``work``. ``source`` names the articles that others
    are made of, the packaged sample where it is ``None``; ``runs`` is how often everything is measured,
    and ``large_runs`` how often a corpus above 20,000 is built."""

    def __init__(
        self, source: str | None, work: Path, *, sizes: Sizes, runs: int, large_runs: int | None = None
    ) -> None:
        self.sizes = sizes
        self.runs = runs
        self.large_runs = large_runs or runs
        self._source = source
        self.work = work
        self._indexes = dict[int, Path]()
        files.make_directories(work)

    @cached_property
    def encoder(self) -> SentenceEncoder:
        """The packaged encoder, as a rebuild loads it."""
        settings = load({}, environ={})
        return load_encoder(
            settings.encoder, batch_size=settings.batch_size, backend=settings.encoder_backend
        )

    @cached_property
    def room(self) -> Newsroom:
        """Who writes the articles."""
        return Newsroom(source_articles(self._source)[: self.sizes.most_source], _SEED)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Vectors of the newsroom's source articles, in its order: embedded once, and kept in the directory
        by the encoder's fingerprint and the texts."""
        texts = [embedded_text(one.title, one.text) for one in self.room.source]
        known_by = hashlib.sha256("\0".join([self.encoder.fingerprint, *texts]).encode()).hexdigest()
        path = self.work / f"source-{known_by[:16]}.npy"
        if not path.exists():
            write_array(path, self.encoder.encode(texts))
        found: NDArray[np.float32] = np.load(path, allow_pickle=False)
        return found

    def articles(self, count: int) -> list[Article]:
        """The first articles of the newsroom."""
        return [one.article for one in self.room.articles(count)]

    def unit(self, count: int) -> NDArray[np.float32]:
        """Recombined vectors ``(count, dim)`` of the same."""
        recombiner = Recombiner(self.vectors, _SEED)
        for one in self.room.articles(count):
            recombiner.add(one)
        return recombiner.embedding(self.encoder.fingerprint).vectors

    def corpus(self, count: int, night: int = 0) -> Path:
        """A directory with ``articles.jsonl``, as they are after so many nights, and their recombined
        vectors."""
        made = self.room.nightly(count, SHARE_OF_A_NIGHT, night) if night else self.room.articles(count)
        directory = self.work / f"corpus-{count}-{night}"
        if directory.exists():
            files.remove_tree(directory)
        files.make_directories(directory)
        recombiner = Recombiner(self.vectors, _SEED)
        write_articles(directory / "articles.jsonl", _added(made, recombiner))
        embedding = recombiner.embedding(self.encoder.fingerprint)
        write_array(directory / "digests.npy", embedding.digests)
        write_array(directory / "vectors.npy", embedding.vectors)
        return directory

    def build(self, corpus: Path, index: Path, count: int, night: int = 0) -> Child:
        """Rebuild an index from a corpus directory in a child process, at the end of that night."""
        now = (published(2 * count) + timedelta(days=night)).isoformat()
        arguments = (str(index), str(corpus / "articles.jsonl"), str(corpus), now)
        return in_child("recommender.benchmark.building", *arguments)

    def fresh_index(self, count: int) -> Path:
        """A directory for an index of so many articles that holds none yet; `index` finds it later."""
        path = self.work / f"index-{count}"
        if path.exists():
            files.remove_tree(path)
        self._indexes[count] = path
        return path

    def put(self, name: str, content: bytes) -> Path:
        """A file of that content."""
        files.replace_file(self.work / name, content)
        return self.work / name

    def scratch(self, name: str) -> Path:
        """A directory that is not there."""
        path = self.work / f"scratch-{name}"
        if path.exists():
            files.remove_tree(path)
        return path

    def index(self, count: int) -> Path:
        """An index of so many articles: what was built in this run, else one that is built now."""
        if count not in self._indexes:
            self.build(self.corpus(count), self.fresh_index(count), count)
        return self._indexes[count]


def write_array(path: Path, array: NDArray[np.generic]) -> None:
    """Write one ``.npy`` file. Raises StorageError."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    files.replace_file(path, content.getvalue())


def _added(made: Iterable[Made], recombiner: Recombiner) -> Iterator[Article]:
    for one in made:
        recombiner.add(one)
        yield one.article
