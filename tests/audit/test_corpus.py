"""All pages together: sums by hand, the order of those with most below the floor, and the work in steps."""

from __future__ import annotations

import json

import pytest

from recommender.audit import REASONS, SHOWN, PageBelowFloor, audit_corpus, compare
from recommender.errors import OptionError
from recommender.overlay import Overlay
from tests.audit.newsroom import ARTICLES, links_to, recommender_of
from tests.fakes import make_article
from tests.snapshot.by_hand import opened_by

DROPPED = {code: 0 for code in REASONS if code not in SHOWN}


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    return recommender_of(tmp_path_factory.mktemp("index"))


def test_totals_by_hand(recommender):
    # "page": near and some kept, first new, far below the floor, video too short, twin a copy. "quiet" has
    # nothing near: of five links four are below the floor and one, video, is too short to be judged.
    found = audit_corpus(recommender).as_json()
    assert found == {
        "snapshot": recommender.snapshot.name,
        "requested": None,
        "min_score": 0.5,
        "min_best": 0.0,
        "articles": 9,
        "pages": 2,
        "links": 10,
        "kept": 2,
        "dropped": DROPPED | {"below_min_score": 5, "text_too_short": 2, "same_story": 1},
        "new": 1,
        "below_floor": 5,
        "share_below_floor": 0.5,
        "empty": 1,
        "identical": 0,
        "mean_links": 5.0,
        "mean_rebuilt": 1.5,
        "most_below_floor": [
            {
                "id": "quiet",
                "title": "About quiet",
                "links": 5,
                "below_floor": 4,
                "share_below_floor": 0.8,
                "kept": 0,
                "rebuilt": 0,
            },
            {
                "id": "page",
                "title": "About page",
                "links": 5,
                "below_floor": 1,
                "share_below_floor": 0.2,
                "kept": 2,
                "rebuilt": 3,
            },
        ],
    }
    assert list(found["dropped"]) == list(DROPPED)
    assert list(found)[-1] == "most_below_floor"
    assert json.loads(json.dumps(found)) == found


def test_limit_and_floor_hold_for_every_page(recommender):
    short = audit_corpus(recommender, limit=1, min_score=0)
    assert (short.requested, short.min_score) == (1, 0)
    assert short.dropped["beyond_limit"] == 7  # near, some and far of "page", all four of "quiet"
    assert (short.kept, short.new, short.below_floor, short.mean_rebuilt) == (0, 2, 0, 1.0)
    assert short.most_below_floor == ()
    with pytest.raises(OptionError):
        audit_corpus(recommender, limit=0)


def test_links_of_a_list_that_did_not_open_are_dropped_and_score_what_they_score(tmp_path):
    found = audit_corpus(recommender_of(tmp_path, formula=opened_by(0.9)))
    assert (found.min_score, found.min_best, found.empty, found.kept, found.new) == (0.5, 0.9, 2, 0, 0)
    # near and some of "page" are dropped with the list; their own scores are above the floor all the same.
    assert found.dropped == DROPPED | {"below_min_score": 7, "text_too_short": 2, "same_story": 1}
    assert found.below_floor == 5
    assert [(page.id, page.below_floor) for page in found.most_below_floor] == [("quiet", 4), ("page", 1)]


def test_a_floor_of_minus_0_is_0(recommender):
    assert json.dumps(audit_corpus(recommender, min_score=-0.0).as_json()["min_score"]) == "0.0"


def test_below_the_floor_counts_whatever_else_speaks_against_a_link(tmp_path):
    articles = [make_article("q", "storm " * 30, links=links_to("copy", "x")), make_article("x", "rocket")]
    articles.append(make_article("copy", "storm " * 30))
    found = audit_corpus(recommender_of(tmp_path, articles), min_score=0.9)
    assert found.dropped == DROPPED | {"copy_of_article": 1, "below_min_score": 1}
    assert found.below_floor == 2


def test_an_index_without_any_list(tmp_path):
    found = audit_corpus(recommender_of(tmp_path, ARTICLES[1:7]))
    assert (found.articles, found.pages, found.links, found.dropped) == (6, 0, 0, DROPPED)
    assert found.share_below_floor is found.mean_links is found.mean_rebuilt is None
    assert json.loads(json.dumps(found.as_json()))["most_below_floor"] == []


def test_a_page_whose_links_were_all_taken_down_has_no_list(tmp_path):
    taken = Overlay(1, frozenset({"far", "near", "page", "some", "video"}))
    found = audit_corpus(recommender_of(tmp_path, overlay=taken))
    assert (found.articles, found.pages) == (4, 0)


def test_lists_that_are_the_same(tmp_path):
    articles = [*ARTICLES[3:5], make_article("one", "storm", links=links_to("near", "some"))]
    articles.append(make_article("other", "storm court", links=links_to("near", "some")))
    found = audit_corpus(recommender_of(tmp_path, articles), limit=2)
    # Of "one" the list is (other, near), of "other" it is (near, some), which stand in id order.
    assert (found.pages, found.identical) == (2, 1)


def worst(tmp_path, **counts: tuple[int, int]):
    """Pages with (links, of which so many are below the floor)."""
    good, bad = ([make_article(f"{word}{n}", word) for n in range(9)] for word in ("storm", "rocket"))
    pages = [
        make_article(
            name,
            "storm",
            links=links_to(*[one.id for one in [*good[: links - below], *bad[:below]]]),
        )
        for name, (links, below) in counts.items()
    ]
    return recommender_of(tmp_path, [*good, *bad, *pages])


def test_the_pages_with_most_below_the_floor_come_first(tmp_path):
    recommender = worst(tmp_path, e=(4, 2), d=(8, 4), c=(4, 4), b=(3, 3), a=(8, 4), none=(5, 0))
    found = audit_corpus(recommender).most_below_floor
    assert [(page.id, page.links, page.share_below_floor) for page in found] == [
        ("c", 4, 1.0),
        ("a", 8, 0.5),
        ("d", 8, 0.5),
        ("e", 4, 0.5),
    ]
    assert found[0] == PageBelowFloor("c", "About c", 4, 4, 1.0, 0, 4)
    assert audit_corpus(recommender, most=2).most_below_floor == found[:2]
    assert audit_corpus(recommender, most=0).most_below_floor == ()


def test_pairs_are_scored_for_many_pages_at_once(tmp_path, monkeypatch):
    recommender = worst(tmp_path, a=(8, 4), b=(5, 5), c=(4, 1))
    asked = []
    whole, score = audit_corpus(recommender), recommender.score_pairs

    def counted(left, right):
        asked.append(len(left))
        return score(left, right)

    monkeypatch.setattr(recommender, "score_pairs", counted)
    assert audit_corpus(recommender) == whole
    assert asked == [17]
    monkeypatch.setattr(compare, "_PAGES_PER_STEP", 2)
    assert audit_corpus(recommender) == whole
    assert asked[1:] == [13, 4]


def test_a_link_at_the_floor_is_not_below_it(recommender):
    (page,) = compare.compare(recommender, [recommender.row("page")], min_score=0)
    scores = sorted({link.score for link in page.source if 0 < link.score < 1})
    row = [recommender.row("page")]
    (at,) = compare.compare(recommender, row, min_score=scores[0])
    (above,) = compare.compare(recommender, row, min_score=min(1.0, scores[0] + 1e-4))
    assert above.below_floor > at.below_floor
