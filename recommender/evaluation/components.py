"""Pairs to the groups that they fall into."""

from __future__ import annotations

from collections.abc import Sequence


def components(ids: Sequence[tuple[str, str]]) -> list[int]:
    """The group of each pair: two pairs are in one where a chain of common articles joins them."""
    root: dict[str, str] = {}

    def find(one: str) -> str:
        while root.setdefault(one, one) != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for left, right in ids:
        root[find(left)] = find(right)
    numbers: dict[str, int] = {}
    return [numbers.setdefault(find(left), len(numbers)) for left, _ in ids]
