"""A dataset of relevance judgements in a report, and how every system does on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from recommender.evaluation.calibration import Calibration
from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.lists import Distribution, NeedlessList, Shown, Threshold, WorstList
from recommender.evaluation.part import Part, Share


class SystemScores(Part):
    """One system on one dataset. Means are over the queries that have a related article."""

    system: str
    answered: int = Field(description="of those queries, how many have a list at all; the others count 0")
    measures: Mapping[str, Estimate]
    less_this: Mapping[str, Difference] = Field(
        description="empty for this project itself; judged@10 is no quality and is not compared"
    )
    shown: Shown
    per_query: Mapping[str, Mapping[str, Share]] = Field(
        description="query id -> measure -> value; every measure for this project, nDCG@10 for the others"
    )


class Slice(Part):
    """The queries that share a property, and the mean nDCG@10 of each system on them."""

    dimension: Literal["section", "source", "body length", "age", "kind"]
    value: str
    queries: int
    means: Mapping[str, float]


class CandidateRecall(Part):
    """The related pairs of judged queries, and those of them that are stored candidates: what is no candidate
    can be in no list. ``few`` are the queries with at most ``most`` related articles: more than are stored
    cannot be found."""

    related: int
    found: int
    recall: Share | None = Field(description="found / related; null where nothing is related")
    most: int
    few_related: int
    few_found: int
    few_recall: Share | None


class AgainstSource(Part):
    """This project against the pages' own lists, on the queries whose page has one, every list cut at the
    length that the page printed. nDCG@10, P@5 and R@10 are means over the pages that have related articles,
    of default lists; off-topic@10, where less is better, is a mean over all pages of the share of the first
    ten judged items that are unrelated, 0 for an empty list."""

    queries: int
    answerable: int
    this: Mapping[str, Estimate]
    source: Mapping[str, Estimate]
    less_this: Mapping[str, Difference]
    without_floor: Mapping[str, Estimate] = Field(
        description="this project's nDCG@10, P@5, R@10 and off-topic@10 if the floor were 0"
    )
    shown_this: Shown
    shown_source: Shown


class RankedDataset(Part):
    """A dataset of relevance judgements."""

    name: str
    kind: Literal["qrels", "events"]
    origin: str
    queries: int
    answerable: int = Field(description="queries with a related article: measures are means over these")
    unanswerable: int
    groups: int = Field(description="groups of answerable queries resampled as one")
    group_of: Mapping[str, str] = Field(
        default_factory=dict, description="answerable query id -> its group; one that is missing stands alone"
    )
    judgements: Mapping[str, int] = Field(description="relevance -> listed pairs")
    judgements_sha256: str = Field("", description="of the queries, documents and grades, in order of ids")
    complete: str = Field(description="what an unlisted pair means, in words")
    scored_with: str = Field(
        description="what this project's score was fitted on here: `all labelled sets`, or `fitted without "
        "NAME` where it had been fitted on this very dataset"
    )
    min_score: float = Field(description="this project's floor here, which is fitted with the score")
    min_best: float = Field(
        description="its other part: a list is empty unless one of its stories scores so much"
    )
    systems: tuple[SystemScores, ...]
    with_floor: Mapping[str, Estimate] = Field(
        default_factory=dict,
        description="this project's measures, but judged@10, of its default lists of at most ten: what is "
        "served; under `systems` stand its lists in full, without the floor",
    )
    not_applicable: Mapping[str, str] = Field(
        default_factory=dict, description="system -> why it could not be tried on this dataset"
    )
    against_source: AgainstSource | None
    slices: tuple[Slice, ...]
    worst: tuple[WorstList, ...]
    needless: tuple[NeedlessList, ...]
    thresholds: tuple[Threshold, ...]
    scores: Distribution
    calibration: Calibration | None = Field(description="null where no query has a candidate")
    candidates: CandidateRecall
    notes: tuple[str, ...]
