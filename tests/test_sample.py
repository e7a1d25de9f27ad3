"""The sample newsroom is what its README says, and reads without a loss."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.corpus import Corpus, assemble
from recommender.ingest import Tally, read_sources

SAMPLE = Path(__file__).parents[1] / "recommender" / "sample"
FIRST, LAST = datetime(2022, 1, 3, tzinfo=UTC), datetime(2022, 1, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    tally = Tally()
    corpus = assemble(read_sources([str(SAMPLE)], tally))
    assert tally.rejections == []
    assert tally.unreadable == tally.ignored_fields == {}
    assert sorted(Path(path).name for path, _ in tally.passed_over) == ["README.md", "qrels.txt"]
    return corpus


@pytest.fixture(scope="module")
def qrels() -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (SAMPLE / "qrels.txt").read_text(encoding="utf-8").splitlines():
        query, zero, doc, grade = line.split(" ")
        assert zero == "0"
        assert doc not in judged[query]
        judged[query][doc] = int(grade)
    return judged


def test_counts_are_those_of_its_readme(corpus: Corpus, qrels: dict[str, dict[str, int]]) -> None:
    said = (SAMPLE / "README.md").read_text(encoding="utf-8")
    lines = (SAMPLE / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    pages, html = list((SAMPLE / "pages").iterdir()), list((SAMPLE / "html").iterdir())
    full = [article for article in corpus.articles if not article.teaser]
    assert len(full) == len(lines) + len(pages) + len(html) >= 240
    assert len(pages) >= 40
    assert len(html) >= 15
    for sentence in (
        f"{len(full)} news articles",
        f"{len(lines)} articles, one a line",
        f"{len(pages)} articles as page text",
        f"{len(html)} articles as HTML pages",
        f"have {corpus.counts['links']:,} entries",
        f"{corpus.counts['teasers']} stories of which only title and snippet exist",
        f"{len(qrels)} queries, {sum(not any(judged.values()) for judged in qrels.values())} of which",
    ):
        assert sentence in said


def test_articles_are_whole_and_of_one_fortnight(corpus: Corpus) -> None:
    full = [article for article in corpus.articles if not article.teaser]
    described = [a for a in full if a.published_at and a.section and a.source and a.url]
    assert len(described) >= 240
    assert all(FIRST <= a.published_at < LAST for a in full if a.published_at)
    lengths = [len(article.text.split()) for article in full]
    assert max(lengths) <= 360
    assert sum(length >= 110 for length in lengths) >= 240
    assert {article.language for article in described} == {"en"}


def test_titles_and_texts_are_all_different(corpus: Corpus) -> None:
    for values in ([a.title for a in corpus.articles], [a.text for a in corpus.articles if a.text]):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_every_page_has_a_list_of_twelve_to_twenty(corpus: Corpus) -> None:
    tally = Tally()
    for article in read_sources([str(SAMPLE / "pages"), str(SAMPLE / "html")], tally):
        assert 12 <= len(article.links) <= 20, article.title
        assert len(corpus.source_lists[corpus.ids.row(article.id)]) == len(article.links)


def test_no_furniture_is_left_in_a_text(corpus: Corpus) -> None:
    furniture = re.compile(
        r"oops!|try again later|min read|recommended stories|^related stories$|^advertisement$"
        r"|story continues|\bsubscribe for free|comments (?:are|have been) \w+",
        re.IGNORECASE | re.MULTILINE,
    )
    found = [(a.title, match[0]) for a in corpus.articles if (match := furniture.search(a.text))]
    assert found == []


def test_qrels_judge_articles_of_the_sample(corpus: Corpus, qrels: dict[str, dict[str, int]]) -> None:
    assert len(qrels) >= 80
    for query, judged in qrels.items():
        assert query in corpus.ids
        assert all(doc in corpus.ids for doc in judged)
        if set(judged.values()) == {0}:
            assert list(judged) == [query]  # nothing is related to it
        else:
            assert query not in judged
            assert set(judged.values()) <= {1, 2, 3, 4}
    assert {grade for judged in qrels.values() for grade in judged.values()} == {0, 1, 2, 3, 4}
    assert not any(corpus.articles[corpus.ids.row(query)].teaser for query in qrels)


def test_only_reserved_host_names_are_used(corpus: Corpus) -> None:
    urls = [url for a in corpus.articles for url in (a.url, a.image_url) if url]
    assert urls
    assert [url for url in urls if not re.match(r"https://[a-z.]+\.example/", url)] == []


def test_articles_and_judgements_are_frozen() -> None:
    # Figures are compared on them. A correction is a commit of its own, with this digest and both figures.
    digest = hashlib.sha256()
    for path in sorted(SAMPLE.rglob("*")):
        if path.suffix in {".jsonl", ".txt", ".html"}:
            digest.update(path.relative_to(SAMPLE).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    assert digest.hexdigest() == "9e33d0b671265f4ad9366dd53348bb4dde3f2c0d6e2c989b49af8e762e753765"
