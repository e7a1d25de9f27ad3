"""Figures that others published for a dataset, each with its source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from recommender.evaluation.judgements import Anchor

_LEE = (
    "Lee, M. D., Pincombe, B. M. and Welsh, M. B. (2005). An empirical evaluation of models of text document "
    "similarity. Proceedings of the 27th Annual Conference of the Cognitive Science Society, 1254-1259"
)
_GABRILOVICH = (
    "Gabrilovich, E. and Markovitch, S. (2007). Computing semantic relatedness using Wikipedia-based "
    "explicit semantic analysis. Proceedings of the 20th International Joint Conference on Artificial "
    "Intelligence, 1606-1611"
)
LEE_ANCHORS = (
    Anchor("people among themselves (inter-rater correlation)", "Pearson", 0.605, _LEE),
    Anchor("latent semantic analysis (LSA)", "Pearson", 0.60, _LEE),
    Anchor("explicit semantic analysis (ESA)", "Pearson", 0.72, _GABRILOVICH),
)
# sha256 of the 1,225 grades as little-endian doubles.
_LEE_GRADES = "9f2fb339016aab8b2475fb88e83854b91a78d0bba1795cbcc31c2a75d712ea9c"


def anchors_for(grades: Sequence[float]) -> tuple[Anchor, ...]:
    """What was published for the dataset with these grades, in this order; mostly nothing.

    A dataset is known by what people said: a file's name says little, and the figures hold for no other.
    """
    digest = hashlib.sha256(np.asarray(grades, dtype="<f8").tobytes()).hexdigest()
    return LEE_ANCHORS if digest == _LEE_GRADES else ()
