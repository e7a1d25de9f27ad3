"""An evaluation from what a caller asked for to the files of the report."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from recommender import files, overlay, scoring
from recommender.corpus import Corpus, Ids
from recommender.encoder import Encoder, load_encoder
from recommender.errors import CorruptSnapshot, OptionError, SettingsError, SnapshotNotFound
from recommender.evaluation import truth
from recommender.evaluation.document.whole import Document
from recommender.evaluation.judgements import Collection
from recommender.evaluation.made import Plan
from recommender.evaluation.report import encode, render_html, render_markdown
from recommender.evaluation.run import Run
from recommender.evaluation.systems import System, VectorCache, load, standard
from recommender.evaluation.trial import assess
from recommender.rebuild import Progress, publish_corpus
from recommender.recommend import Recommender
from recommender.settings import Settings, own_floor
from recommender.snapshot import Snapshot
from recommender.store import Store

REPORTS = "reports"
# Index directories of what is evaluated stand apart from the one that is served.
WORKSPACES = "evaluation"
TITLE_VECTORS = "title-vectors.npz"
_NEEDED = ("bm25s", "ir_measures", "matplotlib", "pytrec_eval", "scipy", "sklearn")


@dataclass(frozen=True, slots=True)
class Request:
    """What to evaluate: a named ``dataset``, a folder of labelled files ``data_dir``, or ``corpus`` sources
    with a ``qrels`` file, ``complete`` where what it does not list was judged too; none of them: the lists
    of the current snapshot, without labels. ``systems`` are ``module:Name`` of further systems, ``runs``
    TREC run files. Raises OptionError for what does not go together."""

    dataset: str | None = None
    data_dir: Path | None = None
    corpus: tuple[str, ...] = ()
    qrels: Path | None = None
    complete: bool = False
    systems: tuple[str, ...] = ()
    runs: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.corpus) != (self.qrels is not None):
            raise OptionError("--qrels", "goes with --corpus: give both, or neither")
        if self.complete and self.qrels is None:
            raise OptionError("--complete", "goes with --qrels")
        if sum((self.dataset is not None, self.data_dir is not None, bool(self.corpus))) > 1:
            raise OptionError("--dataset", "give one of --dataset, --data-dir and --corpus, not several")


def evaluate(
    request: Request,
    settings: Settings,
    plan: Plan,
    *,
    now: datetime,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Document:
    """Read, index, ask every system, measure. What is evaluated is published by the code of a rebuild in an
    index directory of its own, ``INDEX/evaluation/NAME``, which keeps its vectors for the next time; the
    current snapshot of ``settings.index`` is only read, and only where ``request`` names no labels. For a
    dataset that the packaged score was fitted on, this project is measured by coefficients fitted without
    it, in ``INDEX/evaluation/NAME/without-DATASET``.

    Raises SettingsError where the extra ``eval`` is not installed, and whatever reading, embedding and
    publishing raise.
    """
    check_extra()
    extra = [load(one, directory=Path.cwd()) for one in request.systems]  # before anything that takes long
    previous: Recommender | None = None
    held_out: dict[str, Recommender] = {}
    collection = _collection(request, settings, progress, stdin)
    if collection is None:
        workspace = settings.index
        beside = workspace / WORKSPACES
        snapshot = Store(workspace).open_current()
        made_with = str(snapshot.manifest.encoder["reference"])
        chosen = encoder or load_encoder(
            made_with, batch_size=settings.batch_size, backend=settings.encoder_backend
        )
        collection = _unlabelled(snapshot)
        previous = _previous(snapshot, settings)
        runs = _read_runs(request, collection)
    else:
        runs = _read_runs(request, collection)
        workspace = beside = settings.index / WORKSPACES / folder_name(collection.name)
        chosen = encoder or load_encoder(
            settings.encoder, batch_size=settings.batch_size, backend=settings.encoder_backend
        )
        snapshot = publish_corpus(
            collection.corpus, replace(settings, index=workspace), now=now, encoder=chosen, progress=progress
        )
        held_out = _held_out(collection, snapshot, settings, workspace, chosen, now, progress)
    recommender = Recommender(snapshot, overlay.read(workspace), **own_floor(settings))
    titles = VectorCache(beside / TITLE_VECTORS)
    systems: Sequence[System] = (*standard(recommender, chosen, plan.seed, titles), *extra)
    _refuse_names_twice([*(one.name for one in systems), *(one.system for one in runs)])
    return assess(
        collection,
        recommender,
        systems,
        plan,
        held_out=held_out,
        previous=previous,
        runs=runs,
        progress=progress,
    )


def write(document: Document, out: Path) -> tuple[Path, ...]:
    """The report's three files in ``out``, each replaced whole: HTML, JSON, Markdown. Raises StorageError."""
    content = {
        "report.html": render_html(document),
        "report.json": encode(document),
        "report.md": render_markdown(document),
    }
    files.make_directories(out)
    for name, body in content.items():
        files.replace_file(out / name, body)
    return tuple(out / name for name in content)


def folder_name(name: str) -> str:
    """A collection's name as that of a folder: letters, digits, ``-``, ``_`` and dots within; never one that
    leads to another folder."""
    return re.sub(r"[^\w.-]", "-", name).strip(".") or "labelled"


def check_extra() -> None:
    """Raises SettingsError, naming what is missing, unless all that an evaluation needs is installed."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"evaluating needs the extra `eval`, and {', '.join(missing)} cannot be found: install "
            "recommender[eval], or run `make evaluate`, which does"
        )


def _read_runs(request: Request, collection: Collection) -> list[Run]:
    return [truth.read_run(path, collection.corpus) for path in request.runs]


def _refuse_names_twice(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise OptionError("--system", f"{names.count(name)} systems or runs are called {name!r}")


def _collection(
    request: Request, settings: Settings, progress: Progress | None, stdin: BinaryIO | None
) -> Collection | None:
    if request.dataset is not None:
        return truth.named(request.dataset)
    if request.data_dir is not None:
        return truth.from_folder(request.data_dir, max_rejected=settings.max_rejected, progress=progress)
    if request.qrels is not None:
        return truth.from_corpus_and_qrels(
            request.corpus,
            request.qrels,
            complete=request.complete,
            max_rejected=settings.max_rejected,
            progress=progress,
            stdin=stdin,
        )
    return None


def _held_out(
    collection: Collection,
    snapshot: Snapshot,
    settings: Settings,
    workspace: Path,
    encoder: Encoder,
    now: datetime,
    progress: Progress | None,
) -> dict[str, Recommender]:
    """For each dataset that the packaged score was fitted on, the same articles ranked by the coefficients
    fitted without it: one more snapshot each, with the vectors of the first."""
    known = set(scoring.fitted_on(encoder.fingerprint))
    found = {}
    names = {one.name for one in collection.qrels} | {one.name for one in collection.pairs}
    for name in sorted(names & known):
        apart = publish_corpus(
            collection.corpus,
            replace(settings, index=workspace / f"without-{folder_name(name)}"),
            now=now,
            encoder=encoder,
            progress=progress,
            formula=scoring.packaged_scoring(encoder.fingerprint, without=name),
            reuse=snapshot,
        )
        found[name] = Recommender(apart, overlay.read(workspace), **own_floor(settings))
    return found


def _unlabelled(snapshot: Snapshot) -> Collection:
    """The articles of a snapshot as a collection without labels."""
    rows = range(len(snapshot))
    corpus = Corpus(
        tuple(snapshot.articles()),
        tuple(tuple(snapshot.source_list(row).tolist()) for row in rows),
        Ids(list(snapshot.ids)),
    )
    return Collection("the current snapshot", corpus)


def _previous(snapshot: Snapshot, settings: Settings) -> Recommender | None:
    """A recommender over the snapshot before, where it is still there."""
    parent = snapshot.manifest.parent
    if parent is not None:
        with suppress(SnapshotNotFound, CorruptSnapshot):
            return Recommender(
                Store(settings.index).open(parent),
                overlay.read(settings.index),
                **own_floor(settings),
            )
    return None
