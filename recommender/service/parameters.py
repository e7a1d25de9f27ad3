"""What callers may send: the parameters of a query and the members of a body."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from recommender.article import id_problem, normalise_id
from recommender.recommend import DEFAULT_LIMIT, MAX_LIMIT, Options

MAX_IDS = 100
MAX_VALUES = 100
MAX_VALUE_CHARACTERS = 2000
MAX_OFFSET = 2**31
MAX_PAGE = 100
DEFAULT_PAGE = 20


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    from recommender.ingest.dates import read_time  # with the readers of all formats behind it

    moment = read_time(value)
    if moment is None:
        raise ValueError(
            f"{found(value)}expected an RFC 3339 time or an ISO date (in a query, + is written %2B)"
        )
    return moment


def _article_id(value: str) -> str:
    normal = normalise_id(value)
    if problem := id_problem(normal):
        raise ValueError(problem)
    return normal


def found(value: object) -> str:
    """A short value as it begins a complaint; nothing for a long one, which would only be sent back."""
    if not isinstance(value, str | int | float | None) or (isinstance(value, str) and len(value) > 100):
        return ""
    return f"found {value!r}, "


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]
ArticleId = Annotated[str, AfterValidator(_article_id)]
Value = Annotated[str, Field(max_length=MAX_VALUE_CHARACTERS)]
MinScore = Annotated[
    float | None,
    Field(
        ge=0,
        le=1,
        description="leave out what scores lower, whatever the best story scores; without it the floor "
        "in force",
    ),
]


class Parameters(BaseModel):
    """Base of everything that is read from a request: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @field_validator("min_score", "max_age_days", check_fields=False)
    @classmethod
    def _without_sign(cls, value: float | None) -> float | None:
        """-0 is 0: it is told as that, and the same list has one entity tag."""
        return None if value is None else value + 0.0


class ListOptions(Parameters):
    """The options of a list. They leave items out; none changes the order or a score."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="how many items at the most")
    min_score: MinScore = None
    exclude: list[Value] = Field([], max_length=MAX_VALUES, description="leave out these ids")
    section: list[Value] = Field([], max_length=MAX_VALUES, description="only these sections")
    exclude_section: list[Value] = Field([], max_length=MAX_VALUES, description="leave out these sections")
    source: list[Value] = Field([], max_length=MAX_VALUES, description="only these sources")
    published_after: Moment | None = Field(
        None, description="only what was published later: RFC 3339 time or ISO date, UTC without a zone"
    )
    published_before: Moment | None = Field(
        None,
        description="only what was published earlier; with any date filter undated articles are left out",
    )
    max_age_days: float | None = Field(
        None,
        ge=0,
        description="only what was published at most so many days before the article itself (before now, "
        "where a text is sent)",
    )
    explain: bool = Field(False, description="add `reasons` and `evidence` to each item")

    def options(self) -> Options:
        """The same for `Recommender`."""
        return Options(
            limit=self.limit,
            min_score=self.min_score,
            exclude=tuple(self.exclude),
            section=tuple(self.section),
            exclude_section=tuple(self.exclude_section),
            source=tuple(self.source),
            published_after=self.published_after,
            published_before=self.published_before,
            max_age_days=self.max_age_days,
            explain=self.explain,
        )


# The options stand first among the bases, so that they come last among the fields.
class _WithId(Parameters):
    id: ArticleId = Field(description="the article's id")


class _WithText(Parameters):
    title: str = Field(
        "",
        description="the headline, of which 1,000 characters count; title and text may not both be blank",
    )
    text: str = Field("", description="plain text; the first 200 words count, to 4,000 characters")


class _WithSeveral(Parameters):
    ids: list[Value] = Field(
        min_length=1, max_length=MAX_IDS, description="articles to be near to; one named twice counts once"
    )
    negative_ids: list[Value] = Field([], max_length=MAX_IDS, description="articles to be far from")


class _WithMany(Parameters):
    ids: list[Value] = Field(max_length=MAX_IDS, description="articles, in the order of the answers")


class ListQuery(ListOptions, _WithId):
    """The options, with the article's id among them."""


class TextBody(ListOptions, _WithText):
    """An unpublished text. Title or text may be missing, not both."""


class SeveralBody(ListOptions, _WithSeveral):
    """Several articles together."""


class BatchBody(ListOptions, _WithMany):
    """Many lists at once, all with the same options."""


class AuditQuery(Parameters):
    """What the rebuilt list of an audit may hold."""

    limit: int | None = Field(
        None,
        ge=1,
        le=MAX_LIMIT,
        description="how many places the rebuilt list has; without it as many as the page printed, "
        f"{DEFAULT_LIMIT} where it printed nothing, at most {MAX_LIMIT}",
    )
    min_score: MinScore = None


class PageQuery(Parameters):
    """A page of the articles, in corpus order."""

    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="how many to pass over")
    limit: int = Field(DEFAULT_PAGE, ge=1, le=MAX_PAGE, description="how many at the most")
    section: list[Value] = Field([], max_length=MAX_VALUES, description="only these sections")
    q: str = Field("", description="only titles that contain this; case does not matter")


class NoQuery(Parameters):
    """For routes without parameters: any is unknown."""
