"""The formula by hand, and the house's order against a plain sort."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.candidates import Candidates
from recommender.scoring import (
    DECIMALS,
    UNDATED,
    Ranking,
    Scoring,
    order_of_ids,
    packaged_scoring,
    published_seconds,
    rank,
)
from tests.fakes import make_article
from tests.snapshot.by_hand import FORMULA

DAY = datetime(2022, 1, 6, tzinfo=UTC)


def cosines(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def candidates_of(*lists: list[tuple[int, float]]) -> Candidates:
    pairs = [pair for listed in lists for pair in listed]
    return Candidates(
        np.cumsum([0, *map(len, lists)], dtype=np.int64),
        np.array([row for row, _ in pairs], dtype=np.int32),
        cosines(*(cosine for _, cosine in pairs)),
    )


def list_of(ranking: Ranking, row: int) -> list[int]:
    return ranking.rows[ranking.offsets[row] : ranking.offsets[row + 1]].tolist()


# The formula


@pytest.mark.parametrize(
    ("cosine", "expected"), [(0.5, 0.5), (1, 0.880797), (0, 0.119203), (-1, 0.002473), (0.75, 0.731059)]
)
def test_the_score_is_the_logistic_of_the_cosine(cosine, expected):
    assert FORMULA.score(cosines(cosine), 10).tolist() == cosines(expected).tolist()


@pytest.mark.parametrize(("articles", "expected"), [(1, 0.5), (3, 0.25), (9, 0.1), (99, 0.01)])
def test_the_size_enters_by_its_logarithm(articles, expected):
    # logit = -ln n, so that the odds are 1 to n.
    scoring = Scoring("odds", 0, 0, size_slope=-1, smallest=1, largest=1000, min_score=0)
    assert scoring.score(cosines(0.3), articles).tolist() == cosines(expected).tolist()


def test_sizes_are_held_within_those_it_was_fitted_on():
    scoring = Scoring("odds", 0, 0, size_slope=-1, smallest=4, largest=9, min_score=0)
    sizes = [1, 4, 9, 10, 1_000_000]
    found = [float(scoring.score(cosines(0), size)[0]) for size in sizes]
    assert found == cosines(0.2, 0.2, 0.1, 0.1, 0.1).tolist()


def test_scores_keep_the_shape_and_are_single_precision():
    scores = FORMULA.score(np.zeros((2, 3), dtype=np.float32), 5)
    assert scores.shape == (2, 3)
    assert scores.dtype == np.float32
    assert FORMULA.score(cosines(), 5).shape == (0,)


def test_the_last_bits_of_a_cosine_decide_nothing():
    near = np.float32(0.5)
    apart = np.nextafter(near, np.float32(1))
    assert near != apart
    one, other = FORMULA.score(cosines(near, apart), 5)
    assert one == other


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30), st.integers(0, 10**6))
@settings(deadline=None)
def test_a_higher_cosine_never_scores_lower(values, articles):
    scores = packaged_scoring().score(np.sort(cosines(*values)), articles)
    assert (np.diff(scores) >= 0).all()
    assert scores.min() >= 0
    assert scores.max() <= 1


@given(st.floats(-1, 1, width=32), st.integers(0, 10**6))
@settings(deadline=None)
def test_scores_are_rounded_where_they_are_made(value, articles):
    score = packaged_scoring().score(cosines(value), articles)[0]
    assert score == np.float32(round(float(score), DECIMALS))


def test_the_packaged_formula_is_usable():
    scoring = packaged_scoring()
    assert scoring.slope > 0
    assert 1 <= scoring.smallest < scoring.largest
    assert 0 < scoring.min_score < 1
    assert scoring.score(cosines(1), scoring.smallest) > scoring.min_score


def test_in_a_larger_corpus_the_same_cosine_means_less():
    scoring = packaged_scoring()
    few, many = (scoring.score(cosines(0.4), n)[0] for n in (scoring.smallest, scoring.largest))
    assert few > many


def test_a_formula_survives_being_written_down():
    assert Scoring(**dataclasses.asdict(FORMULA)) == FORMULA


# The order


def test_higher_score_then_newer_then_id_and_undated_last():
    articles = [
        make_article("query"),
        make_article("b-undated"),
        make_article("a-undated"),
        make_article("old", published_at=DAY),
        make_article("new-b", published_at=DAY + timedelta(seconds=1)),
        make_article("new-a", published_at=DAY + timedelta(seconds=1)),
        make_article("best", published_at=datetime(1, 1, 1, tzinfo=UTC)),
    ]
    listed = [(row, 0.5) for row in range(1, 6)] + [(6, 0.6)]
    ranking = rank(candidates_of(listed, *[[]] * 6), articles, FORMULA)
    ids = [articles[row].id for row in list_of(ranking, 0)]
    assert ids == ["best", "new-a", "new-b", "old", "a-undated", "b-undated"]


def test_any_date_comes_before_none():
    articles = [make_article("q"), make_article("a"), make_article("z", published_at=datetime.min)]
    articles[2] = dataclasses.replace(articles[2], published_at=datetime(1, 1, 1, tzinfo=UTC))
    ranking = rank(candidates_of([(1, 0.5), (2, 0.5)], [], []), articles, FORMULA)
    assert list_of(ranking, 0) == [2, 1]


def test_a_cosine_stays_with_its_pair_and_a_list_with_its_query():
    articles = [make_article(name) for name in "abc"]
    ranking = rank(candidates_of([(1, 0.1), (2, 0.9)], [], [(1, 0.3), (0, 0.4)]), articles, FORMULA)
    assert ranking.rows.tolist() == [2, 1, 0, 1]
    assert ranking.cosines.tolist() == cosines(0.9, 0.1, 0.4, 0.3).tolist()
    assert ranking.scores.tolist() == FORMULA.score(ranking.cosines, 3).tolist()
    assert ranking.queries().tolist() == [0, 0, 2, 2]


def test_a_corpus_of_one_has_an_empty_ranking():
    ranking = rank(candidates_of([]), [make_article("a")], FORMULA)
    assert ranking.rows.tolist() == []
    assert ranking.queries().tolist() == []


@st.composite
def corpora(draw):
    ids = draw(st.lists(st.text("abé", min_size=1, max_size=3), min_size=2, max_size=7, unique=True))
    days = st.none() | st.integers(0, 2).map(lambda day: DAY + timedelta(days=day))
    articles = [make_article(one, published_at=draw(days)) for one in ids]
    lists = []
    for row in range(len(ids)):
        others = draw(st.lists(st.sampled_from(range(len(ids))), unique=True))
        lists.append([(other, draw(st.sampled_from([0.2, 0.4, 0.9]))) for other in others if other != row])
    return articles, lists


@given(corpora())
@settings(deadline=None)
def test_the_order_is_that_of_a_plain_sort(drawn):
    articles, lists = drawn
    ranking = rank(candidates_of(*lists), articles, FORMULA)

    def house_order(pair):
        article = articles[pair[0]]
        age = -article.published_at.timestamp() if article.published_at else float("inf")
        return -pair[1], age, article.id

    for row, listed in enumerate(lists):
        assert list_of(ranking, row) == [other for other, _ in sorted(listed, key=house_order)]


def test_times_are_whole_seconds_and_unknown_is_the_least():
    times = [None, datetime(1970, 1, 1, tzinfo=UTC), DAY, datetime(1, 1, 1, tzinfo=UTC)]
    found = published_seconds([make_article(str(row), published_at=at) for row, at in enumerate(times)])
    assert found.tolist() == [UNDATED, 0, 1_641_427_200, -62_135_596_800]
    assert found.dtype == np.int64


def test_places_of_ids_follow_their_code_points():
    assert order_of_ids(["b", "B", "é", "a10", "a9"]).tolist() == [3, 0, 4, 1, 2]


def test_a_corpus_below_the_smallest_size_is_asked_for_more():
    """Worked by hand: at 1 of 4 articles the logit loses 2 * ln 4 = 2.772589; 1 / 17 = 0.058824."""
    scoring = Scoring("odds", 0, 0, size_slope=0, smallest=4, largest=9, min_score=0, small_slope=2)
    cosine = np.array([0.3], dtype=np.float32)
    assert scoring.score(cosine, 1).tolist() == [np.float32(0.058824)]
    assert scoring.score(cosine, 4).tolist() == scoring.score(cosine, 9).tolist() == [0.5]
    assert scoring.score(cosine, 2) < scoring.score(cosine, 3) < scoring.score(cosine, 4)
