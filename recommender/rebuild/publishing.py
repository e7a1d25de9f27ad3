"""The last stage: contents to the current snapshot."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from typing import Any

from recommender import history, policy
from recommender.encoder import EMBEDDED_TEXT_VERSION, Encoder
from recommender.gate import Verdict
from recommender.rebuild.job import Job
from recommender.snapshot import (
    FORMAT_VERSION,
    Contents,
    Manifest,
    Snapshot,
    corpus_sha256,
    files_of,
)
from recommender.snapshot.format import REPORT

_WHAT_MADE_IT = ("format_version", "encoder", "statistics", "scoring", "policy")


def publish(
    job: Job, contents: Contents, encoder: Encoder, keep: int, verdict: Verdict | None = None
) -> Snapshot:
    """Write, verify and point to the snapshot; then prune to ``keep``, and leave the report beside it. One
    that the gate refused is written and verified too, and only the pointer is left as it is."""
    report = job.report

    def describe(written: dict[str, dict[str, Any]]) -> Manifest:
        return _manifest(job, contents, encoder, written)

    with report.timed(job.progress, "publish", None):
        failed = [] if verdict is None else [str(check) for check in verdict.failed]
        if verdict is not None and verdict.refused:
            report.refused = f"the gate refused it: {'; '.join(failed)}"
        snapshot = job.store.keep(replace(contents, report=report.as_json()), describe)
        if report.refused is not None:
            report.kept = snapshot.name
        else:
            if failed:  # written down before it is in force
                history.note(job.settings.index, history.NO_GATE, snapshot.name, when=job.now, failed=failed)
            job.store.point_to(snapshot.name)
            report.snapshot = snapshot.name
        report.pruned = job.store.prune_locked(keep)
    job.write_report()
    return snapshot


def is_the_same(job: Job, contents: Contents, encoder: Encoder, published: Snapshot) -> bool:
    """Whether publishing would only repeat a snapshot: made in the same way, every file but the build
    report the same to the byte."""
    before, now = published.manifest, _manifest(job, contents, encoder, {})
    if any(getattr(before, name) != getattr(now, name) for name in _WHAT_MADE_IT):
        return False
    for name, chunks in files_of(contents):
        if name != REPORT:
            digest = hashlib.sha256()
            for chunk in chunks:
                digest.update(chunk)
            if digest.hexdigest() != before.files[name]["sha256"]:
                return False
    return True


def _manifest(job: Job, contents: Contents, encoder: Encoder, written: dict[str, dict[str, Any]]) -> Manifest:
    articles = contents.corpus.articles
    return Manifest(
        format_version=FORMAT_VERSION,
        sequence=job.store.next_sequence(),
        created_at=job.report.created_at,
        parent=job.report.parent,
        encoder={
            "name": encoder.name,
            "reference": job.settings.encoder,
            "weights_sha256": encoder.weights_sha256,
            "fingerprint": encoder.fingerprint,
            "embedded_text_version": EMBEDDED_TEXT_VERSION,
            "dim": int(contents.embedding.vectors.shape[1]),
        },
        statistics=job.report.statistics,
        scoring={"formula": job.formula.as_json(), **asdict(job.floor_among(len(articles)))},
        policy={**asdict(contents.facts.policy), "steps": list(policy.STEP_NAMES[1:])},
        counts={
            "articles": len(articles),
            "teasers": sum(article.teaser for article in articles),
            "pairs": len(contents.ranking.rows),
        },
        lists=job.report.lists,
        corpus_sha256=corpus_sha256(articles),
        files=written,
        gate=job.report.gate,
    )
