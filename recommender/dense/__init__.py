"""Nearest neighbours of unit vectors by cosine, and the exact numpy reference that every way is held to.

All give the same rows and the same cosines. A cosine is the product in double precision, rounded to
single, whoever found the pair: a product in blocks differs in its last bits with the block's shape,
and two copies of one article must tie. Order: higher cosine, then lower row.
"""

from recommender.dense.apart import Found, all_pairs_apart
from recommender.dense.cosines import cosines_in_blocks, cosines_of_pairs, cosines_to_all
from recommender.dense.exact import ExactIndex
from recommender.dense.flat import FaissIndex
from recommender.dense.hits import DenseIndex, Hits
from recommender.dense.lists import nearest_of_all
from recommender.dense.pairs import above, all_pairs, nearest_to
from recommender.dense.vectors import Vectors, centred, freeze, on_grid

__all__ = [
    "DenseIndex",
    "ExactIndex",
    "FaissIndex",
    "Found",
    "Hits",
    "Vectors",
    "above",
    "all_pairs",
    "all_pairs_apart",
    "centred",
    "cosines_in_blocks",
    "cosines_of_pairs",
    "cosines_to_all",
    "freeze",
    "nearest_of_all",
    "nearest_to",
    "on_grid",
]
