"""Why one story is not in an article's default list: the first cause that applies, as a code and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.candidates import DEPTH
from recommender.policy import same_story, step_against
from recommender.rules import PIN, Applied, Rule, in_words
from recommender.scoring import Floor
from recommender.snapshot import Snapshot

TAKEN_DOWN = "taken_down"
BLOCKED = "blocked"
BELOW_MIN_SCORE = "below_min_score"
BELOW_MIN_BEST = "below_min_best"
NOT_AMONG_CANDIDATES = "not_among_candidates"
BEYOND_LIMIT = "beyond_limit"
SAME_STORY = same_story.__name__

# What the policy's steps say; that of `same_story` names the other story.
_STEPS = {
    "text_too_short": "one of the two is too short to be judged",
    "unwanted_teaser": "it is only known as a teaser, and such are not wanted here",
    "other_language": "it is in another language",
    "wrong_time": "it was published on the side of the article's date that is not wanted",
    "copy_of_article": "it is a copy of the article, or its report in other words where these are not wanted",
    "source_cap": "its source has as many places in the list as one source may have",
}


@dataclass(frozen=True, slots=True)
class KeptOut:
    """What keeps a story out of a list: a ``code``, the name of the policy's step where it is one, and
    ``said``, the same in words."""

    code: str
    said: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One article's default list, and what made it: the article's ``row``; ``hidden`` ``(n,) bool`` what is
    taken down; the editors' ``rules``; the ``floor``; ``bare`` the rows of the bare ranking, in order;
    ``left`` those that policy and overlay leave, ``reaching`` those of the list without a limit, pins first;
    ``limit`` how many of these are shown."""

    row: int
    hidden: NDArray[np.bool_]
    rules: Applied
    floor: Floor
    bare: Sequence[int]
    left: NDArray[np.int32]
    reaching: Sequence[int]
    limit: int

    def bare_rank(self, other: int) -> int | None:
        """The place of a row in the bare ranking, from 1."""
        return self.bare.index(other) + 1 if other in self.bare else None

    def rank(self, other: int) -> int | None:
        """The place of a row in the list, from 1."""
        shown = () if self.hidden[self.row] else self.reaching[: self.limit]
        return shown.index(other) + 1 if other in shown else None

    def is_pinned(self, other: int) -> bool:
        """Whether the editors pinned a row to the article."""
        return other in self.rules.pins.get(self.row, ())


def kept_out(snapshot: Snapshot, listing: Listing, other: int) -> KeptOut | None:
    """Why the row ``other`` is not in the list; ``None`` where it is in it. People's decisions come first,
    then the policy's verdict, then the floor."""
    if listing.rank(other) is not None:
        return None
    by_people = _by_people(snapshot, listing, other)
    if by_people is not None:
        return by_people
    if other in listing.reaching:
        place = listing.reaching.index(other) + 1
        said = f"it is number {place} of {len(listing.reaching)} that could be shown, and {listing.limit} are"
        return KeptOut(BEYOND_LIMIT, said)
    rows, scores, verdicts = snapshot.candidates(listing.row)
    places = np.flatnonzero(rows == other)
    if not len(places):
        said = f"it is not among the {DEPTH} that are stored for the article, the best scored of its nearest"
        return KeptOut(NOT_AMONG_CANDIDATES, said)
    verdict = int(verdicts[places[0]])
    pins = listing.rules.pins.get(listing.row, np.zeros(0, dtype=np.int32))
    again = _tells_the_same(listing.rules.told, other, pins)
    if other in listing.left:
        if again is not None:
            said = f"it tells the same as {snapshot.ids.id(again)!r}, which is pinned there"
            return KeptOut(SAME_STORY, said)
        return _by_floor(listing.floor, scores[places[0]])
    told = _tells_the_same(listing.rules.told, other, listing.left)
    step = step_against(verdict, told is not None)
    if step == SAME_STORY and told is not None:
        better = snapshot.ids.id(told)
        return KeptOut(step, f"it tells the same as {better!r}, and a list holds one of them")
    return KeptOut(step, _STEPS[step])


def _by_people(snapshot: Snapshot, listing: Listing, other: int) -> KeptOut | None:
    """Takedowns and the editors' blocks."""
    for row, which in ((listing.row, "the article"), (other, "it")):
        if listing.hidden[row]:
            return KeptOut(TAKEN_DOWN, f"{which} is taken down")
    applied = listing.rules
    alone = np.array([other], dtype=np.int32)
    if not applied.no_list[listing.row] and applied.keep((listing.row,), alone).all():
        return None
    blocks = (status.rule for status in applied.statuses if status.rule.kind != PIN)
    rule = next(one for one in blocks if _keeps_out(snapshot, one, listing.row, other))
    return KeptOut(BLOCKED, f"rule {rule.id}: {in_words(rule)} ({rule.by}: {rule.reason})")


def _keeps_out(snapshot: Snapshot, rule: Rule, row: int, other: int) -> bool:
    rows = snapshot.catalogue().blocked
    if rule.article is not None:
        return row in rows(rule.article)
    if rule.target is not None:
        return other in rows(rule.target)
    return rule.pair is not None and any(
        row in rows(one) and other in rows(two) for one, two in (rule.pair, rule.pair[::-1])
    )


def _by_floor(floor: Floor, score: np.float32) -> KeptOut:
    if score < np.float32(floor.min_score):
        return KeptOut(
            BELOW_MIN_SCORE, f"it scores {score:.3f}, and {floor.min_score:g} is the least to be shown"
        )
    return KeptOut(
        BELOW_MIN_BEST,
        f"no story of the list scores {floor.min_best:g} or more, and without one nothing is shown",
    )


def _tells_the_same(told: NDArray[np.int32], other: int, rows: NDArray[np.int32]) -> int | None:
    """The first of ``rows`` that a list holds in the place of ``other``."""
    same = rows[told[rows] == told[other]]
    return int(same[0]) if len(same) else None
