"""``recommender rebuild``: the nightly build, and its report in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer

from recommender import rebuild as building
from recommender.cli.common import PROGRAM, ConfigOption, IndexOption, settings_from, write_bytes_out
from recommender.cli.progress import progress
from recommender.cli.terminal import console, floor_in_words, print_facts, shown
from recommender.errors import InputError, OptionError
from recommender.gate import sentence
from recommender.ingest import Tally
from recommender.phrases import count
from recommender.policy import STEP_NAMES
from recommender.rebuild import REJECTED_FILE, Outcome, Refused
from recommender.settings import Settings

_EXAMPLE = (
    "\b\nExample:\n  recommender rebuild export.jsonl pages/\n"
    "  recommender rebuild --add --max-age-days 30 --index index/live feeds/\n"
    "  zcat export.jsonl.gz | recommender rebuild --dry-run -"
)
_MOST_ARTICLES = 50  # a corpus up to here is printed whole: its ids are what to ask for next
_SOME_ARTICLES = 5
_MOST_REMARKS = 5
_EMPTY = {
    "blocked": "blocked by the editors",
    "text_too_short": "text too short to judge",
    "too_few_articles": "too few articles",
    "below_min_score": "best story below the floor",
    "filtered": "all left out by the policy",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rebuild", epilog=_EXAMPLE)(run)


def run(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Files (JSONL, CSV, Parquet, HTML, RSS, Atom, page text), directories, or `-`.",
        ),
    ],
    index: IndexOption = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder", metavar="NAME", help="Encoder or model directory. [default: all-MiniLM-L6-v2]"
        ),
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Keep the current snapshot's articles too.")] = False,
    max_age_days: Annotated[
        float | None,
        typer.Option("--max-age-days", metavar="N", help="Leave out what was published earlier."),
    ] = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the corpus's statistics anew, also where they would be kept.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read, check and count; embed and write nothing.")
    ] = False,
    no_gate: Annotated[
        bool, typer.Option("--no-gate", help="Publish also what the gate refuses, and write that down.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the build report as JSON.")] = False,
    config: ConfigOption = None,
) -> None:
    """Read articles and publish a snapshot of all lists.

    The snapshot holds exactly what the sources hold: what has left them leaves the lists, unless --add
    is given. Vectors of unchanged texts are reused. Whatever fails, the old snapshot stays in force; so it
    does, with exit code 3, where the lists are too unlike those that are served (settings gate_*).
    """
    if max_age_days is not None and not (math.isfinite(max_age_days) and 0 <= max_age_days <= 1e6):
        raise OptionError("--max-age-days", f"found {max_age_days:g}, expected days from 0 to 1000000")
    settings = settings_from(config, index=index, encoder=encoder)
    try:
        outcome = building.rebuild(
            sources,
            settings,
            now=datetime.now(UTC),
            add=add,
            max_age_days=max_age_days,
            dry_run=dry_run,
            refit=refit,
            no_gate=no_gate,
            progress=progress(),
        )
    except Refused as refusal:
        _print(refusal.outcome, settings, as_json=as_json)
        raise
    except InputError as error:
        aside = settings.index / REJECTED_FILE
        if dry_run or not (aside.is_file() and aside.stat().st_size):
            raise
        raise InputError(f"{error}; all that was set aside is in {aside}") from None
    _print(outcome, settings, as_json=as_json)
    if not as_json:
        print()
        if outcome.snapshot is None:
            print("dry run: nothing was embedded, nothing was written")
        else:
            print(f"next: {PROGRAM} similar <id> --index {settings.index}")


def _print(outcome: Outcome, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        write_bytes_out([outcome.report.encode()])
        return
    print_facts(in_words(outcome, settings))
    print()
    _print_articles(outcome)


def _print_articles(outcome: Outcome) -> None:
    articles = outcome.corpus.articles
    out = console()
    printed = len(articles) if len(articles) <= _MOST_ARTICLES else _SOME_ARTICLES
    for article in islice(articles, printed):
        mark = "teaser " if article.teaser else ""
        if out.is_terminal:
            out.print(f"{mark}{shown(article.title) or '(no title)'}", style="not bold")
            out.print(f"  {shown(article.id)}", style="dim")
        else:
            print(f"{shown(article.id)}  {mark}{shown(article.title) or '(no title)'}")
    if len(articles) > printed:
        print(f"... and {count(len(articles) - printed, 'more article')}")


def in_words(outcome: Outcome, settings: Settings) -> Iterator[tuple[str, str]]:
    """The build report as labels and sentences, in the order of the build."""
    report = outcome.report
    read, corpus = report.read, report.corpus
    yield "read", f"{count(read['records'], 'record')} in {count(read['files'], 'file')}"
    yield from _left_out(outcome, settings)
    yield (
        "corpus",
        f"{count(corpus['articles'], 'article')}, {count(corpus['teasers'], 'teaser')} among them; "
        f"{corpus['links_resolved']:,} of {count(corpus['links'], 'link')} lead to full articles",
    )
    if report.embedding:
        fresh = corpus["articles"] - report.embedding["reused"]
        texts = report.embedding["embedded"]
        distinct = "" if texts == fresh else f" ({count(texts, 'distinct text')})"
        yield (
            "vectors",
            f"embedded {count(fresh, 'article')}{distinct}, reused {report.embedding['reused']:,}",
        )
    if report.policy:
        yield "policy", _policy(report.policy)
    if report.rules.get("rules"):
        yield "rules", _rules(report.rules)
    if report.lists:
        yield from _lists(report.lists)
    if report.gate:
        yield "gate", sentence(report.gate)
    for remark in report.notes:
        yield "note", remark
    yield "seconds", ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.seconds.items())
    if report.pruned:
        yield "pruned", ", ".join(report.pruned)
    if report.snapshot:
        yield "snapshot", f"{report.snapshot} in {settings.index}"
    if report.kept:
        yield "refused", f"{report.kept} in {settings.index}, kept and not published"


def _policy(counts: dict[str, int]) -> str:
    """What each step of the policy struck, and what was only counted or put in another place."""
    struck = ", ".join(f"{name} {counts[name]:,}" for name in STEP_NAMES if name in counts)
    return (
        f"pairs struck: {struck}; below min_score {counts['below_min_score']:,}; "
        f"moved by recency {counts['recency']:,}, by diversity {counts['diversity']:,}"
    )


def _rules(rules: dict[str, Any]) -> str:
    """What the editors' rules do."""
    pins, without = count(rules["pinned"], "pin"), count(rules["articles_without_list"], "article")
    return (
        f"{rules['rules']:,} of the editors: {pins} shown, {rules['pins_dropped']:,} dropped; "
        f"{without} without a list, {rules['articles_in_no_list']:,} in none"
    )


def _lists(lists: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the default lists are like, and what has become of the previous snapshot's."""
    floor = floor_in_words(lists["min_score"], lists["min_best"])
    yield (
        "lists",
        f"{lists['with_items']:,} with items, {lists['empty']:,} without, at the floor "
        f"{floor}; {count(lists['items'], 'item')}, at most {lists['longest']} a list",
    )
    if why := [f"{_EMPTY[reason]} {number:,}" for reason, number in lists["empty_because"].items() if number]:
        yield "empty", ", ".join(why)
    if (same := lists["agreement"]) and same["articles"]:
        yield (
            "overlap",
            f"{same['rbo']:.2f} (rank-biased) with {same['parent']} over the "
            f"{count(same['articles'], 'article')} in both; {count(same['unchanged'], 'list')} unchanged, "
            f"{same['both_empty']:,} of them empty",
        )


def _left_out(outcome: Outcome, settings: Settings) -> Iterator[tuple[str, str]]:
    """What the reading did not take, each kind only where there is some."""
    tally: Tally = outcome.tally
    read = outcome.report.read
    if rejected := tally.rejections:
        yield "rejected", f"{count(len(rejected), 'record')}"
        for one in rejected[:_MOST_REMARKS]:
            yield "", f"{one.place}: {one.reason}"
        if len(rejected) > _MOST_REMARKS and not outcome.report.dry_run:
            yield "", f"all {len(rejected):,} are in {settings.index / REJECTED_FILE}"
        elif len(rejected) > _MOST_REMARKS:
            yield "", f"and {len(rejected) - _MOST_REMARKS:,} more"
    if passed := tally.passed_over:
        yield "passed over", count(len(passed), "file or directory entry", "files or directory entries")
        for path, why in passed[:_MOST_REMARKS]:
            yield "", f"{path} {why}"
        if len(passed) > _MOST_REMARKS:
            yield "", f"and {len(passed) - _MOST_REMARKS:,} more"
    for path, remark in tally.notes[:_MOST_REMARKS]:
        yield "note", f"{path}: {remark}"
    if read["duplicates"]:
        yield "duplicates", f"{count(read['duplicates'], 'record')} with an id that stood there already"
    if read["too_old"]:
        yield "too old", f"{count(read['too_old'], 'article')} older than --max-age-days"
    if tally.unreadable:
        yield "unreadable", f"values left out: {_by_name(tally.unreadable)}"
    if tally.ignored_fields:
        yield "ignored", f"fields of another name: {_by_name(tally.ignored_fields)}"


def _by_name(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items()))
