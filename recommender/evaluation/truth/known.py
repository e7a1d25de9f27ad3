"""Ids of a file of labels against those of the corpus."""

from __future__ import annotations

from pathlib import Path

from recommender.article import normalise_id
from recommender.corpus import Ids
from recommender.ingest.labels import bad

_NAMED = 3


class Known:
    """Compares ids in NFC and gathers the unknown ones, so that one error can say how many there are."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._seen: set[str] = set()
        self._unknown: dict[str, str] = {}

    def id(self, raw: bytes | str, role: str, line: int) -> str:
        """The id as the corpus has it; one that it does not have is remembered with its place."""
        article_id = normalise_id(raw.decode("utf-8") if isinstance(raw, bytes) else raw)
        if article_id not in self._seen:
            self._seen.add(article_id)
            if article_id not in self._ids:
                self._unknown[article_id] = f"{role} {article_id!r} (line {line})"
        return article_id

    def refuse_unknown(self, path: Path) -> None:
        """Raises InputError if there were unknown ids: how many, of how many, and the first three."""
        if self._unknown:
            named = ", ".join(list(self._unknown.values())[:_NAMED])
            more = ", ..." if len(self._unknown) > _NAMED else ""
            raise bad(
                path,
                None,
                f"{len(self._unknown)} of {len(self._seen)} ids are unknown to the corpus of "
                f"{len(self._ids)} articles: {named}{more}",
            )
