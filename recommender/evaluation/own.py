"""This project in an evaluation: scored as it is packaged, and on a set that the score was fitted on by
coefficients that never saw that set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommender.candidates import DEPTH
from recommender.evaluation.document.names import ALL_SETS, THIS
from recommender.evaluation.run import Run
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


def default_lists(recommender: Recommender, rows: Sequence[int], *, limit: int) -> Run:
    """The lists of these rows as they are shown, with the floor, to be judged; an article taken down has an
    empty one."""
    return _lists(recommender, rows, limit=limit)


def bare_lists(recommender: Recommender, rows: Sequence[int], *, limit: int = DEPTH) -> Run:
    """The stored candidates of each row with their scores, best first, without floor, policy and rules; what
    has been taken down has none and is none."""
    return _lists(recommender, rows, limit=limit, min_score=0, policy=False)


def _lists(
    recommender: Recommender,
    rows: Sequence[int],
    *,
    limit: int,
    min_score: float | None = None,
    policy: bool = True,
) -> Run:
    ids, lists = list(recommender.snapshot.ids), {}
    for row in rows:
        others, scores = recommender.listed(row, limit=limit, min_score=min_score, policy=policy)
        shown = zip(others, recommender.scored(row, others, scores), strict=True)
        lists[ids[row]] = tuple((ids[one], score) for one, score in shown) if recommender.visible(row) else ()
    return Run(THIS, lists)
