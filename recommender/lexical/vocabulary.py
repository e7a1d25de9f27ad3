"""Words as they are spelt, numbered; and what of a word is worked out once, however often it stands."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

_LONGEST_WORD = 64
# Capitalised by convention, in every article there is: they name nothing that two articles could share.
_NO_NAMES = frozenset(
    {
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct"),
        *("nov", "dec", "mr", "mrs", "ms", "dr", "sir", "prof", "st"),
    }
)
# What a word begins with, and that it is one of those above, each a bit.
DIGIT, SMALL, CAPITAL, NO_NAME = 1, 2, 4, 8


class Vocabulary(dict[str, int]):
    """Word, as it is spelt -> its number, and what is known of each number, worked out once: ``hashes``
    ``uint64`` of the word in small letters, ``lower`` the number of that, and ``kinds`` of `DIGIT` and so
    on. The arrays hold what was there at the last `settle`."""

    def __init__(self) -> None:
        self.hashes = np.zeros(0, dtype=np.uint64)
        self.lower = np.zeros(0, dtype=np.int64)
        self.kinds = np.zeros(0, dtype=np.uint8)
        self._new: list[tuple[int, int, int]] = []

    def __missing__(self, word: str) -> int:
        small, first = word.lower(), word[0]
        lower = self[small] if small != word else len(self)
        number = self[word] = len(self)
        kind = (
            DIGIT * first.isdigit()
            | SMALL * first.islower()
            | CAPITAL * first.isupper()
            | NO_NAME * (small in _NO_NAMES)
        )
        self._new.append((hash_of(small), lower, kind))
        return number

    def settle(self) -> None:
        """Bring the arrays up to date."""
        if self._new:
            hashes, lower, kinds = zip(*self._new, strict=True)
            self.hashes = np.concatenate([self.hashes, np.array(hashes, dtype=np.uint64)])
            self.lower = np.concatenate([self.lower, np.array(lower, dtype=np.int64)])
            self.kinds = np.concatenate([self.kinds, np.array(kinds, dtype=np.uint8)])
            self._new = []

    def numbers(self, words: list[str]) -> NDArray[np.int64]:
        """The numbers of words, in their order."""
        return np.fromiter(map(self.__getitem__, words), dtype=np.int64, count=len(words))


def hash_of(small: str) -> int:
    """The 64-bit hash of a word in small letters."""
    digest = hashlib.blake2b(small[:_LONGEST_WORD].encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
