"""May this build be published: what it would show beside what is being served, within bounds that are set.

`decide` compares two `Shown` and says so check by check; it neither builds nor publishes anything.
"""

from recommender.gate.bounds import Bounds
from recommender.gate.decision import decide
from recommender.gate.material import Canary, Material, material_of
from recommender.gate.shown import Shown
from recommender.gate.verdict import Check, Verdict, sentence

__all__ = [
    "Bounds",
    "Canary",
    "Check",
    "Material",
    "Shown",
    "Verdict",
    "decide",
    "material_of",
    "sentence",
]
