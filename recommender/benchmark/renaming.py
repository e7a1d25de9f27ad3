"""Other names and other words for what real articles say, so that one article can be told many times.

Where a corpus is made of fewer articles than it has, every phrase would come back, and the share of articles
that hold a word or a pair of words would stay the same however large the corpus gets. In real news it does
not: new stories bring new names and new pairs of words. So each story has its own `Renaming`: most names
become made-up ones, of which later stories know more than earlier ones, and some of the other words become
words that are about as common.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]{3,}")
# Shorter ones are mostly the words that hold a sentence together.
_SHORTEST_SWAPPED = 5
_NAMES_CHANGED = 0.7
_WORDS_CHANGED = 0.25
# Made-up names are drawn from a range that grows by so many with every story, small numbers more often.
_NAMES_AT_FIRST = 3_000
_NAMES_A_STORY = 4
_SKEW = 2.5
_32_BITS = 0xFFFFFFFF
_ONSETS = (*"bcdfghjklmnprstvw", "br", "dr", "st")
_RIMES = (*"aeiou", "al", "an", "ar", "el", "en", "er", "in", "ol", "on", "or", "un")
_SYLLABLES = tuple(onset + rime for onset in _ONSETS for rime in _RIMES)


class Wordstock:
    """The words of some texts: those that stand in small letters somewhere, by how common they are."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter[str]()
        for text in texts:
            counts.update(word for word in _WORD.findall(text) if word.islower())
        long = [word for word in counts if len(word) >= _SHORTEST_SWAPPED]
        self.ranked = sorted(long, key=lambda word: (-counts[word], word))
        self.rank = {word: rank for rank, word in enumerate(self.ranked)}
        self.small = frozenset(counts)


class Renaming(dict[str, str]):
    """Word -> what stands for it in one story. ``salt`` tells stories apart; ``story`` is the story's number,
    from 0."""

    def __init__(self, stock: Wordstock, salt: str, story: int) -> None:
        super().__init__()
        self._stock = stock
        self._salt = zlib.crc32(salt.encode())
        self._other_salt = self._salt ^ _32_BITS
        self._names = _NAMES_AT_FIRST + _NAMES_A_STORY * story

    def __missing__(self, word: str) -> str:
        self[word] = other = self._other(word)
        return other

    def of(self, text: str) -> str:
        """The text in this story's words."""
        return _WORD.sub(lambda match: self[match[0]], text)

    def _other(self, word: str) -> str:
        rank = self._stock.rank.get(word)
        if rank is not None:
            if _share(word, self._salt) >= _WORDS_CHANGED:
                return word
            near = int((rank + 1) * (0.5 + 1.5 * _share(word, self._other_salt)))
            return self._stock.ranked[min(near, len(self._stock.ranked) - 1)]
        if word[0].isupper() and word.lower() not in self._stock.small:
            if _share(word, self._salt) >= _NAMES_CHANGED:
                return word
            name = made_up(int(self._names * _share(word, self._other_salt) ** _SKEW))
            return name.upper() if word.isupper() else name
        return word


def made_up(number: int) -> str:
    """The made-up name of that number, from 0: two syllables or more, another for each number."""
    block, place = divmod(number, len(_SYLLABLES) ** 2)
    # So that neighbouring numbers do not look alike; prime, so that none comes twice.
    ahead, behind = divmod(place * 48_271 % len(_SYLLABLES) ** 2, len(_SYLLABLES))
    syllables = [_SYLLABLES[ahead], _SYLLABLES[behind]]
    while block:
        block, one = divmod(block - 1, len(_SYLLABLES))
        syllables.append(_SYLLABLES[one])
    return "".join(syllables).capitalize()


def _share(word: str, salt: int) -> float:
    """Between 0 and 1, always the same for a word and a salt."""
    mixed = (zlib.crc32(word.encode(), salt) * 0x9E3779B1) & _32_BITS
    mixed = ((mixed ^ (mixed >> 15)) * 0x85EBCA6B) & _32_BITS
    return (mixed ^ (mixed >> 13)) / (_32_BITS + 1)
