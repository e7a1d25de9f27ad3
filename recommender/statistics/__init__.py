"""What the corpus as a whole says, and ranking needs: the common part of its vectors, how rare its terms are.

The statistics are an input to ranking and a part of the snapshot of their own, so that a later build may keep
its parent's. A small corpus says little about either: it is blended with packaged numbers of background news.
"""

from recommender.statistics.background import Background, packaged_background
from recommender.statistics.fit import STATISTICS_VERSION, Statistics, fit, places_of

__all__ = ["STATISTICS_VERSION", "Background", "Statistics", "fit", "packaged_background", "places_of"]
