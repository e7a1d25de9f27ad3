"""How long things take, always as a ratio to something else measured in the same run."""

from recommender.benchmark.machine import machine, record
from recommender.benchmark.ranking import Times, against_encoding, ranking

__all__ = ["Times", "against_encoding", "machine", "ranking", "record"]
