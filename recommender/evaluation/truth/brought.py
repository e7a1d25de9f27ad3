"""Articles that come with the pairs they are graded in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recommender.article import Article
from recommender.ingest import Tally
from recommender.ingest.labels import bad
from recommender.ingest.records import FIELDS, found, take_record

_BODY = ("title", "text", "html")


class Brought:
    """The articles of one file of pairs by id, in the order in which they first stand there.

    ``extracts`` holds the ids that came with two different extracts of one article.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, tuple[Article, int]] = {}
        self.extracts: set[str] = set()

    @property
    def articles(self) -> tuple[Article, ...]:
        """All of them, each once."""
        return tuple(article for article, _ in self._found.values())

    def add(self, line: int, record: Mapping[str, object], side: str, article_id: str) -> None:
        """Take the article of one side of a record, if there are words of it.

        Raises InputError for words that are no text, and for another text under a known id.
        """
        fields = {name: value for name in FIELDS if (value := record.get(f"{name}_{side}")) is not None}
        for name in _BODY:
            if name in fields and not isinstance(fields[name], str):
                raise bad(self._path, line, f"{name}_{side} is {found(fields[name])}, expected text")
        if not any(str(fields.get(name, "")).strip() for name in _BODY):
            return
        tally = Tally()
        article = take_record({**fields, "id": article_id}, tally, "", line)
        if article is None:
            raise bad(self._path, line, f"article {article_id!r}: {tally.rejections[0].reason}")
        known, place = self._found.setdefault(article_id, (article, line))
        if not same_article(known, article):
            problem = f"article {article_id!r} has another text here than on line {place}"
            raise bad(self._path, line, f"{problem}, and no common URL says that both are extracts of one")
        if not same_words(known, article):
            self.extracts.add(article_id)
            self._found[article_id] = (fuller(known, article), place)


def same_words(one: Article, other: Article) -> bool:
    """Whether two readings of an article have the same title and text."""
    return (one.title, one.text) == (other.title, other.text)


def same_article(one: Article, other: Article) -> bool:
    """Whether two readings of an id are of one article: the same words, or else the same URL."""
    return same_words(one, other) or (one.url is not None and one.url == other.url)


def fuller(one: Article, other: Article) -> Article:
    """Of two readings of an article the one with more text, else the first."""
    return other if len(other.title) + len(other.text) > len(one.title) + len(one.text) else one
