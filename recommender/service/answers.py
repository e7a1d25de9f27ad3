"""What the service answers, as models for the API's description. Nothing is validated with them on the
way out; tests hold the answers to them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from recommender.audit import REASONS


class Answer(BaseModel):
    """Base: an answer has these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Item(Answer):
    """One recommended article."""

    id: str
    title: str
    url: str | None
    source: str | None
    section: str | None
    published_at: str | None = Field(description="RFC 3339, UTC")
    image_url: str | None
    score: float | None = Field(
        description="estimated probability that an editor calls the pair related; null for a pin whose "
        "pair is not among the stored candidates"
    )
    rank: int = Field(description="position in this list, from 1")
    origin: str = Field(description="why it is here: `similar`, or `pin` where an editor put it")
    reasons: list[str] | None = Field(None, description="for people; only with `explain`")
    evidence: dict[str, float] | None = Field(
        None,
        description="`lead_cosine` (-1..1), `lexical_cosine`, `name_cosine` and `neighbour_cosine` (0..1), "
        "of which the score is made, and `days_apart`, which has no part in it; only with `explain`",
    )


class SimilarAnswer(Answer):
    """A list of related articles."""

    id: str | None = Field(description="the article's id; null for a text, or several articles together")
    snapshot: str = Field(description="the snapshot that the list is from")
    requested: int = Field(description="the limit")
    returned: int = Field(description="how many items there are")
    abstained: bool = Field(
        description="nothing reached the floor, before filters: no story is good enough to be a list's best"
    )
    reason: Literal["blocked", "text_too_short", "too_few_articles", "below_min_score", "filtered"] | None = (
        Field(
            description="why the list is not full, the first that applies; null when it is. "
            "`below_min_score`: nothing reached the floor, or, where there are items, nothing else did"
        )
    )
    items: list[Item]


class AuditEntry(Answer):
    """One story of either list."""

    id: str
    title: str
    url: str | None
    score: float = Field(description="of the pair, as in lists; also where the story is in none")
    reason: Literal[
        "similar",
        "pinned",
        "blocked",
        "text_too_short",
        "unwanted_teaser",
        "other_language",
        "wrong_time",
        "copy_of_article",
        "same_story",
        "source_cap",
        "below_min_score",
        "not_among_candidates",
        "beyond_limit",
    ] = Field(
        description="; ".join(f"`{code}`: {meaning}" for code, meaning in REASONS.items())
        + "; the first that applies"
    )
    place: int | None = Field(description="in the page's own list, from 1; null where it is not in it")
    rank: int | None = Field(description="in the rebuilt list, from 1; null where it is not in it")


class AuditAnswer(Answer):
    """A page's own list beside the rebuilt one."""

    id: str
    snapshot: str = Field(description="the snapshot that the rebuilt list is from")
    requested: int = Field(description="how many places the rebuilt list has")
    min_score: float = Field(description="the floor of the rebuilt list: it shows nothing that scores less")
    min_best: float = Field(
        description="the floor of its best story: it shows nothing unless one scores this; 0 with `min_score`"
    )
    source: list[AuditEntry] = Field(description="what the page printed, in its order")
    rebuilt: list[AuditEntry] = Field(description="the rebuilt list")
    kept: list[AuditEntry] = Field(description="those of `source` that are in `rebuilt`")
    dropped: list[AuditEntry] = Field(description="those of `source` that are not")
    new: list[AuditEntry] = Field(description="those of `rebuilt` that are not in `source`")


class ProblemDetail(Answer):
    """One mistake in a request."""

    detail: str
    parameter: str | None = Field(None, description="the parameter at fault")
    pointer: str | None = Field(None, description="where in the body (RFC 6901)")


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="the problem's paragraph on /docs, or about:blank")
    title: str
    status: int
    detail: str
    errors: list[ProblemDetail] | None = Field(None, description="each mistake, for 422")
    id: str | None = Field(None, description="the article asked for, for 404 and 410")
    hint: str | None = Field(None, description="what to do instead")


class BatchError(Answer):
    """The answer for an id that has no list."""

    id: str
    error: Problem


class BatchAnswer(Answer):
    """Lists in the order of the ids."""

    results: list[SimilarAnswer | BatchError]


class Linked(Answer):
    """One story that the article's own page recommended."""

    id: str
    title: str


class PageLink(Answer):
    """One entry of the page's own recommendations, as it was printed."""

    title: str
    snippet: str
    url: str | None
    id: str | None


class ArticleSummary(Answer):
    """An article without its text."""

    id: str
    title: str
    url: str | None
    published_at: str | None = Field(description="RFC 3339, UTC")
    updated_at: str | None = Field(description="RFC 3339, UTC")
    section: str | None
    source: str | None
    authors: list[str]
    language: str | None
    image_url: str | None
    tags: list[str]
    teaser: bool = Field(description="known only by the title and snippet that a page linked to it with")


class ArticleAnswer(ArticleSummary):
    """An article in full."""

    text: str
    links: list[PageLink] = Field(description="the page's own recommendations as printed")
    source_list: list[Linked] = Field(description="the same, as articles of the corpus, in page order")


class PageAnswer(Answer):
    """A page of articles in corpus order."""

    total: int = Field(description="how many there are in all, with these filters")
    offset: int
    limit: int
    items: list[ArticleSummary]


class SnapshotEntry(Answer):
    """One snapshot on disk."""

    name: str
    created_at: str | None = Field(description="RFC 3339, UTC; null where it cannot be read")
    articles: int | None = Field(description="null where it cannot be read")
    current: bool = Field(description="the pointer names it")
    error: str | None = Field(description="why it cannot be read; null where it can")
    refused: list[str] = Field(
        description="the checks for which the gate keeps it from being published; empty where it does not"
    )


class SnapshotsAnswer(Answer):
    """What the index holds, newest first."""

    serving: str | None = Field(description="the snapshot that this answer's process serves")
    current: str | None = Field(description="the snapshot that the pointer names")
    error: str | None = Field(description="why the pointer cannot be read; null where it can")
    snapshots: list[SnapshotEntry]


class LiveAnswer(Answer):
    """The process answers."""

    live: bool


class ReadyAnswer(Answer):
    """Whether the service should get traffic."""

    ready: bool
    reason: str | None = Field(description="why not; null when ready")
    snapshot: str | None
    created_at: str | None = Field(description="when the snapshot was built; RFC 3339, UTC")
    age_seconds: float | None = Field(description="seconds since then")
    articles: int | None
    overlay_generation: int | None
    load_error: str | None = Field(
        description="why the newest snapshot or overlay could not be loaded; what was loaded before is served"
    )


class NotReadyAnswer(ReadyAnswer, Problem):
    """The same, as a problem document."""
