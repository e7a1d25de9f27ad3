"""The nearest of every article by vectors and by terms: searched for, or brought forward from earlier."""

from recommender.nearest.by_terms import Postings, recall_of
from recommender.nearest.by_vectors import Units
from recommender.nearest.lists import Earlier, Lists, Pairs, Side, brought_forward, searched
from recommender.nearest.order import distinct, in_order

__all__ = [
    "Earlier",
    "Lists",
    "Pairs",
    "Postings",
    "Side",
    "Units",
    "brought_forward",
    "distinct",
    "in_order",
    "recall_of",
    "searched",
]
