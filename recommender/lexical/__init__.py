"""Text to hashed terms and names, and sparse tables of unit rows with their cosines."""

from recommender.lexical.joining import Stack, interleaved
from recommender.lexical.postings import by_weight
from recommender.lexical.script import mostly_latin
from recommender.lexical.table import Row, Table, in_common, unit_rows
from recommender.lexical.words import Bags, Words, bags_of, key_of, spellings, words_of

__all__ = [
    "Bags",
    "Row",
    "Stack",
    "Table",
    "Words",
    "bags_of",
    "by_weight",
    "in_common",
    "interleaved",
    "key_of",
    "mostly_latin",
    "spellings",
    "unit_rows",
    "words_of",
]
