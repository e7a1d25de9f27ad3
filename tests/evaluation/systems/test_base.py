"""Scores to lists in the house's order, by hand and against plain sorting; what is refused."""

from __future__ import annotations

import math
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus import assemble
from recommender.errors import InputError
from recommender.evaluation.systems import NotApplicable, ScoredRanker, base, score_listed
from tests.evaluation import toys
from tests.fakes import make_article

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAN = math.nan
CORPUS = assemble(
    [
        make_article("e", published_at=NOON),
        make_article("d", published_at=NOON + DAY),
        make_article("c"),
        make_article("b", published_at=NOON),
        make_article("a"),
    ]
)
TABLE = [
    [9.0, 0.5, 0.5, 0.5, 0.5],
    [0.1, 9.0, 0.2, NAN, 0.3],
    [-1.0, -2.0, 9.0, -1.0, -0.5],
    [NAN, NAN, NAN, 9.0, NAN],
    [0.0, 0.0, 1.0, -0.0, 9.0],
]


def lists(ranker, rows, depth=10):
    return ranker.run(rows, depth).lists


@contextmanager
def in_steps_of(rows, articles=5):
    """Scores of so many rows are held at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "_CELLS_PER_STEP", rows * articles)
        yield


@pytest.fixture
def ranker():
    return toys.Table(TABLE).fit(CORPUS)


def test_higher_first_then_newer_then_by_id(ranker):
    assert lists(ranker, range(5)) == {
        # All tie: d is newest, b and e share a day, a and c have none.
        "e": (("d", 0.5), ("b", 0.5), ("a", 0.5), ("c", 0.5)),
        "d": (("a", 0.3), ("c", 0.2), ("e", 0.1)),
        "c": (("a", -0.5), ("b", -1.0), ("e", -1.0), ("d", -2.0)),
        "b": (),
        "a": (("c", 1.0), ("d", 0.0), ("b", 0.0), ("e", 0.0)),
    }


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_a_shorter_list_is_the_beginning_of_a_longer_one(ranker, depth):
    longest = lists(ranker, range(5))
    assert lists(ranker, range(5), depth) == {query: one[:depth] for query, one in longest.items()}


def test_only_what_was_asked_for_is_answered(ranker):
    run = ranker.run([3, 0], 2)
    assert (run.system, list(run.lists)) == ("table", ["b", "e"])
    assert ranker.run([], 2).lists == {}


def test_numbers_in_a_run_are_plain_ones(ranker):
    assert {type(score) for listed in lists(ranker, range(5)).values() for _, score in listed} == {float}


@pytest.mark.parametrize("depth", [0, -1])
def test_a_depth_below_one_is_refused(ranker, depth):
    with pytest.raises(ValueError, match=f"depth is {depth}, expected at least 1"):
        ranker.run([0], depth)


@pytest.mark.parametrize("row", [-1, 5])
def test_a_row_outside_the_corpus_is_refused(ranker, row):
    inside = np.array([0])
    for ask in (
        lambda: ranker.run([row], 3),
        lambda: ranker.score_pairs(inside, np.array([row])),
        lambda: ranker.score_pairs(np.array([row]), inside),
    ):
        with pytest.raises(IndexError, match=rf"row {row} is outside 0\.\.4"):
            ask()


def test_scores_of_another_shape_are_refused():
    ranker = toys.Table(TABLE, rows_off=1).fit(CORPUS)
    expected = r"system 'table' gave scores of shape \(1, 5\), expected \(2, 5\)"
    with pytest.raises(InputError, match=expected):
        ranker.run([0, 1], 3)
    with pytest.raises(InputError, match=expected):
        ranker.score_pairs(np.array([0, 1]), np.array([2, 3]))


@pytest.mark.parametrize("scores", [0.5, [[0.5]], [0.5] * 5, np.zeros((5, 1)), np.zeros((1, 4))])
def test_one_score_is_not_spread_over_all(scores):
    with pytest.raises(InputError, match="expected \\(1, 5\\)"):
        ScoredRanker("odd", CORPUS, lambda rows: scores).run([0], 3)


@pytest.mark.parametrize("scores", [[["high"] * 5], [[None] * 5, [0]], object()])
def test_what_is_no_table_of_numbers_is_refused(scores):
    with pytest.raises(InputError, match="system 'odd' gave no table of numbers"):
        ScoredRanker("odd", CORPUS, lambda rows: scores).run([0], 3)


@pytest.mark.parametrize("odd", [math.inf, -math.inf])
def test_an_infinite_score_is_refused(odd):
    table = [[odd if row == column == 2 else 0.0 for column in range(5)] for row in range(5)]
    ranker = toys.Table(table).fit(CORPUS)
    assert len(lists(ranker, [1])["d"]) == 4
    with pytest.raises(InputError, match="gave an infinite score"):
        ranker.run([2], 3)


def test_what_a_system_keeps_is_not_written_to():
    table = np.zeros((5, 5))
    table.flags.writeable = False
    assert len(lists(ScoredRanker("still", CORPUS, lambda rows: table[rows]), range(5))) == 5
    assert not np.isnan(table).any()


# Pairs


def test_a_pair_scores_the_mean_of_both_directions(ranker):
    left, right = np.array([0, 1, 2, 4]), np.array([1, 4, 4, 3])
    found = ranker.score_pairs(left, right)
    np.testing.assert_array_equal(found, [(0.5 + 0.1) / 2, (0.3 + 0) / 2, (-0.5 + 1) / 2, NAN])
    np.testing.assert_array_equal(ranker.score_pairs(right, left), found)
    assert found.dtype == np.float64


def test_an_article_paired_with_itself_has_its_own_score(ranker):
    assert ranker.score_pairs(np.array([1]), np.array([1])).tolist() == [9]


def test_no_pairs_no_scores(ranker):
    none = np.array([], dtype=np.int64)
    assert ranker.score_pairs(none, none).shape == (0,)


def test_a_system_may_say_that_its_scores_are_not_of_pairs():
    ranker = ScoredRanker("one", CORPUS, lambda rows: np.zeros((len(rows), 5)), no_pairs="only an order")
    assert len(lists(ranker, [0])["e"]) == 4
    with pytest.raises(NotApplicable, match=r"^only an order$"):
        ranker.score_pairs(np.array([0]), np.array([1]))


# Any table


@st.composite
def tables(draw):
    n = draw(st.integers(1, 7))
    days = draw(st.lists(st.none() | st.integers(0, 2), min_size=n, max_size=n))
    names = draw(st.permutations("abcdefg"[:n]))
    score = st.sampled_from([NAN, -1.0, -0.0, 0.0, 0.25, 1e-300, 7.0]) | st.floats(-2, 2)
    table = draw(st.lists(st.lists(score, min_size=n, max_size=n), min_size=n, max_size=n))
    articles = [
        make_article(name, published_at=None if day is None else NOON + day * DAY)
        for name, day in zip(names, days, strict=True)
    ]
    return assemble(articles), table


@given(tables(), st.integers(1, 8))
def test_lists_are_what_plain_sorting_gives(given_table, depth):
    corpus, table = given_table
    n = len(corpus)
    never = datetime.min.replace(tzinfo=UTC)

    def expected(row):
        others = [column for column in range(n) if column != row and not math.isnan(table[row][column])]
        dates = [article.published_at or never for article in corpus.articles]
        others.sort(key=lambda one: corpus.ids.id(one))
        others.sort(key=lambda one: (table[row][one], dates[one]), reverse=True)
        return tuple((corpus.ids.id(one), table[row][one]) for one in others[:depth])

    found = lists(toys.Table(table).fit(corpus), range(n), depth)
    assert found == {corpus.ids.id(row): expected(row) for row in range(n)}


@given(tables(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_order_nor_blocks_change_a_list(given_table, random, step):
    corpus, table = given_table
    rows = list(range(len(corpus)))
    whole = toys.Table(table).fit(corpus)
    left, right = np.repeat(rows, len(rows)), np.tile(rows, len(rows))
    with in_steps_of(step, len(corpus)):
        ranker = toys.Table(table).fit(corpus)
        random.shuffle(rows)
        assert lists(ranker, rows) == lists(whole, range(len(corpus)))
        np.testing.assert_array_equal(ranker.score_pairs(left, right), whole.score_pairs(left, right))


def test_scores_are_asked_for_in_blocks_and_none_twice():
    asked = []

    def scores(rows):
        asked.append(rows.tolist())
        return np.zeros((len(rows), 5))

    with in_steps_of(2):
        ranker = ScoredRanker("counted", CORPUS, scores)
        ranker.run([4, 0, 2], 3)
        assert asked == [[4, 0], [2]]
        asked.clear()
        ranker.score_pairs(np.array([3, 3, 1]), np.array([0, 2, 2]))
        assert asked == [[1, 3], [0, 2]]


def test_a_corpus_larger_than_a_block_is_asked_row_by_row(ranker):
    with in_steps_of(1, 3):
        assert lists(toys.Table(TABLE).fit(CORPUS), range(5)) == lists(ranker, range(5))


def test_what_a_list_has_for_each_pair(ranker):
    run = {query: dict(listed) for query, listed in ranker.run(range(5), 5).lists.items()}
    for query in range(5):
        for other in range(5):
            found = score_listed(ranker, np.array([query]), np.array([other]))[0]
            listed = run[CORPUS.ids.id(query)].get(CORPUS.ids.id(other), np.nan)
            assert query == other or found == listed or np.isnan([found, listed]).all()


def test_a_ranker_that_only_knows_pairs_is_asked_for_them(ranker):
    class Pairs:
        def score_pairs(self, left, right):
            return left * 10.0 + right

    assert score_listed(Pairs(), np.array([1, 2]), np.array([3, 4])).tolist() == [13, 24]


def test_scores_that_say_nothing_of_pairs_are_not_given_for_lists_either():
    ranker = ScoredRanker("t", CORPUS, lambda rows: np.zeros((len(rows), 5)), no_pairs="they do not")
    with pytest.raises(NotApplicable, match="they do not"):
        score_listed(ranker, np.array([0]), np.array([1]))
