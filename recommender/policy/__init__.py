"""The editors' policy: small pure steps in one written order over the ranked pairs of a build.

A step strikes pairs or puts kept ones in another order; none adds a pair or changes a score. What the
steps know of articles is in `facts`, how copies and rewordings are told in `stories`, and the order of the
steps, the floor's part in it included, in `verdicts`; what remains where something may not be shown, in
`standing`.
"""

from recommender.policy.facts import (
    FEWEST_CHARACTERS,
    FEWEST_WORDS,
    Facts,
    Traits,
    facts_of,
    is_too_short,
    language_of,
    traits_of,
)
from recommender.policy.filters import (
    copy_of_article,
    is_wrong_time,
    other_language,
    same_story,
    text_too_short,
    told_by_article,
    told_in_list,
    unwanted_teaser,
    wrong_time,
)
from recommender.policy.queries import kept_for_query
from recommender.policy.standing import left_standing, step_against
from recommender.policy.switches import Policy
from recommender.policy.verdicts import KEPT, SOURCE_CAP, STEP_NAMES, Outcome, apply

__all__ = [
    "FEWEST_CHARACTERS",
    "FEWEST_WORDS",
    "KEPT",
    "SOURCE_CAP",
    "STEP_NAMES",
    "Facts",
    "Outcome",
    "Policy",
    "Traits",
    "apply",
    "copy_of_article",
    "facts_of",
    "is_too_short",
    "is_wrong_time",
    "kept_for_query",
    "language_of",
    "left_standing",
    "other_language",
    "same_story",
    "step_against",
    "text_too_short",
    "told_by_article",
    "told_in_list",
    "traits_of",
    "unwanted_teaser",
    "wrong_time",
]
