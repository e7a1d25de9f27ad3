"""Lists from a snapshot: what may be asked, the recommender, and the list it answers with."""

from recommender.recommend.absence import KeptOut
from recommender.recommend.explanation import Explanation, Piece, Shared, Side, Standing
from recommender.recommend.lists import PINNED, SimilarList
from recommender.recommend.options import DEFAULT_LIMIT, MAX_LIMIT, Options
from recommender.recommend.ready import Ready
from recommender.recommend.recommender import Recommender

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "PINNED",
    "Explanation",
    "KeptOut",
    "Options",
    "Piece",
    "Ready",
    "Recommender",
    "Shared",
    "Side",
    "SimilarList",
    "Standing",
]
