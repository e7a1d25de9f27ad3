"""What a caller may ask of a list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from recommender.errors import OptionError

MAX_LIMIT = 50
DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask of a list. ``limit`` 1..50; ``min_score`` 0..1, without it the snapshot's
    own floor; ``published_after`` and ``published_before`` (both exclusive) and ``max_age_days`` (from
    the article's own date) leave undated articles out. Raises OptionError."""

    limit: int = DEFAULT_LIMIT
    min_score: float | None = None
    exclude: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    exclude_section: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    published_after: datetime | None = None
    published_before: datetime | None = None
    max_age_days: float | None = None
    explain: bool = False

    def __post_init__(self) -> None:
        if type(self.limit) is not int:
            raise OptionError("limit", f"found {self.limit!r}, expected a whole number")
        for name in ("min_score", "max_age_days"):
            number = getattr(self, name)
            if number is not None and (isinstance(number, bool) or not isinstance(number, (int, float))):
                raise OptionError(name, f"found {number!r}, expected a number")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise OptionError("limit", f"found {self.limit}, expected 1 to {MAX_LIMIT}")
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise OptionError("min_score", f"found {self.min_score}, expected 0 to 1")
        if self.max_age_days is not None and not (
            math.isfinite(self.max_age_days) and self.max_age_days >= 0
        ):
            raise OptionError("max_age_days", f"found {self.max_age_days}, expected days from 0")
        for name in ("exclude", "section", "exclude_section", "source"):
            if isinstance(getattr(self, name), str):  # would count as its letters
                raise OptionError(name, f"found the text {getattr(self, name)!r}, expected several in a list")
        for name in ("published_after", "published_before"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                object.__setattr__(self, name, moment.replace(tzinfo=UTC))

    @property
    def dated(self) -> bool:
        """Whether undated articles are left out."""
        return not (
            self.published_after is None and self.published_before is None and self.max_age_days is None
        )


def given_options(options: Options | None, given: dict[str, Any]) -> Options:
    """The options of a call that takes them as one value or by name. Raises OptionError."""
    if options is None:
        try:
            return Options(**given)
        except TypeError as error:  # names the unknown option
            raise OptionError("options", str(error)) from None
    if given:
        raise OptionError("options", f"given twice: {', '.join(sorted(given))} and an Options")
    return options
