"""The pages' own lists in a report: totals over the corpus, and some pages in full."""

from __future__ import annotations

from dataclasses import replace

from recommender.audit import MOST_NAMED, PageBelowFloor, audit_corpus, audit_page
from recommender.evaluation.document.whole import AuditExample, AuditTotals
from recommender.recommend import Recommender

EXAMPLES = 6


def audit_totals(recommender: Recommender) -> AuditTotals | None:
    """What became of the pages' own lists; ``None`` where no page has one.

    The examples are spread evenly over the pages in the order of the audit, from the one with the largest
    share of links below the floor to the one with the smallest: neither the best nor the worst alone.
    """
    whole = audit_corpus(recommender, most=len(recommender.snapshot))
    if not whole.pages:
        return None
    named = replace(whole, most_below_floor=whole.most_below_floor[:MOST_NAMED])
    return AuditTotals(
        totals=named.as_json(),
        examples=tuple(
            AuditExample(id=page.id, title=page.title, audit=audit_page(recommender, page.id).as_json())
            for page in _spread(whole.most_below_floor)
        ),
    )


def _spread(pages: tuple[PageBelowFloor, ...]) -> list[PageBelowFloor]:
    if len(pages) <= EXAMPLES:
        return list(pages)
    return [pages[round(step * (len(pages) - 1) / (EXAMPLES - 1))] for step in range(EXAMPLES)]
