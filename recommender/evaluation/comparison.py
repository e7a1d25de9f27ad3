"""Two reports beside each other: what got better and what got worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.errors import InputError
from recommender.evaluation.document.judged import RankedDataset, SystemScores
from recommender.evaluation.document.names import HEADLINE, MEASURES, THIS
from recommender.evaluation.document.whole import Document
from recommender.evaluation.significance import group_places, intervals, paired_p_values

_MOST = 10
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """A measure before and after, over the queries that both reports have. ``low`` and ``high`` are of the
    difference of the means; ``None`` with fewer than two queries."""

    measure: str
    before: float
    after: float
    low: float | None
    high: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Moved:
    """One query whose list got better or worse, by nDCG@10."""

    query_id: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class DatasetChange:
    """One dataset in both reports. ``queries`` are common to both, ``only_before`` and ``only_after`` are
    not compared. ``same_judgements``: both reports measured against the same ones. ``better`` and ``worse``
    hold the ten queries that moved most."""

    name: str
    queries: int
    only_before: int
    only_after: int
    same_judgements: bool
    changes: tuple[Change, ...]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    shown: tuple[tuple[str, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two reports. ``made`` lists the fields of how they were made that are not the
    same, ``lists`` and ``audit`` every number of this project's lists that changed: name, before, after."""

    made: tuple[tuple[str, Any, Any], ...]
    datasets: tuple[DatasetChange, ...]
    missing: tuple[str, ...]
    lists: tuple[tuple[str, Any, Any], ...]
    audit: tuple[tuple[str, Any, Any], ...]


def compare(before: Document, after: Document) -> Comparison:
    """This project in two reports, dataset by dataset by name; p values are not corrected: each is of one
    measure, of one system with itself."""
    known = {dataset.name: dataset for dataset in before.datasets}
    return Comparison(
        made=(
            *_changed(before.made.model_dump(mode="json"), after.made.model_dump(mode="json")),
            *_scored_otherwise(before, after),
        ),
        datasets=tuple(
            _dataset(known[one.name], one, after.made.seed, after.made.resamples)
            for one in after.datasets
            if one.name in known
        ),
        missing=tuple(sorted({*known} ^ {one.name for one in after.datasets})),
        lists=tuple(_changed(_lists(before), _lists(after))),
        audit=tuple(_changed(_audit(before), _audit(after))),
    )


def check(before: Document, name: str) -> None:
    """Raises InputError where a report, read from ``name``, lacks what a comparison is made of: this
    project's values of nDCG@10 for each query of a dataset."""
    for dataset in before.datasets:
        this = next((one for one in dataset.systems if one.system == THIS), None)
        if this is None:
            raise InputError(f"{name}: dataset {dataset.name!r} has no system {THIS!r}")
        for query, values in this.per_query.items():
            if HEADLINE not in values:
                raise InputError(f"{name}: dataset {dataset.name!r} has no {HEADLINE} for query {query!r}")


def _dataset(before: RankedDataset, after: RankedDataset, seed: int, resamples: int) -> DatasetChange:
    old, new = _this(before), _this(after)
    common = sorted(old.per_query.keys() & new.per_query.keys())
    moved = [Moved(one, old.per_query[one][HEADLINE], new.per_query[one][HEADLINE]) for one in common]
    better = sorted((one for one in moved if one.after - one.before > _LEAST), key=_by_change)
    worse = sorted((one for one in moved if one.before - one.after > _LEAST), key=_by_change)
    return DatasetChange(
        name=after.name,
        queries=len(common),
        only_before=len(old.per_query) - len(common),
        only_after=len(new.per_query) - len(common),
        same_judgements=before.judgements_sha256 == after.judgements_sha256,
        changes=tuple(_changes(old, new, common, after.group_of, seed, resamples)) if common else (),
        better=tuple(better[:_MOST]),
        worse=tuple(worse[:_MOST]),
        shown=tuple(
            (name, value, getattr(new.shown, name))
            for name, value in old.shown
            if value != getattr(new.shown, name)
        ),
    )


def _changes(
    old: SystemScores,
    new: SystemScores,
    queries: list[str],
    group_of: Mapping[str, str],
    seed: int,
    resamples: int,
) -> Iterator[Change]:
    names = [name for name in MEASURES if all(name in old.per_query[q] for q in queries)]
    before = np.array([[old.per_query[query][name] for query in queries] for name in names])
    after = np.array([[new.per_query[query][name] for query in queries] for name in names])
    groups = group_places([group_of.get(query, (query,)) for query in queries])
    low, high = intervals(after - before, groups, seed=seed, resamples=resamples)
    p = paired_p_values(after - before, groups, seed=seed, resamples=resamples)
    for place, name in enumerate(names):
        certain = not np.isnan(low[place])
        yield Change(
            measure=name,
            before=float(before[place].mean()),
            after=float(after[place].mean()),
            low=float(low[place]) if certain else None,
            high=float(high[place]) if certain else None,
            p=float(p[place]),
        )


def _scored_otherwise(before: Document, after: Document) -> Iterator[tuple[str, Any, Any]]:
    """The datasets on which this project was scored by coefficients that were fitted on other sets."""
    old, new = (
        {one.name: one.scored_with for one in document.datasets}
        | {one.name: one.scored_with for one in document.pairs}
        for document in (before, after)
    )
    for name in new:
        if old.get(name, new[name]) != new[name]:
            yield f"score on {name}", old[name], new[name]


def _this(dataset: RankedDataset) -> SystemScores:
    return next(one for one in dataset.systems if one.system == THIS)


def _lists(document: Document) -> Mapping[str, Any]:
    return next((one.measures for one in document.lists if one.system == THIS), {})


def _audit(document: Document) -> Mapping[str, Any]:
    return {} if document.audit is None else document.audit.totals


def _changed(before: Any, after: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every leaf of two mappings that is not the same, by its path; lists count as leaves."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _changed(before.get(key), after.get(key), f"{name}.{key}" if name else str(key))
    elif before != after:
        yield name, before, after


def _by_change(one: Moved) -> tuple[float, str]:
    return -abs(one.after - one.before), one.query_id
