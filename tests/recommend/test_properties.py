"""What holds for every list: no option changes an order or a score."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.policy import Policy
from recommender.recommend import MAX_LIMIT, Options, Recommender
from recommender.scoring import order_pairs
from tests.fakes import AXES, make_article
from tests.snapshot.by_hand import ask, contents_of, publish

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
SECTIONS = ("US", "World", "Science")


def corpus():
    """Thirty articles whose words, dates and labels go round at different speeds."""
    for number in range(30):
        words = [AXES[number % 5]] * (1 + number % 3) + [AXES[number % 4]] * (1 + number % 2)
        yield make_article(
            f"article-{number}",
            " ".join(words),
            section=SECTIONS[number % 3] if number % 7 else None,
            source=("Post", "Wire")[number % 2],
            published_at=NOON - timedelta(days=number * 5 % 11) if number % 6 else None,
        )


POLICIES = {
    "plain": Policy(),
    "diverse": Policy(diversity=0.4),
    "all": Policy(recency="before", recency_half_life_days=3, diversity=0.2, max_per_source=9),
}


def made(directory, articles, policy) -> Recommender:
    return Recommender(publish(directory, contents_of(articles, policy=policy)))


@pytest.fixture(scope="module", params=list(POLICIES))
def recommender(request, tmp_path_factory):
    return made(tmp_path_factory.mktemp("index"), list(corpus()), POLICIES[request.param])


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return made(tmp_path_factory.mktemp("index"), list(corpus()), Policy())


ids = st.sampled_from([article.id for article in corpus()])
days = st.integers(-12, 2).map(lambda day: NOON + timedelta(days=day))
labels = st.lists(st.sampled_from([*SECTIONS, "Nowhere"]), max_size=2).map(tuple)
filters = st.fixed_dictionaries(
    {},
    optional={
        "exclude": st.lists(ids | st.just("gone"), max_size=4).map(tuple),
        "section": labels,
        "exclude_section": labels,
        "source": st.lists(st.sampled_from(["Post", "Wire"]), max_size=2).map(tuple),
        "published_after": days,
        "published_before": days,
        "max_age_days": st.integers(0, 12),
        "explain": st.booleans(),
    },
)
floors = st.sampled_from([0, 0.1, 0.12, 0.3, 0.5, 0.7, 0.9, 1]) | st.floats(0, 1)


def pairs(found) -> list[tuple[int, float]]:
    return list(zip(found.rows, found.scores, strict=True))


def is_subsequence(some, of) -> bool:
    rest = iter(of)
    return all(one in rest for one in some)


@given(ids, filters, floors)
@settings(deadline=None)
def test_a_filtered_list_is_a_subsequence_and_keeps_its_scores(recommender, article_id, options, floor):
    everything = pairs(recommender.similar(article_id, limit=MAX_LIMIT, min_score=0))
    found = pairs(recommender.similar(article_id, limit=MAX_LIMIT, min_score=floor, **options))
    assert is_subsequence(found, everything)


@given(ids, filters, st.integers(1, 10))
@settings(deadline=None)
def test_a_limit_cuts_the_list_without_one(recommender, article_id, options, limit):
    whole = recommender.similar(article_id, limit=MAX_LIMIT, **options)
    assert pairs(recommender.similar(article_id, limit=limit, **options)) == pairs(whole)[:limit]


@given(ids, filters, floors, floors)
@settings(deadline=None)
def test_a_higher_floor_only_leaves_out(recommender, article_id, options, one, other):
    low, high = sorted((one, other))
    longer, shorter = (
        pairs(recommender.similar(article_id, limit=MAX_LIMIT, min_score=floor, **options))
        for floor in (low, high)
    )
    assert is_subsequence(shorter, longer)
    assert all(pair[1] < high for pair in longer if pair not in shorter)


@given(ids, filters, floors, st.integers(1, MAX_LIMIT))
@settings(deadline=None)
def test_what_an_answer_says_about_itself_is_so(recommender, article_id, options, floor, limit):
    found = recommender.similar(article_id, limit=limit, min_score=floor, **options)
    unfiltered = recommender.similar(article_id, limit=limit, min_score=floor)
    assert (found.reason is None) == (len(found) == limit)
    assert found.abstained == unfiltered.abstained == (len(unfiltered) == 0)
    assert [item.rank for item in found] == list(range(1, len(found) + 1))
    assert recommender.row(article_id) not in found.rows
    assert len(set(found.rows)) == len(found)


@given(ids, filters, floors)
@settings(deadline=None)
def test_a_text_and_several_keep_their_order_too(recommender, article_id, options, floor):
    def of_text(chosen):
        return ask(recommender, recommender.row(article_id), now=NOON, options=chosen)

    def of_several(chosen):
        return recommender.similar_to_several([article_id, "article-1"], ["article-2"], chosen)

    for find in (of_text, of_several):
        everything = pairs(find(Options(limit=MAX_LIMIT, min_score=0)))
        found = pairs(find(Options(limit=MAX_LIMIT, min_score=floor, **options)))
        assert is_subsequence(found, everything)


def test_the_policies_do_make_other_lists(plain, recommender, request):
    lists = [
        [one.listed(row, limit=MAX_LIMIT)[0] for row in range(len(one.snapshot))]
        for one in (plain, recommender)
    ]
    name = request.node.callspec.params["recommender"]
    assert (lists[0] == lists[1]) == (name == "plain")


@given(ids, floors)
@settings(deadline=None)
def test_no_policy_changes_a_score(plain, recommender, article_id, floor):
    row = recommender.row(article_id)
    scores = dict(zip(*plain.listed(row, limit=MAX_LIMIT, min_score=0), strict=True))
    for policy in (True, False):
        found = dict(
            zip(*recommender.listed(row, limit=MAX_LIMIT, min_score=floor, policy=policy), strict=True)
        )
        assert found.items() <= scores.items()


@given(ids, floors)
@settings(deadline=None)
def test_the_bare_ranking_is_there_whatever_the_policy(plain, recommender, article_id, floor):
    row = recommender.row(article_id)
    bare = recommender.listed(row, limit=MAX_LIMIT, min_score=floor, policy=False)
    assert bare == plain.listed(row, limit=MAX_LIMIT, min_score=floor, policy=False)
    snapshot = recommender.snapshot
    key = [
        (-score, -int(snapshot.published[one]), snapshot.ids.id(one))
        for one, score in zip(*bare, strict=True)
    ]
    assert key == sorted(key)


def test_the_table_of_all_pairs_has_the_bare_ranking_too(plain, recommender):
    snapshot = recommender.snapshot
    stored = snapshot.ranking()[0]
    ranking = stored.reordered(
        order_pairs(stored.queries(), stored.rows, stored.scores, snapshot.published, snapshot.id_order)
    )
    expected = plain.snapshot.ranking()[0]
    assert ranking.rows.tolist() == expected.rows.tolist()
    assert ranking.scores.tolist() == expected.scores.tolist()


def test_a_list_is_in_the_order_of_the_default_floor(recommender):
    floor = recommender.floor.min_score
    for row in range(len(recommender.snapshot)):
        reaches = [score >= floor for score in recommender.listed(row, limit=MAX_LIMIT, min_score=0)[1]]
        assert reaches == sorted(reaches, reverse=True)


@given(st.permutations(list(corpus())), st.sampled_from(list(POLICIES)))
@settings(deadline=None, max_examples=10)
def test_the_order_of_the_corpus_makes_no_difference(tmp_path_factory, articles, name):
    lists = [
        {
            one.id: [(item.id, item.score) for item in found.similar(one.id, limit=MAX_LIMIT, min_score=0)]
            for one in articles
        }
        for found in (
            made(tmp_path_factory.mktemp("index"), some, POLICIES[name])
            for some in (list(corpus()), articles)
        )
    ]
    assert lists[0] == lists[1]


def own_lists_agree(recommender) -> None:
    """Every article's own vector has the article's stored list, score by score, but for the article."""
    everything = Options(limit=MAX_LIMIT, min_score=0)
    for row, article_id in enumerate(recommender.snapshot.ids):
        found = ask(recommender, row, now=NOON, options=everything)
        own = [pair for pair in pairs(found) if pair[0] != row]
        assert own == pairs(recommender.similar(article_id, everything))


@given(st.lists(st.lists(st.sampled_from(AXES), min_size=1, max_size=6), min_size=2, max_size=9))
@settings(deadline=None, max_examples=15)
def test_an_article_s_own_vector_has_its_stored_list(tmp_path_factory, texts):
    articles = [make_article(f"{row}", " ".join(words)) for row, words in enumerate(texts)]
    contents = contents_of(articles, fitted=True)
    own_lists_agree(Recommender(publish(tmp_path_factory.mktemp("index"), contents)))


def test_in_a_larger_corpus_too_the_same_pair_scores_the_same(tmp_path):
    texts = [" ".join(AXES[place * row % 5] for place in range(2 + row % 7)) for row in range(45)]
    articles = [make_article(f"{row}", text) for row, text in enumerate(texts)]
    own_lists_agree(Recommender(publish(tmp_path, contents_of(articles, fitted=True))))
