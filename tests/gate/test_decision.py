"""Each check by hand: what it finds, what it allows, and that it can fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.gate import Bounds, Canary, Material, decide
from tests.gate.sides import ring, side

TIGHT = Bounds(slack=0)
NOTHING = Material()


def verdict_of(build, served, bounds=TIGHT, material=NOTHING, **options):
    return decide(side(build) if isinstance(build, dict) else build, served, bounds, material, **options)


def check(verdict, name):
    (found,) = [one for one in verdict.checks if one.name == name]
    return found


def failed(verdict):
    return [one.name for one in verdict.failed]


def without(lists, gone):
    return {
        each: [one for one in listed if one not in gone] for each, listed in lists.items() if each not in gone
    }


def test_the_first_build_has_nothing_to_compare_with_and_passes():
    verdict = verdict_of(ring(20), None, note="the first")
    assert (verdict.checks, verdict.compared_with, verdict.note) == ((), None, "the first")
    assert (verdict.outcome, verdict.refused) == ("passed", False)


def test_all_the_checks_there_are():
    grades = {"a000": {"a001": 1}}
    material = Material(grades, (Canary("a000", ("a001",)),))
    verdict = verdict_of(ring(20), side(ring(20), name="000001-aaaaaa"), material=material)
    assert [one.name for one in verdict.checks] == [
        *("articles", "coverage", "abstention", "repeats", "churn", "encoder", "ndcg@10", "canary a000"),
    ]
    assert verdict.outcome == "passed"
    assert verdict.compared_with == "000001-aaaaaa"


@pytest.mark.parametrize(
    ("left", "bounds", "passed"),
    [
        (75, TIGHT, True),
        (74, TIGHT, False),
        (50, TIGHT, False),
        (10, TIGHT, False),
        (90, Bounds(min_articles=0.9, slack=0), True),
        (89, Bounds(min_articles=0.9, slack=0), False),
        (150, TIGHT, True),
        (1000, TIGHT, True),
        (150, Bounds(max_articles=1.5, slack=0), True),
        (151, Bounds(max_articles=1.5, slack=0), False),
        (70, Bounds(slack=30), True),
        (69, Bounds(slack=30), False),
    ],
)
def test_articles(left, bounds, passed):
    found = check(verdict_of(ring(left), side(ring(100)), bounds), "articles")
    assert (found.found, found.was, found.passed) == (left, 100, passed)
    assert found.setting == ("gate_max_articles" if left == 151 else "gate_min_articles")


def test_what_is_taken_down_is_no_article():
    hidden = {f"a{number:03}" for number in range(30)}
    kept = without(ring(100), hidden)
    taken = {each: kept.get(each, []) for each in ring(100)}
    verdict = verdict_of(side(taken, hidden=hidden), side(taken, hidden=hidden))
    assert check(verdict, "articles").found == check(verdict, "articles").was == 70
    assert failed(verdict) == []


def test_teasers_do_not_stand_in_for_articles_that_are_missing():
    lists = ring(100)
    verdict = verdict_of(side(lists, teasers=list(lists)[:50]), side(lists))
    assert failed(verdict) == ["full articles"]
    found = check(verdict, "full articles")
    assert (found.found, found.allowed, found.was) == (50, "75 or more", 100)
    assert "full articles" not in [one.name for one in verdict_of(lists, side(lists)).checks]


def test_coverage_and_abstention():
    emptied = {each: [] if place < 50 else listed for place, (each, listed) in enumerate(ring(100).items())}
    verdict = verdict_of(emptied, side(ring(100)))
    found = check(verdict, "coverage")
    assert (found.found, found.allowed, found.was, found.passed) == (0.5, "0.600 or more", 1.0, False)
    found = check(verdict, "abstention")
    assert (found.found, found.allowed, found.was, found.passed) == (0.5, "0.200 or less", 0.0, False)
    # Of another reason than the floor nobody abstains.
    verdict = verdict_of(side(emptied, filtered=50), side(ring(100)))
    assert check(verdict, "abstention").passed
    assert not check(verdict, "coverage").passed
    assert check(verdict_of(emptied, side(ring(100)), Bounds(slack=50)), "coverage").passed


def test_repeats():
    lists = ring(100)  # 300 items
    assert check(verdict_of(side(lists, repeated=15), side(lists)), "repeats").passed
    found = check(verdict_of(side(lists, repeated=16), side(lists)), "repeats")
    assert (found.found, found.allowed, found.was, found.passed) == (0.053333, "0.050 or less", 0.0, False)
    assert check(verdict_of(side(lists, repeated=16), side(lists, repeated=10)), "repeats").passed


def test_churn():
    verdict = verdict_of(ring(100, step=-1), side(ring(100)))
    found = check(verdict, "churn")
    assert (found.found, found.allowed, found.was, found.passed) == (0.0, "0.600 or more", 1.0, False)
    assert failed(verdict) == ["churn"]
    assert str(found) == "churn: found 0.000, allowed 0.600 or more, was 1.000 (gate_min_rbo)"


def test_a_few_lists_may_be_other_ones():
    turned = {**ring(100), **dict(list(ring(100, step=-1).items())[:40])}
    assert check(verdict_of(turned, side(ring(100))), "churn").passed
    turned |= dict(list(ring(100, step=-1).items())[:41])
    assert not check(verdict_of(turned, side(ring(100))), "churn").passed
    assert check(verdict_of(turned, side(ring(100)), Bounds(slack=1)), "churn").passed


def test_lists_pushed_down_by_new_articles_are_no_churn():
    lists = ring(100, length=10)
    newer = {each: [f"n{k}" for k in range(10)] + listed for each, listed in lists.items()}
    build = {**newer, **{f"n{k}": [] for k in range(10)}}
    assert check(verdict_of(build, side(lists)), "churn").found == 1.0


def test_without_an_article_in_both_there_is_no_churn():
    found = check(verdict_of(ring(100, first=500), side(ring(100))), "churn")
    assert (found.found, found.passed, found.note) == (None, True, "no list is of an article in both")


@pytest.mark.parametrize(
    ("wanted", "new", "old", "passed"),
    [
        ("model", "w:c:text1", "w:c:text1", True),
        ("model", "w:c:text1:bf16", "w:c:text1", True),
        ("model", "w:c:text1", "w:c:text1:openvino-bf16", True),
        ("model", "v:c:text1", "w:c:text1", False),
        ("same", "w:c:text1:bf16", "w:c:text1", False),
        ("same", "w:c:text1:bf16", "w:c:text1:bf16", True),
        ("any", "v:c:text1", "w:c:text1", True),
    ],
)
def test_encoder(wanted, new, old, passed):
    bounds = Bounds(encoder=wanted)
    found = check(verdict_of(side(ring(9), encoder=new), side(ring(9), encoder=old), bounds), "encoder")
    assert (found.found, found.was, found.passed) == (new, old, passed)


def test_with_another_model_lists_may_be_in_another_order():
    build = side(ring(100, step=-1), encoder="v:c:text1")
    verdict = verdict_of(build, side(ring(100)), Bounds(encoder="any"))
    assert failed(verdict) == []
    assert check(verdict, "churn").note == "another model orders lists anew"
    arithmetic = side(ring(100, step=-1), encoder="w:c:text1:bf16")
    assert failed(verdict_of(arithmetic, side(ring(100)), Bounds(encoder="any"))) == ["churn"]


def test_judgements():
    lists = ring(100)
    grades = {"a000": {"a001": 1, "gone": 3}, "a001": {"a002": 2}, "gone": {"a000": 1}, "a002": {"a003": 0}}
    material = Material(grades)
    found = check(verdict_of(lists, side(lists), material=material), "ndcg@10")
    assert (found.found, found.was, found.note) == (1.0, 1.0, "over 2 judged articles")
    worse = {**lists, "a000": ["a005", "a001"]}  # 1 / log2(3) in place of 1, halved by the other query
    found = check(verdict_of(worse, side(lists), material=material), "ndcg@10")
    assert (found.found, found.allowed, found.passed) == (0.815465, "0.950 or more", False)
    assert check(verdict_of(worse, side(worse), material=material), "ndcg@10").passed
    assert check(verdict_of(lists, side(worse), material=material), "ndcg@10").passed


def test_judgements_of_articles_that_nobody_has():
    material = Material({"gone": {"a000": 1}})
    found = check(verdict_of(ring(9), side(ring(9)), material=material), "ndcg@10")
    assert (found.found, found.passed, found.note) == (None, True, "no judged article is in both")


def test_canaries():
    lists = ring(100)
    material = Material(canaries=(Canary("a000", ("a002", "a001")), Canary("a009", ("a010", "a000"))))
    verdict = verdict_of(lists, side({**lists, "a009": []}), material=material)
    assert check(verdict, "canary a000").passed
    found = check(verdict, "canary a009")
    assert str(found) == (
        "canary a009: found 1 of 2, allowed 2 of 2, was 0 of 2 (gate_canaries): missing: a000"
    )
    assert failed(verdict) == ["canary a009"]


def test_a_canary_speaks_on_the_first_build_too():
    material = Material(canaries=(Canary("a000", ("a050",)),))
    verdict = verdict_of(ring(100), None, material=material)
    assert (failed(verdict), verdict.refused) == (["canary a000"], True)
    assert verdict.checks[0].was is None


def test_a_canary_looks_at_ten():
    lists = ring(100, length=11)
    for expected, passed in (("a010", True), ("a011", False)):
        material = Material(canaries=(Canary("a000", (expected,)),))
        assert check(verdict_of(lists, side(lists), material=material), "canary a000").passed == passed


def test_a_canary_that_is_not_there_fails_and_one_that_was_taken_down_does_not():
    lists = ring(100)
    found = check(verdict_of(lists, None, material=Material(canaries=(Canary("x", ("a001",)),))), "canary x")
    assert (found.passed, found.note) == (False, "the build has no such article")
    hidden = side({**without(lists, {"a001"}), "a001": []}, hidden={"a001"})
    for canary in (Canary("a001", ("a002",)), Canary("a000", ("a001",))):
        found = check(
            verdict_of(hidden, None, material=Material(canaries=(canary,))), f"canary {canary.article}"
        )
        assert (found.passed, found.note) == (True, "taken down")
    found = check(verdict_of(hidden, None, material=Material(canaries=(Canary("a000", ("a001", "a002")),))),
                  "canary a000")  # fmt: skip
    assert (found.found, found.passed) == ("1 of 1", True)


def test_forced():
    verdict = verdict_of(ring(10), side(ring(100)), forced=True)
    assert (verdict.outcome, verdict.refused) == ("overridden", False)
    assert "articles" in failed(verdict)
    assert verdict_of(ring(100), side(ring(100)), forced=True).outcome == "passed"


def test_what_is_written_down():
    written = verdict_of(ring(50), side(ring(100), name="000001-aaaaaa")).as_json()
    assert (written["outcome"], written["compared_with"]) == ("refused", "000001-aaaaaa")
    assert written["checks"][0] == {
        "name": "articles",
        "found": 50,
        "allowed": "75 or more",
        "was": 100,
        "passed": False,
        "setting": "gate_min_articles",
        "note": "",
        "said": "articles: found 50, allowed 75 or more, was 100 (gate_min_articles)",
    }


def test_where_everything_is_taken_down():
    lists = {each: [] for each in ring(9)}
    nothing = side(lists, hidden=list(lists))
    assert failed(verdict_of(nothing, nothing)) == []


# Whatever is served: the same again passes, in any order, under the strictest bounds there are

STRICTEST = Bounds(
    min_articles=1,
    max_articles=1,
    min_coverage=1,
    max_abstention_rise=0,
    max_repeats_rise=0,
    min_rbo=1,
    max_ndcg_drop=0,
    encoder="same",
    slack=0,
)
IDS = [f"id-{number}" for number in range(12)]


@st.composite
def newsrooms(draw):
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))
    hidden = draw(st.sets(st.sampled_from(ids)))
    shown = [each for each in ids if each not in hidden]
    lists = {
        each: draw(st.lists(st.sampled_from(shown), unique=True)) if each in shown else [] for each in ids
    }
    return {each: [one for one in listed if one != each] for each, listed in lists.items()}, hidden


GRADES = st.dictionaries(st.sampled_from(IDS), st.dictionaries(st.sampled_from(IDS), st.integers(0, 3)))


@given(newsrooms(), GRADES, st.randoms())
def test_what_is_served_passes_and_the_order_of_articles_does_not_matter(newsroom, grades, random):
    lists, hidden = newsroom
    served, order = side(lists, hidden=hidden), list(lists)
    material = Material(
        {query: {d: g for d, g in docs.items() if d != query} for query, docs in grades.items()}
    )
    verdict = decide(served, served, STRICTEST, material)
    assert failed(verdict) == []
    random.shuffle(order)
    again = side({each: lists[each] for each in order}, hidden=hidden)
    assert decide(again, served, STRICTEST, material).as_json() == verdict.as_json()


@given(newsrooms(), newsrooms(), GRADES, st.randoms())
def test_no_check_depends_on_the_order_of_articles(one, other, grades, random):
    build, served = side(one[0], hidden=one[1]), side(other[0], hidden=other[1])
    order = list(one[0])
    random.shuffle(order)
    turned = side({each: one[0][each] for each in order}, hidden=one[1])
    material = Material(
        {query: {d: g for d, g in docs.items() if d != query} for query, docs in grades.items()}
    )
    assert decide(turned, served, TIGHT, material) == decide(build, served, TIGHT, material)
