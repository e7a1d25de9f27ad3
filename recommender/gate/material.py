"""What a newsroom says about its own lists: judgements of pairs, and canaries."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from recommender.article import id_problem, normalise_id
from recommender.errors import InputError, SettingsError
from recommender.ingest.labels import bad
from recommender.ingest.qrels import FIELDS, read_judgements
from recommender.settings import Settings

_KEYS = {"article", "expect"}


@dataclass(frozen=True, slots=True)
class Canary:
    """An article whose list must hold all of ``expect``, in any order."""

    article: str
    expect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """``grades`` maps query -> document -> grade, all of them ids; a query is never among its documents."""

    grades: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    canaries: tuple[Canary, ...] = ()


def material_of(settings: Settings) -> Material:
    """What the settings name, read before a build costs anything. Raises SettingsError for canaries that
    cannot be read; SourceNotFound, StorageError and InputError for judgements."""
    grades = {} if settings.gate_qrels is None else _grades(settings.gate_qrels)
    canaries = () if settings.gate_canaries is None else _canaries(settings.gate_canaries)
    return Material(grades, canaries)


def _grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for _, query, doc, grade in read_judgements(path):
        if query != doc:
            grades.setdefault(query, {})[doc] = max(grade, 0)
    if not grades:
        raise InputError(str(bad(path, None, f"found no judgement, expected lines of {FIELDS}")))
    return grades


def _canaries(path: Path) -> tuple[Canary, ...]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"setting 'gate_canaries': {path} cannot be read: {error}") from None
    if strange := content.keys() - {"canary"}:
        raise SettingsError(f"{path}: unknown key {sorted(strange)[0]!r}, expected [[canary]] tables")
    tables = content.get("canary", [])
    if not isinstance(tables, list):
        raise SettingsError(f"{path}: canary is {tables!r}, expected [[canary]] tables")
    found = tuple(_canary(one, f"{path}: canary {place}") for place, one in enumerate(tables, start=1))
    if twice := {one.article for one in found if sum(one.article == each.article for each in found) > 1}:
        raise SettingsError(f"{path}: {sorted(twice)[0]!r} has several canaries, expected one an article")
    return found


def _canary(table: Any, where: str) -> Canary:
    if not (isinstance(table, Mapping) and table.keys() == _KEYS):
        raise SettingsError(f"{where}: found {table!r}, expected article and expect, and nothing else")
    expect = table["expect"]
    if not (isinstance(expect, list) and expect):
        raise SettingsError(f"{where}: expect is {expect!r}, expected a list of one id or more")
    article, *others = (_id(one, where) for one in (table["article"], *expect))
    if article in others or len(set(others)) != len(others):
        raise SettingsError(f"{where}: an id stands twice, expected the article's neighbours, each once")
    return Canary(article, tuple(others))


def _id(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{where}: the id {value!r} is no text")
    article_id = normalise_id(value)
    if (problem := id_problem(article_id)) is not None:
        raise SettingsError(f"{where}: the id {value[:80]!r} {problem}")
    return article_id
