"""The policy's settings, as its steps read them and as a snapshot's manifest keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from recommender.settings import Settings


@dataclass(frozen=True, slots=True)
class Policy:
    """Each field is the setting of its name; meanings stand in `recommender.settings.TABLE`. The defaults
    here switch off whatever only reorders: the settings' own are in that table."""

    teasers: str = "always"
    languages: str = "any"
    same_story: str = "collapse"
    rewordings_of_article: str = "keep"
    recency: str = "any"
    recency_half_life_days: float = 14.0
    diversity: float = 0.0
    max_per_source: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """The policy that settings ask for."""
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Policy:
        """The policy in a manifest; what else stands there is passed over. Raises KeyError for a field
        that is missing."""
        return cls(**{field.name: said[field.name] for field in fields(cls)})
