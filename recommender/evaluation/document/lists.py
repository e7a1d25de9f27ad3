"""Lists in a report: what they show, the ones to look at, and what another floor would make of them."""

from __future__ import annotations

from pydantic import Field

from recommender.evaluation.part import Part, Share


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
