"""A whole report: how it was made, the datasets, and what needs no labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from recommender.evaluation.calibration import CrossFitted, PooledCalibration
from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.pairs import PairDataset
from recommender.evaluation.part import Part

SCHEMA_VERSION: Final = 2


class SystemInfo(Part):
    """A system, and why it could not be tried, if so."""

    name: str
    label: str
    not_applicable: str | None = Field(None, description="why it was not tried; null where it was")


class ListMeasures(Part):
    """A system's lists over the whole corpus, without any labels; what `recommender.measures` gives."""

    system: str
    measures: Mapping[str, Any]


class AuditExample(Part):
    """One page's own list beside the rebuilt one; `recommender.audit` in JSON."""

    id: str
    title: str
    audit: Mapping[str, Any]


class AuditTotals(Part):
    """The pages' own lists against the rebuilt ones over the corpus; `recommender.audit` in JSON."""

    totals: Mapping[str, Any]
    examples: tuple[AuditExample, ...]


class IndexRecall(Part):
    """The search for candidates on one side, as a build makes it, against exact products over the same
    articles."""

    kind: str
    queries: int
    recall: Mapping[str, float] = Field(description="depth -> share of the exact neighbours found")


class Made(Part):
    """How a report was made."""

    collection: str
    command: str
    snapshot: str
    corpus_sha256: str
    articles: int
    teasers: int
    dated: int
    encoder: Mapping[str, Any]
    scoring: Mapping[str, Any]
    policy: Mapping[str, Any]
    min_score: float
    min_best: float
    depth: int
    limit: int
    seed: int
    resamples: int
    versions: Mapping[str, str]


class Document(Part):
    """A whole report."""

    schema_version: Literal[2]
    made: Made
    systems: tuple[SystemInfo, ...]
    datasets: tuple[RankedDataset, ...]
    pairs: tuple[PairDataset, ...]
    pooled: PooledCalibration | None = Field(
        description="over the datasets of kind `events`; null for fewer than two"
    )
    cross_fitted: CrossFitted | None = Field(
        description="what the packaged score has with it about its own fitting; null where it has nothing"
    )
    lists: tuple[ListMeasures, ...]
    index: IndexRecall = Field(description="the nearest by vectors")
    lexical_index: IndexRecall = Field(description="the nearest by terms")
    audit: AuditTotals | None
    notes: tuple[str, ...]
