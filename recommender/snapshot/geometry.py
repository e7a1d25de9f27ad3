"""The files that evidence is computed from: statistics, the space that they make, and neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.lexical import Table
from recommender.neighbourhood import Neighbourhood
from recommender.snapshot import format as names
from recommender.space import Space
from recommender.statistics import Statistics

# Reads an array by name; -1 stands for a length that the file says itself.
Read = Callable[..., NDArray[Any]]


def arrays_of(
    statistics: Statistics, space: Space, near: Neighbourhood
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each file's path and the array in it."""
    yield names.STATISTICS_MEAN, statistics.mean
    yield names.STATISTICS_WHITENING, statistics.whitening
    yield names.STATISTICS_KEYS, statistics.keys
    yield names.STATISTICS_IDF, statistics.idf
    yield names.STATISTICS_CAPITALISED, statistics.capitalised
    yield names.STATISTICS_LEAST, statistics.least
    yield names.SPACE_LEAD, space.unit
    tables = (
        (names.SPACE_TERMS, space.terms),
        (names.SPACE_NAMES, space.names),
        (names.SPACE_NEIGHBOURS, near.table),
    )
    for (offsets, columns, weights), table in tables:
        yield offsets, table.offsets
        yield columns, table.columns
        yield weights, table.weights
    yield names.SPACE_CROWDING, near.crowding


def said_of(statistics: Statistics) -> dict[str, Any]:
    """What the manifest says of the statistics."""
    return {
        "version": statistics.version,
        "articles": statistics.articles,
        "background": statistics.background,
        "whitened": statistics.whitened,
        "terms": len(statistics.keys),
        "rarest": statistics.rarest,
    }


def read_statistics(read: Read, said: Mapping[str, Any], fingerprint: str, dim: int) -> Statistics:
    """The statistics; ``said`` is what the manifest says of them. Raises KeyError for what it does not, and
    ValueError, naming the file, for keys that do not ascend."""
    keys = read(names.STATISTICS_KEYS, np.uint32, -1)
    if (keys[1:] <= keys[:-1]).any():
        raise ValueError(f"{names.STATISTICS_KEYS} does not ascend")
    return Statistics(
        version=said["version"],
        fingerprint=fingerprint,
        articles=said["articles"],
        background=said["background"],
        whitened=said["whitened"],
        mean=read(names.STATISTICS_MEAN, np.float32, dim),
        whitening=read(names.STATISTICS_WHITENING, np.float32, dim, dim),
        keys=keys,
        idf=read(names.STATISTICS_IDF, np.float32, len(keys)),
        capitalised=read(names.STATISTICS_CAPITALISED, np.float32, len(keys)),
        rarest=said["rarest"],
        least=read(names.STATISTICS_LEAST, np.float32, len(keys)),
    )


def read_space(read: Read, n: int, dim: int, width: int) -> tuple[Space, Neighbourhood]:
    """The space of n articles over ``width`` terms, and their neighbourhoods. Raises ValueError, naming the
    file, where offsets do not rise or a column is outside the table."""

    def table(files: tuple[str, str, str], columns_in_all: int) -> Table:
        offsets = read(files[0], np.int64, n + 1)
        if offsets[0] != 0 or (np.diff(offsets) < 0).any():
            raise ValueError(f"{files[0]} does not rise from 0")
        entries = int(offsets[-1])
        columns = read(files[1], np.int32, entries)
        if entries and not (int(columns.min()) >= 0 and int(columns.max()) < columns_in_all):
            raise ValueError(f"{files[1]} names a column outside 0..{columns_in_all - 1}")
        return Table(offsets, columns, read(files[2], np.float32, entries), columns_in_all)

    space = Space(
        read(names.SPACE_LEAD, np.float32, n, dim),
        table(names.SPACE_TERMS, width),
        table(names.SPACE_NAMES, width),
    )
    near = Neighbourhood(read(names.SPACE_CROWDING, np.float32, n), table(names.SPACE_NEIGHBOURS, n))
    return space, near
