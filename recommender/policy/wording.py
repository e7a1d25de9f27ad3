"""What two texts are compared by, word for word: hashed runs of words, long words, title, numbers.

Hashes are of the bytes, so that they are the same in every process. A text is hashed once, up to
`_MOST_WORDS` words of it.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article

RUN = 5
# What a text opens with, in words of the body. A follow-up puts its news there and repeats the rest.
_OPENING_WORDS = 50
_NUMBERED_WORDS = 25
_MOST_WORDS = 1000
_MOST_CHARACTERS = 12_000
_LONG = 5
_LONG_IN_TITLE = 4
# Scripts without spaces: every character counts as a word.
_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+")
_MULTIPLIER = 0x9E3779B97F4A7C15
# A toll may be spelt out; "one" is too often no number.
_SPELT_OUT = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NUMBERS = {word: str(value) for value, word in enumerate(_SPELT_OUT, start=2)}


@dataclass(frozen=True, slots=True)
class Wording:
    """One article's. ``runs`` ``(r,) uint32`` are the distinct runs of five words of its body, hashed and in
    ascending order, ``opening`` ``(o,) uint32`` those of the first 50 words; ``long`` ``(l,) uint32`` the
    distinct words of five letters and more, of title and body. ``title`` are its words of four letters and
    more, ``numbers`` those in the title and in the first 25 words. ``length`` counts the body's words."""

    runs: NDArray[np.uint32]
    opening: NDArray[np.uint32]
    long: NDArray[np.uint32]
    title: frozenset[str]
    numbers: frozenset[str]
    length: int


def wording_of(article: Article) -> Wording:
    """An article's wording, case and Unicode form apart."""
    title = _words(article.title)
    body = _words(article.text)
    known = {word: zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in {*title, *body}}
    hashes = np.fromiter(map(known.__getitem__, body), dtype=np.uint64, count=len(body))
    long = {number for word, number in known.items() if len(word) >= _LONG}
    return Wording(
        runs=_distinct(_runs(hashes)),
        opening=_distinct(_runs(hashes[:_OPENING_WORDS])),
        long=np.array(sorted(long), dtype=np.uint32),
        title=frozenset(word for word in title if len(word) >= _LONG_IN_TITLE),
        numbers=frozenset(
            _NUMBERS.get(word, word)
            for word in (*title, *body[:_NUMBERED_WORDS])
            if word.isdecimal() or word in _NUMBERS
        ),
        length=len(body),
    )


def shared(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> int:
    """How many hashes two ascending arrays of distinct ones have in common."""
    return len(np.intersect1d(one, other, assume_unique=True))


def _words(text: str) -> list[str]:
    beginning = unicodedata.normalize("NFC", text[:_MOST_CHARACTERS]).casefold()
    return [match[0] for match in islice(_WORD.finditer(beginning), _MOST_WORDS)]


def _distinct(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each once, in ascending order; `np.unique` takes longer over so few."""
    ascending = np.sort(hashes)
    kept = np.ones(len(ascending), dtype=np.bool_)
    kept[1:] = ascending[1:] != ascending[:-1]
    return ascending[kept]


def _runs(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Every run of five hashed words in one number."""
    count = max(0, len(hashes) - RUN + 1)
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(RUN):
        mixed = (mixed + hashes[place : place + count]) * np.uint64(_MULTIPLIER)  # wraps, as it should
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)
