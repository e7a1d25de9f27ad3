"""A build that takes over what has not changed gives the lists of one from scratch by the same statistics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.candidates import DEPTH
from recommender.corpus import assemble
from recommender.embedding import embed
from recommender.lexical import bags_of, by_weight
from recommender.rebuild import Silent
from recommender.rebuild.job import Job
from recommender.rebuild.ranking import rank
from recommender.settings import load
from recommender.store import Store
from tests.fakes import FakeEncoder, make_article
from tests.snapshot.by_hand import manifest_of

NOW = datetime(2026, 1, 17, tzinfo=UTC)
WORDS = (
    *("storm", "flood", "river", "Rome", "Paris", "court", "judge", "trial", "vote", "party", "leader"),
    *("team", "match", "goal", "coach", "market", "bank", "price", "oil", "gas", "strike", "union"),
)
texts = st.lists(st.sampled_from(WORDS), min_size=3, max_size=14).map(" ".join)
# What happens to one article of a night: its number, and its text, or None where it goes.
changes = st.lists(st.tuples(st.integers(0, 29), st.none() | st.tuples(texts, texts)), max_size=8)


def night(path, number, articles, parent, *, keep_from=0, share=10.0, reuse=True, refit=False):
    """Rank a corpus after a parent; gives back contents and report."""
    flags = {"index": path, "keep_statistics_from": keep_from, "refit_share": min(1.0, share)}
    wanted = replace(load(flags, environ={}), refit_share=share)
    job = Job(wanted, NOW, Silent(), refit=refit)
    corpus = assemble(articles)
    known = [] if parent is None else [parent.embedding()]
    embedding, _ = embed(corpus.articles, FakeEncoder(), known)
    return rank(job, corpus, embedding, parent, reuse=reuse), job.report


def published(path, contents, report, sequence):
    store = Store(path)
    with store.lock():
        return store.publish(
            contents,
            lambda files: replace(
                manifest_of(contents, files, sequence=sequence), statistics=report.statistics
            ),
        )


def same(one, other):
    """Whether two builds found the same, to the bit."""
    for name in ("offsets", "rows", "scores"):
        assert getattr(one.ranking, name).tolist() == getattr(other.ranking, name).tolist(), name
    assert one.verdicts.tolist() == other.verdicts.tolist()
    for name in ("unit",):
        assert np.array_equal(getattr(one.space, name), getattr(other.space, name))
    for name in ("terms", "names"):
        mine, theirs = getattr(one.space, name), getattr(other.space, name)
        assert np.array_equal(mine.offsets, theirs.offsets)
        assert np.array_equal(mine.columns, theirs.columns)
        assert np.array_equal(mine.weights, theirs.weights)
    assert np.array_equal(one.near.crowding, other.near.crowding)
    assert np.array_equal(one.near.table.weights, other.near.table.weights)
    for name in ("left", "right", "lead", "lexical", "names"):
        assert np.array_equal(getattr(one.work.measured, name), getattr(other.work.measured, name)), name


def changed(articles, what):
    """The articles of the next night by number; changed ones stay where they were, new ones come last."""
    found = dict(articles)
    for number, said in what:
        if said is None:
            found.pop(number, None)
        else:
            found[number] = said
    return found


def made(articles):
    return [
        make_article(f"a{number}", text, title=title, published_at=NOW)
        for number, (title, text) in articles.items()
    ]


@settings(max_examples=15, deadline=None)
@given(
    first=st.dictionaries(st.integers(0, 29), st.tuples(texts, texts), min_size=2, max_size=24),
    nights=st.lists(changes, min_size=1, max_size=4),
)
def test_what_is_taken_over_is_what_would_be_found(tmp_path_factory, first, nights):
    path = tmp_path_factory.mktemp("nights") / "index"
    contents, report = night(path, 1, made(first), None)
    parent, articles = published(path, contents, report, 1), first
    for number, what in enumerate(nights, start=2):
        articles = changed(articles, what) or articles
        contents, report = night(path, number, made(articles), parent)
        scratch, _ = night(path, number, made(articles), parent, reuse=False)
        same(contents, scratch)
        assert report.statistics["since"].startswith("000001-")
        parent = published(path, contents, report, number)


def newsroom(n, seed=0):
    rng = np.random.default_rng(seed)
    return {
        number: (
            " ".join(rng.choice(WORDS, 3)),
            " ".join([*rng.choice(WORDS, 12), *(f"w{one}" for one in rng.integers(0, 400, 6))]),
        )
        for number in range(n)
    }


@pytest.mark.parametrize("postings", [500, 9])
def test_nights_of_a_corpus_deeper_than_its_lists(tmp_path, monkeypatch, postings):
    # Lists are cut at 128, so that articles leave and enter them, and some run short.
    monkeypatch.setattr("recommender.space.by_weight", partial(by_weight, postings=postings))
    articles = newsroom(260)
    contents, report = night(tmp_path, 1, made(articles), None)
    assert contents.statistics.least.any() == (postings == 9)
    parent = published(tmp_path, contents, report, 1)
    assert np.diff(contents.work.lead.offsets).max() < 259
    rng = np.random.default_rng(1)
    for number in range(2, 6):
        gone = rng.choice(list(articles), 30, replace=False).tolist()
        new = {1000 * number + one: said for one, said in newsroom(20, seed=number).items()}
        edited = dict(
            zip(
                rng.choice(list(articles), 10, replace=False).tolist(),
                newsroom(10, number + 50).values(),
                strict=True,
            )
        )
        articles = {
            **{k: v for k, v in articles.items() if k not in gone},
            **{k: v for k, v in edited.items() if k not in gone},
            **new,
        }
        contents, report = night(tmp_path, number, made(articles), parent)
        scratch, _ = night(tmp_path, number, made(articles), parent, reuse=False)
        same(contents, scratch)
        parent = published(tmp_path, contents, report, number)
    assert report.statistics["changed"] > 100
    assert report.statistics["since"].startswith("000001-")


def test_nights_of_notices_that_are_all_as_near(tmp_path):
    # One text under titles of words that nobody else has: more of them tie than a list has places.
    body = "storm flood river court judge trial vote party leader team match goal"
    rng = np.random.default_rng(2)
    articles = {number: (f"notice{number} zz{number}", body) for number in range(100)}
    articles |= {1000 + number: said for number, said in newsroom(100).items()}
    contents, report = night(tmp_path, 1, made(articles), None)
    parent = published(tmp_path, contents, report, 1)
    short = 0
    for number in range(2, 5):
        more = range(10_000 * number, 10_000 * number + int(rng.integers(15, 40)))
        articles |= {one: (f"notice{one} zz{one}", body) for one in more}
        for one in rng.choice(list(articles), 20, replace=False).tolist():
            articles.pop(one)
        articles = {one: articles[one] for one in rng.permutation(list(articles)).tolist()}
        contents, report = night(tmp_path, number, made(articles), parent)
        scratch, _ = night(tmp_path, number, made(articles), parent, reuse=False)
        same(contents, scratch)
        terms = scratch.work.terms
        short += int(((np.diff(terms.offsets) < DEPTH) & (terms.beyond > 0)).sum())
        parent = published(tmp_path, contents, report, number)
    assert short


def test_what_does_not_change_is_not_looked_at_again(tmp_path, monkeypatch):
    articles = newsroom(30)
    contents, report = night(tmp_path, 1, made(articles), None)
    parent = published(tmp_path, contents, report, 1)
    seen = []

    def words(some, advance):
        some = list(some)
        seen.extend(one.id for one in some)
        return bags_of(some, advance)

    monkeypatch.setattr("recommender.rebuild.ranking.bags_of", words)
    changed_ones = {3: ("storm", "storm over Rome"), 99: ("a vote", "a vote in Paris")}
    night(tmp_path, 2, made({**articles, **changed_ones}), parent)
    assert seen == ["a3", "a99"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"refit": True}, "asked for"),
        ({"keep_from": 31}, "the corpus has fewer than 31 articles"),
        ({"share": 0.0}, "1 articles have changed since 000001-"),
    ],
)
def test_when_statistics_are_fitted_anew(tmp_path, options, why):
    articles = newsroom(30)
    contents, report = night(tmp_path, 1, made(articles), None)
    assert report.statistics["why"] == "there is nothing to keep"
    parent = published(tmp_path, contents, report, 1)
    articles[3] = ("storm", "storm over Rome")
    kept, report = night(tmp_path, 2, made(articles), parent)
    assert np.array_equal(kept.statistics.idf, contents.statistics.idf)
    assert (report.statistics["changed"], report.statistics["since"]) == (1, parent.name)
    anew, report = night(tmp_path, 2, made(articles), parent, **options)
    assert report.statistics["why"].startswith(why)
    assert (report.statistics["changed"], report.statistics["since"]) == (0, None)
    assert not np.array_equal(anew.statistics.mean, contents.statistics.mean)
