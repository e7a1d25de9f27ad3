"""One query's candidates before floor and filters, and what can be said of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.scoring import DECIMALS, UNDATED
from recommender.snapshot import Snapshot

DAY_SECONDS = 86_400
NO_LABEL = -2  # the code of a label that no article has; -1 is an article without a label


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the policy left of one query's candidates, in order.

    ``rows`` ``(m,) int32`` and ``scores`` ``(m,) float32``; ``cosines`` ``(m,) float32``, ``None`` where
    the score is of several articles. Of the query itself: ``published`` in seconds, `UNDATED` where
    unknown; ``section`` its code, `NO_LABEL` where it has none to compare; ``too_short`` whether its text
    can be judged at all; ``others`` how many articles could be in its list.
    """

    id: str | None
    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    cosines: NDArray[np.float32] | None
    published: int
    section: int
    too_short: bool
    others: int

    def values(self, places: NDArray[np.int64]) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Rows and scores at these places, as they are handed out."""
        scores = self.scores[places].tolist()
        return tuple(self.rows[places].tolist()), tuple(round(score, DECIMALS) for score in scores)

    def reason(self, requested: int, reaching: int, returned: int) -> str | None:
        """Why a list is not full: ``reaching`` candidates reached the floor, ``returned`` were listed.
        The first cause that applies; ``None`` for a full list."""
        if returned == requested:
            return None
        if self.too_short:
            return "text_too_short"
        if self.others < requested:
            return "too_few_articles"
        if reaching < min(requested, len(self.rows)):
            return "below_min_score"
        return "filtered"


def explain(
    ranked: Ranked, shown: NDArray[np.int64], snapshot: Snapshot
) -> tuple[tuple[tuple[str, ...], ...], tuple[dict[str, float], ...]]:
    """For each place in ``shown``: the reasons in words, and the evidence's values."""
    reasons, evidence = [], []
    for place in shown:
        row = int(ranked.rows[place])
        found: dict[str, float] = {}
        said = []
        if ranked.cosines is not None:
            found["lead_cosine"] = round(float(ranked.cosines[place]), DECIMALS)
            said.append(f"close in meaning: cosine {found['lead_cosine']:.2f} of title and lead")
        if ranked.section >= 0 and ranked.section == int(snapshot.sections[row]):
            said.append(f"same section: {snapshot.section_labels[ranked.section]}")
        published = int(snapshot.published[row])
        if UNDATED not in (published, ranked.published):
            days = abs(published - ranked.published) / DAY_SECONDS
            found["days_apart"] = round(days, 2)
            said.append(_apart(days))
        reasons.append(tuple(said))
        evidence.append(found)
    return tuple(reasons), tuple(evidence)


def _apart(days: float) -> str:
    if days < 1:
        return "published within a day"
    return "1 day apart" if round(days) == 1 else f"{days:.0f} days apart"
