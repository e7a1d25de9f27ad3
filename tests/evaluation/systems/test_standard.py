"""The nine together: their names, and what holds for each of them on any corpus."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.article import Article, Link
from recommender.corpus import assemble
from recommender.evaluation.systems import NotApplicable, VectorCache, base, standard
from recommender.evaluation.systems.simple import Random
from recommender.recommend import Recommender
from tests.fakes import AXES, FakeEncoder, make_article
from tests.snapshot.by_hand import contents_of, publish

pytest.importorskip("bm25s", reason="the extra eval is not installed")
pytest.importorskip("sklearn", reason="the extra eval is not installed")

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
# Their lists need not follow the scores in the house's order: a page's own, and what was served.
MADE_LISTS = {"source", "recommender"}
# What a corpus without dates and links has no use for.
NEEDY = {"newest", "source"}


def all_nine(directory, articles, seed=1):
    return standard(Recommender(publish(directory, contents_of(articles))), FakeEncoder(), seed)


def test_names_and_labels_in_order(tmp_path):
    systems = all_nine(tmp_path, [make_article("a", "storm"), make_article("b", "court")])
    assert [(one.name, one.label) for one in systems] == [
        ("random", "Random"),
        ("newest", "Newest first"),
        ("source", "The page's own list"),
        ("bm25", "BM25, full article as query"),
        ("tfidf", "TF-IDF cosine, full text"),
        ("tfidf-bigrams", "TF-IDF cosine, full text, words and pairs of words"),
        ("fake-title", "fake, title only, plain cosine"),
        ("fake", "fake, title + lead, plain cosine"),
        ("recommender", "This project"),
    ]


def test_what_the_systems_need_reaches_them(tmp_path):
    articles = [make_article("a", "storm"), make_article("b", "court"), make_article("c", "vote")]
    recommender = Recommender(publish(tmp_path, contents_of(articles)))
    cache, counted = VectorCache(tmp_path / "titles.npz"), []
    systems = standard(recommender, FakeEncoder(), 7, cache, counted.append)
    corpus = assemble(articles)
    runs = {system.name: system.fit(corpus).run([0], 5) for system in systems if system.name not in NEEDY}
    assert runs["random"] == Random(7).fit(corpus).run([0], 5)
    assert len(cache.read().vectors) == sum(counted) == 3


def test_what_does_not_apply_says_why(tmp_path):
    # As in the Lee collection: no title, no date, no links.
    articles = [Article("a", "", "storm storm"), Article("b", "", "storm court")]
    corpus, reasons = assemble(articles), {}
    for system in all_nine(tmp_path, articles):
        try:
            system.fit(corpus).run([0], 5)
        except NotApplicable as reason:
            reasons[system.name] = str(reason)
    assert reasons == {
        "newest": "no article has a date",
        "source": "no article's page has a list of its own",
        "fake-title": "no article has a title",
    }


def test_one_article_alone_has_empty_lists(tmp_path):
    articles = [make_article("only", "storm court", published_at=NOON)]
    for system in all_nine(tmp_path, articles):
        if system.name != "source":
            assert system.fit(assemble(articles)).run([0], 5).lists == {"only": ()}


words = st.lists(st.sampled_from([*AXES[:3], "the", "honey"]), max_size=5).map(" ".join)
dates = st.none() | st.integers(0, 3).map(lambda days: NOON + timedelta(days=days))


@st.composite
def newsrooms(draw):
    names = draw(st.permutations("fedcba"))[: draw(st.integers(1, 6))]
    articles = []
    for name in names:
        title, text = draw(words), draw(words)
        links = draw(st.lists(st.sampled_from("abcdefxy"), max_size=4))
        articles.append(
            Article(
                name,
                title,
                text if title or text else "storm",
                published_at=draw(dates),
                links=tuple(Link(f"Link {one}", "storm", id=one) for one in links),
            )
        )
    return articles


@given(newsrooms(), st.integers(1, 8), st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_what_holds_for_every_system(tmp_path_factory, articles, depth, step, random):
    corpus = assemble(articles)
    n = len(corpus)
    newer = {one.id: one.published_at or datetime.min.replace(tzinfo=UTC) for one in corpus.articles}
    left, right = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    for system in all_nine(tmp_path_factory.mktemp("index"), articles):
        try:
            ranker = system.fit(corpus)
        except NotApplicable:
            continue
        run = ranker.run(range(n), depth)
        assert run.system == system.name
        assert list(run.lists) == list(corpus.ids)
        for query, listed in run.lists.items():
            docs = [doc for doc, _ in listed]
            assert query not in docs
            assert len(set(docs)) == len(docs) <= depth
            if system.name not in MADE_LISTS:
                by_id = sorted(listed, key=lambda item: item[0])
                in_order = sorted(by_id, key=lambda item: (item[1], newer[item[0]]), reverse=True)
                assert list(listed) == in_order
        # Neither what is asked for together nor how many at a time makes a difference.
        rows = list(range(n))
        random.shuffle(rows)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(base, "_CELLS_PER_STEP", step * n)
            in_blocks = system.fit(corpus)
            assert in_blocks.run(rows, depth).lists == run.lists
            assert {query: one for row in rows for query, one in ranker.run([row], depth).lists.items()} == (
                run.lists
            )
            try:
                scores = ranker.score_pairs(left, right)
            except NotApplicable:
                assert system.name in NEEDY
                continue
            np.testing.assert_array_equal(in_blocks.score_pairs(left, right), scores)
        assert (scores.shape, scores.dtype) == ((n * n,), np.float64)
        np.testing.assert_array_equal(ranker.score_pairs(right, left), scores)
        assert not np.isinf(scores).any()
