"""``recommender audit``: what pages printed beside what was rebuilt for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import orjson
import typer
from rich.table import Table
from rich.text import Text

from recommender.audit import REASONS, Audit, Entry, Totals, audit_corpus, audit_page
from recommender.cli.common import (
    ID_HELP,
    ConfigOption,
    IndexOption,
    MinScoreOption,
    facts_of_article,
    open_recommender,
    settings_from,
    whole_id,
    write_bytes_out,
)
from recommender.cli.side_by_side import Story, print_side_by_side
from recommender.cli.terminal import floor_in_words, new_table, print_facts, print_table, shown
from recommender.phrases import count
from recommender.recommend import MAX_LIMIT, Recommender

_EXAMPLE = (
    "\b\nExample:\n  recommender audit\n  recommender audit 9f2c61d0\n"
    "  recommender audit https://news.example/storm --index index/demo --json"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", epilog=_EXAMPLE)(run)


def run(
    article_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help=f"{ID_HELP} [default: all pages]"),
    ] = None,
    index: IndexOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            help=f"Places of the rebuilt list, 1 to {MAX_LIMIT}. [default: as many as the page printed]",
        ),
    ] = None,
    min_score: MinScoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the same as JSON.")] = False,
    config: ConfigOption = None,
) -> None:
    """Compare the list that a page printed with the rebuilt one.

    With an ID both lists stand side by side, and each link that was dropped says why. Without one all
    pages are counted together, and those with the largest share of links that score below the floor are
    named. The score is this project's own: below the floor is no judgement that a link is unrelated.
    """
    recommender = open_recommender(settings_from(config, index=index))
    found: Audit | Totals
    if article_id is None:
        found = audit_corpus(recommender, limit=limit, min_score=min_score)
    else:
        whole = whole_id(recommender.snapshot, article_id)
        found = audit_page(recommender, whole, limit=limit, min_score=min_score)
    if as_json:
        write_bytes_out([orjson.dumps(found.as_json()), b"\n"])
    elif isinstance(found, Totals):
        _print_totals(found)
    else:
        _print_page(recommender, found)


def _print_page(recommender: Recommender, audit: Audit) -> None:
    facts = facts_of_article(recommender.snapshot, audit.id)
    floor = floor_in_words(audit.min_score, audit.min_best)
    facts.append(("rebuilt", f"{count(audit.requested, 'place')}, floor {floor}"))
    if not audit.source:
        facts.append(("note", "no list of the page's own is known: nothing to compare with"))
    print_facts(facts)
    print()
    print_side_by_side([_story(entry) for entry in audit.source], [_story(one) for one in audit.rebuilt])


def _story(entry: Entry) -> Story:
    return Story(entry.id, entry.title, entry.score, entry.reason)


def _print_totals(totals: Totals) -> None:
    print_facts(in_words(totals))
    if totals.most_below_floor:
        print("\nThe pages with the largest share of links below the floor:\n")
        print_table(_table(totals))


def in_words(totals: Totals) -> Iterator[tuple[str, str]]:
    """The totals as labels and sentences."""
    yield "snapshot", totals.snapshot
    pages = f"{totals.pages:,} of {count(totals.articles, 'article')} with a list of their own"
    if not totals.pages:
        yield "pages", f"{pages}: nothing to compare with"
        return
    yield "pages", f"{pages}, {count(totals.links, 'link')} in all"
    yield "kept", _of(totals.kept, totals.links)
    yield "dropped", _of(totals.links - totals.kept, totals.links)
    for reason, number in totals.dropped.items():
        if number:
            yield "", f"{REASONS[reason]}: {number:,}"
    yield "new", count(totals.new, "story", "stories")
    yield "floor", floor_in_words(totals.min_score, totals.min_best)
    yield "below", f"{_of(totals.below_floor, totals.links)} score below {totals.min_score:.2f}"
    room = "the same room" if totals.requested is None else count(totals.requested, "place")
    yield (
        "length",
        f"{totals.mean_links:.1f} on the page, {totals.mean_rebuilt:.1f} rebuilt with {room}, on average",
    )
    yield "lists", f"{totals.empty:,} rebuilt ones empty, {totals.identical:,} the same as the page's own"


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {count(whole, 'link')} ({part / whole:.0%})"


def _table(totals: Totals) -> Table:
    table = new_table()
    table.add_column("below", justify="right", no_wrap=True)
    table.add_column("links", justify="right", no_wrap=True)
    table.add_column("kept", justify="right", no_wrap=True)
    table.add_column("rebuilt", justify="right", no_wrap=True)
    table.add_column("title, id", overflow="fold")
    for page in totals.most_below_floor:
        said = Text(shown(page.title) or "(no title)", style="bold")
        said.append(f"\n{shown(page.id)}", style="not bold dim")
        numbers = (f"{page.share_below_floor:.0%}", page.links, page.kept, page.rebuilt)
        table.add_row(*map(str, numbers), said)
    return table
