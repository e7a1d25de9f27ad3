"""Lists from a snapshot: what may be asked, the recommender, and the list it answers with."""

from recommender.recommend.lists import SimilarList
from recommender.recommend.options import DEFAULT_LIMIT, MAX_LIMIT, Options
from recommender.recommend.recommender import Recommender

__all__ = ["DEFAULT_LIMIT", "MAX_LIMIT", "Options", "Recommender", "SimilarList"]
