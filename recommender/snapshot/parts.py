"""What is read of a snapshot's files, part by part: each is hashed, mapped and looked through when it is
first used, and anything that needs it then may raise CorruptSnapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from recommender import overlay as overlays
from recommender.embedding import DIGEST_BYTES
from recommender.errors import CorruptSnapshot
from recommender.neighbourhood import Neighbourhood
from recommender.policy import STEP_NAMES, Facts, Policy
from recommender.scoring import Ranking
from recommender.snapshot import format as names
from recommender.snapshot.checked import Checked
from recommender.snapshot.format import Manifest
from recommender.snapshot.geometry import read_space, read_statistics
from recommender.snapshot.ids import StoredIds
from recommender.snapshot.lists import read_lists
from recommender.snapshot.work import Work, read_work
from recommender.space import Space
from recommender.statistics import Statistics

# What lists with options, and those with an explanation, are made from besides what is open from the start.
LISTED = ("pairs", "facts", "published", "sections", "sources", "labels")
EXPLAINED = (*LISTED, "statistics", "geometry", "texts")
# The editors' rules are read by these: they must not fail where a takedown waits for them.
_FOR_RULES = (
    names.LABELS,
    names.SECTIONS,
    names.SOURCES,
    names.TAG_OFFSETS,
    names.TAG_CODES,
    names.COPIES,
    names.STORIES,
    names.TEASERS,
)
WHOLE = (*EXPLAINED, "vectors", "digests", "tags", "source_lists", "work")


class Parts:
    """The parts of one snapshot. Those that default lists are answered from are open from the start."""

    def __init__(self, directory: Path, manifest: Manifest, *, whole: bool = False) -> None:
        """Opens files whose sizes have been checked; with ``whole`` `verify` has passed them."""
        self.directory = directory
        self.manifest = manifest
        self.name = manifest.name
        files = self._files = Checked(directory, manifest, whole=whole)
        for name in _FOR_RULES:
            files.check(name)
        self.overlay = overlays.decode(files.content(names.OVERLAY), directory / names.OVERLAY)
        self._n: int = manifest.counts["articles"]
        self.ids = StoredIds(files, self._n)
        # The inside of each article's list item, one after the other, and where each begins.
        self.item_offsets: memoryview = files.offsets(names.ITEM_OFFSETS, self._n).data
        self.items = files.mapped(names.ITEMS, self.item_offsets[-1])
        self.lists = read_lists(files, self._n)
        self.too_short: NDArray[np.bool_] = files.array(names.TOO_SHORT, np.bool_, self._n)

    def open(self, parts: Iterable[str]) -> None:
        """Open these parts, `LISTED`, `EXPLAINED` or `WHOLE`, now, so that no later use of them has to wait.
        Raises CorruptSnapshot."""
        for part in parts:
            getattr(self, part)

    def has_open(self, parts: Iterable[str]) -> bool:
        """Whether these parts are open."""
        return all(part in self.__dict__ for part in parts)

    @cached_property
    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC, `UNDATED` where unknown, ``(n,) int64``."""
        return self._files.array(names.PUBLISHED, np.int64, self._n)

    @cached_property
    def sections(self) -> NDArray[np.int32]:
        """Each article's place in `section_labels`, -1 for none, ``(n,) int32``."""
        return self._files.array(names.SECTIONS, np.int32, self._n)

    @cached_property
    def sources(self) -> NDArray[np.int32]:
        """Each article's place in `source_labels`, -1 for none, ``(n,) int32``."""
        return self._files.array(names.SOURCES, np.int32, self._n)

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The distinct ``sections``, ``sources`` and ``tags``."""
        with self._reading():
            content = orjson.loads(self._files.content(names.LABELS))
            return {kind: tuple(content[kind]) for kind in ("sections", "sources", "tags")}

    @property
    def section_labels(self) -> tuple[str, ...]:
        """The distinct sections."""
        return self.labels["sections"]

    @property
    def source_labels(self) -> tuple[str, ...]:
        """The distinct sources."""
        return self.labels["sources"]

    @property
    def tag_labels(self) -> tuple[str, ...]:
        """The distinct tags."""
        return self.labels["tags"]

    @cached_property
    def facts(self) -> Facts:
        """What the policy went by."""
        with self._reading():
            return Facts(
                teaser=self._files.array(names.TEASERS, np.bool_, self._n),
                too_short=self.too_short,
                copy=self._files.array(names.COPIES, np.int32, self._n),
                story=self._files.array(names.STORIES, np.int32, self._n),
                policy=Policy.read(self.manifest.policy),
            )

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Plain unit vectors of title and lead, ``(n, dim) float32``."""
        return self._files.array(names.VECTORS, np.float32, self._n, self._dim)

    @cached_property
    def statistics(self) -> Statistics:
        """What the space was made with."""
        fingerprint = self.manifest.encoder["fingerprint"]
        with self._reading():
            return read_statistics(self._files.array, self.manifest.statistics, fingerprint, self._dim)

    @property
    def space(self) -> Space:
        """The space that evidence is measured in."""
        return self.geometry[0]

    @property
    def neighbourhood(self) -> Neighbourhood:
        """The neighbourhoods in it."""
        return self.geometry[1]

    @cached_property
    def geometry(self) -> tuple[Space, Neighbourhood]:
        """`space` and `neighbourhood`."""
        with self._reading():
            return read_space(self._files.array, self._n, self._dim, len(self.statistics.keys))

    @cached_property
    def pairs(self) -> tuple[Ranking, NDArray[np.uint8]]:
        """The candidates of all articles in one table, in the order of their lists, and the verdict of each
        ``(pairs,) uint8``."""
        offsets = self._files.offsets(names.CANDIDATE_OFFSETS, self._n)
        length = int(offsets[-1])
        rows = self._files.rows(names.CANDIDATE_ROWS, length, self._n)
        scores = self._files.array(names.CANDIDATE_SCORES, np.float32, length)
        verdicts = self._files.array(names.CANDIDATE_VERDICTS, np.uint8, length)
        if verdicts.size and int(verdicts.max()) >= len(STEP_NAMES):
            raise self._files.corrupt(names.CANDIDATE_VERDICTS, "holds a verdict of an unknown policy step")
        return Ranking(offsets, rows, scores), verdicts

    @cached_property
    def tags(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The places in `tag_labels` of all articles' tags, and the offsets of each article's."""
        offsets = self._files.offsets(names.TAG_OFFSETS, self._n)
        return self._files.array(names.TAG_CODES, np.int32, int(offsets[-1])), offsets

    @cached_property
    def source_lists(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The offsets of each article's own list, and the rows in them."""
        offsets = self._files.offsets(names.SOURCE_LIST_OFFSETS, self._n)
        return offsets, self._files.rows(names.SOURCE_LIST_ROWS, int(offsets[-1]), self._n)

    @cached_property
    def texts(self) -> tuple[NDArray[np.int64], memoryview]:
        """The offsets of each article in full, and their bytes."""
        offsets = self._files.offsets(names.ARTICLE_OFFSETS, self._n)
        return offsets, self._files.mapped(names.ARTICLES, int(offsets[-1]))

    @cached_property
    def digests(self) -> NDArray[np.uint8]:
        """The digests of the texts that were embedded."""
        return self._files.array(names.VECTOR_DIGESTS, np.uint8, self._n, DIGEST_BYTES)

    @cached_property
    def work(self) -> Work:
        """What the next build may go on with."""
        with self._reading():
            return read_work(self._files.array, self._n)

    @property
    def _dim(self) -> int:
        dim: int = self.manifest.encoder["dim"]
        return dim

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Whatever is wrong with what is read is a fault of the snapshot."""
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptSnapshot(f"snapshot {self.name}: cannot be opened: {error}") from error
