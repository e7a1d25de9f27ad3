"""``report.json``: every number of a report, and the schema that it is read back with.

`docs/report.schema.json` is this file as JSON Schema. All shares, means and scores are fractions of 1;
intervals are of 95 %. Nothing in a document depends on the clock or on the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from recommender.evaluation.calibration import Calibration, CrossFitted, PooledCalibration
from recommender.evaluation.part import Part, Share

SCHEMA_VERSION: Final = 2
JUDGED = "judged@10"  # says how much the others can be trusted; no quality itself
MEASURES = ("nDCG@5", "nDCG@10", "P@5", "R@10", "AP", "RR", JUDGED)
HEADLINE = "nDCG@10"
OFF_TOPIC = "off-topic@10"
THIS = "recommender"  # the name of this project's system
NEWEST = "newest"  # of the newest articles, whatever they are about
SOURCE = "source"  # of the lists that the pages themselves printed
ALL_SETS = "all labelled sets"  # what this project's score was fitted on, where nothing was held out


class Estimate(Part):
    """A mean over queries (or a correlation) with its bootstrap interval."""

    mean: float
    low: float | None = Field(
        description="2.5th percentile of the bootstrap; null with fewer than two groups"
    )
    high: float | None = Field(description="97.5th percentile, or null")


class Difference(Estimate):
    """A system's mean less this project's, over the same queries."""

    p: Share = Field(description="paired randomisation test, two-sided")
    p_holm: Share = Field(description="the same, Holm-corrected over the systems compared on this measure")


class SystemInfo(Part):
    """A system, and why it could not be tried, if so."""

    name: str
    label: str
    not_applicable: str | None = Field(None, description="why it was not tried; null where it was")


class Shown(Part):
    """What a reader would see: default lists of at most ten, over all queries of the dataset; of the pages'
    own lists, over the queries whose page prints one."""

    queries: int
    items: int
    judged: int = Field(description="items that somebody judged")
    related: int = Field(description="judged items with relevance above 0")
    off_topic_at_5: Share | None = Field(description="judged items in places 1-5 with relevance 0")
    off_topic_at_10: Share | None
    empty_where_nothing_is_related: Share | None = Field(
        description="of the queries with no related article, the share with an empty list"
    )
    items_where_nothing_is_related: float | None = Field(description="items a list on those queries")


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


class ListedItem(Part):
    """One document of a list that is shown in full; ``relevance`` is null where nobody judged it."""

    id: str
    title: str
    score: float | None
    relevance: int | None


class WorstList(Part):
    """A query on which this project did badly: what it listed, and the related articles it left out."""

    id: str
    title: str
    value: float = Field(description="nDCG@10")
    items: tuple[ListedItem, ...]
    missed: tuple[ListedItem, ...] = Field(description="related articles not in the list, best grade first")


class NeedlessList(Part):
    """A default list under an article to which nothing is related."""

    id: str
    title: str
    items: tuple[ListedItem, ...]


class Threshold(Part):
    """What default lists would be with another floor, and a plain one: of every list what scores
    ``min_score`` or more, whatever the best of it scores."""

    min_score: float
    items: int
    precision: Share | None = Field(description="of the judged items, those with relevance above 0")
    recall: Share | None = Field(description="mean over answerable queries: related shown / min(10, related)")
    empty: Share = Field(description="queries whose list is empty")


class Distribution(Part):
    """Scores of this project's judged candidate pairs: counts between ``edges``."""

    edges: tuple[float, ...]
    related: tuple[int, ...]
    unrelated: tuple[int, ...]


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


class PublishedFigure(Part):
    """A figure from the literature, printed beside ours."""

    label: str
    measure: str
    value: float
    source: str


class Correlation(Part):
    """A system's agreement with people; intervals resample articles, or groups of pairs that share none."""

    system: str
    pairs: int
    pearson: Estimate
    spearman: Estimate
    kendall: Estimate
    less_this: Mapping[str, Difference] = Field(
        default_factory=dict,
        description="pearson, spearman, kendall -> this correlation less this project's, over the pairs that "
        "both score; p is of the paired bootstrap, two-sided; empty for this project itself",
    )


class PairDataset(Part):
    """A dataset of graded pairs. ``not_applicable``: system -> why it has no correlation here."""

    name: str
    origin: str
    articles: int
    pairs: int
    scored_with: str = Field(description="as of a dataset of judgements")
    published: tuple[PublishedFigure, ...]
    systems: tuple[Correlation, ...]
    not_applicable: Mapping[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...]


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
