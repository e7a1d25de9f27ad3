"""A page's own list against the rebuilt one: what was kept, dropped and new, and why."""

from recommender.audit.corpus import MOST_NAMED, PageBelowFloor, Totals, audit_corpus
from recommender.audit.page import Audit, Entry, audit_page
from recommender.audit.reasons import REASONS, SHOWN, SIMILAR

__all__ = [
    "MOST_NAMED",
    "REASONS",
    "SHOWN",
    "SIMILAR",
    "Audit",
    "Entry",
    "PageBelowFloor",
    "Totals",
    "audit_corpus",
    "audit_page",
]
