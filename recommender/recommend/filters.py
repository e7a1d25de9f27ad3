"""A caller's filters over candidates: each only leaves items out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.article import normalise_id
from recommender.recommend.options import Options
from recommender.recommend.ranked import NO_LABEL, Ranked
from recommender.recommend.reasons import DAY_SECONDS
from recommender.scoring import UNDATED
from recommender.snapshot import Snapshot


class Labels:
    """The codes of one snapshot's sections and sources."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def sections(self) -> dict[str, int]:
        """The code of each section."""
        return {label: code for code, label in enumerate(self._snapshot.section_labels)}

    @cached_property
    def sources(self) -> dict[str, int]:
        """The code of each source."""
        return {label: code for code, label in enumerate(self._snapshot.source_labels)}


class Filters:
    """The filters of one `Options` over one snapshot, its ids and labels looked up once for however many
    lists. A label or id that the snapshot does not hold matches nothing; both are compared in Unicode
    NFC."""

    def __init__(self, snapshot: Snapshot, labels: Labels, options: Options) -> None:
        ids = snapshot.ids
        self._snapshot = snapshot
        self._options = options
        self._excluded = {ids.row(one) for one in options.exclude if one in ids}
        self._sections = _codes(labels.sections, options.section)
        self._excluded_sections = _codes(labels.sections, options.exclude_section)
        self._sources = _codes(labels.sources, options.source)

    def keep(self, ranked: Ranked, rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of the candidates ``rows`` pass, ``(m,) bool``."""
        kept = np.ones(len(rows), dtype=np.bool_)
        if self._excluded:
            kept &= among(rows, self._excluded, expected=False)
        if self._sections or self._excluded_sections:
            sections = self._snapshot.sections[rows]
            if self._sections:
                kept &= among(sections, self._sections)
            kept &= among(sections, self._excluded_sections, expected=False)
        if self._sources:
            kept &= among(self._snapshot.sources[rows], self._sources)
        if self._options.dated:
            kept &= _dated(ranked, self._snapshot.published[rows], self._options)
        return kept


def among(values: NDArray[Any], some: Collection[int], *, expected: bool = True) -> NDArray[np.bool_]:
    """Which values are among ``some``; with ``expected=False`` which are not."""
    if not some:  # by far the most common case, and `isin` is slow on it
        return np.full(len(values), not expected)
    return np.isin(values, list(some), invert=not expected)


def _dated(ranked: Ranked, published: NDArray[np.int64], options: Options) -> NDArray[np.bool_]:
    kept: NDArray[np.bool_] = published != UNDATED
    if options.published_after is not None:
        kept &= published > options.published_after.timestamp()
    if options.published_before is not None:
        kept &= published < options.published_before.timestamp()
    if options.max_age_days is not None:
        if ranked.published == UNDATED:  # nothing to count from
            return np.zeros(len(published), dtype=np.bool_)
        kept &= published >= ranked.published - options.max_age_days * DAY_SECONDS
    return kept


def _codes(known: Mapping[str, int], labels: Collection[str]) -> set[int]:
    return {known.get(normalise_id(label), NO_LABEL) for label in labels}
