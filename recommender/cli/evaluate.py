"""``recommender evaluate``: are the lists better, by how much, how sure; and the report's three files."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recommender.cli.common import PROGRAM, ConfigOption, IndexOption, settings_from
from recommender.cli.progress import progress
from recommender.errors import OptionError, SourceNotFound

if TYPE_CHECKING:
    from recommender.evaluation import Request

_EXAMPLE = (
    "\b\nExample:\n  recommender evaluate --dataset sample\n"
    "  recommender evaluate --data-dir labelled/ --compare last/report.json --out reports/today\n"
    "  recommender evaluate --corpus export.jsonl --qrels judgements.qrels --run other-system.run"
)
_MOST_SEED = 2**32 - 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate", epilog=_EXAMPLE)(run)


def run(
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", metavar="NAME", help="Labels that come along: sample, lee."),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", metavar="DIR", help="A folder of labelled files, as one corpus."),
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option("--corpus", metavar="SOURCE", help="Articles for --qrels; may be given again."),
    ] = None,
    qrels: Annotated[
        Path | None, typer.Option("--qrels", metavar="FILE", help="TREC judgements of --corpus.")
    ] = None,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="What --qrels does not list was judged too, and is unrelated."),
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option("--compare", metavar="OLD.json", help="Print what got better and worse since."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the report goes. [default: INDEX/reports]"),
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="MODULE:NAME", help="A further system; may be given again."),
    ] = None,
    run_file: Annotated[
        list[Path] | None,
        typer.Option("--run", metavar="FILE", help="A TREC run of another system; may be given again."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Of the random system, intervals and tests.")
    ] = 0,
    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder", metavar="NAME", help="Encoder or model directory. [default: all-MiniLM-L6-v2]"
        ),
    ] = None,
    index: IndexOption = None,
    config: ConfigOption = None,
) -> None:
    """Measure the lists against ground truth and eight other systems, and write the report.

    Without labels (--dataset, --data-dir, or --corpus with --qrels) the current snapshot's lists are
    measured by what can be said of them without any. Labelled articles are indexed apart, in
    INDEX/evaluation; the served snapshot is never touched.
    """
    # Here, so that every other command starts without it.
    from recommender.cli.changes import print_changes
    from recommender.cli.scores import print_scores
    from recommender.evaluation import Plan, Request, compare, workflow
    from recommender.evaluation.comparison import check
    from recommender.evaluation.report import decode

    if not 0 <= seed <= _MOST_SEED:
        raise typer.BadParameter(f"{seed} is not from 0 to {_MOST_SEED}", param_hint="--seed")
    settings = settings_from(config, index=index, encoder=encoder)
    target = out or settings.index / workflow.REPORTS
    if target.exists() and not target.is_dir():
        raise OptionError("--out", f"{target} is not a directory")
    request = Request(
        dataset=dataset,
        data_dir=data_dir,
        corpus=tuple(corpus or ()),
        qrels=qrels,
        complete=complete,
        systems=tuple(system or ()),
        runs=tuple(run_file or ()),
    )
    if encoder is not None and dataset is None and data_dir is None and qrels is None:
        raise OptionError("--encoder", "goes with labels: without them the snapshot's own encoder is used")
    workflow.check_extra()
    old = None if against is None else decode(_read(against), against)
    if old is not None:
        check(old, str(against))
    document = workflow.evaluate(
        request,
        settings,
        Plan(seed=seed, command=_command(request, seed, encoder)),
        now=datetime.now(UTC),
        progress=progress(),
        stdin=sys.stdin.buffer,
    )
    # Written first: whoever reads only the beginning of what is printed has the report all the same.
    written = workflow.write(document, target)
    print_scores(document)
    if old is not None:
        print_changes(compare(old, document), since=str(against))
    print()
    for path in written:
        print(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceNotFound(f"--compare: {path} does not exist") from None


def _command(request: Request, seed: int, encoder: str | None) -> str:
    """The command that makes the same report again, without where things lie on this machine's disk that
    do not change it."""
    words = [PROGRAM, "evaluate"]
    for name, value in (
        ("--dataset", request.dataset),
        ("--data-dir", request.data_dir),
        *(("--corpus", one) for one in request.corpus),
        ("--qrels", request.qrels),
        *(("--system", one) for one in request.systems),
        *(("--run", one) for one in request.runs),
        ("--encoder", encoder),
        ("--seed", seed),
    ):
        if value is not None:
            words += [name, str(value)]
    if request.complete:
        words.append("--complete")
    return shlex.join(words)
