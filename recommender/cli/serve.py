"""``recommender serve``."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from recommender.cli.common import ConfigOption, IndexOption, settings_from
from recommender.errors import CorruptSnapshot
from recommender.store import Store

_EXAMPLE = "\b\nExample:\n  recommender serve --port 8000\n  recommender serve --index index/demo --port 0"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", epilog=_EXAMPLE)(run)


def run(
    index: IndexOption = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Address to listen on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="PORT", help="Port to listen on; 0 takes a free one. [default: 8000]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Processes that serve. [default: 1]")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Answer over HTTP until Ctrl-C or SIGTERM.

    A snapshot that a rebuild publishes is picked up while serving; before the first one the service
    answers 503.
    """
    # Imported here: no other command needs a web framework.
    from recommender.service.serve import serve

    settings = settings_from(config, index=index, host=host, port=port, workers=workers)
    store = Store(settings.index)

    def ready(address: str) -> None:
        print(f"listening on {address}\nindex {settings.index}, snapshot {_current(store)}", flush=True)

    with contextlib.suppress(KeyboardInterrupt):
        serve(settings, ready=ready)


def _current(store: Store) -> str:
    try:
        return store.current_name() or "none yet: every list answers 503 until a rebuild publishes one"
    except CorruptSnapshot as error:
        return f"unknown: {error}"
