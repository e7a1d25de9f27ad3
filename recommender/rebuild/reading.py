"""The first stage: sources to a corpus, and when what they hold is too bad to go on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from recommender import files
from recommender.article import Article
from recommender.corpus import Corpus, assemble
from recommender.errors import InputError
from recommender.ingest import Tally
from recommender.rebuild.job import Job
from recommender.rebuild.report import encode_rejections, read_counts
from recommender.snapshot import Snapshot

REJECTED_FILE = "rejected.jsonl"
_DAY_SECONDS = 86_400


def read(
    job: Job, found: Iterable[Article], tally: Tally, max_age_days: float | None, added_to: Snapshot | None
) -> Corpus:
    """All articles of the sources, assembled. Raises InputError where too much of them is unusable."""
    # In seconds, since a number of days may lead out of the calendar.
    oldest = -math.inf if max_age_days is None else job.now.timestamp() - max_age_days * _DAY_SECONDS

    def counted(articles: Iterable[Article]) -> Iterator[Article]:
        for article in articles:
            advance(1)
            yield article

    def recent(article: Article) -> bool:
        return article.published_at is None or article.published_at.timestamp() >= oldest

    with job.report.timed(job.progress, "read", None) as advance:
        kept = added_to.articles() if added_to else ()
        corpus = assemble(counted(found), parent=kept, keep=recent)
    too_old = corpus.counts["left_out"]
    job.report.read = read_counts(tally, too_old, corpus.counts["duplicates"])
    job.report.corpus = {"articles": len(corpus), **corpus.counts}
    _refuse_bad_input(job, tally, corpus, too_old)
    return corpus


def write_rejections(job: Job, tally: Tally) -> None:
    """``rejected.jsonl`` in the index directory, of this run alone."""
    if not job.report.dry_run:
        files.replace_file(job.settings.index / REJECTED_FILE, encode_rejections(tally.rejections))


def _refuse_bad_input(job: Job, tally: Tally, corpus: Corpus, too_old: int) -> None:
    tally.refuse_rejected(job.settings.max_rejected)
    if len(corpus) == 0:
        rejected = tally.rejections[:1]
        first = "".join(f"; the first is {one.place}: {one.reason}" for one in rejected)
        named = ", ".join(job.report.sources)
        passed = f"; {len(tally.passed_over)} files were passed over" if tally.passed_over else ""
        old = f"; {too_old} articles are older than --max-age-days allows" if too_old else ""
        raise InputError(f"no article found in {named}{first}{passed}{old}")
