"""The commands put together, and what becomes of errors on the way out."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
import typer.core

from recommender.cli.common import INTERRUPTED, PIPE_CLOSED, PROGRAM, complain

# In the order of the help; each is a module that registers the command of its name.
_COMMANDS = (
    *("rebuild", "serve", "similar", "explain", "audit", "export", "evaluate", "rules", "takedown"),
    "snapshots",
)

_HELP = """Related stories for newsrooms: lists rebuilt by what each article is about.

`rebuild` reads articles and publishes a snapshot of all lists; `serve` answers over HTTP; `similar` and
`export` read lists without a server, `explain` says what one pair's score is made of, `audit` sets lists
against the pages' own; `rules` and `takedown` are the editors'; `snapshots` keeps the history.
"""
_EXIT_CODES = """Exit codes: 0 done, 1 unexpected, 2 usage or settings, 3 the gate refused, 65 too much bad
input or a corrupt snapshot, 66 source, article or snapshot not found, 69 port in use, 74 disk or I/O,
75 another rebuild is running."""


class _Commands(typer.core.TyperGroup):
    """The top command. Click would answer Ctrl-C and a closed pipe with 1; here they end as in a shell."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command named, and see that what it printed went out."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            print(f"{PROGRAM}: interrupted", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # What is left in the buffer would fail again, loudly, when the interpreter ends.
            with contextlib.suppress(OSError):
                sys.stdout.close()
            raise typer.Exit(PIPE_CLOSED) from None
        return result


def create_app(only: str | None = None) -> typer.Typer:
    """The command line as a typer application; with the name of a command it has ``only`` that one, and the
    others' modules need not be imported."""
    app = typer.Typer(
        cls=_Commands,
        help=_HELP,
        epilog=f"\b\nExample:\n  {PROGRAM} rebuild export.jsonl\n  {PROGRAM} serve\n\n{_EXIT_CODES}",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def top(
        version: Annotated[
            bool,
            typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True),
        ] = False,
    ) -> None:
        pass

    for name in _COMMANDS if only not in _COMMANDS else (only,):
        importlib.import_module(f"recommender.cli.{name}").register(app)
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command (``argv`` without the program's name; by default the process's own) and give back
    its exit code. Errors are printed on stderr; a traceback only under ``python -X dev``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # a title must not fail on a small character set
    args = list(sys.argv[1:] if argv is None else argv)
    command = typer.main.get_command(create_app(args[0] if args else None))
    try:
        command.main(args=args, prog_name=PROGRAM)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception as error:
        code = complain(error)
        if code == 1 and sys.flags.dev_mode:
            raise
        return code
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        try:
            print(f"{PROGRAM} {importlib.metadata.version(PROGRAM)}")
        except importlib.metadata.PackageNotFoundError:
            print(f"{PROGRAM}, run from a source tree that is not installed")
        raise typer.Exit
