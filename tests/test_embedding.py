"""Vectors are encoded once for each text, and reused only for the same text under the same encoder."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.embedding import DIGEST_BYTES, Embedding, Work, embed, text_digest
from recommender.encoder import LEAD_WORDS, embedded_text
from recommender.errors import EncoderError
from tests.fakes import AXES, FakeEncoder, make_article

STORM = make_article("storm", "storm storm court", title="Storm")
COURT = make_article("court", "court vote", title="Court")
COPY = make_article("copy", "storm storm court", title="Storm", section="Elsewhere")


def spoilt(vector):
    """An encoder that gives this vector for every text."""
    encoder = FakeEncoder()
    encoder.encode = lambda texts, advance=None: np.tile(np.array(vector, np.float32), (len(texts), 1))
    return encoder


def test_vectors_by_hand():
    # With its title the first has three storms and a court, (3, 1) / sqrt(10) on their axes; the second
    # two courts and a vote, (2, 1) / sqrt(5).
    embedding, work = embed([STORM, COURT], FakeEncoder())
    expected = np.zeros((2, len(AXES) + 1))
    expected[0, :2] = np.array([3, 1]) / np.sqrt(10)
    expected[1, 1:3] = np.array([2, 1]) / np.sqrt(5)
    np.testing.assert_allclose(embedding.vectors, expected, atol=1e-7)
    assert embedding.vectors.dtype == np.float32
    assert work == Work(embedded=2, reused=0)


def test_an_embedding_is_known_by_fingerprint_and_digests():
    embedding, _ = embed([STORM, COURT], FakeEncoder("fake:7"))
    assert embedding.fingerprint == "fake:7"
    assert (embedding.digests.shape, embedding.digests.dtype) == ((2, DIGEST_BYTES), np.uint8)
    text = embedded_text(COURT.title, COURT.text)
    assert embedding.digests[1].tobytes() == text_digest(text) == hashlib.sha256(text.encode()).digest()[:16]


def test_what_is_known_is_reused_wherever_it_stands():
    known, _ = embed([STORM, COURT], FakeEncoder())
    encoder = FakeEncoder()
    rocket = make_article("rocket", "rocket")
    embedding, work = embed([rocket, COURT, STORM], encoder, [known])
    assert encoder.encoded == [embedded_text(rocket.title, rocket.text)]
    assert work == Work(embedded=1, reused=2)
    assert np.array_equal(embedding.vectors[1:], known.vectors[::-1])
    assert np.array_equal(embedding.digests[1:], known.digests[::-1])
    again, _ = embed([rocket, COURT, STORM], FakeEncoder())
    assert np.array_equal(embedding.vectors, again.vectors)


def test_nothing_is_encoded_where_all_is_known():
    known, _ = embed([STORM, COURT], FakeEncoder())
    encoder = FakeEncoder()
    encoder.encode = None  # not even loaded
    embedding, work = embed([COURT, COPY], encoder, [known])
    assert np.array_equal(embedding.vectors, known.vectors[::-1])
    assert work == Work(embedded=0, reused=2)


def test_another_fingerprint_embeds_everything_again():
    known, _ = embed([STORM, COURT], FakeEncoder("fake:1"))
    encoder = FakeEncoder("fake:2")
    embedding, work = embed([STORM, COURT], encoder, [known])
    assert len(encoder.encoded) == 2
    assert work == Work(embedded=2, reused=0)
    assert embedding.fingerprint == "fake:2"


def test_the_same_id_with_another_text_is_encoded_again():
    known, _ = embed([STORM], FakeEncoder())
    encoder = FakeEncoder()
    changed = make_article("storm", "rocket", title="Storm")
    embedding, work = embed([changed], encoder, [known])
    assert encoder.encoded == ["Storm\nrocket"]
    assert work == Work(embedded=1, reused=0)
    assert not np.array_equal(embedding.vectors, known.vectors)


def test_of_several_embeddings_each_gives_what_it_has():
    storm, _ = embed([STORM], FakeEncoder())
    court, _ = embed([COURT], FakeEncoder())
    other, _ = embed([make_article("goal", "goal")], FakeEncoder("fake:2"))
    encoder = FakeEncoder()
    embedding, work = embed([STORM, COURT], encoder, iter([other, storm, court]))
    assert (work, encoder.encoded) == (Work(embedded=0, reused=2), [])
    assert np.array_equal(embedding.vectors, np.concatenate([storm.vectors, court.vectors]))


def test_each_distinct_text_is_encoded_once_and_shared():
    encoder = FakeEncoder()
    embedding, work = embed([STORM, COURT, COPY, STORM], encoder)
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 2
    assert work == Work(embedded=2, reused=0)
    for copy in (2, 3):
        assert np.array_equal(embedding.vectors[copy], embedding.vectors[0])
        assert np.array_equal(embedding.digests[copy], embedding.digests[0])


def test_an_edit_far_down_embeds_nothing_again():
    words = ["storm"] * LEAD_WORDS
    known, _ = embed([make_article("a", " ".join([*words, "court", "vote"]))], FakeEncoder())
    encoder = FakeEncoder()
    _, work = embed([make_article("a", " ".join([*words, "rocket"]))], encoder, [known])
    assert (work, encoder.encoded) == (Work(embedded=0, reused=1), [])
    # The control: the last word that is read.
    _, work = embed([make_article("a", " ".join([*words[1:], "rocket"]))], encoder, [known])
    assert work == Work(embedded=1, reused=0)


def test_no_articles():
    for known in ([], [embed([STORM], FakeEncoder())[0]]):
        embedding, work = embed([], FakeEncoder(), known)
        assert embedding.vectors.shape == (0, len(AXES) + 1)
        assert embedding.digests.shape == (0, DIGEST_BYTES)
        assert work == Work(embedded=0, reused=0)


@pytest.mark.parametrize("known", [[], [STORM], [STORM, COURT]], ids=len)
def test_progress_counts_every_article(known):
    done = []
    embed([STORM, COURT, COPY, COURT], FakeEncoder(), [embed(known, FakeEncoder())[0]], done.append)
    assert sum(done) == 4


@pytest.mark.parametrize(
    ("vector", "length"),
    [
        ([np.nan, 0, 0], "nan"),
        ([np.inf, 0, 0], "inf"),
        ([0, 0, 0], "0.0"),
        ([0.6, 0.6, 0], "0.848"),  # sqrt(0.72)
        ([1.002, 0, 0], "1.00"),
    ],
)
def test_an_encoder_that_gives_anything_but_unit_rows_is_refused(vector, length):
    with pytest.raises(EncoderError) as caught:
        embed([STORM, COURT, COPY], spoilt(vector))
    assert str(caught.value).startswith(
        f"encoder 'fake': 3 of 3 vectors are not finite unit rows, the first at row 0 with length {length}"
    )


def test_rows_of_unit_length_within_rounding_are_taken():
    embedding, _ = embed([STORM], spoilt([0.9995, 0, 0]))
    assert embedding.vectors.tolist() == [[np.float32(0.9995), 0, 0]]


def test_a_known_vector_that_is_spoilt_is_refused():
    good, _ = embed([STORM, COURT], FakeEncoder())
    vectors = good.vectors.copy()
    vectors[1] = np.nan
    known = Embedding(good.fingerprint, good.digests, vectors)
    with pytest.raises(EncoderError, match="1 of 2 vectors are not finite unit rows, the first at row 1"):
        embed([STORM, COURT], FakeEncoder(), [known])


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match="1 digests and 2 vectors"):
        Embedding("fake:1", np.zeros((1, DIGEST_BYTES), np.uint8), np.zeros((2, 3), np.float32))


def test_a_digest_tells_texts_apart_and_takes_any():
    assert text_digest("") == hashlib.sha256().digest()[:DIGEST_BYTES]
    assert text_digest("a\ud800") != text_digest("a")


ARTICLES = st.lists(
    st.builds(make_article, st.sampled_from("abc"), st.sampled_from(["storm", "court storm", "", "vote"])),
    max_size=6,
)


@settings(deadline=None)
@given(ARTICLES, ARTICLES)
def test_reusing_never_changes_a_vector(articles, earlier):
    known, _ = embed(earlier, FakeEncoder())
    encoder = FakeEncoder()
    embedding, work = embed(articles, encoder, [known])
    anew, _ = embed(articles, FakeEncoder())
    assert np.array_equal(embedding.vectors, anew.vectors)
    assert np.array_equal(embedding.digests, anew.digests)
    assert work.embedded == len(encoder.encoded) == len(set(encoder.encoded))
    known_texts = {embedded_text(article.title, article.text) for article in earlier}
    assert work.reused == sum(embedded_text(one.title, one.text) in known_texts for one in articles)
