"""The nearest of every row, and of some rows, among all: exact, by products in single precision.

A product in blocks says within a known error how near two rows are. Whatever may be among the k nearest of
a row by that is looked at again in double precision, so that rows, cosines and ties are those of the
reference. The product of all with all is symmetric: each block serves its rows and its columns.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from math import ceil, sqrt
from threading import Lock, local

import numpy as np
from numpy.typing import NDArray

from recommender.dense.cosines import cosines_of_pairs
from recommender.dense.hits import Hits, no_hits
from recommender.dense.settling import band_of, firsts, put, settled
from recommender.dense.survivors import (
    MOST_COLUMNS,
    PANEL,
    Survivors,
    columns_of,
    keys_of,
    places_of,
    values_of,
)
from recommender.dense.vectors import Vectors, checked

# Below so many rows every product is looked at; above, a sample says first where to look.
_SAMPLED_FROM = 4 * PANEL
# So many rows are drawn as a sample for every 20,000 rows.
_SAMPLE = 1024
_ROWS_TO_A_SAMPLE = 20_000
# Rows of a block that a thread goes through at a time.
_STRIPE = 512
# Floats of a block of products of some rows with all.
_BLOCK = 1 << 24

Advance = Callable[[int], None]


def all_pairs(unit: Vectors, k: int, *, advance: Advance | None = None, threads: int | None = None) -> Hits:
    """The k nearest of every row of ``unit`` ``(n, dim) float32``, unit or zero rows, itself among them: what
    `ExactIndex` finds. ``advance`` counts rows; ``threads`` go through products, by default one a core.

    Beyond input and output it takes 4 n dim bytes for rows in another order, up to 24 n k for pairs not yet
    settled, and 64 MB of blocks a thread. Raises ValueError for values that are not finite, for k < 1 and
    beyond 2,097,152 rows.
    """
    unit = checked(unit, None)
    hits = no_hits(len(unit), k, len(unit))
    rows = _found(unit)
    with _pool(threads) as pool:
        if len(rows) <= max(_SAMPLED_FROM, k):
            _search(unit[rows], rows, unit[rows], rows, min(k, len(rows)), hits, pool)
        else:
            _triangle(unit, rows, k, hits, pool, advance)
            return hits
    if advance is not None:
        advance(len(unit))
    return hits


def nearest_to(unit: Vectors, rows: NDArray[np.int64], k: int, *, threads: int | None = None) -> Hits:
    """The k nearest among all rows of ``unit`` ``(n, dim) float32`` of those named in ``rows`` ``(m,)``, in
    their order, themselves among them: what `ExactIndex` finds. Raises as `all_pairs` does, and IndexError
    for a row outside 0..n-1."""
    unit = checked(unit, None)
    hits = no_hits(len(rows), k, len(unit))
    _within(rows, len(unit))
    found = _found(unit)
    asked = np.flatnonzero(unit[rows].any(axis=1))
    with _pool(threads) as pool:
        _search(unit[found], found, unit[rows[asked]], asked, min(k, len(found)), hits, pool)
    return hits


def above(
    unit: Vectors, rows: NDArray[np.int64], least: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Which of ``rows`` ``(m,)`` are near enough to which row of ``unit`` ``(n, dim) float32``: all pairs
    whose cosine is at least that in ``least`` ``(n,) float32`` for the second of them.

    Gives back the first of each pair as its place in ``rows``, the second as its row, ascending by row and
    then by place, and their cosines. Zero rows are in no pair. Raises as `nearest_to` does, and ValueError
    where ``least`` has another length.
    """
    unit = checked(unit, None)
    _within(rows, len(unit))
    if least.shape != (len(unit),):
        raise ValueError(f"least has shape {least.shape}, expected ({len(unit)},)")
    found = _found(unit)
    asked = np.flatnonzero(unit[rows].any(axis=1))
    among, queries = unit[found], unit[rows[asked]]
    margin = np.float32(band_of(unit))
    bounds = np.minimum(least[found], 1) - margin
    ones, others = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for span in _spans(len(found), len(queries)):
        places, columns = np.nonzero(among[span] @ queries.T >= bounds[span, None])
        ones.append(asked[columns])
        others.append(found[span.start + places])
    first, second = np.concatenate(ones), np.concatenate(others)
    cosines = cosines_of_pairs(unit, rows[first], second)
    kept = cosines >= least[second]
    return first[kept], second[kept], cosines[kept]


def _triangle(
    unit: Vectors, rows: NDArray[np.int64], k: int, hits: Hits, pool: Executor, advance: Advance | None
) -> None:
    """All rows with all. Those of the first panels are a sample of the others, and say about where the k-th
    of each row lies; where that was said too high, the row is looked at by itself."""
    order = _sample_first(len(rows), sample := max(1, len(rows) // _ROWS_TO_A_SAMPLE) * _SAMPLE)
    rows = rows[order]
    vectors = unit[rows]
    panels = [slice(start, min(len(rows), start + PANEL)) for start in range(0, len(rows), PANEL)]
    held = _sampled(vectors, panels, sample, k, pool)
    buffers = local()
    # Where BLAS has threads of its own, products that compete for them wait for each other in vain.
    alone = nullcontext() if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else Lock()

    def multiply(one: int, other: int) -> None:
        if not hasattr(buffers, "block"):
            buffers.block = np.empty(_STRIPE * PANEL, dtype=np.float32)
        for start in range(panels[one].start, panels[one].stop, _STRIPE):
            stripe = vectors[start : min(start + _STRIPE, panels[one].stop)]
            with alone:
                block = _product(stripe, vectors[panels[other]], buffers.block)
            held[one].add(block, start - panels[one].start, panels[other].start)
            if other != one:
                held[other].add_turned(block, start)
        for number in {one, other}:
            _thin(held[number], vectors[panels[number]], vectors, rows, k)

    def finish(number: int) -> NDArray[np.int64]:
        queries, kept = rows[panels[number]], held[number]
        keys = settled(vectors, vectors[panels[number]], kept.best(), rows)
        put(hits, queries, keys[firsts(keys, len(queries), k)])
        kept.hold(keys[:0])
        return queries[kept.short()]

    done = []
    for number, panel in enumerate(panels):
        list(pool.map(multiply, [number] * (len(panels) - number), range(number, len(panels))))
        # Multiplied with all, it is settled beside the next products.
        done.append(pool.submit(finish, number))
        if advance is not None:
            advance(panel.stop - panel.start)
    short = np.concatenate([one.result() for one in done])
    _search(vectors, rows, unit[short], short, k, hits, pool)
    if advance is not None:
        advance(len(unit) - len(rows))


def _sampled(vectors: Vectors, panels: list[slice], sample: int, k: int, pool: Executor) -> list[Survivors]:
    """Bounds for the queries of each panel, from where about the k-th should lie if the first ``sample`` of
    the vectors are like all."""
    band = band_of(vectors)
    expected = k * sample / len(vectors)
    place = min(k, ceil(expected + 2.5 * sqrt(expected)) + 2, sample)

    def bounds(panel: slice) -> Survivors:
        found = vectors[panel] @ vectors[:sample].T
        found.partition(sample - place, axis=1)
        return Survivors(np.minimum(found[:, sample - place], 1) - np.float32(band), k, band)

    return list(pool.map(bounds, panels))


def _thin(held: Survivors, queries: Vectors, vectors: Vectors, rows: NDArray[np.int64], k: int) -> None:
    """Keep memory bounded: where too much is held, what cannot be among the k best goes, and where that is
    not enough, since very many tie, the tie is settled."""
    with held.lock:
        if held.crowded():
            keys = held.best()
            if held.crowded():
                cosines = settled(vectors, queries, keys, rows)
                kept = cosines[firsts(cosines, len(queries), k)]
                columns = _columns(rows)[columns_of(kept)]
                held.hold(keys_of(places_of(kept), values_of(kept), columns))


def _columns(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each row stands in ``rows``; anything for those that do not."""
    columns = np.zeros(int(rows.max()) + 1, dtype=np.int64)
    columns[rows] = np.arange(len(rows))
    return columns


def _search(
    vectors: Vectors,
    rows: NDArray[np.int64],
    queries: Vectors,
    places: NDArray[np.int64],
    k: int,
    hits: Hits,
    pool: Executor,
) -> None:
    """Each of ``queries`` with all ``vectors``, which are the ``rows``; into the ``places`` of ``hits``."""
    if k == 0 or len(queries) == 0:
        return
    band = np.float32(max(band_of(vectors), band_of(queries)))
    for span in _spans(len(queries), len(vectors)):
        block = queries[span] @ vectors.T

        def bound(start: int, block: NDArray[np.float32] = block) -> NDArray[np.float32]:
            some = block[start : start + _STRIPE // 8]
            return np.partition(some, some.shape[1] - k, axis=1)[:, -k]

        kth = np.concatenate(list(pool.map(bound, range(0, len(block), _STRIPE // 8))))
        near, columns = np.nonzero(block >= (np.minimum(kth, 1) - band)[:, None])
        keys = keys_of(near, block[near, columns], columns)
        keys = settled(vectors, queries[span], keys, rows, pool)
        put(hits, places[span], keys[firsts(keys, len(block), k)])


def _product(one: Vectors, other: Vectors, buffer: NDArray[np.float32]) -> NDArray[np.float32]:
    out = buffer[: len(one) * len(other)].reshape(len(one), len(other))
    return np.matmul(one, other.T, out=out)


def _spans(queries: int, columns: int) -> Iterator[slice]:
    """Queries in runs whose products with so many columns make one block."""
    step = min(PANEL, max(1, _BLOCK // max(1, columns)))
    for start in range(0, queries, step):
        yield slice(start, min(queries, start + step))


def _sample_first(n: int, sample: int) -> NDArray[np.int64]:
    """The places 0..n-1, a random sample of them first. What is found is the same whatever is drawn."""
    drawn = np.random.default_rng(0).choice(n, sample, replace=False)
    rest = np.ones(n, dtype=bool)
    rest[drawn] = False
    return np.concatenate([drawn, np.flatnonzero(rest)])


def _found(unit: Vectors) -> NDArray[np.int64]:
    """The rows that are not zero."""
    rows = np.flatnonzero(unit.any(axis=1))
    if len(rows) > MOST_COLUMNS or len(unit) > MOST_COLUMNS:
        raise ValueError(f"{len(unit)} vectors, expected at most {MOST_COLUMNS}")
    return rows


def _within(rows: NDArray[np.int64], n: int) -> None:
    wrong = rows[(rows < 0) | (rows >= n)]
    if len(wrong):
        raise IndexError(f"row {wrong[0]}, expected 0..{n - 1}")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pool(threads: int | None) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads or min(8, cores()), thread_name_prefix="nearest")
