"""Numbers packaged with the library, fitted on news that is not the user's: no word of it, only hashes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.dense import freeze

DESCRIPTION = "background/news.json"
NUMBERS = "background/news.npz"


@dataclass(frozen=True, slots=True)
class Background:
    """``mean`` ``(dim,) float64`` and ``covariance`` ``(dim, dim) float64`` of the vectors of ``articles``
    articles under the encoder ``fingerprint``. For the terms ``keys`` ``(k,) uint32``, ascending, the numbers
    of articles that hold each, ``(k,) float64``: ``holding`` at all, ``capitalised`` in mid-sentence."""

    name: str
    fingerprint: str
    articles: int
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    keys: NDArray[np.uint32]
    holding: NDArray[np.float64]
    capitalised: NDArray[np.float64]

    def __post_init__(self) -> None:
        freeze(self.mean, self.covariance, self.keys, self.holding, self.capitalised)


@cache
def packaged_background() -> Background:
    """The background packaged with the library; its description says what it was fitted on."""
    package = resources.files("recommender")
    said: dict[str, Any] = json.loads(package.joinpath(DESCRIPTION).read_text(encoding="utf-8"))
    with package.joinpath(NUMBERS).open("rb") as stream, np.load(stream, allow_pickle=False) as numbers:
        mean = numbers["mean"].astype(np.float64)
        covariance = np.zeros((len(mean), len(mean)))
        covariance[np.triu_indices(len(mean))] = numbers["covariance"]
        return Background(
            name=said["name"],
            fingerprint=said["fingerprint"],
            articles=said["articles"],
            mean=mean,
            covariance=covariance + np.triu(covariance, 1).T,
            keys=numbers["keys"],
            holding=numbers["holding"].astype(np.float64),
            capitalised=numbers["capitalised"].astype(np.float64),
        )
