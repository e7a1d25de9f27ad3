"""Whether two articles are copies of one text, or one report in other words.

Precision comes first: a follow-up that is taken for its predecessor is lost to readers, a rewording that
is not recognised is shown twice. Thresholds and how they did are in `docs/ranking.md`.
"""

from __future__ import annotations

from recommender.policy.wording import Wording, shared
from recommender.scoring import UNDATED

# Nothing is compared whose centred cosine of title and lead is below this.
COPY_COSINE = 0.75
REWORDING_COSINE = 0.8

# A shorter body, or one that repeats itself, says too little to be known again.
_FEWEST_RUNS = 26
_FEWEST_WORDS = 60
# Share of all runs of words from which two texts are the same but for details (Jaccard).
_ALL_BUT_THE_SAME = 0.8
# Share of the shorter text's runs, and of each opening's, that a cut or extended copy has in common.
_COPIED = 0.6
_SAME_OPENING = 0.5
_SAME_WORDS = 0.35
_SAME_TITLE = 0.3
_DAY_SECONDS = 86_400


def are_copies(one: Wording, other: Wording) -> bool:
    """Whether two bodies are one text: 0.8 of all their runs of five words are common to both; or 0.6 of
    the shorter one's, with at least half of each opening in the other, and the numbers agree. A body
    with fewer than 26 distinct runs is never one."""
    lengths = len(one.runs), len(other.runs)
    fewest = min(lengths)
    if fewest < _FEWEST_RUNS:
        return False
    common = shared(one.runs, other.runs)
    if common < _COPIED * fewest:
        return False
    if common >= _ALL_BUT_THE_SAME * (sum(lengths) - common):
        return True
    openings = ((one.opening, other.runs), (other.opening, one.runs))
    return not _numbers_differ(one, other) and all(
        shared(opening, runs) >= _SAME_OPENING * len(opening) for opening, runs in openings
    )


def are_rewordings(
    one: Wording, other: Wording, sources: tuple[int, int], published: tuple[int, int]
) -> bool:
    """Whether two articles are one report in other words, their cosine (`REWORDING_COSINE`) apart: by
    two outlets, both known, less than a day apart; 60 words each or more; cosine of the sets of long words
    0.35 and of title words 0.3 or more; numbers in titles and first sentences agree."""
    if sources[0] == sources[1] or min(sources) < 0:
        return False
    if UNDATED in published or abs(published[0] - published[1]) >= _DAY_SECONDS:
        return False
    if min(one.length, other.length) < _FEWEST_WORDS or _numbers_differ(one, other):
        return False
    titles = _cosine(len(one.title & other.title), len(one.title), len(other.title))
    if titles < _SAME_TITLE:
        return False
    return _cosine(shared(one.long, other.long), len(one.long), len(other.long)) >= _SAME_WORDS


def _numbers_differ(one: Wording, other: Wording) -> bool:
    """Whether each has a number that the other lacks: a new toll, another score."""
    return bool(one.numbers - other.numbers) and bool(other.numbers - one.numbers)


def _cosine(common: int, one: int, other: int) -> float:
    """Of two sets, by their sizes; 0 where one is empty."""
    return float(common / (one * other) ** 0.5) if one and other else 0.0
