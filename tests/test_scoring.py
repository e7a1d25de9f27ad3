"""The formula by hand, and the house's order against a plain sort."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.candidates import DEPTH, Candidates
from recommender.evidence import Evidence
from recommender.scoring import (
    DECIMALS,
    UNDATED,
    WITHOUT_VECTORS,
    Floor,
    Floors,
    Ranking,
    Scoring,
    fitted_on,
    order_of_ids,
    order_pairs,
    packaged_scoring,
    published_seconds,
    rank,
    scoring_of,
)
from recommender.statistics import packaged_background
from tests.fakes import make_article
from tests.snapshot.by_hand import FORMULA

DAY = datetime(2022, 1, 6, tzinfo=UTC)


def cosines(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def evidence_of(*lead: float, lexical: float = 0, name: float = 0, neighbour: float = 0) -> Evidence:
    """Pairs that differ in their lead cosine alone."""
    others = (np.full(len(lead), value, dtype=np.float32) for value in (lexical, name, neighbour))
    return Evidence(cosines(*lead), *others)


def candidates_of(*lists: list[tuple[int, float]]) -> tuple[Candidates, Evidence]:
    """Lists of (row, lead cosine)."""
    pairs = [pair for listed in lists for pair in listed]
    found = Candidates(
        np.cumsum([0, *map(len, lists)], dtype=np.int64),
        np.array([row for row, _ in pairs], dtype=np.int32),
    )
    return found, evidence_of(*(cosine for _, cosine in pairs))


def list_of(ranking: Ranking, row: int) -> list[int]:
    return ranking.rows[ranking.offsets[row] : ranking.offsets[row + 1]].tolist()


# The formula


@pytest.mark.parametrize(
    ("cosine", "expected"), [(0.5, 0.5), (1, 0.880797), (0, 0.119203), (-1, 0.002473), (0.75, 0.731059)]
)
def test_the_score_is_the_logistic_of_the_evidence(cosine, expected):
    assert FORMULA.score(evidence_of(cosine)).tolist() == cosines(expected).tolist()


# logit = -4 + 2 * lead + 3 * lexical + neighbour + 0.5 * ln(1 + 10 * name)
FOUR = dataclasses.replace(FORMULA, intercept=-4, lead=2, lexical=3, neighbours=1, names=0.5)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ({}, 0.017986),  # 1 / (1 + e^4)
        ({"lexical": 1}, 0.268941),  # 1 / (1 + e)
        ({"neighbour": 1}, 0.047426),  # 1 / (1 + e^3)
        ({"name": 0.3}, 0.035337),  # odds e^-4 * sqrt(4), 0.036631 to 1
        ({"name": 0.8}, 0.052085),  # odds e^-4 * sqrt(9): the next names add less
        ({"lexical": 1, "neighbour": 1}, 0.5),
    ],
)
def test_four_pieces_by_hand(pieces, expected):
    assert FOUR.score(evidence_of(0, **pieces)).tolist() == cosines(expected).tolist()


def test_contributions_are_what_the_logit_is_made_of():
    evidence = evidence_of(0.5, -0.5, lexical=0.25, name=0.3, neighbour=0.75)
    found = FOUR.contributions(evidence)
    assert {name: values.tolist() for name, values in found.items()} == {
        "lead_cosine": [1, -1],
        "lexical_cosine": [0.75, 0.75],
        "neighbour_cosine": [0.75, 0.75],
        "name_cosine": [pytest.approx(0.5 * math.log(4))] * 2,
    }
    logits = FOUR.intercept + sum(found.values())
    np.testing.assert_allclose(FOUR.score(evidence), 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_scores_are_single_precision_and_none_for_no_pairs():
    assert FORMULA.score(evidence_of(0.5)).dtype == np.float32
    assert FORMULA.score(evidence_of()).shape == (0,)


def test_the_last_bits_of_a_cosine_decide_nothing():
    near = np.float32(0.5)
    apart = np.nextafter(near, np.float32(1))
    assert near != apart
    one, other = FORMULA.score(evidence_of(near, apart))
    assert one == other


SHARE = st.floats(0, 1, width=32)
LEAD = st.floats(-1, 1, width=32)
PIECES = ("lead_cosine", "lexical_cosine", "name_cosine", "neighbour_cosine")


def packaged() -> list[Scoring]:
    """Every formula that the package holds for its own encoder and for any other."""
    own = packaged_background().fingerprint
    return [packaged_scoring(own), packaged_scoring("nobody's")] + [
        packaged_scoring(one, without=name) for one in (own, "nobody's") for name in fitted_on(one)
    ]


@given(LEAD, SHARE, SHARE, SHARE, st.sampled_from(PIECES), SHARE)
def test_more_evidence_never_scores_lower(lead, lexical, name, neighbour, piece, more):
    evidence = Evidence(cosines(lead), cosines(lexical), cosines(name), cosines(neighbour))
    raised = dataclasses.replace(evidence, **{piece: np.maximum(getattr(evidence, piece), np.float32(more))})
    for formula in packaged():
        score, higher = formula.score(evidence)[0], formula.score(raised)[0]
        assert 0 <= score <= higher <= 1
        assert score == np.float32(round(float(score), DECIMALS))


def test_the_packaged_formulas_are_usable():
    everything, nothing = evidence_of(1, lexical=1, name=1, neighbour=1), evidence_of(0)
    for formula in packaged():
        for articles in (1, 20, 300, 10_000, 10_000_000):
            floor = formula.floors.among(articles)
            assert 0 < floor.min_score <= floor.min_best < 1
            assert formula.score(everything)[0] > floor.min_best
            assert formula.score(nothing)[0] < floor.min_score


def test_a_formula_for_vectors_is_used_with_its_own_encoder_alone():
    own = packaged_background().fingerprint
    assert packaged_scoring(own).fingerprint == own
    for other in ("nobody's", own + "x", WITHOUT_VECTORS):
        formula = packaged_scoring(other)
        assert (formula.fingerprint, formula.lead, formula.closeness.lead) == (WITHOUT_VECTORS, 0, 0)


def test_a_formula_survives_being_written_down():
    assert scoring_of(json.loads(json.dumps(FOUR.as_json()))) == FOUR


@pytest.mark.parametrize("change", [{"lead": None}, {"slope": 1.0}, {"closeness": {"lead": 1.0}}])
def test_what_is_no_formula_is_refused(change):
    content = {**FOUR.as_json(), **change}
    content = {name: value for name, value in content.items() if value is not None}
    with pytest.raises((KeyError, TypeError)):
        scoring_of(content)


# The floor


@pytest.mark.parametrize(
    ("floor", "scores", "expected"),
    [
        (Floor(0.5), [0.6, 0.5, 0.499999], [True, True, False]),
        (Floor(0.5, 0.7), [0.6, 0.5], [False, False]),
        (Floor(0.5, 0.7), [0.7, 0.5, 0.4], [True, True, False]),
        (Floor(0.5, 0.7), [0.4, 0.7], [False, True]),
        (Floor(0.5, 0.3), [0.4], [False]),
        (Floor(0), [0], [True]),
        (Floor(0.5, 0.7), [], []),
        (Floor(0.1, 0.1), [0.1], [True]),  # 0.1 in single precision, as scores are
    ],
)
def test_what_a_list_may_show(floor, scores, expected):
    found = floor.reached(cosines(*scores), max(scores, default=0))
    assert found.tolist() == expected
    assert found.dtype == np.bool_


@pytest.mark.parametrize(
    ("min_score", "min_best", "expected"),
    [
        (None, None, Floor(0.5, 0.7)),
        (0.2, None, Floor(0.2, 0)),
        (0.0, None, Floor(0, 0)),
        (0.5, None, Floor(0.5, 0.7)),
        (0.6, None, Floor(0.6, 0.7)),
        (0.6, 0.0, Floor(0.6, 0)),
        (0.2, 0.6, Floor(0.2, 0.6)),
        (None, 0.6, Floor(0.5, 0.6)),
        (None, 0.0, Floor(0.5, 0)),
    ],
)
def test_a_floor_of_ones_own(min_score, min_best, expected):
    assert Floor(0.5, 0.7).with_own(min_score, min_best) == expected


# Halfway from 20 to 80 in logarithms is 40, from 80 to 5,120 it is 640.
FLOORS = Floors(((20, 0.2), (80, 0.3), (5120, 0.6)), 0.7)


@pytest.mark.parametrize(
    ("articles", "min_score"),
    [(0, 0.2), (1, 0.2), (20, 0.2), (40, 0.25), (80, 0.3), (640, 0.45), (5120, 0.6), (10**9, 0.6)],
)
def test_the_floor_in_a_corpus_of_so_many_articles(articles, min_score):
    assert FLOORS.among(articles) == Floor(min_score, 0.7)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_larger_corpus_has_no_lower_floor_where_none_was_fitted(one, other):
    less, more = sorted((one, other))
    assert FLOORS.among(less).min_score <= FLOORS.among(more).min_score


@given(st.lists(SHARE, max_size=10), SHARE, SHARE, SHARE)
def test_a_higher_min_score_never_shows_more(scores, best_needed, one, other):
    """Whatever the floor is that they are asked for instead of."""
    best = max(scores, default=0)
    low, high = (
        Floor(0.5, best_needed).with_own(asked).reached(cosines(*scores), best)
        for asked in sorted((one, other))
    )
    assert not (high & ~low).any()


@given(st.lists(SHARE, max_size=10), SHARE, SHARE, SHARE)
def test_a_higher_floor_shows_no_more(scores, lower, higher, best):
    lower, higher = sorted((lower, higher))
    few, many = (
        Floor(one, best).reached(cosines(*scores), max(scores, default=0)) for one in (higher, lower)
    )
    assert (few <= many).all()


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
    ranking = rank(*candidates_of(listed, *[[]] * 6), articles, FORMULA)
    ids = [articles[row].id for row in list_of(ranking, 0)]
    assert ids == ["best", "new-a", "new-b", "old", "a-undated", "b-undated"]


def test_any_date_comes_before_none():
    articles = [make_article("q"), make_article("a"), make_article("z", published_at=datetime.min)]
    articles[2] = dataclasses.replace(articles[2], published_at=datetime(1, 1, 1, tzinfo=UTC))
    ranking = rank(*candidates_of([(1, 0.5), (2, 0.5)], [], []), articles, FORMULA)
    assert list_of(ranking, 0) == [2, 1]


def test_a_score_stays_with_its_pair_and_a_list_with_its_query():
    articles = [make_article(name) for name in "abc"]
    ranking = rank(*candidates_of([(1, 0.1), (2, 0.9)], [], [(1, 0.3), (0, 0.4)]), articles, FORMULA)
    assert ranking.rows.tolist() == [2, 1, 0, 1]
    assert ranking.scores.tolist() == FORMULA.score(evidence_of(0.9, 0.1, 0.4, 0.3)).tolist()
    assert ranking.queries().tolist() == [0, 0, 2, 2]


def test_the_hundred_best_of_each_article_are_kept():
    articles = [make_article(f"{row:03}") for row in range(151)]
    listed = [(row, row / 200) for row in range(1, 151)]
    ranking = rank(*candidates_of(listed, listed[1:21], *[[]] * 149), articles, FORMULA)
    assert list_of(ranking, 0) == list(range(150, 150 - DEPTH, -1))
    assert list_of(ranking, 1) == list(range(21, 1, -1))
    assert ranking.offsets[-1] == len(ranking.rows) == len(ranking.scores) == DEPTH + 20


def test_of_equally_good_ones_the_newer_are_kept():
    articles = [make_article(f"{row:03}", published_at=DAY + timedelta(days=row)) for row in range(151)]
    ranking = rank(*candidates_of([(row, 0.5) for row in range(1, 151)], *[[]] * 150), articles, FORMULA)
    assert list_of(ranking, 0) == list(range(150, 50, -1))


def test_a_corpus_of_one_has_an_empty_ranking():
    ranking = rank(*candidates_of([]), [make_article("a")], FORMULA)
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
    ranking = rank(*candidates_of(*lists), articles, FORMULA)

    def house_order(pair):
        article = articles[pair[0]]
        age = -article.published_at.timestamp() if article.published_at else float("inf")
        return -pair[1], age, article.id

    for row, listed in enumerate(lists):
        assert list_of(ranking, row) == [other for other, _ in sorted(listed, key=house_order)]


def test_a_ranking_is_reordered_column_by_column_and_found_again():
    articles = [make_article(str(row)) for row in range(4)]
    ranking = rank(*candidates_of([(1, 0.9), (2, 0.5), (3, 0.5)], [], [], [(0, 0.2)]), articles, FORMULA)
    other = ranking.reordered(np.array([2, 0, 1, 3]))
    assert (list_of(other, 0), list_of(other, 3)) == ([3, 1, 2], [0])
    assert other.scores.tolist() == ranking.scores[[2, 0, 1, 3]].tolist()
    assert not other.rows.flags.writeable
    published, ids = published_seconds(articles), order_of_ids([one.id for one in articles])
    again = other.reordered(order_pairs(other.queries(), other.rows, other.scores, published, ids))
    for name in ("offsets", "rows", "scores"):
        assert getattr(again, name).tolist() == getattr(ranking, name).tolist()


def test_times_are_whole_seconds_and_unknown_is_the_least():
    times = [None, datetime(1970, 1, 1, tzinfo=UTC), DAY, datetime(1, 1, 1, tzinfo=UTC)]
    found = published_seconds([make_article(str(row), published_at=at) for row, at in enumerate(times)])
    assert found.tolist() == [UNDATED, 0, 1_641_427_200, -62_135_596_800]
    assert found.dtype == np.int64


def test_places_of_ids_follow_their_code_points():
    assert order_of_ids(["b", "B", "é", "a10", "a9"]).tolist() == [3, 0, 4, 1, 2]
