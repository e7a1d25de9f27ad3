"""``recommender similar``: one list, no server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from recommender.article import Recommendation, rfc3339
from recommender.cli.common import (
    ConfigOption,
    IdArgument,
    IndexOption,
    MinScoreOption,
    facts_of_article,
    open_recommender,
    settings_from,
    whole_id,
    write_bytes_out,
)
from recommender.cli.terminal import new_table, print_facts, print_table, shown
from recommender.phrases import count
from recommender.policy import FEWEST_CHARACTERS, FEWEST_WORDS
from recommender.recommend import DEFAULT_LIMIT, MAX_LIMIT, PINNED, Options, SimilarList
from recommender.scoring import Floor

_EXAMPLE = (
    "\b\nExample:\n  recommender similar 9f2c61d0 --limit 5 --explain\n"
    "  recommender similar https://news.example/storm --index index/demo --json"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("similar", epilog=_EXAMPLE)(run)


def run(
    article_id: IdArgument,
    index: IndexOption = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help=f"How many at the most, 1 to {MAX_LIMIT}.")
    ] = DEFAULT_LIMIT,
    min_score: MinScoreOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each item why it is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the body of the HTTP answer.")] = False,
    config: ConfigOption = None,
) -> None:
    """Print the list of one article.

    A list is never filled up with something unrelated: one that is short says why.
    """
    recommender = open_recommender(settings_from(config, index=index))
    options = Options(limit=limit, min_score=min_score, explain=explain)
    listed = recommender.similar(whole_id(recommender.snapshot, article_id), options)
    if as_json:
        write_bytes_out([listed.encode(), b"\n"])
    else:
        _print(listed, recommender.floor.with_own(min_score))


def _print(listed: SimilarList, floor: Floor) -> None:
    print_facts([*facts_of_article(listed.snapshot, listed.id or ""), ("list", in_words(listed, floor))])
    if len(listed):
        print_table(_table(listed))


def in_words(listed: SimilarList, floor: Floor) -> str:
    """How long the list is and, where it is shorter than asked for, why; ``floor`` is the one it was cut
    at."""
    length = f"{len(listed)} of {listed.requested}"
    if listed.reason is None:
        return length
    others = max(len(listed.snapshot) - 1, 0)
    below = _below(listed, floor)
    said: Mapping[str, str] = {
        "blocked": "the editors let it have no list",
        "text_too_short": f"the article has fewer than {FEWEST_WORDS} words "
        f"and {FEWEST_CHARACTERS} characters",
        "too_few_articles": f"the index holds only {count(others, 'other article')}",
        "below_min_score": below,
        "filtered": "all others stored for it are left out by the policy",
    }
    why = said.get(listed.reason, listed.reason)
    if listed.reason == "too_few_articles" and len(listed) < others:
        why += f", and {below}"
    return f"{length}: {why}"


def _below(listed: SimilarList, floor: Floor) -> str:
    """What ended a list: that the next story scores too little, or that none is good enough to open it."""
    best = max((score for score in listed.scores if score is not None), default=-1.0)
    if not listed.abstained or best >= floor.min_best:  # else there are only pins, if anything
        return f"nothing else reached the floor {floor.min_score:.2f}"
    if floor.min_best > floor.min_score:
        return f"nothing reached {floor.min_best:.2f}, the floor for the best story of a list"
    return f"nothing reached the floor {floor.min_score:.2f}"


def _score(item: Recommendation) -> str:
    return "-" if item.score is None else f"{item.score:.2f}"


def _table(listed: SimilarList) -> Table:
    table = new_table()
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("date", no_wrap=True, min_width=len("2022-01-06"))
    table.add_column("title, source, id", overflow="fold")
    for item in listed:
        said = Text(shown(item.title) or "(no title)", style="bold")
        if item.origin == PINNED:
            said.append(" [pinned]", style="not bold")
        if item.source:
            said.append(f" ({shown(item.source)})", style="not bold")
        said.append(f"\n{shown(item.id)}", style="not bold dim")
        for reason in item.reasons or ():
            said.append(f"\n- {shown(reason)}", style="not bold italic")
        table.add_row(str(item.rank), _score(item), (rfc3339(item.published_at) or "")[:10], said)
    return table
