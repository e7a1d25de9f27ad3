"""What the commands share: settings from flags, the recommender they open, errors to exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from recommender import overlay
from recommender.errors import RecommenderError, StorageError
from recommender.recommend import Recommender
from recommender.settings import Settings, load, own_floor
from recommender.snapshot import Snapshot
from recommender.store import Store

PROGRAM = "recommender"
UNEXPECTED = 1
INTERRUPTED = 130  # 128 + SIGINT, as a shell has it
PIPE_CLOSED = 141  # 128 + SIGPIPE

IndexOption = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="Index directory. [default: RECOMMENDER_INDEX, or ./index]"),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings file. [default: RECOMMENDER_CONFIG, or ./recommender.toml if there]",
    ),
]
MinScoreOption = Annotated[
    float | None,
    typer.Option("--min-score", metavar="X", help="Leave out what scores less, 0 to 1. [default: the floor]"),
]

ID_HELP = "An article's id, or the beginning of only one, 8 or more characters."
IdArgument = Annotated[str, typer.Argument(metavar="ID", help=ID_HELP)]


def settings_from(config: Path | None, **flags: Any) -> Settings:
    """The settings in force; flags that are ``None`` count as not given. Raises SettingsError."""
    return load(flags, environ=os.environ, config=config)


def open_recommender(settings: Settings) -> Recommender:
    """The recommender that the service would answer with. Raises SnapshotNotFound, CorruptSnapshot,
    BadRules."""
    snapshot = Store(settings.index).open_current()
    return Recommender(snapshot, overlay.read(settings.index), **own_floor(settings))


def whole_id(snapshot: Snapshot, text: str) -> str:
    """The id of the article that is meant, if need be by its beginning. Raises ArticleNotFound."""
    return snapshot.ids.id(snapshot.ids.resolve(text))


def facts_of_article(snapshot: Snapshot, article_id: str) -> list[tuple[str, str]]:
    """What stands above everything that is said of one article."""
    article = snapshot.article(snapshot.ids.row(article_id))
    return [
        ("article", article.title or "(no title)"),
        ("id", article.id + (" (teaser)" if article.teaser else "")),
        ("snapshot", snapshot.name),
    ]


def write_bytes_out(chunks: Iterable[bytes]) -> None:
    """Bytes to standard output as they are, whatever the terminal's encoding."""
    sys.stdout.flush()
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def complain(error: BaseException) -> int:
    """Say on stderr what went wrong, in one block, and give back the exit code for it."""
    if isinstance(error, RecommenderError):
        _say(f"error: {error}")
        return error.exit_code
    if isinstance(error, OSError):
        _say(f"error: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        return StorageError.exit_code
    _say(f"error: unexpected {type(error).__name__}: {error}")
    _say(f"for a traceback run the same as `python -X dev -m {PROGRAM} ...`")
    return UNEXPECTED


def note(message: str) -> None:
    """A remark that must not mix with the output."""
    _say(f"note: {message}")


def _say(message: str) -> None:
    sys.stdout.flush()
    print(f"{PROGRAM}: {message}", file=sys.stderr, flush=True)
