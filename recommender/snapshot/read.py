"""An opened snapshot: verified on opening (`recommender.snapshot.verification`), memory-mapped, immutable.

This is all that serving needs; neither torch nor faiss is imported on the way here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender import overlay as overlays
from recommender.article import Article
from recommender.corpus import Ids
from recommender.embedding import DIGEST_BYTES, Embedding
from recommender.errors import CorruptSnapshot
from recommender.policy import STEP_NAMES, Facts, Policy, told_by_article, told_in_list
from recommender.rules import Catalogue, Labelled
from recommender.scoring import Floor, Ranking, Scoring, order_of_ids, order_pairs
from recommender.snapshot import format as names
from recommender.snapshot.format import Manifest
from recommender.snapshot.geometry import read_space, read_statistics
from recommender.snapshot.records import decode_article
from recommender.snapshot.verification import verify
from recommender.snapshot.work import read_work


class Snapshot:
    """One snapshot's content by row. Rows outside 0..n-1 raise IndexError, negative ones included."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        """Opens files that `verify` has passed; use `open_snapshot`."""
        self.directory = directory
        self.manifest = manifest
        self.name = manifest.name
        self.ids = Ids(orjson.loads(self._bytes(names.IDS)))
        labels = orjson.loads(self._bytes(names.LABELS))
        self.section_labels: tuple[str, ...] = tuple(labels["sections"])
        self.source_labels: tuple[str, ...] = tuple(labels["sources"])
        self.tag_labels: tuple[str, ...] = tuple(labels["tags"])
        self.overlay = overlays.decode(self._bytes(names.OVERLAY), directory / names.OVERLAY)
        n = len(self.ids)
        self.published = self._array(names.PUBLISHED, np.int64, n)
        self.sections = self._array(names.SECTIONS, np.int32, n)
        self.sources = self._array(names.SOURCES, np.int32, n)
        self._tag_offsets = self._array(names.TAG_OFFSETS, np.int64, n + 1)
        tagged = self._total(self._tag_offsets, names.TAG_OFFSETS)
        self._tags = self._array(names.TAG_CODES, np.int32, tagged)
        self._offsets = self._array(names.CANDIDATE_OFFSETS, np.int64, n + 1)
        pairs = self._total(self._offsets, names.CANDIDATE_OFFSETS)
        self._rows = self._array(names.CANDIDATE_ROWS, np.int32, pairs)
        self._scores = self._array(names.CANDIDATE_SCORES, np.float32, pairs)
        self._verdicts = self._array(names.CANDIDATE_VERDICTS, np.uint8, pairs)
        self._list_offsets = self._array(names.SOURCE_LIST_OFFSETS, np.int64, n + 1)
        links = self._total(self._list_offsets, names.SOURCE_LIST_OFFSETS)
        self._list_rows = self._array(names.SOURCE_LIST_ROWS, np.int32, links)
        self._check_rows(self._rows, n, names.CANDIDATE_ROWS)
        self._check_rows(self._list_rows, n, names.SOURCE_LIST_ROWS)
        if self._verdicts.size and int(self._verdicts.max()) >= len(STEP_NAMES):
            raise self._corrupt(names.CANDIDATE_VERDICTS, "holds a verdict of an unknown policy step")
        self._item_offsets = self._array(names.ITEM_OFFSETS, np.int64, n + 1)
        self._items = self._map(names.ITEMS, self._total(self._item_offsets, names.ITEM_OFFSETS))
        self._article_offsets = self._array(names.ARTICLE_OFFSETS, np.int64, n + 1)
        self._articles = self._map(names.ARTICLES, self._total(self._article_offsets, names.ARTICLE_OFFSETS))
        self.facts = Facts(
            teaser=self._array(names.TEASERS, np.bool_, n),
            too_short=self._array(names.TOO_SHORT, np.bool_, n),
            copy=self._array(names.COPIES, np.int32, n),
            story=self._array(names.STORIES, np.int32, n),
            policy=Policy.read(manifest.policy),
        )
        dim = manifest.encoder["dim"]
        self.vectors: NDArray[np.float32] = self._array(names.VECTORS, np.float32, n, dim)
        self._digests = self._array(names.VECTOR_DIGESTS, np.uint8, n, DIGEST_BYTES)
        fingerprint = manifest.encoder["fingerprint"]
        try:
            self.statistics = read_statistics(self._array, manifest.statistics, fingerprint, dim)
            self.space, self.neighbourhood = read_space(self._array, n, dim, len(self.statistics.keys))
            self.work = read_work(self._array, n)
        except ValueError as error:
            raise CorruptSnapshot(f"snapshot {self.name}: {error}") from None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def floor(self) -> Floor:
        """The floor that lists have where a caller names none."""
        return self.manifest.floor

    @property
    def formula(self) -> Scoring:
        """The formula that its pairs were scored by."""
        return self.manifest.formula

    def candidates(self, row: int) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.uint8]]:
        """Rows, scores and policy verdicts of an article's candidates, in the order of its list."""
        span = self._span(self._offsets, row)
        return self._rows[span], self._scores[span], self._verdicts[span]

    def bare_order(self, row: int) -> NDArray[np.int64]:
        """The permutation of an article's candidates into the bare ranking, in which no policy had a
        part: higher score, then newer, then id."""
        span = self._span(self._offsets, row)
        rows, scores = self._rows[span], self._scores[span]
        return order_pairs(np.zeros_like(rows), rows, scores, self.published, self.id_order)

    @cached_property
    def id_order(self) -> NDArray[np.int64]:
        """Each id's place in the order of all ids, ``(n,) int64``."""
        return order_of_ids(list(self.ids))

    def ranking(self) -> tuple[Ranking, NDArray[np.uint8]]:
        """The candidates of all articles in one table, in the order of their lists, and the verdict of each
        ``(pairs,) uint8``."""
        ranking = Ranking(self._offsets, self._rows, self._scores)
        return ranking, self._verdicts

    def catalogue(self) -> Catalogue:
        """The articles as rules see them."""
        labelled = {
            "section": Labelled.of_one(self.section_labels, self.sections),
            "tag": Labelled(self.tag_labels, self._tags, self._tag_offsets),
            "source": Labelled.of_one(self.source_labels, self.sources),
        }
        facts = self.facts
        return Catalogue(self.ids, labelled, facts.copy, told_by_article(facts), told_in_list(facts))

    def source_list(self, row: int) -> NDArray[np.int32]:
        """The rows that the article's own page linked to, in page order."""
        return self._list_rows[self._span(self._list_offsets, row)]

    def item(self, row: int) -> bytes:
        """The article's fragment of a list item (`recommender.snapshot.records.item_fragment`)."""
        return self._items[self._span(self._item_offsets, row)].tobytes()

    def article(self, row: int) -> Article:
        """One article in full."""
        return decode_article(self._articles[self._span(self._article_offsets, row)].tobytes())

    def articles(self) -> Iterator[Article]:
        """All articles in row order."""
        return (self.article(row) for row in range(len(self)))

    def embedding(self) -> Embedding:
        """The vectors with what they are known by, for reuse by a later build."""
        return Embedding(self.manifest.encoder["fingerprint"], self._digests, self.vectors)

    def report(self) -> dict[str, Any]:
        """The build report."""
        report: dict[str, Any] = orjson.loads(self._bytes(names.REPORT))
        return report

    def _span(self, offsets: NDArray[np.int64], row: int) -> slice:
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} is outside 0..{len(self) - 1}")
        return slice(int(offsets[row]), int(offsets[row + 1]))

    def _bytes(self, name: str) -> bytes:
        return (self.directory / name).read_bytes()

    def _map(self, name: str, size: int) -> NDArray[np.uint8]:
        path = self.directory / name
        if path.stat().st_size != size:
            raise self._corrupt(name, f"has {path.stat().st_size} bytes, its offsets say {size}")
        if size == 0:  # an empty file cannot be mapped
            return np.zeros(0, dtype=np.uint8)
        return np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)

    def _array(self, name: str, dtype: Any, *shape: int) -> NDArray[Any]:
        try:
            # An empty array cannot be mapped either.
            mode: Any = "r" if all(shape) else None
            array: NDArray[Any] = np.load(self.directory / name, mmap_mode=mode, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise self._corrupt(name, f"is not a readable array: {error}") from None
        if len(shape) == array.ndim:  # a length of -1 is for the file to say
            shape = tuple(
                found if length < 0 else length for length, found in zip(shape, array.shape, strict=True)
            )
        if array.shape != shape or array.dtype != dtype:
            raise self._corrupt(
                name,
                f"has shape {array.shape} of {array.dtype}, expected {shape} of {np.dtype(dtype)}",
            )
        array.flags.writeable = False
        # A plain view of the map: slicing a memmap costs several times as much, and lists do it on each call.
        return array.view(np.ndarray)

    def _total(self, offsets: NDArray[np.int64], name: str) -> int:
        if offsets[0] != 0 or (np.diff(offsets) < 0).any():
            raise self._corrupt(name, "does not rise from 0")
        return int(offsets[-1])

    def _check_rows(self, rows: NDArray[np.int32], n: int, name: str) -> None:
        if rows.size and not (int(rows.min()) >= 0 and int(rows.max()) < n):
            raise self._corrupt(name, f"names a row outside 0..{n - 1}")

    def _corrupt(self, name: str, what: str) -> CorruptSnapshot:
        return CorruptSnapshot(f"snapshot {self.name}: {name} {what}")


def open_snapshot(directory: Path) -> Snapshot:
    """Verify a snapshot in full and open it. Raises CorruptSnapshot, naming the file at fault."""
    manifest = verify(directory)
    try:
        return Snapshot(directory, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptSnapshot(f"snapshot {manifest.name}: cannot be opened: {error}") from error
