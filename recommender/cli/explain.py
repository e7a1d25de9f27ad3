"""``recommender explain``: what one pair's score is made of, and what keeps a story out of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import orjson
import typer
from rich.table import Table
from rich.text import Text

from recommender.article import rfc3339
from recommender.cli.common import (
    ID_HELP,
    ConfigOption,
    IndexOption,
    open_recommender,
    settings_from,
    whole_id,
    write_bytes_out,
)
from recommender.cli.terminal import new_table, print_facts, print_table
from recommender.phrases import count, whole_floor
from recommender.recommend import Explanation, Recommender, Shared, Side, Standing

_EXAMPLE = (
    "\b\nExample:\n  recommender explain 9f2c61d0 77ab01c4\n"
    "  recommender explain https://news.example/storm https://news.example/flood --json"
)
_MOST_NAMED = 10
_PER_CENT = 0.01
# What each piece of evidence is taken over.
_MEANINGS = {
    "lead_cosine": "vectors of title and lead",
    "lexical_cosine": "terms",
    "neighbour_cosine": "nearest neighbours",
    "name_cosine": "names; v counts as ln(1 + 10 v)",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", epilog=_EXAMPLE)(run)


def run(
    article_id: Annotated[str, typer.Argument(metavar="A", help=ID_HELP)],
    other_id: Annotated[str, typer.Argument(metavar="B", help="The same, of another article.")],
    index: IndexOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the same as JSON, all that is shared.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Explain the score of two articles, and where B stands in the list of A.

    Every piece of evidence with its value, its weight and what it adds; what the two share; and what keeps B
    out of the default list of A, if something does: a policy step, the floor, a rule, a takedown.
    """
    recommender = open_recommender(settings_from(config, index=index))
    found = recommender.explain(*(whole_id(recommender.snapshot, one) for one in (article_id, other_id)))
    if as_json:
        write_bytes_out([orjson.dumps(found.as_json()), b"\n"])
    else:
        _print(recommender, found)


def _print(recommender: Recommender, found: Explanation) -> None:
    print_facts([*_of_side("A", found.article), *_of_side("B", found.other), ("snapshot", found.snapshot)])
    print()
    print_table(_table(found))
    print()
    print_facts(_shared_by(recommender, found))
    print()
    print_facts(_in_list(found))


def _of_side(label: str, side: Side) -> Iterator[tuple[str, str]]:
    yield label, side.title or "(no title)"
    yield "", side.id + (" (teaser)" if side.teaser else "")
    day = (rfc3339(side.published_at) or "undated")[:10]
    yield "", ", ".join([side.source or "no source", side.section or "no section", day])


def _table(found: Explanation) -> Table:
    table = new_table()
    table.add_column("evidence", no_wrap=True)
    for heading in ("value", "weight", "adds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("cosine of", overflow="fold")
    for piece in found.pieces:
        numbers = (f"{piece.value:.3f}", f"{piece.weight:.3f}", f"{piece.adds:+.3f}")
        table.add_row(piece.name, *numbers, _MEANINGS.get(piece.name, ""))
    table.add_row("intercept", "", "", f"{found.intercept:+.3f}", "")
    said = Text(f"score {found.score:.3f} = 1 / (1 + exp({-found.logit:.3f}))", style="bold")
    table.add_row(Text("sum", style="bold"), "", "", Text(f"{found.logit:+.3f}", style="bold"), said)
    return table


def _shared_by(recommender: Recommender, found: Explanation) -> Iterator[tuple[str, str]]:
    snapshot = recommender.snapshot
    own = {found.article.id: "A itself", found.other.id: "B itself"}
    titles = tuple(
        Shared(own.get(one.what) or snapshot.article(snapshot.ids.row(one.what)).title or one.what, one.share)
        for one in found.neighbours[:_MOST_NAMED]
    )
    yield "names", _listed(found.names, found.names)
    yield "terms", _listed(found.terms, found.terms)
    yield "neighbours", _listed(titles, found.neighbours, apart="; ")
    crowds = f"{found.article.crowding:.3f} around A, {found.other.crowding:.3f} around B"
    yield "closeness", f"{found.closeness:.3f} of the two; of their nearest on average {crowds}"
    yield "days", "unknown: one is undated" if found.days_apart is None else f"{found.days_apart:g} apart"
    for label, one, other in (
        ("section", found.article.section, found.other.section),
        ("source", found.article.source, found.other.source),
    ):
        same = one is not None and one == other
        yield label, f"the same: {one}" if same else f"{one or 'none'} (A), {other or 'none'} (B)"


def _listed(some: Sequence[Shared], everything: Sequence[Shared], *, apart: str = ", ") -> str:
    """``Tonga 41%, eruption 12% and 31 more``: what adds most to the cosine."""
    if not everything:
        return "none in common"
    named = apart.join(f"{one.what} {_share(one.share)}" for one in some[:_MOST_NAMED])
    more = len(everything) - min(len(everything), _MOST_NAMED)
    return f"{named} and {more:,} more" if more else named


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= _PER_CENT else "<1%"


def _in_list(found: Explanation) -> Iterator[tuple[str, str]]:
    standing = found.standing
    yield (
        "bare ranking",
        "B is not in it" if standing.bare_rank is None else f"B is number {standing.bare_rank}",
    )
    yield "list of A", _place(standing)
    if standing.kept_out is not None:
        yield "kept out by", f"{standing.kept_out.code}: {standing.kept_out.said}"


def _place(standing: Standing) -> str:
    floor = whole_floor(standing.floor.min_score, standing.floor.min_best)
    said = f"at most {count(standing.limit, 'story', 'stories')}, floor {floor}"
    if standing.rank is None:
        return f"B is not in it ({said})"
    return f"B is number {standing.rank}{', pinned by the editors' if standing.pinned else ''} ({said})"
