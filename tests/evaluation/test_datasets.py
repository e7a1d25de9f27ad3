"""One dataset judged from end to end, by hand; better, worse and no different come out as what they are."""

from __future__ import annotations

from datetime import UTC, datetime
from math import log2
from random import Random

import pytest

from recommender.article import Article
from recommender.evaluation import Qrels, Run
from recommender.evaluation.datasets import judge
from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.names import MEASURES
from recommender.scoring import Floor
from tests.fakes import make_article

pytest.importorskip("ir_measures", reason="the extra eval is not installed")
pytest.importorskip("scipy", reason="the extra eval is not installed")

# q1 and q2 have related articles, nothing is related to q3.
TRUTH = Qrels(
    "six",
    "qrels",
    "by hand",
    {
        "q1": {"d1": 3, "d2": 1, "d3": 0},
        "q2": {"d4": 2, "d5": 1},
        "q3": {"d1": 0},
    },
)
ARTICLES = {one: make_article(one) for one in ("q1", "q2", "q3", "d1", "d2", "d3", "d4", "d5", "x1")}


def run(name: str, **lists: str) -> Run:
    """``run("a", q1="d1:.9 d2")``: documents in order, each with a score of its own or 1."""
    split = {q: [item.partition(":") for item in docs.split()] for q, docs in lists.items()}
    return Run(name, {q: tuple((d, float(s or 1)) for d, _, s in items) for q, items in split.items()})


def judged(
    runs: dict[str, Run],
    default: Run | None = None,
    truth: Qrels = TRUTH,
    articles: dict[str, Article] | None = None,
    **options: object,
) -> RankedDataset:
    bare = runs["recommender"]
    chosen: dict[str, object] = {
        "seed": 0,
        "resamples": 999,
        "pages": {},
        "bare": bare,
        "floor": Floor(0.2, 0.6),
    }
    chosen |= {"calibration": None} | options
    return judge(truth, runs, default or runs["recommender"], articles or ARTICLES, **chosen)  # type: ignore[arg-type]


THIS = run("recommender", q1="d1:.9 x1:.6 d3:.3 d2:.1", q2="d5:.8", q3="d1:.2")
SHOWN = run("recommender", q1="d1:.9 x1:.6", q2="d5:.8", q3="")
PAGE = run("source", q1="d3 d2")


@pytest.fixture
def report() -> RankedDataset:
    return judged({"recommender": THIS, "source": PAGE}, SHOWN, pages={"q1": 2})


def test_counts(report):
    assert (report.queries, report.answerable, report.unanswerable, report.groups) == (3, 2, 1, 2)
    assert report.judgements == {"0": 2, "1": 2, "2": 1, "3": 1}
    assert report.complete == "pairs that are not listed were not judged"


def test_means_are_over_answerable_queries_and_a_missing_list_counts_nothing(report):
    this, page = report.systems
    ideal = 3 + 1 / log2(3)
    assert this.measures["nDCG@10"].mean == pytest.approx(
        ((3 + 1 / log2(5)) / ideal + 1 / (2 + 1 / log2(3))) / 2, abs=1e-6
    )
    assert this.measures["AP"].mean == pytest.approx(((1 + 2 / 4) / 2 + 1 / 2) / 2)
    assert this.measures["judged@10"].mean == pytest.approx((3 / 4 + 1) / 2)
    assert (this.answered, page.answered) == (2, 1)
    assert page.measures["RR"].mean == pytest.approx((1 / 2 + 0) / 2)
    assert page.measures["R@10"].mean == pytest.approx((1 / 2 + 0) / 2)


def test_an_interval_of_two_queries_reaches_from_one_to_the_other(report):
    this = report.systems[0]
    both = sorted(values["RR"] for values in this.per_query.values())
    assert both == [1, 1]
    p5 = sorted(values["P@5"] for values in this.per_query.values())
    assert p5 == [1 / 5, 2 / 5]
    assert (this.measures["P@5"].low, this.measures["P@5"].high) == (1 / 5, 2 / 5)


def test_differences_are_of_the_others_less_this(report):
    this, page = report.systems
    assert this.less_this == {}
    less = page.less_this["RR"]
    assert less.mean == pytest.approx(1 / 4 - 1)
    # Two queries, differences -1/2 and -1: of four ways to set the signs two reach as far.
    assert (less.p, less.p_holm) == (0.5, 0.5)


def test_what_is_served_is_measured_with_its_floor(report):
    # d1 and the unjudged x1 under q1, d5 alone under q2.
    assert set(report.with_floor) == {name for name in MEASURES if name != "judged@10"}
    assert report.with_floor["R@10"].mean == (1 / 2 + 1 / 2) / 2
    assert report.with_floor["nDCG@10"].mean == pytest.approx(
        (3 / (3 + 1 / log2(3)) + 1 / (2 + 1 / log2(3))) / 2, abs=1e-6
    )
    assert report.with_floor["nDCG@10"].mean < report.systems[0].measures["nDCG@10"].mean


def test_judged_at_10_is_no_quality_to_be_compared(report):
    assert set(report.systems[1].less_this) == {name for name in MEASURES if name != "judged@10"}


def test_per_query_values_are_all_of_this_and_one_of_the_others(report):
    this, page = report.systems
    assert set(this.per_query["q1"]) == set(MEASURES)
    assert page.per_query == {"q1": {"nDCG@10": pytest.approx((1 / log2(3)) / (3 + 1 / log2(3)), abs=1e-6)},
                              "q2": {"nDCG@10": 0}}  # fmt: skip


def test_what_is_shown_is_judged_item_by_item(report):
    shown = report.systems[0].shown
    # d1 related, x1 unjudged, d5 related; nothing under q3.
    assert (shown.queries, shown.items, shown.judged, shown.related) == (3, 3, 2, 2)
    assert (shown.off_topic_at_5, shown.off_topic_at_10) == (0, 0)
    assert (shown.empty_where_nothing_is_related, shown.items_where_nothing_is_related) == (1, 0)
    page = report.systems[1].shown
    # Of three queries one has a page with a list: the others did not abstain, they were not asked.
    assert (page.queries, page.items, page.judged, page.related) == (1, 2, 2, 1)
    assert (page.off_topic_at_5, page.empty_where_nothing_is_related) == (1 / 2, None)


def test_the_page_is_compared_where_it_has_a_list(report):
    against = report.against_source
    assert against is not None
    assert (against.queries, against.answerable) == (1, 1)
    ideal = 3 + 1 / log2(3)
    # Shown are d1 and the unjudged x1 here, the unrelated d3 and d2 there.
    assert {name: one.mean for name, one in against.this.items()} == pytest.approx(
        {"nDCG@10": 3 / ideal, "P@5": 1 / 5, "R@10": 1 / 2, "off-topic@10": 0}, abs=1e-6
    )
    assert {name: one.mean for name, one in against.source.items()} == pytest.approx(
        {"nDCG@10": (1 / log2(3)) / ideal, "P@5": 1 / 5, "R@10": 1 / 2, "off-topic@10": 1 / 2}, abs=1e-6
    )
    assert against.less_this["off-topic@10"].mean == 1 / 2
    assert against.less_this["off-topic@10"].p == 1  # one query is no evidence
    assert against.this["P@5"].low is None
    assert against.without_floor["nDCG@10"].mean == pytest.approx(3 / ideal, abs=1e-6)
    assert set(against.without_floor) == {"nDCG@10", "P@5", "R@10", "off-topic@10"}
    assert (against.shown_this.items, against.shown_source.items) == (2, 2)
    assert judged({"recommender": THIS}, SHOWN, pages={"q1": 2}).against_source is None
    assert judged({"recommender": THIS, "source": PAGE}, SHOWN).against_source is None


def test_pages_under_which_nothing_is_related_count_in_what_is_off_topic():
    page = run("source", q1="d3 d2", q3="d1 x1")
    against = judged({"recommender": THIS, "source": page}, SHOWN, pages={"q1": 2, "q3": 2}).against_source
    assert against is not None
    assert (against.queries, against.answerable) == (2, 1)
    # Half of q1's, all that was judged of q3's; the rebuilt list of q3 is empty and shows nothing off topic.
    assert against.source["off-topic@10"].mean == (1 / 2 + 1) / 2
    assert against.this["off-topic@10"].mean == 0
    assert against.source["P@5"].mean == pytest.approx(1 / 5)
    lone = judged({"recommender": THIS, "source": page}, SHOWN, pages={"q3": 2}).against_source
    assert lone is not None
    assert (lone.answerable, set(lone.this), set(lone.without_floor)) == (
        0,
        {"off-topic@10"},
        {"off-topic@10"},
    )


def test_without_the_floor_the_list_goes_on_to_where_the_page_ends():
    against = judged({"recommender": THIS, "source": PAGE}, SHOWN, pages={"q1": 4}).against_source
    assert against is not None
    assert (against.this["R@10"].mean, against.this["off-topic@10"].mean) == (1 / 2, 0)
    assert against.without_floor["R@10"].mean == 1
    assert against.without_floor["off-topic@10"].mean == pytest.approx(1 / 3, abs=1e-6)  # d3 of d1, d3, d2


def test_a_rebuilt_list_has_no_more_room_than_the_page():
    longer = run("recommender", q1="d1 d2 d3", q2="", q3="")
    against = judged({"recommender": longer, "source": PAGE}, longer, pages={"q1": 2}).against_source
    assert against is not None
    assert against.shown_this.items == 2


def test_the_worst_list_comes_first_and_says_what_it_missed(report):
    first, second = report.worst
    assert (first.id, second.id) == ("q2", "q1")
    assert [(item.id, item.relevance) for item in first.items] == [("d5", 1)]
    assert [(item.id, item.relevance) for item in first.missed] == [("d4", 2)]
    assert [(item.id, item.score, item.relevance) for item in second.items] == [
        ("d1", 0.9, 3),
        ("x1", 0.6, None),
        ("d3", 0.3, 0),
        ("d2", 0.1, 1),
    ]
    assert second.missed == ()


def test_a_list_where_nothing_is_related_is_needless():
    filled = run("recommender", q1="d1", q2="", q3="d1:.7 x1:.6")
    report = judged({"recommender": filled})
    assert [(one.id, [item.relevance for item in one.items]) for one in report.needless] == [
        ("q3", [0, None])
    ]
    assert report.systems[0].shown.empty_where_nothing_is_related == 0
    assert report.systems[0].shown.items_where_nothing_is_related == 2


def test_both_parts_of_the_floor_are_told(report):
    assert (report.min_score, report.min_best) == (0.2, 0.6)


def test_thresholds_are_plain_floors_and_cut_the_whole_list(report):
    at = {one.min_score: one for one in report.thresholds}
    assert (at[0].items, at[0].precision, at[0].empty) == (6, 3 / 5, 0)
    # At 0.3 d1, x1, d3 of q1 and d5 of q2 stay; 0.5 drops d3.
    assert (at[0.3].items, at[0.3].precision, at[0.3].recall) == (4, 2 / 3, (1 / 2 + 1 / 2) / 2)
    assert (at[0.5].items, at[0.5].precision, at[0.5].empty) == (3, 1, pytest.approx(1 / 3))
    assert (at[0.95].items, at[0.95].precision, at[0.95].recall, at[0.95].empty) == (0, None, 0, 1)


def test_scores_of_judged_pairs_are_counted_apart(report):
    edges = report.scores.edges
    related = {edges[place]: n for place, n in enumerate(report.scores.related) if n}
    unrelated = {edges[place]: n for place, n in enumerate(report.scores.unrelated) if n}
    assert related == {0.1: 1, 0.8: 1, 0.9: 1}
    assert unrelated == {0.2: 1, 0.3: 1}


def test_complete_judgements_make_the_unlisted_unrelated():
    complete = Qrels("six", "qrels", "by hand", TRUTH.relevance, judged=frozenset(ARTICLES))
    report = judged({"recommender": THIS}, SHOWN, complete)
    assert report.systems[0].measures["judged@10"].mean == 1
    assert (report.systems[0].shown.judged, report.systems[0].shown.off_topic_at_5) == (
        3,
        pytest.approx(1 / 3),
    )
    assert report.complete == "every pair of the corpus was judged: one that is not listed is unrelated"


def test_no_answerable_query_leaves_no_means():
    report = judged({"recommender": THIS, "twin": THIS}, truth=Qrels("none", "qrels", "", {"q3": {"d1": 0}}))
    assert (report.answerable, report.unanswerable) == (0, 1)
    assert all(one.measures == {} and one.less_this == {} for one in report.systems)
    assert (report.worst, report.slices) == ((), ())
    assert report.systems[0].shown.items == 1


def test_one_query_has_no_interval_and_no_evidence():
    one = Qrels("one", "qrels", "", {"q1": TRUTH.relevance["q1"]})
    report = judged({"recommender": THIS, "source": PAGE}, truth=one)
    assert (report.groups, report.systems[0].measures["RR"].mean) == (1, 1)
    assert (report.systems[0].measures["RR"].low, report.systems[0].measures["RR"].high) == (None, None)
    assert report.systems[1].less_this["RR"].p == 1


def test_a_system_without_a_list_for_the_dataset_is_not_applicable_and_no_0():
    elsewhere = run("source", d1="d2")
    report = judged({"recommender": THIS, "source": elsewhere, "newest": THIS}, SHOWN)
    assert [one.system for one in report.systems] == ["recommender"]
    assert report.not_applicable == {
        "source": "it has no list for any query of this dataset",
        "newest": "no related article of this dataset has a date",
    }
    dated = ARTICLES | {"d4": make_article("d4", published_at=datetime(2022, 1, 3, tzinfo=UTC))}
    report = judged({"recommender": THIS, "newest": THIS}, SHOWN, articles=dated)
    assert report.not_applicable == {}


def test_this_project_stays_also_where_it_lists_nothing():
    empty = Run("recommender", {})
    report = judged({"recommender": empty, "other": THIS})
    assert report.systems[0].measures["nDCG@10"].mean == 0
    assert report.systems[0].answered == 0


def test_off_topic_counts_judged_items_alone():
    mixed = run("recommender", q1="x1 d3 d1")
    (this,) = judged({"recommender": mixed}).systems
    assert (this.shown.items, this.shown.judged, this.shown.off_topic_at_5) == (3, 2, 1 / 2)


def test_a_full_list_has_all_the_recall_that_ten_places_allow():
    twelve = {f"r{n:02}": 1 for n in range(12)}
    truth = Qrels("twelve", "qrels", "", {"q1": twelve})
    listed = Run("recommender", {"q1": tuple((doc, 0.9) for doc in twelve)})
    articles = ARTICLES | {one: make_article(one) for one in twelve}
    report = judged({"recommender": listed}, truth=truth, articles=articles)
    assert report.thresholds[0].recall == 1
    assert report.systems[0].measures["R@10"].mean == pytest.approx(10 / 12)


def test_slices_are_means_of_their_own_queries():
    articles = ARTICLES | {"q1": make_article("q1", section="US"), "q2": make_article("q2", section="World")}
    report = judged({"recommender": THIS}, SHOWN, articles=articles)
    means = {one.value: one.means["recommender"] for one in report.slices if one.dimension == "section"}
    per_query = report.systems[0].per_query
    assert means == pytest.approx(
        {"US": per_query["q1"]["nDCG@10"], "World": per_query["q2"]["nDCG@10"]}, abs=1e-6
    )


# Thirty queries with three related articles each among thirty others.
MANY = {f"q{n:02}": {f"d{n:02}{letter}": 1 for letter in "abc"} for n in range(30)}
POOL = [doc for docs in MANY.values() for doc in docs]
GOOD = Run("recommender", {q: tuple((doc, 0.9) for doc in (*docs, POOL[0] if "00" not in q else POOL[-1]))
                           for q, docs in MANY.items()})  # fmt: skip
EVERYONE = {one: make_article(one) for one in [*MANY, *POOL]}


def shuffled(name: str, seed: int) -> Run:
    random = Random(seed)
    return Run(name, {q: tuple((doc, 0.5) for doc in random.sample(POOL, 10)) for q in MANY})


def test_a_shuffled_system_is_worse_and_a_twin_is_not_different():
    truth = Qrels("many", "qrels", "by hand", MANY)
    twin = Run("twin", GOOD.lists)
    report = judged(
        {"recommender": GOOD, "twin": twin, "shuffled": shuffled("shuffled", 1)},
        truth=truth,
        articles=EVERYONE,
    )
    by_name = {one.system: one for one in report.systems}
    worse = by_name["shuffled"].less_this["nDCG@10"]
    assert worse.mean < -0.5
    assert worse.high is not None
    assert worse.high < 0
    assert worse.p_holm < 0.01
    same = by_name["twin"].less_this["nDCG@10"]
    assert (same.mean, same.low, same.high, same.p, same.p_holm) == (0, 0, 0, 1, 1)


def test_this_project_shuffled_is_what_the_others_beat():
    truth = Qrels("many", "qrels", "by hand", MANY)
    report = judged(
        {"recommender": shuffled("recommender", 2), "good": Run("good", GOOD.lists)},
        truth=truth,
        articles=EVERYONE,
    )
    better = report.systems[1].less_this["nDCG@10"]
    assert better.low is not None
    assert better.low > 0
    assert better.p_holm < 0.01


def test_two_shuffled_systems_are_not_told_apart():
    truth = Qrels("many", "qrels", "by hand", MANY)
    report = judged(
        {"recommender": shuffled("recommender", 5), "other": shuffled("other", 6)},
        truth=truth,
        articles=EVERYONE,
    )
    less = report.systems[1].less_this["nDCG@10"]
    assert less.low is not None
    assert less.high is not None
    assert less.low < 0 < less.high
    assert less.p > 0.05


def test_p_values_are_corrected_for_the_number_of_systems():
    truth = Qrels("many", "qrels", "by hand", MANY)
    runs = {"recommender": GOOD} | {name: shuffled(name, seed) for seed, name in enumerate("abc")}
    less = [one.less_this["nDCG@10"] for one in judged(runs, truth=truth, articles=EVERYONE).systems[1:]]
    assert [one.p for one in less] == [pytest.approx(2 / 1000)] * 3
    assert [one.p_holm for one in less] == [pytest.approx(6 / 1000)] * 3


def test_grouped_queries_are_one_observation():
    grouped = Qrels("many", "events", "by hand", MANY, groups={q: q[:2] for q in MANY})
    report = judged(
        {"recommender": GOOD, "shuffled": shuffled("shuffled", 1)}, truth=grouped, articles=EVERYONE
    )
    assert report.groups == 3
    assert report.group_of["q07"] == "q0"
    # Three groups: of eight ways to set the signs two are as extreme.
    assert report.systems[1].less_this["nDCG@10"].p == 0.25


def test_a_seed_is_an_answer():
    runs = {"recommender": GOOD, "shuffled": shuffled("shuffled", 1)}
    truth = Qrels("many", "qrels", "by hand", MANY)
    one, two, other = (judged(runs, truth=truth, articles=EVERYONE, seed=seed) for seed in (0, 0, 1))
    assert one == two
    assert one != other
    assert one.systems[1].per_query == other.systems[1].per_query
