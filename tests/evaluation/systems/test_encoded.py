"""Plain cosines of titles and of leads, by hand from the words that `FakeEncoder` counts."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from recommender.article import Article, Link
from recommender.corpus import assemble
from recommender.embedding import embed
from recommender.encoder import DEFAULT_ENCODER
from recommender.evaluation.systems import NotApplicable, base
from recommender.evaluation.systems.encoded import LeadCosine, TitleCosine, names_of
from tests.fakes import FakeEncoder
from tests.snapshot.by_hand import contents_of, publish

ARTICLES = (
    Article("s", "storm", "vote vote vote", links=(Link("storm court", "rocket", id="t"),)),
    Article("c", "court", "storm"),
    Article("blank", " \n", "storm storm"),
    Article("other", "bees", "court"),
)
CORPUS = assemble(ARTICLES)  # s, its teaser t, c, blank, other
HALF = pytest.approx(1 / sqrt(2), abs=1e-7)


class Shelf:
    """A cache in memory that counts."""

    def __init__(self, held=None):
        self.held, self.written = held, 0

    def read(self):
        return self.held

    def write(self, embedding):
        self.held, self.written = embedding, self.written + 1


def lists(system, corpus=CORPUS, depth=10):
    return system.fit(corpus).run(range(len(corpus)), depth).lists


# Titles


def test_titles_by_hand():
    assert lists(TitleCosine(FakeEncoder())) == {
        "s": (("t", HALF), ("c", 0.0), ("other", 0.0)),
        "t": (("c", HALF), ("s", HALF), ("other", 0.0)),
        "c": (("t", HALF), ("other", 0.0), ("s", 0.0)),
        "blank": (),
        "other": (("c", 0.0), ("s", 0.0), ("t", 0.0)),
    }


def test_titles_alone_are_encoded():
    encoder = FakeEncoder()
    TitleCosine(encoder).fit(CORPUS)
    assert encoder.encoded == ["storm", "storm court", "court", "bees"]


def test_an_article_without_a_title_has_no_pair_scores():
    ranker = TitleCosine(FakeEncoder()).fit(CORPUS)
    found = ranker.score_pairs(np.array([0, 3, 0]), np.array([1, 0, 3]))
    np.testing.assert_array_equal(found, [np.float32(1 / sqrt(2)), np.nan, np.nan])


def test_titles_need_a_title():
    with pytest.raises(NotApplicable, match=r"^no article has a title$"):
        TitleCosine(FakeEncoder()).fit(assemble([Article("a", "", "storm"), Article("b", " ", "court")]))


def test_titles_are_encoded_once():
    shelf, encoder = Shelf(), FakeEncoder()
    first = lists(TitleCosine(encoder, shelf))
    assert (shelf.written, len(encoder.encoded)) == (1, 4)
    assert lists(TitleCosine(encoder, shelf)) == first
    assert (shelf.written, len(encoder.encoded)) == (1, 4)
    more = assemble([*ARTICLES, Article("v", "vote", "")])
    lists(TitleCosine(encoder, shelf), more)
    assert (shelf.written, encoder.encoded[4:]) == (2, ["vote"])
    changed = assemble([*ARTICLES, Article("v", "goal", "")])
    lists(TitleCosine(encoder, shelf), changed)
    assert (shelf.written, encoder.encoded[5:]) == (3, ["goal"])
    fewer = assemble(ARTICLES[1:])  # what is gone from the corpus leaves the shelf
    lists(TitleCosine(encoder, shelf), fewer)
    assert (shelf.written, len(encoder.encoded), len(shelf.held.digests)) == (4, 6, 2)


def test_vectors_of_another_encoder_are_not_used():
    known, _ = embed([Article("a", "storm", "")], FakeEncoder("fake:other"))
    shelf, encoder = Shelf(known), FakeEncoder()
    lists(TitleCosine(encoder, shelf))
    assert len(encoder.encoded) == 4
    assert (shelf.written, shelf.held.fingerprint) == (1, "fake:1")


def test_progress_counts_titles():
    counted = []
    TitleCosine(FakeEncoder(), advance=counted.append).fit(CORPUS)
    assert sum(counted) == 4


# Title and lead


def test_leads_by_hand(tmp_path):
    # Of s storm and three votes, of t storm court and rocket, of c court and storm, of blank two storms,
    # of other court.
    snapshot = publish(tmp_path, contents_of(ARTICLES))
    found = lists(LeadCosine(snapshot))
    assert [doc for doc, _ in found["s"]] == ["blank", "c", "t", "other"]
    assert [score for _, score in found["s"]] == pytest.approx(
        [1 / sqrt(10), 1 / sqrt(20), 1 / sqrt(30), 0], abs=1e-7
    )
    assert found["other"] == (("c", HALF), ("t", pytest.approx(1 / sqrt(3))), ("blank", 0.0), ("s", 0.0))


def test_leads_are_compared_as_they_are_not_centred(tmp_path):
    # Centred, two articles are opposites, whatever they say.
    articles = [Article("a", "storm", "storm"), Article("b", "storm", "court")]
    snapshot = publish(tmp_path, contents_of(articles, fitted=True))
    (score,) = LeadCosine(snapshot).fit(assemble(articles)).score_pairs(np.array([0]), np.array([1]))
    assert score == HALF


def test_a_snapshot_of_other_articles_is_refused(tmp_path):
    snapshot = publish(tmp_path, contents_of(ARTICLES))
    for others in (ARTICLES[:-1], (*ARTICLES[:-1], Article("other", "bees", "goal")), ARTICLES[::-1]):
        with pytest.raises(ValueError, match=f"snapshot {snapshot.name} was built of 5 articles"):
            LeadCosine(snapshot).fit(assemble(others))


def test_blocks_change_nothing(tmp_path, monkeypatch):
    snapshot = publish(tmp_path, contents_of(ARTICLES))
    whole = [lists(LeadCosine(snapshot)), lists(TitleCosine(FakeEncoder()))]
    monkeypatch.setattr(base, "_CELLS_PER_STEP", 2 * 5)
    assert [lists(LeadCosine(snapshot)), lists(TitleCosine(FakeEncoder()))] == whole


# Names


@pytest.mark.parametrize(
    ("encoder", "word", "label"),
    [
        (DEFAULT_ENCODER, "minilm", "MiniLM"),
        ("fake", "fake", "fake"),
        ("intfloat/E5_small v2", "intfloat-e5-small-v2", "intfloat/E5_small v2"),
        ("bm25", "encoder-bm25", "bm25"),
        ("Recommender", "encoder-recommender", "Recommender"),
        ("модель", "encoder", "модель"),
    ],
)
def test_a_system_is_called_after_its_encoder(encoder, word, label):
    assert names_of(encoder) == (word, label)
