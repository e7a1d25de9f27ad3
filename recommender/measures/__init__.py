"""What lists are like, and how well they fit what people judged: pure functions from lists to numbers.

They measure lists that are made already, whoever made them, and know nothing of scores or policy. A number
that has nothing to be measured on is ``None``, never 0; all are rounded to six decimals.
"""

from recommender.measures.agreement import PERSISTENCE, agreement, rank_biased_overlap
from recommender.measures.dates import DAY_BOUNDS, days_apart
from recommender.measures.exposure import exposure
from recommender.measures.likeness import NEAR_COPY, repeats, similarity
from recommender.measures.lists import Lists
from recommender.measures.ndcg import ndcg
from recommender.measures.shared import Shared, shared
from recommender.measures.sizes import abstention, sizes
from recommender.measures.together import measure

__all__ = [
    "DAY_BOUNDS",
    "NEAR_COPY",
    "PERSISTENCE",
    "Lists",
    "Shared",
    "abstention",
    "agreement",
    "days_apart",
    "exposure",
    "measure",
    "ndcg",
    "rank_biased_overlap",
    "repeats",
    "shared",
    "similarity",
    "sizes",
]
