"""The nightly build: read, assemble, embed, rank, publish. One direction, one function a stage."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO

from recommender import candidates, files, overlay, policy, scoring, statistics
from recommender.article import Article, rfc3339
from recommender.corpus import Corpus, assemble
from recommender.dense import FaissIndex, centred
from recommender.embedding import Embedding, embed
from recommender.encoder import EMBEDDED_TEXT_VERSION, Encoder, load_encoder
from recommender.errors import (
    CorruptSnapshot,
    InputError,
    RecommenderError,
    SnapshotNotFound,
    StorageError,
)
from recommender.ingest import Tally, read_sources
from recommender.rebuild.report import (
    Progress,
    Report,
    Silent,
    encode_rejections,
    list_counts,
    read_counts,
)
from recommender.settings import Settings
from recommender.snapshot import FORMAT_VERSION, Contents, Manifest, Snapshot, corpus_sha256
from recommender.statistics import STATISTICS_VERSION
from recommender.store import Store

REPORT_FILE = "build.json"
REJECTED_FILE = "rejected.jsonl"
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rebuild's result: its report, the corpus it read, and the snapshot unless it was a dry run."""

    report: Report
    corpus: Corpus
    tally: Tally
    snapshot: Snapshot | None


def rebuild(
    sources: Sequence[str],
    settings: Settings,
    *,
    now: datetime,
    encoder: Encoder | None = None,
    add: bool = False,
    max_age_days: float | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Outcome:
    """Publish a snapshot that holds exactly what ``sources`` hold, in ``settings.index``.

    ``add`` keeps the current snapshot's articles too. ``max_age_days`` leaves out articles published
    longer than that before ``now`` (aware), those kept by ``add`` included; undated ones stay.
    ``dry_run`` reads and counts, and writes nothing at all. ``encoder`` defaults to the one that the
    settings name.

    Raises SourceNotFound; InputError where no article is found or more than ``max_rejected`` of the
    records are unusable; RebuildRunning, StorageError, EncoderError; CorruptSnapshot where ``add`` needs
    a parent that cannot be read. Whatever is raised, the current snapshot is the old one or, where only
    pruning or the report failed, the new one in full.
    """
    build = _Build(settings, now, progress or Silent(), list(sources), dry_run)
    tally = Tally()
    found = read_sources(sources, tally, stdin=stdin)  # a missing source ends it here, with nothing written
    with nullcontext() if dry_run else build.store.lock(), build.reported():
        parent = build.parent(needed=add)
        try:
            corpus = build.read(found, tally, max_age_days, parent if add else None)
        finally:
            # Also where the build stops here: what was set aside must be there to be looked at.
            build.write_rejections(tally)
        if dry_run:
            return Outcome(build.report, corpus, tally, None)
        chosen = encoder or load_encoder(settings.encoder, batch_size=settings.batch_size)
        contents = build.rank(corpus, build.embed(corpus, chosen, parent))
        snapshot = build.publish(contents, chosen)
    return Outcome(build.report, corpus, tally, snapshot)


class _Build:
    """One run's fixed inputs and its report, so that each stage reads as what it does."""

    def __init__(
        self, settings: Settings, now: datetime, progress: Progress, sources: list[str], dry_run: bool
    ) -> None:
        self.settings = settings
        self.now = now
        self.progress = progress
        self.store = Store(settings.index)
        self.formula = scoring.packaged_scoring()
        floor = settings.min_score
        self.min_score = self.formula.min_score if floor is None else floor
        self.report = Report(created_at=rfc3339(now) or "", sources=sources, dry_run=dry_run)

    def parent(self, *, needed: bool) -> Snapshot | None:
        """The current snapshot, or ``None`` where there is none. One that cannot be read costs its
        vectors, and stops the build only where its articles are ``needed``."""
        try:
            parent = self.store.open_current()
        except (SnapshotNotFound, CorruptSnapshot) as error:
            if needed and not (isinstance(error, SnapshotNotFound) and not self.store.names()):
                raise
            if isinstance(error, CorruptSnapshot) or self.store.names():
                self.report.notes.append(f"nothing reused from the current snapshot: {error}")
            return None
        self.report.parent = parent.name
        return parent

    def read(
        self,
        found: Iterable[Article],
        tally: Tally,
        max_age_days: float | None,
        added_to: Snapshot | None,
    ) -> Corpus:
        """All articles of the sources, assembled."""
        # In seconds, since a number of days may lead out of the calendar.
        oldest = -math.inf if max_age_days is None else self.now.timestamp() - max_age_days * _DAY_SECONDS

        def counted(articles: Iterable[Article]) -> Iterator[Article]:
            for article in articles:
                advance(1)
                yield article

        def recent(article: Article) -> bool:
            return article.published_at is None or article.published_at.timestamp() >= oldest

        with self.report.timed(self.progress, "read", None) as advance:
            kept = added_to.articles() if added_to else ()
            corpus = assemble(counted(found), parent=kept, keep=recent)
        too_old = corpus.counts["left_out"]
        self.report.read = read_counts(tally, too_old, corpus.counts["duplicates"])
        self.report.corpus = {"articles": len(corpus), **corpus.counts}
        _refuse_bad_input(self.settings, self.report.sources, tally, corpus, too_old)
        return corpus

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Leave a report, also where the build ends in an error, which it then names."""
        try:
            yield
        except RecommenderError as error:
            if self.report.snapshot is None:
                self.report.refused = str(error)
            else:  # published, and only what comes after it failed
                self.report.notes.append(str(error))
            with suppress(StorageError):  # the disk may be what is wrong
                self._write_report()
            raise

    def embed(self, corpus: Corpus, encoder: Encoder, parent: Snapshot | None) -> Embedding:
        """Vectors of all articles, those that the parent has taken from it."""
        known = [parent.embedding()] if parent is not None else []
        with self.report.timed(self.progress, "embed", len(corpus)) as advance:
            embedding, work = embed(corpus.articles, encoder, known, advance)
        self.report.encoder = encoder.fingerprint
        self.report.embedding = asdict(work)
        return embedding

    def rank(self, corpus: Corpus, embedding: Embedding) -> Contents:
        """Statistics, candidates, scores and policy: everything a list is made of."""
        formula = self.formula
        if formula.fingerprint != embedding.fingerprint:
            self.report.notes.append(
                f"the score was fitted for the encoder {formula.fingerprint}; with "
                f"{embedding.fingerprint} the order of lists holds, but scores and floor are not calibrated"
            )
        stats = statistics.fit(embedding.vectors, embedding.fingerprint, statistics.packaged_background())
        unit = centred(embedding.vectors, stats.mean)
        with self.report.timed(self.progress, "rank", len(corpus)) as advance:
            pairs = candidates.find(FaissIndex(unit), unit, advance=advance)
            ranking = scoring.rank(pairs, corpus.articles, formula)
            facts = policy.facts_of(corpus.articles, corpus.source_lists, self.settings.teasers)
            verdicts, struck = policy.apply(ranking, facts)
        self.report.policy = struck
        self.report.statistics = {
            "version": STATISTICS_VERSION,
            "articles": stats.articles,
            "background": stats.background,
        }
        self.report.lists = list_counts(ranking, verdicts, self.min_score)
        return Contents(
            corpus=corpus,
            embedding=embedding,
            statistics=stats,
            ranking=ranking,
            facts=facts,
            verdicts=verdicts,
            overlay=overlay.read(self.settings.index),
            report=self.report.as_json(),
        )

    def publish(self, contents: Contents, encoder: Encoder) -> Snapshot:
        """Write, verify and point to the snapshot; then prune, and leave the report beside it."""

        def describe(written: dict[str, dict[str, Any]]) -> Manifest:
            return Manifest(
                format_version=FORMAT_VERSION,
                sequence=self.store.next_sequence(),
                created_at=self.report.created_at,
                parent=self.report.parent,
                encoder={
                    "name": encoder.name,
                    "reference": self.settings.encoder,
                    "weights_sha256": encoder.weights_sha256,
                    "fingerprint": encoder.fingerprint,
                    "embedded_text_version": EMBEDDED_TEXT_VERSION,
                    "dim": int(contents.embedding.vectors.shape[1]),
                },
                statistics=self.report.statistics,
                scoring={"formula": asdict(self.formula), "min_score": self.min_score},
                policy={"teasers": self.settings.teasers, "steps": list(policy.STEP_NAMES[1:])},
                counts={
                    "articles": len(contents.corpus),
                    "teasers": contents.corpus.counts["teasers"],
                    "pairs": len(contents.ranking.rows),
                },
                corpus_sha256=corpus_sha256(contents.corpus.articles),
                files=written,
            )

        with self.report.timed(self.progress, "publish", None):
            snapshot = self.store.publish(contents, describe)
            self.report.snapshot = snapshot.name
            self.report.pruned = self.store.prune_locked(self.settings.keep_snapshots)
        self._write_report()
        return snapshot

    def write_rejections(self, tally: Tally) -> None:
        """``rejected.jsonl`` in the index directory, of this run alone."""
        if not self.report.dry_run:
            content = encode_rejections(tally.rejections)
            files.replace_file(self.settings.index / REJECTED_FILE, content)

    def _write_report(self) -> None:
        if not self.report.dry_run:
            files.replace_file(self.settings.index / REPORT_FILE, self.report.encode())


def _refuse_bad_input(
    settings: Settings, sources: list[str], tally: Tally, corpus: Corpus, too_old: int
) -> None:
    rejected = len(tally.rejections)
    first = ""
    if rejected:
        one = tally.rejections[0]
        place = f"{one.source}:{one.line}" if one.line is not None else one.source
        first = f"; the first is {place}: {one.reason}"
    if tally.records and rejected / tally.records > settings.max_rejected:
        raise InputError(
            f"{rejected} of {tally.records} records are unusable, at most "
            f"{settings.max_rejected:.0%} may be (setting max_rejected){first}"
        )
    if len(corpus) == 0:
        named = ", ".join(sources)
        passed = f"; {len(tally.passed_over)} files were passed over" if tally.passed_over else ""
        old = f"; {too_old} articles are older than --max-age-days allows" if too_old else ""
        raise InputError(f"no article found in {named}{first}{passed}{old}")
