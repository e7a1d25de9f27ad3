"""Made-up corpora: the same to the byte, longer ones begin as shorter ones do, stories share text."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from recommender.article import Article, id_problem
from recommender.benchmark import Made, Newsroom, recombined, source_articles, write_articles
from recommender.benchmark.newsroom import MOST_IN_A_STORY, as_line
from recommender.benchmark.renaming import Renaming, Wordstock, made_up
from recommender.benchmark.story import published, sentences
from recommender.embedding import embed
from recommender.errors import InputError
from recommender.ingest import Tally, read_sources
from tests.fakes import AXES, FakeEncoder


@pytest.fixture(scope="module")
def source() -> list[Article]:
    return source_articles()


@pytest.fixture(scope="module")
def room(source: list[Article]) -> Newsroom:
    return Newsroom(source, seed=7)


@pytest.fixture(scope="module")
def made(room: Newsroom) -> list[Made]:
    return list(room.articles(1500))


def lines(made: list[Made]) -> bytes:
    return b"".join(as_line(one.article) for one in made)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(source, made):
    again = lines(list(Newsroom(source, seed=7).articles(200)))
    assert again == lines(made[:200])
    assert lines(list(Newsroom(source, seed=8).articles(200))) != again


def test_what_is_made_does_not_change_unnoticed():
    plain = [
        Article(
            id=str(number),
            title=f"Storm {number} hits the Harbour",
            text=f"The storm came to Oslo {number} times. People stayed in. Later it went on. Nobody came.",
        )
        for number in range(5)
    ]
    first = hashlib.sha256(lines(list(Newsroom(plain, seed=1).articles(50)))).hexdigest()
    assert first[:16] == "346801daa4acb139"


@pytest.mark.parametrize("first", [0, 1, 250, 1400])
def test_any_stretch_is_that_of_a_longer_corpus(room, made, first):
    assert list(room.articles(50, first)) == made[first : first + 50]


def test_every_article_can_be_read(made, tmp_path):
    path = tmp_path / "made.jsonl"
    assert write_articles(path, (one.article for one in made[:100])) == 100
    tally = Tally()
    assert list(read_sources([str(path)], tally)) == [one.article for one in made[:100]]
    assert (tally.rejections, dict(tally.unreadable), dict(tally.ignored_fields)) == ([], {}, {})


def test_ids_are_unique_and_usable(made):
    ids = [one.article.id for one in made]
    assert len(set(ids)) == len(ids) == 1500
    assert not any(map(id_problem, ids))


def test_dates_go_forward_and_by_the_index_alone(made):
    dates = [one.article.published_at for one in made]
    assert dates == sorted(dates)
    assert all(published(one.index - 1) <= one.article.published_at <= published(one.index) for one in made)
    assert dates[-1] - dates[0] == pytest.approx(timedelta(days=5), abs=timedelta(hours=1))


def test_stories_run_side_by_side_and_end(made):
    of_story = Counter(one.story for one in made)
    assert all(of_story[one.story] <= one.size <= MOST_IN_A_STORY for one in made)
    assert 0.1 < np.mean([one.size == 1 for one in made]) < 0.4
    neighbours = np.mean([one.story == other.story for one, other in pairwise(made)])
    assert neighbours < 0.1


def test_a_story_shares_sentences_and_others_hardly_do(room):
    made = list(room.articles(400))
    said = [{text for line in one.article.text.split("\n") for text in sentences(line)} for one in made]
    within, across = [], []
    for row, one in enumerate(made):
        for column in range(row + 1, len(made)):
            shared = len(said[row] & said[column]) / min(len(said[row]), len(said[column]))
            (within if made[column].story == one.story else across).append(shared)
    assert 0.2 < np.mean(within) < 0.8
    assert np.mean(across) < 0.01
    assert 0 < sum(share > 0.9 for share in within) < len(within) / 4, "a few near copies"


def test_lengths_are_like_the_sources(room, made):
    asked = np.percentile([len(one.text) for one in room.source], [25, 50, 75])
    found = np.percentile([len(one.article.text) for one in made], [25, 50, 75])
    assert found == pytest.approx(asked, rel=0.2)


def test_the_vocabulary_grows(made):
    words = [set(one.article.text.split()) for one in made]
    seen = [len(set().union(*words[:count])) for count in (375, 750, 1500)]
    assert seen[1] > 1.15 * seen[0]
    assert seen[2] > 1.15 * seen[1]


def test_a_source_of_too_little_is_refused():
    with pytest.raises(InputError, match="1 of 2 source articles"):
        Newsroom([Article("a", "A", "One. Two. Three. Four."), Article("b", "B", "One.")], seed=0)


def test_sentences_are_cut_at_ends_lines_and_far_too_long():
    assert sentences("One. Two! “Three?” Four\nfive") == ["One.", "Two!", "“Three?”", "Four", "five"]
    assert [len(one) for one in sentences("word " * 150)] == [499, 249]
    assert "".join(sentences("x" * 1200)) == "x" * 1200


def test_renaming_is_one_of_a_story():
    stock = Wordstock(["the senator said nothing about the harbour", "the harbour again"])
    one, same, other = (Renaming(stock, salt, 0) for salt in ("a", "a", "b"))
    text = "The senator met Kowalski, Lindqvist, Meyerhof and Petrossian at the harbour"
    assert one.of(text) == same.of(text) != other.of(text)
    assert one.of("the and of") == "the and of"
    assert stock.ranked == ["harbour", "about", "again", "nothing", "senator"]


def test_made_up_names_are_all_different():
    names = [made_up(number) for number in [*range(0, 200_000, 7), *range(102_390, 102_410)]]
    assert len(set(names)) == len({*range(0, 200_000, 7), *range(102_390, 102_410)})
    assert all(name.isalpha() and name.istitle() for name in names)


def test_a_night_changes_its_share(room, made):
    before = {one.article.id: one.article for one in made[:1200]}
    after = {one.article.id: one.article for one in room.nightly(1200, 0.3)}
    gone = before.keys() - after.keys()
    new = after.keys() - before.keys()
    edited = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    assert new == {one.article.id for one in made[1200:1320]}
    assert len(gone) == pytest.approx(120, abs=35)
    assert len(edited) == pytest.approx(120, abs=35)
    for name in edited:
        assert before[name].text in after[name].text
        assert after[name].updated_at > before[name].published_at
    heads = sum(not after[name].text.startswith(before[name].text) for name in edited)
    assert 0.25 < heads / len(edited) < 0.75, "about half in the lead"


def test_nights_build_on_each_other(room, made):
    assert list(room.nightly(300, 0.3, night=0)) == made[:300]
    one, two = ({made.article.id: made.article for made in room.nightly(300, 0.3, night)} for night in (1, 2))
    assert len(two.keys() - one.keys()) == 30
    assert two.keys() - one.keys() == {one.article.id for one in made[330:360]}
    same = sum(one[name] == two[name] for name in one.keys() & two.keys())
    assert same > 0.8 * len(one)


def test_recombined_vectors_lie_with_their_story_and_are_known_by_their_text(room):
    made = list(room.articles(300))
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((len(room.source), 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = recombined(made, vectors, "some:encoder", seed=7)
    assert found.fingerprint == "some:encoder"
    assert found.vectors.dtype == np.float32
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(found.vectors, recombined(made, vectors, "some:encoder", seed=7).vectors)
    cosines = found.vectors @ found.vectors.T
    story = np.array([one.story for one in made])
    same = (story[:, None] == story) & ~np.eye(len(made), dtype=bool)
    assert np.median(cosines[same]) > 0.3
    assert abs(np.median(cosines[story[:, None] != story])) < 0.1
    encoder = FakeEncoder()
    embedding, _ = embed([one.article for one in made], encoder)
    assert np.array_equal(found.digests, embedding.digests)
    assert embedding.vectors.shape[1] == len(AXES) + 1
