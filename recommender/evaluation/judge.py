"""Values of several systems on the same queries: means, differences, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.names import JUDGED, THIS
from recommender.evaluation.significance import group_places, holm, intervals, paired_p_values

_DECIMALS = 6


class Judge:
    """What can be said of the means of several systems and of their differences."""

    def __init__(
        self,
        values: Mapping[str, Mapping[str, NDArray[np.float64]]],
        queries: Sequence[str],
        groups: Mapping[str, str],
        *,
        seed: int,
        resamples: int,
    ) -> None:
        """``values`` holds system -> measure -> value of each of ``queries`` ``(n,)``, the same measures for
        every system, this project's system among them; ``groups`` as `Qrels.groups`."""
        self.systems = tuple(values)
        self.names = tuple(next(iter(values.values())))
        self.queries = tuple(queries)
        self._seed, self._resamples = seed, resamples
        self._groups = group_places([groups.get(query, (query,)) for query in queries])
        # (systems, measures, queries)
        self.values: NDArray[np.float64] = np.array(
            [[some[name] for name in self.names] for some in values.values()]
        ).reshape(len(self.systems), len(self.names), len(queries))

    @property
    def groups(self) -> int:
        """How many groups of queries are resampled."""
        return len(set(self._groups.tolist()))

    def estimates(self) -> dict[str, dict[str, Estimate]]:
        """System -> measure -> mean and interval. No query: nothing."""
        return self._estimated(self.values)

    def differences(self) -> dict[str, dict[str, Difference]]:
        """Every other system's mean less this project's, by measure, with p values that are corrected for
        the number of systems compared. judged@10 is no quality and is left out."""
        others = [system for system in self.systems if system != THIS]
        if not others or not self.queries:
            return {}
        less = (
            self.values[[self.systems.index(one) for one in others]] - self.values[self.systems.index(THIS)]
        )
        estimated = self._estimated(less, others)
        found: dict[str, dict[str, Difference]] = {system: {} for system in others}
        for place, name in enumerate(self.names):
            if name == JUDGED:
                continue
            p = paired_p_values(less[:, place], self._groups, seed=self._seed, resamples=self._resamples)
            for system, one, corrected in zip(others, p.tolist(), holm(p.tolist()), strict=True):
                estimate = estimated[system][name]
                found[system][name] = Difference(
                    mean=estimate.mean,
                    low=estimate.low,
                    high=estimate.high,
                    p=rounded(one),
                    p_holm=rounded(corrected),
                )
        return found

    def of(self, system: str, name: str) -> NDArray[np.float64]:
        """One system's values of one measure, in the order of the queries."""
        found: NDArray[np.float64] = self.values[self.systems.index(system), self.names.index(name)]
        return found

    def _estimated(
        self, values: NDArray[np.float64], systems: Sequence[str] | None = None
    ) -> dict[str, dict[str, Estimate]]:
        if not self.queries:
            return {system: {} for system in systems or self.systems}
        flat = values.reshape(-1, len(self.queries))
        low, high = intervals(flat, self._groups, seed=self._seed, resamples=self._resamples)
        made = [
            Estimate(mean=rounded(mean), low=_known(below), high=_known(above))
            for mean, below, above in zip(
                flat.mean(axis=1).tolist(), low.tolist(), high.tolist(), strict=True
            )
        ]
        width = len(self.names)
        return {
            system: dict(zip(self.names, made[place * width : (place + 1) * width], strict=True))
            for place, system in enumerate(systems or self.systems)
        }


def rounded(value: float) -> float:
    """As values are written: no last bit of a sum is ever compared."""
    return round(value, _DECIMALS)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else rounded(value)
