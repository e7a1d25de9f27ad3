"""The form of a formula: what neighbours are found by, and which evidence has a weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.evidence import Evidence
from recommender.neighbourhood import Closeness
from recommender.scoring import WITHOUT_VECTORS as ANY_ENCODER
from recommender.scoring import Floors, Scoring

WEIGHTS = ("lead", "lexical", "neighbours", "names")
_DECIMALS = 4
NO_FLOOR = Floors(((1, 0.0),))


@dataclass(frozen=True, slots=True)
class Form:
    """``weights`` names the weights of `Scoring` that are fitted; the others are 0."""

    name: str
    vectors: bool
    closeness: Closeness
    weights: tuple[str, ...]

    def features(self, evidence: Evidence) -> NDArray[np.float64]:
        """What the fitted weights are multiplied with, ``(m, len(weights))``, in their order."""
        # The formula with every weight 1 adds up exactly what each weight is multiplied with.
        ones = Scoring("", "", self.closeness, 0.0, 1.0, 1.0, 1.0, 1.0, NO_FLOOR)
        columns = dict(zip(WEIGHTS, ones.contributions(evidence).values(), strict=True))
        return np.column_stack([columns[name] for name in self.weights])

    def formula(self, fingerprint: str, intercept: float, weights: NDArray[np.float64]) -> Scoring:
        """The formula of these coefficients, rounded to four decimals, ``weights`` ``(len(weights),)``; it
        has no floor yet. ``fingerprint`` is the encoder's."""
        fitted = dict(zip(self.weights, weights.tolist(), strict=True))
        return Scoring(
            name=self.name,
            fingerprint=fingerprint if self.vectors else ANY_ENCODER,
            closeness=self.closeness,
            intercept=round(intercept, _DECIMALS),
            **{name: round(fitted.get(name, 0.0), _DECIMALS) for name in WEIGHTS},
            floors=NO_FLOOR,
        )


# Terms speak through the neighbours that they find, so they have no weight of their own beside vectors.
WITH_VECTORS = Form("evidence-logistic-1", True, Closeness(1.0, 2.0), ("lead", "neighbours", "names"))
WITHOUT_VECTORS = Form("lexical-logistic-1", False, Closeness(0.0, 1.0), ("lexical", "neighbours", "names"))
