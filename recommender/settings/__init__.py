"""The settings: one table, and how a value is found."""

from recommender.settings.origins import load
from recommender.settings.table import TABLE, Settings, own_floor

__all__ = ["TABLE", "Settings", "load", "own_floor"]
