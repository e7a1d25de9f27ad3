"""An opened snapshot: memory-mapped, immutable, every file verified before anything is read from it.

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

from recommender.article import Article
from recommender.embedding import Embedding
from recommender.errors import CorruptSnapshot
from recommender.policy import told_by_article, told_in_list
from recommender.rules import Catalogue, Labelled
from recommender.scoring import Floor, Ranking, Scoring, order_of_ids, order_pairs
from recommender.snapshot import format as names
from recommender.snapshot.lists import lists_of
from recommender.snapshot.parts import WHOLE, Parts
from recommender.snapshot.records import decode_article
from recommender.snapshot.verification import check_sizes, verify


class Snapshot(Parts):
    """One snapshot's content by row. Rows outside 0..n-1 raise IndexError, negative ones included.

    What default lists are answered from is open from the start, the rest from its first use on (`open`),
    which may raise CorruptSnapshot.
    """

    def __len__(self) -> int:
        return self._n

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
        ranking, verdicts = self.pairs
        span = self._span(ranking.offsets, row)
        return ranking.rows[span], ranking.scores[span], verdicts[span]

    def bare_order(self, row: int) -> NDArray[np.int64]:
        """The permutation of an article's candidates into the bare ranking, in which no policy had a
        part: higher score, then newer, then id."""
        rows, scores, _ = self.candidates(row)
        return order_pairs(np.zeros_like(rows), rows, scores, self.published, self.id_order)

    @cached_property
    def id_order(self) -> NDArray[np.int64]:
        """Each id's place in the order of all ids, ``(n,) int64``."""
        return order_of_ids(list(self.ids))

    def ranking(self) -> tuple[Ranking, NDArray[np.uint8]]:
        """`pairs`."""
        return self.pairs

    def catalogue(self) -> Catalogue:
        """The articles as rules see them."""
        labelled = {
            "section": Labelled.of_one(self.section_labels, self.sections),
            "tag": Labelled(self.tag_labels, *self.tags),
            "source": Labelled.of_one(self.source_labels, self.sources),
        }
        facts = self.facts
        return Catalogue(self.ids, labelled, facts.copy, told_by_article(facts), told_in_list(facts))

    def source_list(self, row: int) -> NDArray[np.int32]:
        """The rows that the article's own page linked to, in page order."""
        offsets, rows = self.source_lists
        return rows[self._span(offsets, row)]

    def item(self, row: int) -> bytes:
        """The article's fragment of a list item (`recommender.snapshot.records.item_fragment`)."""
        if not 0 <= row < self._n:
            raise IndexError(f"row {row} is outside 0..{self._n - 1}")
        return bytes(self.items[self.item_offsets[row] : self.item_offsets[row + 1]])

    def article(self, row: int) -> Article:
        """One article in full."""
        offsets, texts = self.texts
        return decode_article(bytes(texts[self._span(offsets, row)]))

    def articles(self) -> Iterator[Article]:
        """All articles in row order."""
        return (self.article(row) for row in range(len(self)))

    def embedding(self) -> Embedding:
        """The vectors with what they are known by, for reuse by a later build."""
        return Embedding(self.manifest.encoder["fingerprint"], self.digests, self.vectors)

    def report(self) -> dict[str, Any]:
        """The build report."""
        report: dict[str, Any] = orjson.loads(self._files.content(names.REPORT))
        return report

    def check(self) -> None:
        """What only a look at everything tells: every part can be opened, every id is found where it stands,
        and the lists are those that the candidates make. Raises CorruptSnapshot."""
        self.open(WHOLE)
        with self._reading():
            self.report()
        if (row := self.ids.misplaced()) is not None:
            raise self._files.corrupt(names.ID_HASHES, f"does not lead to the id at row {row}")
        ranking, verdicts = self.pairs
        if not lists_of(ranking, verdicts, self.floor).is_same_as(self.lists):
            raise self._files.corrupt(names.LIST_ROWS, "is not what the candidates make under the floor")

    def _span(self, offsets: NDArray[np.int64], row: int) -> slice:
        if not 0 <= row < self._n:
            raise IndexError(f"row {row} is outside 0..{self._n - 1}")
        return slice(int(offsets[row]), int(offsets[row + 1]))


def open_snapshot(directory: Path, *, whole: bool = False) -> Snapshot:
    """Check names and sizes of a snapshot's files, verify those that default lists are answered from, and
    open it; with ``whole`` verify and open everything. Raises CorruptSnapshot, naming the file at fault."""
    manifest = verify(directory) if whole else check_sizes(directory)
    try:
        snapshot = Snapshot(directory, manifest, whole=whole)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptSnapshot(f"snapshot {manifest.name}: cannot be opened: {error}") from error
    if whole:
        snapshot.check()
    return snapshot
