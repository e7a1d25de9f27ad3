"""This project in an evaluation: scored as it is packaged, and on a set that the score was fitted on by
coefficients that never saw that set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.evaluation.document.names import ALL_SETS
from recommender.recommend import Recommender


@dataclass(frozen=True, slots=True)
class Own:
    """``packaged`` is over the collection's snapshot; ``held_out`` holds by dataset's name those over
    snapshots of the same articles, row for row, ranked by a formula that was fitted without the dataset."""

    packaged: Recommender
    held_out: Mapping[str, Recommender]

    def __post_init__(self) -> None:
        ids = list(self.packaged.snapshot.ids)
        for name, one in self.held_out.items():
            if list(one.snapshot.ids) != ids:
                raise ValueError(
                    f"the snapshot without {name} does not hold the collection's articles, row for row"
                )

    def of(self, dataset: str) -> Recommender:
        """The one that is measured on a dataset."""
        return self.held_out.get(dataset, self.packaged)

    def scored_with(self, dataset: str) -> str:
        """What its score was fitted on, in the words of the document."""
        return f"fitted without {dataset}" if dataset in self.held_out else ALL_SETS
