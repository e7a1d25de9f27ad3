"""A dataset of graded pairs in a report: how systems agree with people."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.part import Part


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
