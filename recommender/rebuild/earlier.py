"""What a build goes on with from the snapshot before it, and whether it keeps that one's statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import EarlierSearch
from recommender.corpus import Ids
from recommender.evidence import Measured
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from recommender.space import Space
from recommender.statistics import STATISTICS_VERSION, Background, Statistics


@dataclass(frozen=True, slots=True)
class Kept:
    """Statistics that stay in force: since which snapshot, and how many articles have changed since then
    in all. ``was`` ``(n,) int64`` is the row that each article had there, -1 for a new or changed one, and
    ``now`` ``(m,) int64`` where those of then are, -1 for one that is gone or changed."""

    statistics: Statistics
    since: str
    changed: int
    was: NDArray[np.int64]
    now: NDArray[np.int64]


def kept_statistics(
    parent: Snapshot | None,
    ids: Ids,
    digests: NDArray[np.uint8],
    fingerprint: str,
    background: Background,
    settings: Settings,
    *,
    refit: bool,
) -> tuple[Kept | None, str]:
    """The parent's statistics where they are kept, and in words why they are or are not.

    They are fitted anew for the first build, by ``refit``, for another encoder or background, for a corpus
    of fewer than ``keep_statistics_from`` articles, where that costs next to nothing, and when more articles
    have come, gone or changed since they were fitted than ``refit_share`` of those they were fitted on.
    """
    if refit:
        return None, "asked for"
    if parent is None:
        return None, "there is nothing to keep"
    if len(ids) < settings.keep_statistics_from:
        return None, f"the corpus has fewer than {settings.keep_statistics_from} articles"
    said, found = parent.manifest.statistics, parent.statistics
    if parent.manifest.encoder["fingerprint"] != fingerprint:
        return None, f"they are of the encoder {parent.manifest.encoder['fingerprint']}"
    if (found.version, found.background) != (STATISTICS_VERSION, background.name):
        return None, f"they are of version {found.version} over {found.background}"
    was, now = _matched(parent, ids, digests)
    tonight = max(int((was < 0).sum()), int((now < 0).sum()))
    changed, since = int(said["changed"]) + tonight, said["since"] or parent.name
    most = settings.refit_share * found.articles
    share = f"{changed:,} articles have changed since {since}, {most:,.0f} of {found.articles:,} are allowed"
    if changed > most:
        return None, share
    return Kept(found, since, changed, was, now), share


def _matched(
    parent: Snapshot, ids: Ids, digests: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    was = np.full(len(ids), -1, dtype=np.int64)
    for row, article_id in enumerate(ids):
        found = parent.ids.find(article_id)
        was[row] = -1 if found is None else found
    there = np.flatnonzero(was >= 0)
    same = (digests[there] == parent.work.digests[was[there]]).all(axis=1)
    was[there[~same]] = -1
    now = np.full(len(parent), -1, dtype=np.int64)
    now[was[was >= 0]] = np.flatnonzero(was >= 0)
    return was, now


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the parent holds for the articles that are still the same, by the statistics that are kept."""

    space: Space
    search: EarlierSearch
    measured: Measured


def earlier_of(parent: Snapshot, kept: Kept) -> Earlier:
    """What a build under the statistics ``kept`` takes from its parent. Raises CorruptSnapshot."""
    work = parent.work
    return Earlier(
        parent.space,
        EarlierSearch(work.lead, work.terms, kept.now),
        work.measured.moved(kept.now),
    )


def said_of_keeping(kept: Kept | None, why: str) -> dict[str, Any]:
    """What the manifest says of where the statistics are from."""
    return {
        "since": None if kept is None else kept.since,
        "changed": 0 if kept is None else kept.changed,
        "why": why,
    }
