"""The editors' rules: what one says, the file they stand in, and what they mean for a corpus."""

from recommender.rules.applied import Applied, Status, apply
from recommender.rules.catalogue import Catalogue, Labelled
from recommender.rules.document import (
    NO_FILE,
    RULES_FILE,
    RulesFile,
    added,
    content_of,
    decode,
    read,
    removed,
)
from recommender.rules.rule import BLOCK, FIELDS, PIN, Matcher, Rule, in_words, json_of, new_id, rule_of

__all__ = [
    "BLOCK",
    "FIELDS",
    "NO_FILE",
    "PIN",
    "RULES_FILE",
    "Applied",
    "Catalogue",
    "Labelled",
    "Matcher",
    "Rule",
    "RulesFile",
    "Status",
    "added",
    "apply",
    "content_of",
    "decode",
    "in_words",
    "json_of",
    "new_id",
    "read",
    "removed",
    "rule_of",
]
