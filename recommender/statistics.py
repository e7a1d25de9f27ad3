"""What the corpus as a whole says, and ranking needs: for now the mean of its vectors.

Sentence vectors of news share a large common part; two articles about nothing in common have a cosine
well above 0 until it is taken out. The statistics are an input to ranking and a part of the snapshot
of their own, so that a later build may keep its parent's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from recommender.dense import freeze

STATISTICS_VERSION = 1
# A corpus counts as much as the background when it has this many articles. In a corpus of two related
# articles its own mean lies between them and would make them opposites.
BLEND_ARTICLES = 50
_BACKGROUND_FILE = "background/mean.json"


@dataclass(frozen=True, slots=True)
class Statistics:
    """``mean`` ``(dim,) float32`` is the corpus's own mean blended with the background's;
    ``articles`` is the number it was fitted on, ``background`` names the packaged mean that was blended
    in, or is ``None`` where there is none for this encoder (the mean is then shrunk towards zero)."""

    version: int
    fingerprint: str
    articles: int
    background: str | None
    mean: NDArray[np.float32]

    def __post_init__(self) -> None:
        freeze(self.mean)


@dataclass(frozen=True, slots=True)
class Background:
    """A packaged mean ``(dim,) float64`` over news that is not the user's, and where it comes from."""

    name: str
    fingerprint: str
    mean: NDArray[np.float64]


def fit(vectors: NDArray[np.float32], fingerprint: str, background: Background | None = None) -> Statistics:
    """Statistics of a corpus. ``vectors`` is ``(n, dim) float32``, unit rows; the corpus's own mean
    weighs ``n / (n + 50)``. A background of another fingerprint is not used."""
    articles = len(vectors)
    if background is not None and background.fingerprint != fingerprint:
        background = None
    weight = articles / (articles + BLEND_ARTICLES)
    mean = np.zeros(vectors.shape[1]) if background is None else (1 - weight) * background.mean
    if articles:
        mean = mean + weight * vectors.mean(axis=0, dtype=np.float64)
    return Statistics(
        version=STATISTICS_VERSION,
        fingerprint=fingerprint,
        articles=articles,
        background=background.name if background else None,
        mean=mean.astype(np.float32),
    )


def packaged_background() -> Background:
    """The mean packaged with the library; the file says what it was fitted on."""
    content = json.loads(
        resources.files("recommender").joinpath(_BACKGROUND_FILE).read_text(encoding="utf-8")
    )
    return Background(content["name"], content["fingerprint"], np.array(content["mean"], dtype=np.float64))
