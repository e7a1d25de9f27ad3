"""Systems that can be evaluated: this project, and what a sceptic would try instead."""

from recommender.evaluation.systems.base import (
    NotApplicable,
    Ranker,
    ScoredRanker,
    ScoredSystem,
    System,
    score_listed,
)
from recommender.evaluation.systems.load import load
from recommender.evaluation.systems.standard import standard
from recommender.evaluation.systems.vector_cache import VectorCache

__all__ = [
    "NotApplicable",
    "Ranker",
    "ScoredRanker",
    "ScoredSystem",
    "System",
    "VectorCache",
    "load",
    "score_listed",
    "standard",
]
