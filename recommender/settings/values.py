"""What settings accept. A reader takes a value as a flag, a variable or the file has it, and gives back the
checked one; it raises ValueError, which says what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

_Number = TypeVar("_Number", int, float)


def number(low: float, high: float) -> Callable[[Any], float]:
    """A reader of numbers, both ends included."""
    return _within(low, high, float, (int, float, str), f"a number from {low} to {high}")


def integer(low: int, high: int) -> Callable[[Any], int]:
    """A reader of whole numbers, both ends included."""
    return _within(low, high, int, (int, str), f"a whole number from {low} to {high}")


def optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same reader, to which ``None`` and an empty text are ``None``."""
    return lambda value: None if value is None or value == "" else read(value)


def text(value: Any) -> str:
    """Read a text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not blank")
    return value


def path(value: Any) -> Path:
    """Read a path."""
    return value if isinstance(value, Path) else Path(text(value))


def one_of(*names: str) -> Callable[[Any], str]:
    """A reader of one of these names."""

    def read(value: Any) -> str:
        if value not in names:
            raise ValueError("one of " + ", ".join(names))
        return str(value)

    return read


def _within(
    low: _Number,
    high: _Number,
    kind: Callable[[Any], _Number],
    accepted: tuple[type[Any], ...],
    expected: str,
) -> Callable[[Any], _Number]:
    def read(value: Any) -> _Number:
        if isinstance(value, bool) or not isinstance(value, accepted):
            raise ValueError(expected)
        try:
            found = kind(value)
        except (ValueError, OverflowError):
            raise ValueError(expected) from None
        if not low <= found <= high:  # also refuses NaN
            raise ValueError(expected)
        return found

    return read
