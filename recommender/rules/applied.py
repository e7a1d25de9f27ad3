"""The rules over one corpus, by row: worked out once, so that a list costs no more than a look-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.rules.catalogue import Catalogue
from recommender.rules.rule import PIN, Matcher, Rule

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a rule: how many ``articles`` each of its sides means here, and the ``problem`` for
    which a pin is not shown or a block does nothing, ``None`` where it works."""

    rule: Rule
    articles: tuple[int, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """``no_list`` and ``nowhere`` ``(n,) bool``: articles that get no list, and that are in none; ``told``
    ``(n,) int32`` is equal where a list holds only one of the two. ``pins`` holds for each row the rows that
    are shown first on it, in file order; ``statuses`` has all rules, in file order. Of the pairs that are
    never linked ``of_row`` has the other sides for a side of one row, ``of_label`` both sides where the first
    has more; a side is a row, or several as ``(n,) bool``."""

    no_list: Mask
    nowhere: Mask
    told: NDArray[np.int32]
    pins: Mapping[int, NDArray[np.int32]] = field(default_factory=dict)
    statuses: tuple[Status, ...] = ()
    of_row: Mapping[int, Sequence[int | Mask]] = field(default_factory=dict)
    of_label: Sequence[tuple[Mask, int | Mask]] = ()

    def keep(self, queries: Iterable[int], rows: NDArray[np.int32]) -> Mask:
        """Which of ``rows`` ``(m,) int32`` may stand in a list of the articles at ``queries``, ``(m,) bool``;
        a text that is no article has no query."""
        kept: Mask = ~self.nowhere[rows]
        if self.has_pairs:
            self.strike_pairs(queries, rows, kept)
        return kept

    @property
    def has_pairs(self) -> bool:
        """Whether any two articles are never linked."""
        return bool(self.of_row or self.of_label)

    def strike_pairs(self, queries: Iterable[int], rows: NDArray[np.int32], kept: Mask) -> None:
        """Sets ``kept`` ``(m,) bool`` to false where a row is never linked with one of ``queries``."""
        for query in queries:
            for side in self._never_with(query):
                kept &= rows != side if isinstance(side, int) else ~side[rows]

    def keep_pairs(self, queries: NDArray[np.int32], rows: NDArray[np.int32]) -> Mask:
        """Which pairs of a query and a row, ``(m,) int32`` each, may stand in the query's list, ``(m,)
        bool``."""
        kept: Mask = ~(self.nowhere[rows] | self.no_list[queries])
        for row, sides in self.of_row.items():
            places = np.flatnonzero(queries == row)
            for side in sides:
                kept[places] &= rows[places] != side if isinstance(side, int) else ~side[rows[places]]
        for one, other in self.of_label:
            kept &= ~(one[queries] & (rows == other if isinstance(other, int) else other[rows]))
        return kept

    def with_pins(
        self, queries: NDArray[np.int32], rows: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Pairs grouped by query, ``(m,) int32`` each, with each query's pins before its others. Where a pin
        stood, and where others tell the same, nothing is left."""
        if not self.pins:
            return queries, rows
        own = np.array([row for row, pins in self.pins.items() for _ in pins], dtype=np.int32)
        pins = np.concatenate(list(self.pins.values()))
        told, groups = self.told, int(self.told.max()) + 1
        again = np.isin(
            queries.astype(np.int64) * groups + told[rows], own.astype(np.int64) * groups + told[pins]
        )
        queries, rows = np.concatenate([own, queries[~again]]), np.concatenate([pins, rows[~again]])
        order = np.argsort(queries, kind="stable")
        return queries[order], rows[order]

    def _never_with(self, query: int) -> list[int | Mask]:
        return [
            *self.of_row.get(query, ()),
            *(other for one, other in self.of_label if one[query]),
        ]


def apply(rules: Sequence[Rule], catalogue: Catalogue, hidden: Mask) -> Applied:
    """What ``rules`` mean for a corpus in which the articles ``hidden`` ``(n,) bool`` are taken down. A pin
    whose target may not be shown is dropped, and its status says why."""
    n = len(catalogue.ids)
    told = np.arange(n, dtype=np.int32) if catalogue.told is None else catalogue.told
    if not rules:
        nothing = np.zeros(n, dtype=np.bool_)
        return Applied(nothing, nothing, told)
    blocks = [rule for rule in rules if rule.kind != PIN]
    meant = {side: catalogue.blocked(side) for rule in blocks for side in _sides(rule)}
    no_list = _mask(n, (meant[rule.article] for rule in blocks if rule.article))
    nowhere = _mask(n, (meant[rule.target] for rule in blocks if rule.target))
    of_row, of_label = _pairs(n, [rule.pair for rule in blocks if rule.pair], meant)
    named = {side: catalogue.rows(side) for rule in rules if rule.kind == PIN for side in _sides(rule)}
    unpinned = Applied(no_list, nowhere, told, of_row=of_row, of_label=of_label)
    pins: dict[int, list[int]] = {}
    statuses = []
    for rule in rules:
        found = named if rule.kind == PIN else meant
        sides = _sides(rule)
        numbers = tuple(len(found[side]) for side in sides)
        if rule.kind != PIN:
            problem = None if all(numbers) else "no article is meant by it"
        elif (problem := _missing(rule, found)) is None:
            row, target = (int(found[side][0]) for side in sides)
            problem = _not_shown(row, target, pins.get(row, ()), unpinned, catalogue.own, hidden)
            if problem is None:
                pins.setdefault(row, []).append(target)
        statuses.append(Status(rule, numbers, problem))
    return Applied(
        no_list=no_list,
        nowhere=nowhere,
        told=told,
        pins={row: np.array(targets, dtype=np.int32) for row, targets in pins.items()},
        statuses=tuple(statuses),
        of_row=of_row,
        of_label=of_label,
    )


def _sides(rule: Rule) -> list[Matcher]:
    return [one for one in (rule.article, rule.target, *(rule.pair or ())) if one is not None]


def _missing(rule: Rule, found: Mapping[Matcher, NDArray[np.int64]]) -> str | None:
    if rule.target and not len(found[rule.target]):
        return "its target is not in the snapshot"
    return "its article is not in the snapshot" if rule.article and not len(found[rule.article]) else None


def _not_shown(
    row: int,
    target: int,
    before: Sequence[int],
    applied: Applied,
    own: NDArray[np.int32],
    hidden: Mask,
) -> str | None:
    """Why a pin is dropped; ``before`` are those above it on the same article."""
    told = applied.told
    causes = {
        "its target is taken down": hidden[target],
        "its target is blocked": applied.nowhere[target],
        "its target is never linked with its article": not applied.keep(
            [row], np.array([target], dtype=np.int32)
        ).all(),
        "its article is taken down": hidden[row],
        "its article gets no list": applied.no_list[row],
        "its target repeats its article": own[row] == own[target],
        "its target, or the same report, is pinned there already": any(
            told[one] == told[target] for one in before
        ),
    }
    return next((cause for cause, applies in causes.items() if applies), None)


def _pairs(
    n: int, pairs: Sequence[tuple[Matcher, Matcher]], found: Mapping[Matcher, NDArray[np.int64]]
) -> tuple[dict[int, list[int | Mask]], list[tuple[Mask, int | Mask]]]:
    of_row: dict[int, list[int | Mask]] = {}
    of_label: list[tuple[Mask, int | Mask]] = []
    sides: dict[Matcher, int | Mask] = {}
    for matcher in {matcher for pair in pairs for matcher in pair}:
        rows = found[matcher]
        if len(rows):
            sides[matcher] = int(rows[0]) if len(rows) == 1 else _mask(n, [rows])
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            if one not in sides or other not in sides:
                continue
            side = sides[one]
            if isinstance(side, int):
                of_row.setdefault(side, []).append(sides[other])
            else:
                of_label.append((side, sides[other]))
    return of_row, of_label


def _mask(n: int, some: Iterable[NDArray[np.int64]]) -> Mask:
    mask = np.zeros(n, dtype=np.bool_)
    for rows in some:
        mask[rows] = True
    return mask
