"""A folder of labelled files: one corpus, and a dataset for each file with labels.

How a file is recognised, in this order:

1. ``NAME_similarities.txt`` beside ``NAME.jsonl``: a matrix of pair similarities over that file's articles;
2. JSONL whose first record has ``id_a`` and ``id_b``: graded pairs, which may bring their own articles;
3. JSONL in which a record has an ``event``: event-labelled articles, which join the corpus;
4. ``*.qrels``, ``qrels.txt``, ``*_qrels.txt``, ``*-qrels.txt``: TREC qrels over the whole corpus;
5. everything else is read as a source of articles is; what is none is passed over, and noted.

JSONL is ``.jsonl`` or ``.ndjson``, also with ``.gz``. Folders are read with those inside them, in name order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from recommender.article import Article
from recommender.corpus import Corpus, assemble
from recommender.errors import InputError
from recommender.evaluation.judgements import Collection, Pairs, Qrels
from recommender.evaluation.truth.articles import MAX_REJECTED, ReadFile, Shelf, notes_of
from recommender.evaluation.truth.brought import fuller, same_article, same_words
from recommender.evaluation.truth.events import judge_events, read_labels
from recommender.evaluation.truth.matrix import read_matrix
from recommender.evaluation.truth.pairs import GradedPairs, pairs_over, read_pairs
from recommender.evaluation.truth.qrels import read_qrels
from recommender.ingest.labels import bad, dataset_name, file_name, read_records
from recommender.ingest.sources import shown
from recommender.rebuild import Progress, Silent

LOOKED_FOR = (
    "NAME_similarities.txt beside NAME.jsonl, JSONL whose records have id_a and id_b, JSONL whose records "
    "have event, and *.qrels, qrels.txt, *_qrels.txt or *-qrels.txt"
)
_JSONL = re.compile(r"\.(?:jsonl|ndjson)(?:\.gz)?\Z", re.IGNORECASE)
_MATRIX = "_similarities.txt"
_QRELS = re.compile(r"(?:\.qrels|(?:\A|[_-])qrels\.txt)\Z")
# A dataset, made once the corpus is there; the argument is its name.
_Waiting = Callable[[Corpus, str], Qrels | Pairs]


def from_folder(
    directory: Path, *, max_rejected: float = MAX_REJECTED, progress: Progress | None = None
) -> Collection:
    """The collection of everything in a folder; the module's docstring says how each file is read.

    A dataset is named after its file, without what says its kind (``lee_similarities.txt`` is ``lee``);
    where that name is taken, in full. Articles stand in file order, those that pairs brought after them.

    Raises SourceNotFound, StorageError; InputError where no file has labels or none has articles, for an
    id in two files, for more than ``max_rejected`` of the records unusable, and whatever the readers of
    labels raise.
    """
    with (progress or Silent()).stage("read", None) as advance:
        reading = _Reading(directory, Shelf(advance))
        for path in reading.files:
            reading.take(path)
        if not reading.waiting:
            some = f"{len(reading.files)} files" if reading.files else "nothing"
            raise InputError(
                f"{shown(directory)} holds {some}, and none with labels; looked for {LOOKED_FOR}"
            )
        reading.shelf.tally.refuse_rejected(max_rejected)
        corpus = assemble(reading.articles())
    if not len(corpus):
        raise InputError(f"{shown(directory)}: found labels, and no article that they could be about")
    datasets = list(reading.datasets(corpus))
    return Collection(
        name=file_name(directory.resolve()) or "data",
        corpus=corpus,
        qrels=tuple(one for one in datasets if isinstance(one, Qrels)),
        pairs=tuple(one for one in datasets if isinstance(one, Pairs)),
        notes=(*notes_of(reading.shelf.tally, corpus.counts["duplicates"]), *reading.notes()),
    )


class _Reading:
    """What the files of a folder gave so far."""

    def __init__(self, directory: Path, shelf: Shelf) -> None:
        self.directory = directory
        self.shelf = shelf
        self.files = list(shelf.files_below(directory))
        self._all = frozenset(self.files)
        self.waiting: dict[Path, _Waiting] = {}
        self._read: dict[Path, ReadFile] = {}
        self._owners: dict[str, Path] = {}
        self._pairs: list[GradedPairs] = []
        self._extracts: set[str] = set()

    def take(self, path: Path) -> None:
        """Recognise one file and read what it holds; its dataset has to wait for the corpus."""
        jsonl = _JSONL.search(path.name) is not None
        if (articles := self._beside(path)) is not None:
            self.waiting[path] = lambda _, name: self._matrix(path, articles, name)
        elif jsonl and _has_pairs(path):
            graded = read_pairs(path)
            self._pairs.append(graded)
            self.waiting[path] = lambda corpus, name: pairs_over(graded, corpus, name=name)
        elif jsonl and (labels := read_labels(path)):
            self._take_articles(path)
            known = {article.id for article in self._read[path].articles}
            self.waiting[path] = lambda _, name: judge_events(path, labels, known, name=name)
        elif _QRELS.search(path.name):
            self.waiting[path] = lambda corpus, name: read_qrels(path, corpus, name=name)
        elif path.name.endswith(_MATRIX):
            beside = path.name.replace(_MATRIX, ".jsonl")
            self.shelf.tally.pass_over(str(path), f"is named as a matrix, and no {beside} is beside it")
        else:
            self._take_articles(path)

    def articles(self) -> Iterator[Article]:
        """All articles: those of files in name order, then those that pairs brought and no file has."""
        files: dict[str, Article] = {}
        for read in self._read.values():
            files.update({article.id: article for article in read.articles})
            yield from read.articles
        brought: dict[str, tuple[Article, Path]] = {}
        for graded in self._pairs:
            for article in graded.articles:
                if article.id in files:
                    known, path = files[article.id], self._owners[article.id]
                else:
                    known, path = brought.get(article.id, (article, graded.path))
                    brought[article.id] = (fuller(known, article), path)
                if not same_article(known, article):
                    raise _in_two_files(article.id, path, graded.path, "with different texts")
                if not same_words(known, article):
                    self._extracts.add(article.id)
        yield from (article for article, _ in brought.values())

    def notes(self) -> tuple[str, ...]:
        """What was settled between files, once `articles` has come to its end."""
        if not self._extracts:
            return ()
        settled = "the words of a file of articles are used, else the longer ones"
        return (f"{len(self._extracts):,} articles stood with other words in a second file: {settled}",)

    def datasets(self, corpus: Corpus) -> Iterator[Qrels | Pairs]:
        """The datasets in file order."""
        taken: set[str] = set()
        for path, make in self.waiting.items():
            whole = shown(path.relative_to(self.directory))
            short = dataset_name(whole)
            name = whole if short in taken else short
            taken.add(name)
            yield make(corpus, name)

    def _take_articles(self, path: Path) -> None:
        self._read[path] = read = self.shelf.read(path)
        for article in read.articles:
            owner = self._owners.setdefault(article.id, path)
            if owner != path:
                raise _in_two_files(article.id, owner, path, "expected each article in one file")

    def _beside(self, path: Path) -> Path | None:
        """The articles that a matrix is about, if this is one."""
        if not path.name.endswith(_MATRIX):
            return None
        stem = path.name.removesuffix(_MATRIX)
        names = (f"{stem}.jsonl", f"{stem}.jsonl.gz", f"{stem}.ndjson", f"{stem}.ndjson.gz")
        return next((file for name in names if (file := path.with_name(name)) in self._all), None)

    def _matrix(self, path: Path, articles: Path, name: str) -> Pairs:
        read = self._read.get(articles)
        if read is None:
            raise bad(
                path, None, f"{file_name(articles)} holds no articles of its own, expected one for each row"
            )
        if read.rejections:
            first = read.rejections[0]
            place = f"line {first.line}: {first.reason}"
            raise bad(
                path,
                None,
                f"{len(read.rejections)} records of {file_name(articles)} were rejected ({place}), so that "
                "it is open which row is whose; expected none",
            )
        return read_matrix(path, [article.id for article in read.articles], articles, name=name)


def _has_pairs(path: Path) -> bool:
    first = next((record for _, record in read_records(path)), None)
    return isinstance(first, dict) and "id_a" in first and "id_b" in first


def _in_two_files(article_id: str, one: Path, other: Path, why: str) -> InputError:
    return InputError(f"article {article_id!r} stands in {shown(one)} and in {shown(other)}, {why}")
