"""What a score is fitted on: labelled articles, others to set them among, and shortened copies of both."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.corpus import Corpus
from recommender.dense import Vectors, freeze
from recommender.embedding import Embedding
from recommender.errors import InputError
from recommender.evaluation.judgements import Collection, Qrels
from recommender.evaluation.truth.events import SAME_EVENT, SAME_TOPIC
from recommender.fitting.teasers import shortened
from recommender.lexical import Bags, bags_of

FOLDS = 5
NONE = -1
# So many of the unlabelled articles have a shortened copy too.
SHORTENED = 1000
_EVENTS = "events"

Embed = Callable[[Sequence[Article]], Embedding]


@dataclass(frozen=True, slots=True)
class Material:
    """Articles as rows: those of the collection's corpus, 0..n-1, and shortened copies of some after them.

    ``articles``, ``embedding`` and ``bags`` are of all rows. Per row, `NONE` where it has none: ``event``
    and ``group`` number its event and what it is resampled with over all sets, ``fold`` ``0..FOLDS - 1``
    follows from the group, ``labelled`` is the place of its set in ``sets``. ``short`` ``(n,)`` is the row
    of an article's shortened copy, ``distractors`` the rows of articles that no set and no pair names.
    """

    corpus: Corpus
    articles: tuple[Article, ...]
    sets: tuple[Qrels, ...]
    embedding: Embedding
    bags: Bags
    event: NDArray[np.int64]
    group: NDArray[np.int64]
    fold: NDArray[np.int64]
    labelled: NDArray[np.int64]
    short: NDArray[np.int64]
    distractors: NDArray[np.int64]

    def __post_init__(self) -> None:
        freeze(self.event, self.group, self.fold, self.labelled, self.short, self.distractors)

    @property
    def vectors(self) -> Vectors:
        """Plain unit vectors of all rows."""
        return self.embedding.vectors

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the labelled sets."""
        return tuple(one.name for one in self.sets)

    def grades(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int8]:
        """Of pairs of rows ``(m,)``: 2 of one event, 1 of one topic, else 0."""
        event, group = self.event[left], self.group[left]
        same_event = (event == self.event[right]) & (event != NONE)
        same_group = (group == self.group[right]) & (group != NONE)
        return np.where(same_event, SAME_EVENT, np.where(same_group, SAME_TOPIC, 0)).astype(np.int8)

    def events_of(self, name: str) -> tuple[NDArray[np.int64], ...]:
        """The rows of each event of a set, in row order."""
        rows = np.flatnonzero(self.labelled[: len(self.corpus)] == self.names.index(name))
        return tuple(rows[self.event[rows] == event] for event in np.unique(self.event[rows]))


def gather_material(collection: Collection, embed: Embed, *, seed: int) -> Material:
    """The material in a collection: its sets of labelled events, and as distractors all that no set names.

    ``embed`` gives the vectors of articles; ``seed`` decides which distractors have a shortened copy.
    Raises InputError where no set of the collection is of events; whatever ``embed`` raises.
    """
    corpus, sets = collection.corpus, tuple(one for one in collection.qrels if one.kind == _EVENTS)
    if not sets:
        raise InputError(
            f"{collection.name} holds no labelled events; expected JSONL whose records have event"
        )
    event, group, fold, labelled = (np.full(len(corpus), NONE, dtype=np.int64) for _ in range(4))
    for place, one in enumerate(sets):
        _number(corpus, one, place, event, group, fold)
        labelled[[corpus.ids.row(query) for query in one.queries]] = place
    distractors = np.setdiff1d(np.flatnonzero(labelled == NONE), _judged_otherwise(collection))
    rng = np.random.default_rng(seed)
    some = rng.choice(distractors, min(SHORTENED, len(distractors)), replace=False)
    originals = np.sort(np.concatenate([np.flatnonzero(labelled != NONE), some]))
    short = np.full(len(corpus), NONE, dtype=np.int64)
    short[originals] = len(corpus) + np.arange(len(originals))
    articles = [*corpus.articles, *(shortened(corpus.articles[row]) for row in originals)]
    base = np.concatenate([np.arange(len(corpus)), originals])
    return Material(
        corpus=corpus,
        articles=tuple(articles),
        sets=sets,
        embedding=embed(articles),
        bags=bags_of(articles),
        event=event[base],
        group=group[base],
        fold=fold[base],
        labelled=labelled[base],
        short=short,
        distractors=distractors,
    )


def _number(
    corpus: Corpus,
    one: Qrels,
    place: int,
    event: NDArray[np.int64],
    group: NDArray[np.int64],
    fold: NDArray[np.int64],
) -> None:
    """Fill in events, groups and folds of one set. An event goes by the row of its first member."""
    groups = {name: number for number, name in enumerate(sorted(set(one.groups.values())))}
    for query in one.queries:
        row = corpus.ids.row(query)
        same = [corpus.ids.row(doc) for doc, grade in one.relevance[query].items() if grade >= SAME_EVENT]
        event[row] = min([row, *same])
        group[row] = place * len(corpus) + groups[one.groups[query]]
        # By its name alone, so that a set falls into the same folds whatever stands beside it.
        fold[row] = zlib.crc32(one.groups[query].encode()) % FOLDS


def _judged_otherwise(collection: Collection) -> list[int]:
    """Rows of articles that stand in judgements of another kind, which say nothing of events."""
    ids: Iterable[str] = {one for pairs in collection.pairs for pair in pairs.ids for one in pair}
    for one in collection.qrels:
        if one.kind != _EVENTS:
            ids = {*ids, *one.relevance, *(doc for docs in one.relevance.values() for doc in docs)}
    return sorted(collection.corpus.ids.row(article_id) for article_id in ids)
