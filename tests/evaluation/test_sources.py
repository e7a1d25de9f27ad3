"""The audit in a report: the totals of `audit_corpus`, and pages from the whole range."""

from __future__ import annotations

import pytest

from recommender.audit import MOST_NAMED, audit_corpus, audit_page
from recommender.evaluation import sources
from recommender.evaluation.sources import EXAMPLES, audit_totals
from tests.audit.newsroom import ARTICLES, links_to, recommender_of
from tests.fakes import make_article

PAGES = 25


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    """Pages of which each prints one link more than the one before it, all but three of them far."""
    near = [make_article(f"near-{number}", "storm") for number in range(3)]
    far = [make_article(f"far-{number:02}", "rocket") for number in range(PAGES)]
    links = ["near-0", "near-1", "near-2", *(one.id for one in far)]
    pages = [
        make_article(f"page-{number:02}", "storm", links=links_to(*links[: number + 4]))
        for number in range(PAGES)
    ]
    return recommender_of(tmp_path_factory.mktemp("index"), [*pages, *near, *far])


def test_the_totals_are_those_of_the_audit(recommender):
    found = audit_totals(recommender)
    assert found.totals == audit_corpus(recommender).as_json()
    assert len(found.totals["most_below_floor"]) == MOST_NAMED < PAGES


def test_the_examples_are_spread_over_all_pages(recommender):
    found = audit_totals(recommender)
    assert [one.id for one in found.examples] == [
        *("page-24", "page-19", "page-14", "page-10", "page-05", "page-00")
    ]
    assert len(found.examples) == EXAMPLES
    for one in found.examples:
        assert one.audit == audit_page(recommender, one.id).as_json()


def test_the_corpus_is_walked_once(recommender, monkeypatch):
    walks = []

    def counted(*args, **kwargs):
        walks.append(kwargs)
        return audit_corpus(*args, **kwargs)

    monkeypatch.setattr(sources, "audit_corpus", counted)
    audit_totals(recommender)
    assert len(walks) == 1


def test_few_pages_are_all_examples(tmp_path):
    assert [one.id for one in audit_totals(recommender_of(tmp_path)).examples] == ["quiet", "page"]


def test_without_a_page_there_are_no_totals(tmp_path):
    assert audit_totals(recommender_of(tmp_path, ARTICLES[1:7])) is None
