"""What people said about pairs of articles: relevance judgements, graded pairs, and a corpus with both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from recommender.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Qrels:
    """Relevance judgements of one dataset, as TREC has them.

    ``relevance`` maps query_id -> doc_id -> relevance, an integer from 0; a query stands in it also where
    nothing is related to it, and is never among its own documents. ``judged`` holds the documents among
    which a pair that is not listed was judged too, and is 0; ``None``: what is not listed was not looked
    at. ``groups`` names for each query what it is resampled with (its event, its topic): queries that share
    their answers are not independent; one that is missing stands alone. ``kind`` says which
    labels they were made of, ``origin`` in one line where they come from, ``notes`` what reading it settled.
    """

    name: str
    kind: Literal["qrels", "events"]
    origin: str
    relevance: Mapping[str, Mapping[str, int]]
    judged: frozenset[str] | None = None
    groups: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

    @property
    def queries(self) -> tuple[str, ...]:
        """All query ids, sorted."""
        return tuple(sorted(self.relevance))

    @property
    def answerable(self) -> tuple[str, ...]:
        """The queries that have a related article, sorted."""
        return tuple(query for query in self.queries if any(self.relevance[query].values()))

    @property
    def unanswerable(self) -> tuple[str, ...]:
        """The queries to which nothing is related, sorted."""
        return tuple(query for query in self.queries if not any(self.relevance[query].values()))

    def grade(self, query_id: str, doc_id: str) -> int | None:
        """The relevance of a document to a query; ``None`` where nobody judged it."""
        listed = self.relevance[query_id].get(doc_id)
        if listed is None and self.judged is not None and {query_id, doc_id} <= self.judged:
            return 0
        return listed


@dataclass(frozen=True, slots=True)
class Anchor:
    """A figure published for a dataset, printed beside ours: ``value`` of ``measure`` (``Pearson``),
    ``source`` where it was published."""

    label: str
    measure: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """How alike people found pairs of articles. ``ids`` ``(m, 2)`` and ``grades`` ``(m,)``, higher is
    more alike, on any scale; each unordered pair once."""

    name: str
    origin: str
    ids: tuple[tuple[str, str], ...]
    grades: tuple[float, ...]
    anchors: tuple[Anchor, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.grades):
            raise ValueError(f"{self.name}: {len(self.ids)} pairs and {len(self.grades)} grades")


@dataclass(frozen=True, slots=True)
class Collection:
    """One corpus and the datasets over it. ``name`` is for people and folders; ``notes`` say what
    reading it settled, such as files passed over."""

    name: str
    corpus: Corpus
    qrels: tuple[Qrels, ...] = ()
    pairs: tuple[Pairs, ...] = ()
    notes: tuple[str, ...] = ()
