"""A build's results to the files of a snapshot, as bytes in memory or views of arrays; nothing is
written here."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender.article import Article, normalise_id
from recommender.corpus import Corpus
from recommender.embedding import Embedding
from recommender.neighbourhood import Neighbourhood
from recommender.overlay import Overlay
from recommender.policy import Facts
from recommender.rules import Labelled
from recommender.scoring import Floor, Ranking, published_seconds
from recommender.snapshot import format as names
from recommender.snapshot.geometry import arrays_of
from recommender.snapshot.ids import files_of_ids
from recommender.snapshot.lists import lists_of
from recommender.snapshot.records import encode_article, item_fragment
from recommender.snapshot.work import Work, arrays_of_work
from recommender.space import Space
from recommender.statistics import Statistics

Chunk = bytes | memoryview
_UNLABELLED = -1


@dataclass(frozen=True, slots=True)
class Contents:
    """All that goes into a snapshot, in row order. ``verdicts`` ``(pairs,) uint8`` belongs to
    ``ranking``, whose order is the lists', and ``floor`` is theirs; ``report`` is ready for JSON."""

    corpus: Corpus
    embedding: Embedding
    statistics: Statistics
    space: Space
    near: Neighbourhood
    work: Work
    ranking: Ranking
    facts: Facts
    verdicts: NDArray[np.uint8]
    overlay: Overlay
    floor: Floor
    report: dict[str, Any]

    def __post_init__(self) -> None:
        n = len(self.corpus)
        found = {
            "vectors": len(self.embedding.vectors),
            "articles in the space": len(self.space),
            "neighbourhoods": len(self.near.table),
            "digests": len(self.work.digests),
            "facts": len(self.facts.story),
            "lists": len(self.ranking.offsets) - 1,
        }
        for what, count in found.items():
            if count != n:
                raise ValueError(f"{count} {what} for {n} articles, expected as many of each")
        if len(self.verdicts) != len(self.ranking.rows):
            raise ValueError(f"{len(self.verdicts)} verdicts for {len(self.ranking.rows)} pairs")


def files_of(contents: Contents) -> Iterator[tuple[str, list[Chunk]]]:
    """Each file of the snapshot but the manifest: its path and its content in chunks."""
    articles = contents.corpus.articles
    lines = [encode_article(article) for article in articles]
    yield names.ARTICLES, list[Chunk](lines)
    yield names.ARTICLE_OFFSETS, array_chunks(_offsets(map(len, lines), len(lines)))
    ids, arrays = files_of_ids([article.id for article in articles])
    yield names.IDS, list[Chunk](ids)
    for name, array in arrays.items():
        yield name, array_chunks(array)
    items = [item_fragment(article) for article in articles]
    yield names.ITEMS, list[Chunk](items)
    yield names.ITEM_OFFSETS, array_chunks(_offsets(map(len, items), len(items)))
    sections, section_codes = _labels([article.section for article in articles])
    sources, source_codes = _labels([article.source for article in articles])
    tags = Labelled.of(article.tags for article in articles)
    labels = {"sections": sections, "sources": sources, "tags": tags.labels}
    yield names.LABELS, [orjson.dumps(labels)]
    yield names.SECTIONS, array_chunks(section_codes)
    yield names.SOURCES, array_chunks(source_codes)
    yield names.TAG_OFFSETS, array_chunks(tags.offsets)
    yield names.TAG_CODES, array_chunks(tags.codes)
    yield names.PUBLISHED, array_chunks(published_seconds(articles))
    linked = contents.corpus.source_lists
    yield names.SOURCE_LIST_OFFSETS, array_chunks(_offsets(map(len, linked), len(linked)))
    yield (
        names.SOURCE_LIST_ROWS,
        array_chunks(np.array([row for listed in linked for row in listed], dtype=np.int32)),
    )
    yield names.VECTORS, array_chunks(contents.embedding.vectors)
    yield names.VECTOR_DIGESTS, array_chunks(contents.embedding.digests)
    for name, array in arrays_of(contents.statistics, contents.space, contents.near):
        yield name, array_chunks(array)
    for name, array in arrays_of_work(contents.work):
        yield name, array_chunks(array)
    yield names.CANDIDATE_OFFSETS, array_chunks(contents.ranking.offsets)
    yield names.CANDIDATE_ROWS, array_chunks(contents.ranking.rows)
    yield names.CANDIDATE_SCORES, array_chunks(contents.ranking.scores)
    yield names.CANDIDATE_VERDICTS, array_chunks(contents.verdicts)
    lists = lists_of(contents.ranking, contents.verdicts, contents.floor)
    yield names.LIST_OFFSETS, array_chunks(lists.offsets)
    yield names.LIST_ROWS, array_chunks(lists.rows)
    yield names.LIST_SCORES, [lists.scores]
    yield names.LIST_SCORE_OFFSETS, array_chunks(lists.score_offsets)
    yield names.LIST_LEFT, array_chunks(lists.left)
    yield names.TEASERS, array_chunks(contents.facts.teaser)
    yield names.TOO_SHORT, array_chunks(contents.facts.too_short)
    yield names.COPIES, array_chunks(contents.facts.copy)
    yield names.STORIES, array_chunks(contents.facts.story)
    yield names.OVERLAY, [contents.overlay.encode()]
    yield names.REPORT, [orjson.dumps(contents.report, option=orjson.OPT_INDENT_2) + b"\n"]


def corpus_sha256(articles: Sequence[Article]) -> str:
    """Hex sha256 over the articles as they are written."""
    digest = hashlib.sha256()
    for article in articles:
        digest.update(encode_article(article))
    return digest.hexdigest()


def array_chunks(array: NDArray[Any]) -> list[Chunk]:
    """An array in numpy's ``.npy`` format, its data not copied."""
    array = np.ascontiguousarray(array)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    return [header.getvalue(), array.reshape(-1).view(np.uint8).data]


def _offsets(lengths: Iterable[int], n: int) -> NDArray[np.int64]:
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.fromiter(lengths, dtype=np.int64, count=n), out=offsets[1:])
    return offsets


def _labels(values: Sequence[str | None]) -> tuple[list[str], NDArray[np.int32]]:
    """Distinct labels in NFC, as they are looked up, in order of appearance, and each value's place
    among them; -1 for none."""
    places: dict[str, int] = {}
    codes = [
        _UNLABELLED if value is None else places.setdefault(normalise_id(value), len(places))
        for value in values
    ]
    return list(places), np.array(codes, dtype=np.int32)
