"""``recommender rules``: what editors pin and block."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from recommender import overlay, rules
from recommender.article import rfc3339
from recommender.cli.common import ConfigOption, IndexOption, note, settings_from, write_bytes_out
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
from recommender.cli.terminal import new_table, print_table, shown
from recommender.errors import BadRules, OptionError
from recommender.phrases import count
from recommender.rules import FIELDS, RULES_FILE, Rule, Status, in_words
from recommender.snapshot import Snapshot

_SIDES = "an id, or id=, section=, tag= or source= and a value"


class Kind(StrEnum):
    """What a rule does."""

    PIN = rules.PIN
    BLOCK = rules.BLOCK


def register(app: typer.Typer) -> None:
    """Add the commands."""
    editing = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog="\b\nExample:\n  recommender rules list\n"
        '  recommender rules add block --target section=Sponsored --reason "paid for" --by ana',
    )
    why = ' --reason "the main story" --by ana'
    for name, command, examples in (
        ("list", show, ("", " --json")),
        (
            "add",
            add,
            (
                f" pin --article 9f2c61d0 --target 77ab01c4{why}",
                f" block --article section=Obituaries{why}",
                f" block --target tag=embargo{why}",
                f" block --pair 9f2c61d0 --pair source=Wire{why}",
            ),
        ),
        ("remove", remove, (f" pin-3fa91c{why}",)),
    ):
        lines = "\n".join(f"  recommender rules {name}{one}" for one in examples)
        editing.command(name, epilog=f"\b\nExample:\n{lines}")(command)
    app.add_typer(editing, name="rules", help="List, add and remove the editors' pins and blocks.")


def show(
    as_json: Annotated[bool, typer.Option("--json", help="Print the same as JSON.")] = False,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """List the rules in force, in file order, and which of them do nothing.

    They stand in rules.toml in the index directory, which may be edited by hand too.
    """
    settings = settings_from(config, index=index)
    snapshot = snapshot_of(settings)
    beside = overlay.read(settings.index)
    in_force = overlay.in_force(beside, carried_by(snapshot))
    if in_force.rules != beside.rules:
        note(
            f"these are the snapshot's, whose overlay has generation {in_force.generation}; {RULES_FILE} has "
            f"{beside.generation} and counts from the next change on"
        )
    statuses = _statuses(snapshot, in_force)
    if as_json:
        found = [_as_json(status, known=snapshot is not None) for status in statuses]
        write_bytes_out([orjson.dumps({"generation": in_force.generation, "rules": found}), b"\n"])
    elif statuses:
        print_table(_table(statuses, known=snapshot is not None))
    else:
        print("no rules")


def add(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="pin or block.")],
    reason: ReasonOption,
    by: ByOption,
    article: Annotated[
        str | None,
        typer.Option(
            "--article",
            metavar="WHICH",
            help=f"Pin: on which article. Block: those without a list; {_SIDES}.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            metavar="WHICH",
            help=f"Pin: the story shown first. Block: those in no list; {_SIDES}.",
        ),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option("--pair", metavar="WHICH", help="Block, given twice: never the one under the other."),
    ] = None,
    anyway: AnywayOption = False,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Pin a story under an article, or block articles.

    The rule goes to the end of rules.toml; comments there are kept. Nothing is rebuilt.
    """
    said(by, reason)
    settings = settings_from(config, index=index)
    snapshot = snapshot_of(settings)
    carried = carried_by(snapshot)
    given = {"article": article, "target": target}
    record: dict[str, Any] = {"kind": kind.value, "by": by, "when": now(), "reason": reason}
    for key, text in given.items():
        if text is not None:
            side = _side(snapshot, text, anyway=anyway)
            record[key] = side.get("id", side) if kind is Kind.PIN else side
    if pair:
        record["pair"] = [_side(snapshot, text, anyway=anyway) for text in pair]
    taken = {rule.id for rule in (*overlay.read(settings.index).rules, *carried.rules)}
    rule = _rule({"id": rules.new_id(record, taken), **record})
    overlay.add_rule(settings.index, rule, carried=carried)
    print(f"added {rule.id}: {shown(in_words(rule))}; {IN_FORCE}")
    if snapshot is not None:
        in_force = overlay.in_force(carried, overlay.read(settings.index))
        for status in _statuses(snapshot, in_force):
            if status.rule.id == rule.id and status.problem:
                note(f"{rule.id} does nothing now: {status.problem}")


def remove(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id, as `rules list` has it.")],
    reason: ReasonOption,
    by: ByOption,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Remove a rule.

    Comments in rules.toml are kept; who removed it, when and why are kept in overlay.json.
    """
    said(by, reason)
    settings = settings_from(config, index=index)
    carried = carried_by(snapshot_of(settings))
    gone = overlay.remove_rule(settings.index, rule_id, by=by, when=now(), reason=reason, carried=carried)
    print(f"removed {gone.id}: {shown(in_words(gone))}; {IN_FORCE}")


def _side(snapshot: Snapshot | None, text: str, *, anyway: bool) -> dict[str, str]:
    """``section=Sport`` as a matcher; what begins with none of the four names is an id."""
    field, equals, value = text.partition("=")
    if not equals or field not in FIELDS:
        field, value = "id", text
    return {field: meant_id(snapshot, value, anyway=anyway) if field == "id" else value}


def _rule(record: dict[str, Any]) -> Rule:
    try:
        return rules.rule_of(record, "rule")
    except BadRules as error:
        raise OptionError("rule", str(error).removeprefix(f"rule ({record['id']!r}): ")) from None


def _statuses(snapshot: Snapshot | None, in_force: overlay.Overlay) -> tuple[Status, ...]:
    if snapshot is None:
        return tuple(Status(rule, ()) for rule in in_force.rules)
    return rules.apply(in_force.rules, snapshot.catalogue(), in_force.hides(snapshot.ids)).statuses


def _as_json(status: Status, *, known: bool) -> dict[str, Any]:
    return rules.json_of(status.rule) | {
        "articles": list(status.articles) if known else None,
        "problem": status.problem,
    }


def _table(statuses: tuple[Status, ...], *, known: bool) -> Table:
    table = new_table()
    table.add_column("id", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("rule, reason", overflow="fold")
    table.add_column("by", overflow="fold")
    table.add_column("when", no_wrap=True)
    table.add_column("now", overflow="fold")
    for status in statuses:
        rule = status.rule
        what = Text(shown(in_words(rule)), style="bold")
        what.append(f"\n{shown(rule.reason)}", style="not bold")
        state = Text(_state(status, known=known), style="red" if status.problem else "")
        when = (rfc3339(rule.when) or "")[:10]
        table.add_row(rule.id, rule.kind, what, shown(rule.by), when, state)
    return table


def _state(status: Status, *, known: bool) -> str:
    if status.problem:
        return f"does nothing: {status.problem}"
    if not known:
        return ""
    if status.rule.kind == rules.PIN:
        return "shown"
    return " and ".join(count(number, "article") for number in status.articles)
