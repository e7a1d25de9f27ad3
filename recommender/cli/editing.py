"""What the commands share that change the overlay: where, who and why, and which article is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from recommender.cli.common import note, whole_id
from recommender.errors import ArticleNotFound, CorruptSnapshot, OptionError, SnapshotNotFound
from recommender.overlay import EMPTY, Overlay
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from recommender.store import Store

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides it.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
AnywayOption = Annotated[
    bool, typer.Option("--anyway", help="Also where the current snapshot holds no such article.")
]
IN_FORCE = "a running service follows within seconds"


def snapshot_of(settings: Settings) -> Snapshot | None:
    """The current snapshot, ``None`` with a remark where there is none that can be read: editors must be able
    to act all the same. Raises SnapshotNotFound where there is not even an index directory."""
    if not settings.index.is_dir():
        raise SnapshotNotFound(f"{settings.index} is no directory; `recommender rebuild` makes an index")
    try:
        return Store(settings.index).open_current()
    except (SnapshotNotFound, CorruptSnapshot) as error:
        note(f"ids are taken as they are: {error}")
        return None


def carried_by(snapshot: Snapshot | None) -> Overlay:
    """The overlay that the current snapshot was built under."""
    return EMPTY if snapshot is None else snapshot.overlay


def meant_id(snapshot: Snapshot | None, text: str, *, anyway: bool) -> str:
    """The id that is meant: of an article of the snapshot, or any at all without one. Raises
    ArticleNotFound where the snapshot holds none, unless ``anyway``."""
    if snapshot is None:
        return text
    try:
        return whole_id(snapshot, text)
    except ArticleNotFound as error:
        if anyway:
            return text
        raise ArticleNotFound(text, f"{error}; --anyway takes it all the same") from None


def said(by: str, reason: str) -> None:
    """Raises OptionError unless both say something that can be written down."""
    for name, value in (("--by", by), ("--reason", reason)):
        if not value.strip():
            raise OptionError(name, "is blank, expected a text")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise OptionError(name, "is not UTF-8")


def now() -> datetime:
    """This second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)
