"""The gate's question about a build: what it would show, beside what is being served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recommender import gate
from recommender.candidates import DEPTH
from recommender.gate import Material, Shown, Verdict
from recommender.rebuild.job import Job
from recommender.rebuild.measuring import Stored
from recommender.snapshot import Snapshot

_FIRST = "no snapshot is being served: there is nothing to compare with"
_UNREADABLE = "the current snapshot cannot be read: there is nothing to compare with"


def weigh(
    job: Job,
    stored: Stored,
    fingerprint: str,
    before: Stored | None,
    parent: Snapshot | None,
    material: Material,
    *,
    forced: bool,
) -> Verdict:
    """What the gate says of a build, into the report too. ``before`` is ``parent``, the current snapshot, as
    the overlay in force shows it. ``forced``: it is to be published whatever the gate says."""
    with job.report.timed(job.progress, "gate", None):
        served = None
        if parent is not None and before is not None:
            # Measured when it was built; again only where the overlay has changed since.
            same = job.overlay == parent.overlay and parent.manifest.lists
            measures = parent.manifest.lists if same else before.measured()
            served = _shown(before, measures, parent.manifest.encoder["fingerprint"])
        verdict = gate.decide(
            _shown(stored, job.report.lists, fingerprint),
            served,
            gate.Bounds.of(job.settings),
            material,
            note="" if served else _UNREADABLE if job.store.names() else _FIRST,
            forced=forced,
        )
    job.report.gate = verdict.as_json()
    return verdict


def _shown(stored: Stored, measures: Mapping[str, Any], fingerprint: str) -> Shown:
    return Shown(
        name=stored.name,
        ids=tuple(stored.ids),
        lists=stored.lists(stored.left(), DEPTH),
        hidden=stored.hidden,
        teaser=stored.facts.teaser,
        measures=measures,
        encoder=fingerprint,
    )
