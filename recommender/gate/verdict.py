"""What the gate says: one check a line, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from recommender.phrases import count
from recommender.snapshot.format import REFUSED

PASSED, OVERRIDDEN = "passed", "overridden"
Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison. ``found`` is of the build, ``was`` of what is being served, both ``None`` where there
    is nothing to measure; ``allowed`` says the bound in words, ``setting`` where it is set."""

    name: str
    found: Value
    allowed: str
    was: Value
    passed: bool
    setting: str
    note: str = ""

    def __str__(self) -> str:
        note = f": {self.note}" if self.note else ""
        return (
            f"{self.name}: found {in_words(self.found)}, allowed {self.allowed}, was {in_words(self.was)} "
            f"({self.setting}){note}"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """``compared_with`` names the snapshot that is being served, ``None`` where there is none; ``note`` then
    says why. ``forced``: it is to be published whatever the checks say."""

    checks: tuple[Check, ...]
    compared_with: str | None
    note: str = ""
    forced: bool = False

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks outside their bounds."""
        return tuple(check for check in self.checks if not check.passed)

    @property
    def outcome(self) -> str:
        """``passed``; ``refused``; ``overridden`` where it would have been refused."""
        if not self.failed:
            return PASSED
        return OVERRIDDEN if self.forced else REFUSED

    @property
    def refused(self) -> bool:
        """Whether the build must not be published."""
        return self.outcome == REFUSED

    def as_json(self) -> dict[str, Any]:
        """The verdict as the build report and the manifest hold it; ``said`` is each check in one line."""
        return {
            "outcome": self.outcome,
            "compared_with": self.compared_with,
            "note": self.note,
            "checks": [{**asdict(check), "said": str(check)} for check in self.checks],
        }


def sentence(said: Mapping[str, Any]) -> str:
    """A verdict as `Verdict.as_json` has it, in one sentence; each check that failed is named."""
    checks = said["checks"]
    failed = [check["said"] for check in checks if not check["passed"]]
    beside = f" beside {said['compared_with']}" if said["compared_with"] else f"; {said['note']}"
    if not failed:
        return f"{count(len(checks), 'check')} passed{beside}"
    what = "published all the same" if said["outcome"] == OVERRIDDEN else said["outcome"]
    return f"{what}: {len(failed)} of {count(len(checks), 'check')} failed{beside}: {'; '.join(failed)}"


def in_words(value: Value) -> str:
    """``12,176``; ``0.423``; ``nothing``; a text as it stands."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
