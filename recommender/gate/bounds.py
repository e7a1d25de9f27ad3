"""How far a build may be from what is being served."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.settings import Settings

# What of the encoder has to stay: its vectors' arithmetic too, the model alone, nothing.
SAME, MODEL, ANY = "same", "model", "any"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Each is the setting of the same name after ``gate_``, whose meaning stands in `TABLE`. ``slack``
    articles, lists or items more or fewer never count: in a small newsroom one alone is a large share."""

    min_articles: float = 0.75
    max_articles: float | None = None
    min_coverage: float = 0.6
    max_abstention_rise: float = 0.2
    max_repeats_rise: float = 0.05
    min_rbo: float = 0.6
    max_ndcg_drop: float = 0.05
    encoder: str = MODEL
    slack: int = 5

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """The bounds that the settings name."""
        return cls(
            min_articles=settings.gate_min_articles,
            max_articles=settings.gate_max_articles,
            min_coverage=settings.gate_min_coverage,
            max_abstention_rise=settings.gate_max_abstention_rise,
            max_repeats_rise=settings.gate_max_repeats_rise,
            min_rbo=settings.gate_min_rbo,
            max_ndcg_drop=settings.gate_max_ndcg_drop,
            encoder=settings.gate_encoder,
            slack=settings.gate_slack,
        )
