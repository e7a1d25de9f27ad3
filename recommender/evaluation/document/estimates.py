"""A mean or a correlation with its interval, and a difference of two with its p."""

from __future__ import annotations

from pydantic import Field

from recommender.evaluation.part import Part, Share


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
