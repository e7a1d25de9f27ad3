"""``recommender takedown``: an article gone now, everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from recommender import overlay
from recommender.article import id_problem, normalise_id
from recommender.cli.common import ConfigOption, IdArgument, IndexOption, note, settings_from
from recommender.cli.editing import (
    IN_FORCE,
    AnywayOption,
    ByOption,
    ReasonOption,
    carried_by,
    meant_id,
    now,
    said,
    snapshot_of,
)
from recommender.cli.terminal import shown
from recommender.corpus import PREFIX_LENGTH
from recommender.errors import BadRules, OptionError
from recommender.settings import Settings

_EXAMPLE = (
    '\b\nExample:\n  recommender takedown 9f2c61d0 --reason "court order" --by ana\n'
    '  recommender takedown 9f2c61d0 --undo --reason "order lifted" --by ana'
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("takedown", epilog=_EXAMPLE)(run)


def run(
    article_id: IdArgument,
    reason: ReasonOption,
    by: ByOption,
    undo: Annotated[bool, typer.Option("--undo", help="Let it be shown again.")] = False,
    anyway: AnywayOption = False,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Take an article out of every list, page and export.

    It stays out across rebuilds and rollbacks until --undo. Nothing is rebuilt, and a rebuild that is under
    way is not waited for. Who, when and why are kept in overlay.json.
    """
    said(by, reason)
    settings = settings_from(config, index=index)
    snapshot = snapshot_of(settings)
    carried = carried_by(snapshot)
    if undo:
        known = overlay.read_ledger(settings.index).takedowns | carried.takedowns
        whole = _taken_down(article_id, known)
        overlay.restore(settings.index, whole, by=by, when=now(), reason=reason, carried=carried)
        print(f"shown again: {shown(whole)}; {IN_FORCE}")
        _note_bad_rules(settings)
        return
    whole = normalise_id(meant_id(snapshot, article_id, anyway=anyway))
    if problem := id_problem(whole):
        raise OptionError("ID", f"{whole[:80]!r} {problem}")
    if overlay.take_down(settings.index, whole, by=by, when=now(), reason=reason, carried=carried):
        print(f"taken down: {shown(whole)}; {IN_FORCE}")
    else:
        print(f"taken down already: {shown(whole)}")
    _note_bad_rules(settings)


def _note_bad_rules(settings: Settings) -> None:
    """Rules that cannot be read do not stop a takedown, but whoever types it should know."""
    try:
        overlay.read(settings.index)
    except BadRules as error:
        note(f"the editors' rules need mending: {error}")


def _taken_down(text: str, takedowns: frozenset[str]) -> str:
    """The id of a takedown, if need be by its beginning."""
    wanted = normalise_id(text)
    found = [one for one in takedowns if one.startswith(wanted)]
    if wanted in takedowns or len(wanted) < PREFIX_LENGTH or len(found) != 1:
        return wanted
    return found[0]
