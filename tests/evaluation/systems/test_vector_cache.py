"""A cache gives back what was put in, or nothing; never something else, and never an error."""

from __future__ import annotations

import io

import numpy as np
import pytest

from recommender.corpus import assemble
from recommender.embedding import DIGEST_BYTES, embed
from recommender.errors import StorageError
from recommender.evaluation.systems import VectorCache
from recommender.evaluation.systems.encoded import TitleCosine
from tests.fakes import FakeEncoder, make_article

ARTICLES = [make_article("a", "storm"), make_article("b", "court vote")]


@pytest.fixture
def embedding():
    return embed(ARTICLES, FakeEncoder("fake:ключ"))[0]


@pytest.fixture
def cache(tmp_path):
    return VectorCache(tmp_path / "made" / "titles.npz")


def same(found, expected):
    return (
        found.fingerprint == expected.fingerprint
        and np.array_equal(found.digests, expected.digests)
        and np.array_equal(found.vectors, expected.vectors)
    )


def test_what_is_written_is_read(cache, embedding):
    cache.write(embedding)
    found = cache.read()
    assert same(found, embedding)
    assert (found.vectors.dtype, found.digests.dtype) == (np.float32, np.uint8)


def test_the_same_vectors_make_the_same_file(cache, embedding):
    cache.write(embedding)
    first = cache.path.read_bytes()
    cache.write(embedding)
    assert cache.path.read_bytes() == first
    assert [path.name for path in cache.path.parent.iterdir()] == ["titles.npz"]


def test_what_is_written_replaces_what_was_there(cache, embedding):
    cache.write(embedding)
    fewer = embed(ARTICLES[:1], FakeEncoder())[0]
    cache.write(fewer)
    assert same(cache.read(), fewer)


def test_no_file_is_nothing(cache):
    assert cache.read() is None
    cache.path.mkdir(parents=True)
    assert cache.read() is None


def test_a_disk_that_refuses_is_said(cache, embedding):
    cache.path.mkdir(parents=True)
    with pytest.raises(StorageError, match=r"titles\.npz"):
        cache.write(embedding)


def test_a_flipped_bit_gives_nothing_or_the_same(cache, embedding):
    cache.write(embedding)
    content = cache.path.read_bytes()
    spoilt = []
    for place in range(0, len(content), 3):
        flipped = content[place] ^ 1 << place % 8
        cache.path.write_bytes(content[:place] + bytes([flipped]) + content[place + 1 :])
        found = cache.read()
        assert found is None or same(found, embedding), place
        spoilt.append(found is None)
    assert sum(spoilt) > len(spoilt) // 2


def test_a_file_that_ends_early_is_nothing(cache, embedding):
    cache.write(embedding)
    content = cache.path.read_bytes()
    for length in range(0, len(content), 7):
        cache.path.write_bytes(content[:length])
        assert cache.read() is None, length


def unit(rows, dim=3):
    return np.tile(np.eye(dim, dtype=np.float32)[:1], (rows, 1))


def digests(rows):
    return np.zeros((rows, DIGEST_BYTES), dtype=np.uint8)


GOOD = {"version": 1, "fingerprint": "fake:1", "digests": digests(2), "vectors": unit(2)}


def written(cache, members):
    content = io.BytesIO()
    np.savez(content, **members)
    cache.path.parent.mkdir()
    cache.path.write_bytes(content.getvalue())
    return cache.read()


def test_what_is_made_by_hand_is_read(cache):
    assert written(cache, GOOD).fingerprint == "fake:1"


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 2},
        {"version": "one"},
        {"version": np.zeros(2)},
        {"digests": digests(3)},
        {"digests": digests(2)[:, :-1]},
        {"digests": digests(2).astype(np.int64)},
        {"vectors": unit(2).astype(np.float64)},
        {"vectors": unit(2)[0]},
        {"vectors": np.float32(1)},
        {"vectors": unit(2) * np.float32(2)},
        {"vectors": unit(2) * np.float32(np.nan)},
        {"vectors": np.array([{}, {}], dtype=object)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_not_ours_is_nothing(cache, changed):
    assert written(cache, GOOD | changed) is None


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_file_without_a_part_is_nothing(cache, missing):
    assert written(cache, {name: part for name, part in GOOD.items() if name != missing}) is None


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"PK\x05\x06" + bytes(18), b"x" * 100])
def test_another_file_is_nothing(cache, content):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    assert cache.read() is None


def test_an_array_alone_is_nothing(cache):
    cache.path.parent.mkdir()
    np.save(cache.path.with_suffix(".npy"), unit(2))
    cache.path.write_bytes(cache.path.with_suffix(".npy").read_bytes())
    assert cache.read() is None


def test_titles_are_encoded_anew_where_the_file_is_broken(cache):
    corpus, encoder = assemble(ARTICLES), FakeEncoder()
    TitleCosine(encoder, cache).fit(corpus)
    TitleCosine(encoder, cache).fit(corpus)
    assert len(encoder.encoded) == 2
    cache.path.write_bytes(b"broken")
    TitleCosine(encoder, cache).fit(corpus)
    assert len(encoder.encoded) == 4
    TitleCosine(encoder, cache).fit(corpus)
    assert len(encoder.encoded) == 4
