"""``recommender snapshots``: the history of an index directory."""

from __future__ import annotations

import getpass
import os
from typing import Annotated

import typer
from rich.text import Text

from recommender.cli.common import ConfigOption, IndexOption, settings_from
from recommender.cli.editing import now, said
from recommender.cli.terminal import new_table, print_table, shown
from recommender.errors import CorruptSnapshot, SnapshotNotFound
from recommender.phrases import count
from recommender.snapshot import Manifest
from recommender.snapshot import verify as verify_files
from recommender.store import Store


def register(app: typer.Typer) -> None:
    """Add the commands."""
    history = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog="\b\nExample:\n  recommender snapshots list\n  recommender snapshots rollback",
    )
    for name, command, arguments in (
        ("list", show, ""),
        ("verify", verify, " 000012-1f3a9c"),
        ("rollback", rollback, " 000011-7d02be"),
        ("publish", publish, ' 000013-8c41d9 --by ana --reason "the archive was cut on purpose"'),
        ("prune", prune, " --keep 3"),
    ):
        example = f"\b\nExample:\n  recommender snapshots {name}{arguments}"
        history.command(name, epilog=example)(command)
    app.add_typer(history, name="snapshots", help="List, verify, roll back, publish and prune snapshots.")


def show(index: IndexOption = None, config: ConfigOption = None) -> None:
    """List the snapshots, oldest first.

    Every byte is read; one whose files are not those that were published is shown as corrupt, and under the
    table stands why the gate refused a snapshot.
    """
    store = Store(settings_from(config, index=index).index)
    names = _names(store)
    table = new_table()
    table.add_column("", no_wrap=True)
    table.add_column("snapshot", no_wrap=True)
    table.add_column("created", no_wrap=True)
    table.add_column("articles", justify="right")
    table.add_column("encoder")
    table.add_column("", no_wrap=True)
    pointer_error: CorruptSnapshot | None = None
    current = None
    try:
        current = store.current_name()
    except CorruptSnapshot as error:
        pointer_error = error
    reasons: dict[str, tuple[str, ...]] = {}
    for name in names:
        mark = "*" if name == current else ""
        try:
            manifest = verify_files(store.path(name))
        except CorruptSnapshot:
            table.add_row(mark, name, "", "", "", Text("corrupt", style="bold red"))
            continue
        table.add_row(
            mark,
            name,
            shown(manifest.created_at)[:19] + "Z",
            f"{manifest.counts.get('articles', 0):,}",
            shown(str(manifest.encoder.get("name", ""))),
            Text(*_state(store, manifest, reasons, current=bool(mark))),
        )
    print_table(table)
    for name, failed in reasons.items():
        print(f"{name} was refused by the gate:")
        for check in failed:
            print(f"  {shown(check)}")
    if pointer_error is not None:
        raise pointer_error
    if current is not None and current not in names:
        raise CorruptSnapshot(f"{store.index_dir} points to {current}, which is not there")


def verify(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only this one. [default: all]")] = None,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Check every byte of all snapshots, or of one.

    Ends with 65 where one is corrupt, and says which file is at fault.
    """
    store = Store(settings_from(config, index=index).index)
    corrupt = []
    for one in [name] if name is not None else _names(store):
        try:
            snapshot = store.open(one, whole=True)
        except CorruptSnapshot as error:
            print(f"{one}: corrupt")
            corrupt.append(str(error))
        else:
            files = len(snapshot.manifest.files)
            print(f"{one}: good, {count(len(snapshot), 'article')} in {count(files, 'file')}")
    if corrupt:
        raise CorruptSnapshot("\n".join(corrupt))
    if name is None:
        store.current_name()  # the pointer too


def rollback(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Which one. [default: the one before the current]"),
    ] = None,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Make an earlier snapshot the current one.

    It is verified first. A running service takes it up within seconds; the next rebuild publishes anew.
    """
    store = Store(settings_from(config, index=index).index)
    snapshot = store.rollback(name)
    print(f"current: {snapshot.name}, {count(len(snapshot), 'article')}")


def publish(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which one.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides it. [default: who is logged in]")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a snapshot the current one whatever the gate said.

    It is verified first. Who, when and why are kept in history.json.
    """
    who = _logged_in() if by is None else by
    said(who, "-" if reason is None else reason)
    store = Store(settings_from(config, index=index).index)
    snapshot = store.publish_kept(name, by=who, when=now(), reason=reason)
    print(f"current: {snapshot.name}, {count(len(snapshot), 'article')}")
    for check in snapshot.manifest.refused:
        print(f"  in spite of {shown(check)}")


def prune(
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=1, help="How many stay. [default: keep_snapshots, 7]"),
    ] = None,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Remove the oldest snapshots.

    The current one and the one before it always stay. Refused ones do not count: the last of them stays until
    something newer is published.
    """
    settings = settings_from(config, index=index, keep_snapshots=keep)
    removed = Store(settings.index).prune(settings.keep_snapshots)
    for name in removed:
        print(f"removed: {name}")
    if not removed:
        print("nothing to remove")


def _state(
    store: Store, manifest: Manifest, reasons: dict[str, tuple[str, ...]], *, current: bool
) -> tuple[str, str]:
    """What is said of a snapshot, and how it looks; why it was refused goes into ``reasons``."""
    if current:
        return "current", "bold green"
    if why := store.refused(manifest.name):
        reasons[manifest.name] = why
        return "refused", "bold yellow"
    return "", ""


def _logged_in() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in containers
        return f"user {os.getuid()}"


def _names(store: Store) -> list[str]:
    names = store.names()
    if not names:
        raise SnapshotNotFound(f"{store.index_dir} holds no snapshot")
    return names
