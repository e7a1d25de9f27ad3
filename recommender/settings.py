"""The one table of settings, and how a value is found.

Flags win over ``RECOMMENDER_*`` variables, those over ``recommender.toml``, that over the defaults.
A key that is not in the table stops the program and is named, wherever it came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.errors import SettingsError

ENVIRONMENT_PREFIX = "RECOMMENDER_"
CONFIG_VARIABLE = "RECOMMENDER_CONFIG"
CONFIG_FILE = "recommender.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Names, defaults and meanings stand in `TABLE`."""

    index: Path
    encoder: str
    min_score: float | None
    min_best: float | None
    teasers: str
    languages: str
    same_story: str
    rewordings_of_article: str
    recency: str
    recency_half_life_days: float
    diversity: float
    max_per_source: int
    max_rejected: float
    keep_snapshots: int
    batch_size: int
    host: str
    port: int
    workers: int
    poll_seconds: float
    max_snapshot_age_hours: float
    max_body_bytes: int
    stale_while_revalidate: int
    stale_if_error: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. ``default`` is written as a person would write it in the file."""

    name: str
    default: Any
    meaning: str
    parse: Callable[[Any], Any]


def _number(low: float, high: float) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        expected = f"a number from {low} to {high}"
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError(expected)
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise ValueError(expected) from None
        if not low <= number <= high:  # also refuses NaN
            raise ValueError(expected)
        return number

    return parse


def _optional(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None or value == "" else parse(value)


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        expected = f"a whole number from {low} to {high}"
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValueError(expected)
        try:
            number = int(value)
        except ValueError:
            raise ValueError(expected) from None
        if not low <= number <= high:
            raise ValueError(expected)
        return number

    return parse


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not blank")
    return value


def _path(value: Any) -> Path:
    if isinstance(value, Path):
        return value
    return Path(_text(value))


def _one_of(*names: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in names:
            raise ValueError("one of " + ", ".join(names))
        return str(value)

    return parse


TABLE: tuple[Setting, ...] = (
    Setting("index", "index", "directory that holds the snapshots", _path),
    Setting(
        "encoder",
        "all-MiniLM-L6-v2",
        "the packaged encoder, a local model directory, or a model already in the hub's cache",
        _text,
    ),
    Setting(
        "min_score",
        None,
        "score under which nothing is shown; unset: the one fitted with the score",
        _optional(_number(0, 1)),
    ),
    Setting(
        "min_best",
        None,
        "a list is empty unless its best story scores this; unset: the one fitted with the score, or, where "
        "`min_score` is set, no such rule",
        _optional(_number(0, 1)),
    ),
    Setting(
        "teasers",
        "always",
        "recommend linked stories known only by title and snippet: always, same_page, never",
        _one_of("always", "same_page", "never"),
    ),
    Setting(
        "languages",
        "any",
        "recommend articles in any language, or only in the article's own: any, same",
        _one_of("any", "same"),
    ),
    Setting(
        "same_story",
        "collapse",
        "of one report a list holds the best: collapse (copies and rewordings), copies, keep (all)",
        _one_of("collapse", "copies", "keep"),
    ),
    Setting(
        "rewordings_of_article",
        "keep",
        "the article's own report in another outlet's words: keep, drop; copies are always dropped",
        _one_of("keep", "drop"),
    ),
    Setting(
        "recency",
        "any",
        "by the article's own date: any, around (near it first), before or after (the rest is struck)",
        _one_of("any", "around", "before", "after"),
    ),
    Setting(
        "recency_half_life_days",
        14.0,
        "days from the article at which recency neither raises nor lowers",
        _number(0.01, 36_500),
    ),
    Setting(
        "diversity",
        0.1,
        "0 to 1: how much a list avoids to say again what stands above; 0 is plain order",
        _number(0, 1),
    ),
    Setting("max_per_source", 0, "most items of one source in a list; 0: any number", _integer(0, 1000)),
    Setting(
        "max_rejected",
        0.05,
        "share of unusable records past which a rebuild stops",
        _number(0, 1),
    ),
    Setting(
        "keep_snapshots",
        7,
        "snapshots kept after a rebuild; the current one and the one before it always are",
        _integer(1, 10_000),
    ),
    Setting("batch_size", 32, "texts encoded at a time", _integer(1, 4096)),
    Setting("host", "127.0.0.1", "address that the service listens on", _text),
    Setting("port", 8000, "port that the service listens on; 0 takes a free one", _integer(0, 65535)),
    Setting("workers", 1, "processes that serve", _integer(1, 256)),
    Setting(
        "poll_seconds",
        1.0,
        "seconds between looks for a new snapshot",
        _number(0.05, 3600),
    ),
    Setting(
        "max_snapshot_age_hours",
        0.0,
        "age of the snapshot past which /readyz says not ready; 0: any age is fine",
        _number(0, 1_000_000),
    ),
    Setting("max_body_bytes", 1_000_000, "largest request body", _integer(1, 1_000_000_000)),
    Setting(
        "stale_while_revalidate",
        600,
        "seconds a cache may serve a list while it fetches a newer one",
        _integer(0, 31_536_000),
    ),
    Setting(
        "stale_if_error",
        86_400,
        "seconds a cache may serve a list while the service fails",
        _integer(0, 31_536_000),
    ),
)

_ROWS = {row.name: row for row in TABLE}


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str],
    config: Path | None = None,
) -> Settings:
    """The settings in force, each from the first of flags, environment, file and default that has it.

    ``flags`` holds what was given on the command line; ``None`` values count as not given.
    ``config`` is the file to read; without it ``RECOMMENDER_CONFIG``, then ``recommender.toml`` in the
    working directory if there is one. Raises SettingsError for an unknown key or a value out of range.
    """
    values: dict[str, Any] = {row.name: row.default for row in TABLE}
    origin = {row.name: "the default" for row in TABLE}
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    path = named or Path(CONFIG_FILE)
    if named is not None or path.is_file():
        for key, value in _read_toml(path).items():
            _check_known(key, f"{path}")
            values[key], origin[key] = value, f"{path}"
    for variable, value in environ.items():
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable == CONFIG_VARIABLE:
            continue
        key = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
        _check_known(key, f"the environment variable {variable}")
        values[key], origin[key] = value, f"the environment variable {variable}"
    for key, value in (flags or {}).items():
        if value is not None:
            _check_known(key, "the command line")
            values[key], origin[key] = value, "the command line"
    return Settings(**{row.name: _parse(row, values[row.name], origin[row.name]) for row in TABLE})


def own_floor(settings: Settings) -> dict[str, float | None]:
    """What of the floor the settings name, as `recommender.recommend.Recommender` takes it."""
    return {"min_score": settings.min_score, "min_best": settings.min_best}


def _parse(row: Setting, value: Any, origin: str) -> Any:
    try:
        return row.parse(value)
    except ValueError as expected:
        hint = ""
        if isinstance(value, str) and value.startswith("tcp://"):
            hint = " (Kubernetes injects this for a Service of that name: set enableServiceLinks: false)"
        raise SettingsError(
            f"setting {row.name!r} from {origin}: found {value!r}, expected {expected}{hint}"
        ) from None


def _check_known(key: str, origin: str) -> None:
    if key not in _ROWS:
        hint = ""
        if key.startswith(("service_", "port_")):
            hint = " (Kubernetes injects these for a Service of that name: set enableServiceLinks: false)"
        known = ", ".join(_ROWS)
        raise SettingsError(f"unknown setting {key!r} in {origin}{hint}; known settings: {known}")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"settings file {path} does not exist") from None
    except (OSError, ValueError, RecursionError) as error:  # not TOML, not UTF-8, or absurdly large
        raise SettingsError(f"settings file {path} cannot be read: {error}") from None
