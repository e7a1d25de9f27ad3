"""BM25 and TF-IDF worked out from their formulas, and against each library's own search."""

from __future__ import annotations

from datetime import UTC, datetime
from math import log, sqrt

import numpy as np
import pytest

from recommender.article import Article
from recommender.corpus import assemble
from recommender.evaluation.systems import NotApplicable, base
from recommender.evaluation.systems.lexical import Bm25, TfIdf, TfIdfBigrams
from tests.fakes import make_article

bm25s = pytest.importorskip("bm25s", reason="the extra eval is not installed")
pytest.importorskip("sklearn", reason="the extra eval is not installed")

CORPUS = assemble(
    [
        Article("a", "Storm", "storm court"),
        Article("b", "STORM", "rocket"),
        Article("c", "court", "Vote; goal!"),
        Article("d", "Market", ""),
        Article("e", "The", "to a", published_at=datetime(2022, 1, 10, tzinfo=UTC)),
    ]
)
WORDLESS = assemble([Article("a", "?", "x y"), Article("b", "-- !", "")])


def lists(system, corpus=CORPUS, depth=10):
    return system.fit(corpus).run(range(len(corpus)), depth).lists


def ranked(listed):
    return " ".join(doc for doc, _ in listed)


# BM25


def test_bm25_by_hand():
    # Five articles of 3, 2, 3, 1 and 0 words, 1.8 on average; "storm" and "court" stand in two each.
    # Asked with "storm storm court".
    idf = log(1 + (5 - 2 + 0.5) / (2 + 0.5))
    b = 2 * idf / (1 + 1.5 * (0.25 + 0.75 * 2 / 1.8))
    c = idf / (1 + 1.5 * (0.25 + 0.75 * 3 / 1.8))
    found = lists(Bm25())["a"]
    assert ranked(found) == "b c e d"  # e is the only one with a date
    assert [score for _, score in found] == pytest.approx([b, c, 0, 0], rel=1e-12)
    assert found[2:] == (("e", 0.0), ("d", 0.0))


def test_bm25_asks_with_every_word_as_often_as_it_stands_there():
    once, twice = (
        assemble([Article("q", "", text), Article("a", "", "storm"), Article("b", "", "court court")])
        for text in ("storm storm court", "storm court court court court")
    )
    assert ranked(lists(Bm25(), once)["q"]) == "a b"
    assert ranked(lists(Bm25(), twice)["q"]) == "b a"


def test_bm25_of_a_pair_is_the_mean_of_both_ways():
    ranker = Bm25().fit(CORPUS)
    run = {query: dict(listed) for query, listed in ranker.run(range(5), 10).lists.items()}
    found = ranker.score_pairs(np.array([0, 1, 0]), np.array([1, 0, 3]))
    mean = (run["a"]["b"] + run["b"]["a"]) / 2
    assert run["a"]["b"] != pytest.approx(run["b"]["a"])
    assert found.tolist() == [mean, mean, 0]


def test_bm25_is_what_the_library_s_own_search_says():
    words = ["storm", "court", "vote", "rocket", "goal", "market", "the"]
    random = np.random.default_rng(5)
    articles = [
        make_article(f"{number:02}", " ".join(random.choice(words, random.integers(0, 30))))
        for number in range(40)
    ]
    corpus = assemble(articles)
    tokens = bm25s.tokenize(
        [f"{one.title}\n{one.text}" for one in articles], stopwords="en_plus", show_progress=False
    )
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    ranker = Bm25().fit(corpus)
    run = ranker.run(range(40), 40).lists
    for row, article in enumerate(articles):
        expected = index.get_scores_from_ids(tokens.ids[row])
        assert {
            doc: pytest.approx(expected[int(doc)], rel=1e-5, abs=1e-6) for doc in dict(run[article.id])
        } == (dict(run[article.id]))


def test_bm25_needs_a_word():
    with pytest.raises(NotApplicable, match=r"^no article holds a word that is not a stop word$"):
        Bm25().fit(WORDLESS)
    with pytest.raises(NotApplicable, match="stop word"):
        Bm25().fit(assemble([Article("a", "The", "and to the"), Article("b", "The", "")]))


# TF-IDF


def test_tfidf_by_hand():
    # Five articles; "storm" and "court" stand in two, the other words in one. b is (storm, rocket).
    common, rare = log(6 / 3) + 1, log(6 / 2) + 1
    length_a = sqrt(((1 + log(2)) * common) ** 2 + common**2)
    length_b = sqrt(common**2 + rare**2)
    length_c = sqrt(common**2 + 2 * rare**2)
    found = lists(TfIdf())["a"]
    assert ranked(found) == "b c e d"
    assert [score for _, score in found] == pytest.approx(
        [(1 + log(2)) * common**2 / (length_a * length_b), common**2 / (length_a * length_c), 0, 0]
    )


def test_tfidf_has_no_stop_words():
    corpus = assemble([Article("a", "The", "storm"), Article("b", "The", "goal"), Article("c", "", "goal")])
    assert dict(lists(TfIdf(), corpus)["a"])["b"] > 0


def test_tfidf_of_a_pair_is_its_cosine():
    ranker = TfIdf().fit(CORPUS)
    run = ranker.run(range(5), 10).lists
    found = ranker.score_pairs(np.array([0, 2, 3]), np.array([1, 0, 3]))
    assert found.tolist() == pytest.approx([dict(run["a"])["b"], dict(run["a"])["c"], 1])


def test_tfidf_needs_a_word():
    with pytest.raises(NotApplicable, match=r"^no article holds a word$"):
        TfIdf().fit(WORDLESS)


def test_pairs_of_words_by_hand():
    # b shares "storm", "court" and "storm court" with a, c the words alone, the other way round.
    corpus = assemble([Article("a", "", "storm court"), Article("b", "", "storm court vote"),
                       Article("c", "", "court storm vote")])  # fmt: skip
    common, shared, rare = log(4 / 4) + 1, log(4 / 3) + 1, log(4 / 2) + 1
    # Terms: storm and court stand in three, vote in two, "storm court" and "... vote" in two and in one.
    length_a = sqrt(2 * common**2 + shared**2)
    length_b = sqrt(2 * common**2 + 2 * shared**2 + rare**2)
    length_c = sqrt(2 * common**2 + shared**2 + 2 * rare**2)
    found = lists(TfIdfBigrams(), corpus)["a"]
    assert ranked(found) == "b c"
    assert [score for _, score in found] == pytest.approx(
        [(2 * common**2 + shared**2) / (length_a * length_b), 2 * common**2 / (length_a * length_c)]
    )
    # To words alone b and c are the same.
    assert len({score for _, score in lists(TfIdf(), corpus)["a"]}) == 1


# All


@pytest.mark.parametrize("system", [Bm25(), TfIdf(), TfIdfBigrams()], ids=lambda one: one.name)
class TestAll:
    def test_titles_count(self, system):
        corpus = assemble(
            [Article("a", "storm", ""), Article("b", "storm", "goal"), Article("c", "vote", "")]
        )
        assert dict(lists(system, corpus)["a"])["b"] > 0
        assert dict(lists(system, corpus)["a"])["c"] == 0

    def test_copies_tie_and_the_newer_comes_first(self, system):
        text = "storm court vote " * 7 + "rocket goal market"
        days = {"x": 3, "y": 9, "z": None, "w": None}
        articles = [
            Article(name, "Storm", text, published_at=day and datetime(2022, 1, day, tzinfo=UTC))
            for name, day in days.items()
        ]
        found = lists(system, assemble([Article("q", "Storm", "court rocket"), *articles]))["q"]
        assert ranked(found) == "y x w z"
        assert len({score for _, score in found}) == 1

    def test_blocks_and_order_change_nothing(self, system, monkeypatch):
        random = np.random.default_rng(9)
        words = [f"word{number}" for number in range(60)]
        corpus = assemble(
            [make_article(f"{number:02}", " ".join(random.choice(words, 50))) for number in range(30)]
        )
        rows = list(range(30))
        whole = system.fit(corpus).run(rows, 30).lists
        assert system.fit(corpus).run(rows[::-1], 30).lists == whole
        monkeypatch.setattr(base, "_CELLS_PER_STEP", 7 * 30)
        assert system.fit(corpus).run(rows, 30).lists == whole

    def test_nothing_is_printed(self, system, capfd):
        lists(system)
        assert capfd.readouterr() == ("", "")

    def test_every_language_has_words(self, system):
        corpus = assemble(
            [
                Article("a", "Шторм", "суд"),
                Article("b", "ШТОРМ", "ракета"),
                Article("c", "العاصفة", "محكمة"),
                Article("d", "العاصفة", "صاروخ"),
            ]
        )
        found = lists(system, corpus)
        assert [found[one][0][0] for one in "abcd"] == ["b", "a", "d", "c"]
