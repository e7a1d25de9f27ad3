"""A system from outside this package, by its name: ``package.module:Name``."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from recommender.errors import OptionError
from recommender.evaluation.systems.base import System
from recommender.evaluation.systems.checked import Checked

OPTION = "--system"
_SPEC = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")
_NAME = re.compile(r"[a-z0-9-]+")


def load(spec: str, *, taken: Collection[str] = (), directory: Path | None = None) -> System:
    """The system that ``spec`` names, such as ``mine.systems:SameSection``: a class that is made without
    arguments, or a system as it is.

    The module is looked for in ``directory``, such as the working directory, before what is installed.
    ``taken`` are names that other systems have. What the system answers is checked as it comes.

    Raises OptionError (option ``--system``) for what is not of that form, cannot be imported or made, is
    no system, or has a name that is taken or is not made of a-z, 0-9 and ``-``.
    """
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise _error(f"found {spec!r}, expected package.module:Name")
    module = _imported(match[1], directory)
    system = _made(getattr(module, match[2], None), spec, module)
    for wanted in ("name", "label"):
        found = getattr(system, wanted, None)
        if not isinstance(found, str) or not found.strip():
            raise _error(f"{spec} is no system: its {wanted} is {found!r}, expected a text")
    if not callable(getattr(system, "fit", None)):
        raise _error(f"{spec} is no system: it has no method fit(corpus)")
    if not _NAME.fullmatch(system.name):
        raise _error(f"{spec} is called {system.name!r}, expected a name of a-z, 0-9 and - alone")
    if system.name in taken:
        raise _error(f"{spec} is called {system.name!r}, which another system is called already")
    return Checked(system)


def _imported(name: str, directory: Path | None) -> ModuleType:
    with _looking_first_in(directory):
        try:
            return importlib.import_module(name)
        except (Exception, SystemExit) as error:  # a module may raise anything, and a script may end
            looked = f"in {directory} and among what is installed" if directory else "among what is installed"
            raise _error(
                f"cannot import {name}, looked for {looked}: {type(error).__name__}: {error}"
            ) from error


def _made(found: Any, spec: str, module: ModuleType) -> Any:
    if found is None:
        where = getattr(module, "__file__", None) or module.__name__
        raise _error(f"{spec}: {where} has no {spec.partition(':')[2]}")
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except Exception as error:  # so may a class
        raise _error(f"{spec} cannot be made without arguments: {type(error).__name__}: {error}") from error


def _error(detail: str) -> OptionError:
    return OptionError(OPTION, detail)


@contextmanager
def _looking_first_in(directory: Path | None) -> Iterator[None]:
    """Modules are looked for in ``directory`` first, and no longer once the module is there: nothing that
    lies there by chance stands in for a library that is loaded later on."""
    if directory is None:
        yield
        return
    importlib.invalidate_caches()  # a file may be newer than what the interpreter remembers of the folder
    entry = str(directory.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        with suppress(ValueError):  # the module took it out itself
            sys.path.remove(entry)
