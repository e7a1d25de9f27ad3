"""The nightly build: read, assemble, embed, rank, measure, publish. One direction, one function a stage."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from recommender.corpus import Corpus
from recommender.encoder import Encoder, load_encoder
from recommender.errors import GateRefused, InputError
from recommender.gate import Verdict, material_of
from recommender.ingest import Tally, read_sources
from recommender.rebuild.job import Job
from recommender.rebuild.measuring import measure_lists
from recommender.rebuild.publishing import is_the_same, publish
from recommender.rebuild.ranking import embed, rank
from recommender.rebuild.reading import read, write_rejections
from recommender.rebuild.report import Progress, Report, Silent
from recommender.rebuild.weighing import weigh
from recommender.scoring import Scoring
from recommender.settings import Settings
from recommender.snapshot import Snapshot

# Of corpora in memory. A prune spares the snapshot that a rollback goes to, so that two are left.
_KEEP_OF_CORPORA = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rebuild's result: its report, the corpus it read, and the snapshot unless it was a dry run."""

    report: Report
    corpus: Corpus
    tally: Tally
    snapshot: Snapshot | None


class Refused(GateRefused):
    """The gate refused a build; ``outcome`` has its report, and the snapshot that was kept."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


def rebuild(
    sources: Sequence[str],
    settings: Settings,
    *,
    now: datetime,
    encoder: Encoder | None = None,
    add: bool = False,
    max_age_days: float | None = None,
    dry_run: bool = False,
    refit: bool = False,
    no_gate: bool = False,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Outcome:
    """Publish a snapshot that holds exactly what ``sources`` hold, in ``settings.index``.

    ``add`` keeps the current snapshot's articles too. ``max_age_days`` leaves out articles published
    longer than that before ``now`` (aware), those kept by ``add`` included; undated ones stay.
    ``dry_run`` reads and counts, and writes nothing at all. ``refit`` fits the statistics of the corpus anew
    where the current snapshot's would be kept. ``encoder`` defaults to the one that the settings name. A
    build outside the bounds of the gate (`recommender.gate`) is kept and not published; ``no_gate``
    publishes it all the same, and the history says so.

    Raises Refused (GateRefused) for such a build; SourceNotFound; InputError where no article is found or
    more than ``max_rejected`` of the records are unusable, and SettingsError or InputError where canaries
    or judgements are; RebuildRunning, StorageError, EncoderError, BadRules; CorruptSnapshot where the
    overlay, or a parent that ``add`` needs, cannot be read. Whatever is raised, the current snapshot is the
    old one or, where only pruning or the report failed, the new one in full.
    """
    job = Job(settings, now, progress or Silent(), sources, dry_run=dry_run, refit=refit)
    tally = Tally()
    material = material_of(settings)
    found = read_sources(sources, tally, stdin=stdin)  # a missing source ends it here, with nothing written
    with nullcontext() if dry_run else job.store.lock(), job.reported():
        parent = job.parent(needed=add)
        job.take_overlay(parent)
        try:
            corpus = read(job, found, tally, max_age_days, parent if add else None)
        finally:
            # Also where the build stops here: what was set aside must be there to be looked at.
            write_rejections(job, tally)
        if dry_run:
            return Outcome(job.report, corpus, tally, None)
        chosen = encoder or load_encoder(
            settings.encoder, batch_size=settings.batch_size, backend=settings.encoder_backend
        )
        contents = rank(job, corpus, embed(job, corpus, chosen, parent, job.refused()), parent)
        stored, before = measure_lists(job, contents, parent)
        verdict = weigh(job, stored, chosen.fingerprint, before, parent, material, forced=no_gate)
        snapshot = publish(job, contents, chosen, settings.keep_snapshots, verdict)
        outcome = Outcome(job.report, corpus, tally, snapshot)
        if verdict.refused:
            raise Refused(_refusal(job, verdict, snapshot), outcome)
    return outcome


def _refusal(job: Job, verdict: Verdict, kept: Snapshot) -> str:
    """What was found wrong, what is in force now, and what there is to do."""
    current = job.store.current_name()
    in_force = f"{current} stays in force" if current else "nothing is in force yet"
    failed = "\n".join(f"  {check}" for check in verdict.failed)
    return (
        f"the gate refused {kept.name}; {in_force}\n{failed}\n"
        f"it is kept: `recommender snapshots publish {kept.name} --index {job.settings.index}` "
        "publishes it all the same"
    )


def publish_corpus(
    corpus: Corpus,
    settings: Settings,
    *,
    now: datetime,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    formula: Scoring | None = None,
    reuse: Snapshot | None = None,
) -> Snapshot:
    """The snapshot of a corpus that is in memory, in ``settings.index``, by the stages of `rebuild`.

    Where it would only repeat the current snapshot (all files but the build report the same to the byte,
    and made with the same encoder, statistics, scoring and policy), nothing is written and the current one
    is given back, under its name. Two snapshots are kept at the most. The overlay beside them holds.
    No gate is asked. ``formula`` stands in for the packaged score; ``reuse`` is a snapshot, of any index,
    whose vectors are taken where the texts are the same, instead of those of the current one.

    Raises InputError for a corpus without an article; RebuildRunning, StorageError, EncoderError, BadRules;
    CorruptSnapshot where the overlay cannot be read. A current snapshot that cannot be read is replaced.
    """
    if len(corpus) == 0:
        raise InputError("the corpus holds no article, expected at least one")
    job = Job(settings, now, progress or Silent(), formula=formula)
    with job.store.lock(), job.reported():
        parent = job.parent(needed=False)
        job.take_overlay(parent)
        job.report.corpus = {"articles": len(corpus), **corpus.counts}
        chosen = encoder or load_encoder(
            settings.encoder, batch_size=settings.batch_size, backend=settings.encoder_backend
        )
        contents = rank(job, corpus, embed(job, corpus, chosen, reuse if reuse is not None else parent))
        if parent is not None and is_the_same(job, contents, chosen, parent):
            return parent
        measure_lists(job, contents, parent)
        return publish(job, contents, chosen, _KEEP_OF_CORPORA)
