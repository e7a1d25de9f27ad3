"""What is written into a snapshot is what is read from it."""

from __future__ import annotations

import tempfile
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import Article, Link, normalise_id, rfc3339
from recommender.corpus import assemble
from recommender.overlay import Overlay
from recommender.policy import Policy
from recommender.scoring import scoring_of
from recommender.snapshot import article_record, corpus_sha256, files_of, open_snapshot
from recommender.snapshot.format import FILES
from recommender.snapshot.records import decode_article, encode_article, item_fragment
from recommender.statistics import packaged_background
from recommender.store import Store
from tests.fakes import make_article
from tests.news import FOUR, news
from tests.snapshot.by_hand import FORMULA, contents_of, publish

FULL = Article(
    id="https://post.example/a?b=c#d",
    title="Größe — “storm” 🌪",
    text="storm storm\n\n\tvote \u2028 \U0001f30a \\ \" ' </script>",
    url="https://post.example/a?b=c#d",
    published_at=datetime(2022, 1, 6, 9, 41, 0, 123456, tzinfo=UTC),
    updated_at=datetime(2022, 1, 7, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    section="Wörld",
    source="Post",
    authors=("A. Author", "Ö. Other"),
    language="en",
    image_url="https://post.example/i.png",
    tags=("one", "zwei"),
    links=(Link("Court sits", "Soon.", "https://post.example/court", "court-1"), Link("Only a title")),
)
BARE = Article(id="1", title="", text="court court")


def snapshot_of(tmp_path, articles, lists=None, **options):
    return publish(tmp_path / "index", contents_of(articles, lists, **options))


# One article


@pytest.mark.parametrize(
    "article", [FULL, BARE, make_article("t", teaser=True)], ids=["full", "bare", "teaser"]
)
def test_an_article_comes_back_as_it_was(article):
    assert decode_article(encode_article(article)) == article


def test_every_field_is_in_the_record():
    assert set(article_record(FULL)) == set(Article.__slots__)


def test_times_are_written_in_utc():
    record = article_record(FULL)
    assert record["published_at"] == "2022-01-06T09:41:00.123456Z"
    assert record["updated_at"] == "2022-01-06T18:30:00Z"


def test_an_item_fragment_is_the_inside_of_an_object():
    assert orjson.loads(b"{" + item_fragment(FULL) + b"}") == {
        "id": FULL.id,
        "title": FULL.title,
        "url": FULL.url,
        "source": "Post",
        "section": "Wörld",
        "published_at": "2022-01-06T09:41:00.123456Z",
        "image_url": FULL.image_url,
    }


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
lines = st.none() | words
times = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
links = st.builds(Link, title=words, snippet=words, url=lines, id=lines)
articles = st.builds(
    Article,
    id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(normalise_id),
    title=words,
    text=words,
    url=lines,
    published_at=times,
    updated_at=times,
    section=lines,
    source=lines,
    authors=st.lists(words, max_size=3).map(tuple),
    language=lines,
    image_url=lines,
    tags=st.lists(words, max_size=3).map(tuple),
    links=st.lists(links, max_size=3).map(tuple),
)


@given(articles)
@settings(deadline=None)
def test_any_article_comes_back_as_it_was(article):
    assert decode_article(encode_article(article)) == article
    assert encode_article(article).count(b"\n") == 1


@given(st.lists(articles, min_size=1, max_size=4, unique_by=lambda article: article.id))
@settings(deadline=None, max_examples=15)
def test_any_corpus_comes_back_as_it_was(drawn):
    corpus = assemble(drawn)
    contents = contents_of(drawn)
    with tempfile.TemporaryDirectory() as directory:
        name = publish(Path(directory), contents).name
        snapshot = Store(Path(directory)).open(name)
        assert list(snapshot.articles()) == list(corpus.articles)
        assert list(snapshot.ids) == list(corpus.ids)
        found = [snapshot.source_list(row).tolist() for row in range(len(snapshot))]
        assert found == [list(listed) for listed in corpus.source_lists]
        for row, article in enumerate(corpus.articles):
            assert orjson.loads(b"{" + snapshot.item(row) + b"}")["title"] == article.title
        assert np.array_equal(snapshot.vectors, contents.embedding.vectors)


# A whole snapshot


def test_everything_comes_back(tmp_path):
    articles = [FULL, BARE, make_article("court-1", "court vote", source="Post", section="Wörld")]
    overlay = Overlay(3, frozenset({"1"}))
    contents = contents_of(articles, overlay=overlay, policy=Policy(teasers="same_page"))
    name = publish(tmp_path, contents).name

    snapshot = Store(tmp_path).open(name)

    assert list(snapshot.articles()) == list(contents.corpus.articles)
    assert snapshot.article(snapshot.ids.row(FULL.id)) == FULL
    # The page's first link is the article court-1, its second becomes a teaser.
    found = list(snapshot.ids)
    assert found[0] == FULL.id
    assert [found[row] for row in snapshot.source_list(0)] == ["court-1", found[1]]
    assert snapshot.facts.teaser.tolist() == [False, True, False, False]
    assert snapshot.facts.too_short.tolist() == contents.facts.too_short.tolist()
    assert snapshot.facts.story.tolist() == contents.facts.story.tolist()
    assert snapshot.facts.copy.tolist() == contents.facts.copy.tolist()
    assert snapshot.facts.policy == Policy(teasers="same_page")
    assert snapshot.overlay == overlay
    assert snapshot.section_labels == ("Wörld",)
    assert snapshot.sections.tolist() == [0, -1, -1, 0]
    assert snapshot.source_labels == ("Post",)
    assert snapshot.sources.tolist() == [0, -1, -1, 0]
    assert snapshot.published[0] == int(FULL.published_at.timestamp())
    assert snapshot.report() == {"made": "by hand"}
    assert snapshot.floor == FORMULA.floors.among(1)
    for row in range(len(snapshot)):
        span = slice(*contents.ranking.offsets[row : row + 2])
        rows, scores, verdicts = snapshot.candidates(row)
        assert rows.tolist() == contents.ranking.rows[span].tolist()
        assert scores.tolist() == contents.ranking.scores[span].tolist()
        assert verdicts.tolist() == contents.verdicts[span].tolist()


def test_the_vectors_come_back_with_what_they_are_known_by(tmp_path):
    contents = contents_of([FULL, BARE])
    found = publish(tmp_path, contents).embedding()
    assert found.fingerprint == contents.embedding.fingerprint
    assert np.array_equal(found.digests, contents.embedding.digests)
    assert np.array_equal(found.vectors, contents.embedding.vectors)


def same(found: object, expected: object) -> None:
    """Two values of one dataclass are alike, arrays to the last bit and in their types."""
    assert type(found) is type(expected)
    for one in fields(expected):
        here, there = getattr(found, one.name), getattr(expected, one.name)
        if is_dataclass(there):
            same(here, there)
        elif isinstance(there, np.ndarray):
            assert here.dtype == there.dtype, one.name
            assert np.array_equal(here, there), one.name
        else:
            assert here == there, one.name


def some_contents(articles=None):
    chosen = list(news()) if articles is None else articles
    return contents_of(chosen, formula=FOUR, fitted=True, background=packaged_background())


@pytest.mark.parametrize("articles", [None, [FULL, BARE], [BARE]], ids=["many", "few", "one"])
def test_statistics_space_and_neighbourhoods_come_back(tmp_path, articles):
    contents = some_contents(articles)
    snapshot = publish(tmp_path, contents, formula=FOUR)
    same(snapshot.statistics, contents.statistics)
    same(snapshot.space, contents.space)
    same(snapshot.neighbourhood, contents.near)
    assert snapshot.floor == FOUR.floors.among(1)
    assert scoring_of(snapshot.manifest.scoring["formula"]) == FOUR
    if articles is None:  # there is something in each table
        tables = contents.space.terms, contents.space.names, contents.near.table
        assert min(len(table.columns) for table in tables) > 100


def test_statistics_that_whitened_come_back(tmp_path):
    contents = some_contents()
    rng = np.random.default_rng(3)
    dim = len(contents.statistics.mean)
    statistics = replace(
        contents.statistics,
        whitened=True,
        mean=rng.normal(size=dim).astype(np.float32),
        whitening=rng.normal(size=(dim, dim)).astype(np.float32),
    )
    same(publish(tmp_path, replace(contents, statistics=statistics)).statistics, statistics)


def test_a_snapshot_of_one_article(tmp_path):
    snapshot = snapshot_of(tmp_path, [BARE])
    assert len(snapshot) == 1
    assert snapshot.article(0) == BARE
    assert [part.tolist() for part in snapshot.candidates(0)] == [[], [], []]
    assert snapshot.source_list(0).tolist() == []


def test_a_snapshot_without_any_label(tmp_path):
    snapshot = snapshot_of(tmp_path, [make_article("a", "storm"), make_article("b", "court")])
    assert snapshot.section_labels == snapshot.source_labels == ()
    assert snapshot.sections.tolist() == snapshot.sources.tolist() == [-1, -1]


def test_equal_labels_are_one_however_they_are_composed(tmp_path):
    articles = [make_article("a", section="Caf\u00e9"), make_article("b", section="Cafe\u0301")]
    snapshot = snapshot_of(tmp_path, articles)
    assert snapshot.sections.tolist() == [0, 0]
    assert snapshot.section_labels == ("Caf\u00e9",)
    assert [article.section for article in snapshot.articles()] == [one.section for one in articles]


def test_a_snapshot_can_be_carried_elsewhere(tmp_path):
    original = snapshot_of(tmp_path, [FULL, BARE])
    elsewhere = tmp_path / "elsewhere" / original.name
    elsewhere.parent.mkdir()
    original.directory.rename(elsewhere)
    assert list(open_snapshot(elsewhere).articles()) == list(assemble([FULL, BARE]).articles)


def test_the_files_are_those_of_the_format():
    written = [name for name, _ in files_of(contents_of([FULL, BARE]))]
    assert len(written) == len(set(written))
    assert set(written) == FILES


def test_the_same_contents_make_the_same_bytes(tmp_path):
    first, second = (publish(tmp_path / name, contents_of([FULL, BARE])) for name in ("one", "two"))
    assert first.manifest == second.manifest


def test_the_corpus_digest_is_over_every_field():
    changed = Article(**{**{name: getattr(FULL, name) for name in Article.__slots__}, "tags": ("one",)})
    assert corpus_sha256([FULL]) == corpus_sha256([FULL])
    assert corpus_sha256([FULL]) != corpus_sha256([changed])
    assert rfc3339(FULL.published_at) == rfc3339(changed.published_at)


# Rows and arrays


@pytest.mark.parametrize("row", [-1, -2, 2, 10**9])
@pytest.mark.parametrize("read", ["candidates", "bare_order", "source_list", "item", "article"])
def test_a_row_outside_raises_and_minus_one_is_outside(tmp_path, read, row):
    snapshot = snapshot_of(tmp_path, [make_article("a", "storm"), make_article("b", "storm")])
    with pytest.raises(IndexError, match=rf"row {row} is outside 0\.\.1"):
        getattr(snapshot, read)(row)


def test_opened_arrays_cannot_be_written_to(tmp_path):
    snapshot = publish(tmp_path, some_contents(), formula=FOUR)
    arrays = {name: value for name, value in vars(snapshot).items() if isinstance(value, np.ndarray)}
    arrays |= {name: getattr(snapshot.facts, name) for name in ("teaser", "too_short", "copy", "story")}
    arrays |= {"rows": snapshot.candidates(0)[0], "listed": snapshot.source_list(0)}
    arrays |= {"known": snapshot.embedding().vectors, "crowding": snapshot.neighbourhood.crowding}
    arrays |= {"unit": snapshot.space.unit, "pairs": snapshot.pairs[1], "tags": snapshot.tags[0]}
    arrays |= {name: getattr(snapshot.lists, name) for name in ("offsets", "rows", "score_offsets", "left")}
    arrays |= {
        f"{place}.{one.name}": getattr(value, one.name)
        for place, value in enumerate(
            (snapshot.statistics, snapshot.space.terms, snapshot.space.names, snapshot.neighbourhood.table)
        )
        for one in fields(value)
        if isinstance(getattr(value, one.name), np.ndarray)
    }
    assert len(arrays) > 30
    assert [name for name, array in arrays.items() if array.flags.writeable] == []
    with pytest.raises(ValueError, match="read-only"):
        snapshot.vectors[0, 0] = 1


def test_empty_arrays_cannot_be_written_to_either(tmp_path):
    snapshot = snapshot_of(tmp_path, [BARE])
    assert not any(array.flags.writeable for array in (*snapshot.candidates(0), snapshot.source_list(0)))


def test_contents_that_do_not_fit_together_are_refused():
    contents = contents_of([FULL, BARE])
    values = {name: getattr(contents, name) for name in type(contents).__slots__}
    with pytest.raises(ValueError, match="verdicts for"):
        type(contents)(**values | {"verdicts": contents.verdicts[1:]})
    with pytest.raises(ValueError, match="articles, expected as many of each"):
        type(contents)(**values | {"corpus": assemble([BARE])})
    fewer = contents_of([BARE])
    for name, what in (("space", "articles in the space"), ("near", "neighbourhoods")):
        with pytest.raises(ValueError, match=f"1 {what} for {len(contents.corpus)} articles"):
            type(contents)(**values | {name: getattr(fewer, name)})
