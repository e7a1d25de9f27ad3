"""Where the value of a setting comes from.

Flags win over ``RECOMMENDER_*`` variables, those over ``recommender.toml``, that over the defaults.
A key that is not in the table stops the program and is named, wherever it came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recommender.errors import SettingsError
from recommender.settings.table import TABLE, Setting, Settings

ENVIRONMENT_PREFIX = "RECOMMENDER_"
CONFIG_VARIABLE = "RECOMMENDER_CONFIG"
CONFIG_FILE = "recommender.toml"

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
