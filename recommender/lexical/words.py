"""What of a text is compared word by word: terms, which are words and pairs of neighbouring words, and names.

Terms are known by a 32-bit hash of their letters: the same in every process and every build, without a
vocabulary to keep, so that counts of one corpus can be set against those of another. Two of a million terms
share a hash in about one case of four thousand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article
from recommender.lexical.joining import Parts
from recommender.lexical.table import entries_of
from recommender.lexical.vocabulary import CAPITAL, DIGIT, NO_NAME, SMALL, Vocabulary, hash_of

# A term counts three times in the title and twice among the first words, where news says what it is about.
TITLE_WEIGHT = 3
OPENING_WEIGHT = 2
OPENING_WORDS = 120
# No news article comes near these; they bound what a text of many megabytes costs.
_MOST_CHARACTERS = 200_000

_WORD = re.compile(r"\w\w+")
# A word that follows a space, and no end of a sentence, opening quote, bracket, dash or bullet before it.
# The space comes first and the look back last: so the text is searched for spaces, not tried at every letter.
_MID_SENTENCE = re.compile(r"[ ](?=[^\W\d_a-z])(?<![.!?:;\"'“”‘’(\[\-–—\n|•*][ ])(\w\w+)")
# The capitals whose small letters depend on their neighbours or are two: beside these, the words of a text in
# small letters are its words in small letters.
_ODD_CAPITALS = "\u0130\u03a3"
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)

_SEEN, _SEEN_SMALL, _SEEN_CAPITAL = 1, 2, 4
_LOW = (1 << 37) - 1
# Counted together: enough for the steps of numpy to be worth it, few enough to take little memory.
_ARTICLES_AT_ONCE = 500
_CHARACTERS_AT_ONCE = 4_000_000
# A vocabulary is begun anew past so many spellings: new names never end.
_MOST_WORDS = 500_000

CAPITALISED = 1
NEVER_LOWER = 2

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Words:
    """One text. ``terms`` ``(t,) uint32`` ascending, with ``counts`` ``(t,) float32``, the weights of their
    places added up. ``names`` ``(m,) uint32`` ascending are the words that may be names, and ``how``
    ``(m,) uint8`` says why: `CAPITALISED` in mid-sentence, `NEVER_LOWER` here in small letters, or both."""

    terms: NDArray[np.uint32]
    counts: NDArray[np.float32]
    names: NDArray[np.uint32]
    how: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Bags:
    """The words of n texts, one after the other: those of text ``i`` at
    ``term_offsets[i]:term_offsets[i + 1]`` of ``terms`` and ``counts``, and at
    ``name_offsets[i]:name_offsets[i + 1]`` of ``names`` and ``how``;
    both offsets are ``(n + 1,) int64``."""

    term_offsets: NDArray[np.int64]
    terms: NDArray[np.uint32]
    counts: NDArray[np.float32]
    name_offsets: NDArray[np.int64]
    names: NDArray[np.uint32]
    how: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.term_offsets) - 1

    def at(self, rows: NDArray[np.int64]) -> Bags:
        """The words of some of the texts, in the order of ``rows`` ``(m,) int64``."""
        offsets, entries = entries_of(self.term_offsets, rows)
        name_offsets, name_entries = entries_of(self.name_offsets, rows)
        return Bags(
            offsets,
            self.terms[entries],
            self.counts[entries],
            name_offsets,
            self.names[name_entries],
            self.how[name_entries],
        )


def words_of(title: str, text: str) -> Words:
    """The words of one article."""
    _, terms, counts, _, names, how = _bags([(title, text)], Vocabulary())
    return Words(terms, counts, names, how)


def bags_of(articles: Iterable[Article], advance: Advance | None = None) -> Bags:
    """The words of many articles, in their order. ``advance`` counts articles."""
    vocabulary, some, characters = Vocabulary(), list[tuple[str, str]](), 0
    columns = [Parts(one) for one in (np.int64, np.uint32, np.float32, np.int64, np.uint32, np.uint8)]

    def count() -> None:
        for column, part in zip(columns, _bags(some, vocabulary), strict=True):
            column.add(part)

    for article in articles:
        some.append((article.title, article.text))
        characters += len(article.title) + len(article.text)
        if len(some) >= _ARTICLES_AT_ONCE or characters >= _CHARACTERS_AT_ONCE:
            count()
            some, characters = [], 0
            if len(vocabulary) > _MOST_WORDS:
                vocabulary = Vocabulary()
        if advance is not None:
            advance(1)
    count()
    term_lengths, terms, counts, name_lengths, names, how = (column.whole() for column in columns)
    return Bags(_offsets(term_lengths), terms, counts, _offsets(name_lengths), names, how)


def key_of(word: str) -> int:
    """The hash by which a word is known, whatever its case."""
    return hash_of(word.lower()) >> 32


def spellings(title: str, text: str) -> dict[int, str]:
    """Each term of an article by its hash as it is spelt there: the first time it stands there; a word with a
    capital in mid-sentence the first time it has one."""
    found = dict[int, str]()
    spelt = {word.lower(): word for word in reversed(_MID_SENTENCE.findall(text))}
    for part in (text[:_MOST_CHARACTERS], title[:_MOST_CHARACTERS]):
        words = _WORD.findall(part)
        hashes = np.array([hash_of(word.lower()) for word in words], dtype=np.uint64)
        keys = np.concatenate([hashes, _pairs(hashes[:-1], hashes[1:])]) >> _HALF
        single = [spelt.setdefault(word.lower(), word) for word in words]
        pairs = [f"{one} {other}" for one, other in pairwise(words)]
        for key, term in zip(keys.tolist(), [*single, *pairs], strict=True):
            found.setdefault(key, term)
    return found


def _bags(texts: Sequence[tuple[str, str]], vocabulary: Vocabulary) -> tuple[NDArray[Any], ...]:
    """Of some articles the number of terms of each, the terms and their counts, the number of names of each,
    the names and how they are names; all of them at once, a step of Python for a word and no more."""
    none = np.zeros(0, dtype=np.int64)
    said, spelt, capitalised = [none], [none], [none]
    for one, other in texts:
        title, text = one[:_MOST_CHARACTERS], other[:_MOST_CHARACTERS]
        for part in (title, text):
            words = vocabulary.numbers(_WORD.findall(part))
            spelt.append(words)
            odd = any(capital in part for capital in _ODD_CAPITALS)
            said.append(vocabulary.numbers(_WORD.findall(part.lower())) if odd else words)
        # A title's capitals are a matter of house style, so that only the text says what is capitalised; but
        # what stands in small letters in a title is no name.
        capitalised.append(vocabulary.numbers(_MID_SENTENCE.findall(text)))
    vocabulary.settle()
    lengths = np.array([len(part) for part in said[1:]], dtype=np.int64)
    terms = _terms(np.concatenate(said), lengths, vocabulary)
    article = np.arange(len(texts))
    of_spelt = np.repeat(np.repeat(article, 2), [len(part) for part in spelt[1:]])
    of_capitalised = np.repeat(article, [len(part) for part in capitalised[1:]])
    spoken, capitals = np.concatenate(spelt), np.concatenate(capitalised)
    return *terms, *_names(of_spelt, spoken, of_capitalised, capitals, len(texts), vocabulary)


def _terms(
    words: NDArray[np.int64], lengths: NDArray[np.int64], vocabulary: Vocabulary
) -> tuple[NDArray[Any], ...]:
    """Number, keys and counts of the terms; ``lengths`` are those of title and text in turn."""
    part = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(words)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    weights = np.where(part % 2 == 0, TITLE_WEIGHT, np.where(place < OPENING_WORDS, OPENING_WEIGHT, 1))
    hashes, article = vocabulary.hashes[words], (part // 2).astype(np.uint64)
    pair = np.flatnonzero(part[1:] == part[:-1])
    keys = np.concatenate([hashes, _pairs(hashes[pair], hashes[pair + 1])]) >> _HALF
    # Article, key and weight in one number, which sorts far faster than they would one by one.
    codes = np.concatenate([article, article[pair]]) << np.uint64(34) | keys << np.uint64(2)
    codes |= np.concatenate([weights, weights[pair + 1]]).astype(np.uint64)
    codes.sort()
    starts = _starts(codes >> np.uint64(2))
    counts = _runs(np.add, (codes & np.uint64(3)).astype(np.float64), starts)
    found = codes[starts] >> np.uint64(2)
    return (
        np.bincount((found >> _HALF).astype(np.int64), minlength=len(lengths) // 2),
        found.astype(np.uint32),
        counts.astype(np.float32),
    )


def _names(
    of_spoken: NDArray[np.int64],
    spoken: NDArray[np.int64],
    of_capitals: NDArray[np.int64],
    capitals: NDArray[np.int64],
    articles: int,
    vocabulary: Vocabulary,
) -> tuple[NDArray[Any], ...]:
    """Number, keys and reasons of the names, from the words of each article as they are spelt and those of
    them that begin with a capital in mid-sentence."""
    kinds, capital = vocabulary.kinds[spoken], vocabulary.kinds[capitals] & CAPITAL > 0
    known = kinds & DIGIT == 0
    rows = np.concatenate([of_spoken[known], of_capitals[capital]])
    words = vocabulary.lower[np.concatenate([spoken[known], capitals[capital]])]
    small = kinds[known] & SMALL > 0
    # What one place says of a word: that it stands there, in small letters, or with a capital.
    seen = np.concatenate(
        [np.where(small, _SEEN | _SEEN_SMALL, _SEEN), np.full(int(capital.sum()), _SEEN_CAPITAL)]
    )
    codes = np.sort(rows << 40 | words << 3 | seen)
    starts = _starts(codes >> 3)
    seen = _runs(np.bitwise_or, codes & 7, starts)
    rows, words = codes[starts] >> 40, codes[starts] >> 3 & _LOW
    how = np.where(seen & _SEEN_CAPITAL, CAPITALISED, 0) | np.where(
        seen & (_SEEN | _SEEN_SMALL) == _SEEN, NEVER_LOWER, 0
    )
    named = (how > 0) & (vocabulary.kinds[words] & NO_NAME == 0)
    keys = (vocabulary.hashes[words[named]] >> _HALF).astype(np.int64)
    # Once more by key: two words of one article may share theirs.
    codes = np.sort(rows[named] << 34 | keys << 2 | how[named])
    starts = _starts(codes >> 2)
    found = codes[starts] >> 2
    return (
        np.bincount(found >> 32, minlength=articles),
        found.astype(np.uint32),
        _runs(np.bitwise_or, codes & 3, starts).astype(np.uint8),
    )


def _pairs(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The hashes of words with those that follow them."""
    return (first * _MIX ^ (second + _MIX)) * _MIX  # wraps, as it should


def _starts(ascending: NDArray[Any]) -> NDArray[np.int64]:
    """Where the runs of equal values begin."""
    begins = np.ones(len(ascending), dtype=np.bool_)
    begins[1:] = ascending[1:] != ascending[:-1]
    return np.flatnonzero(begins)


def _runs(ufunc: np.ufunc, values: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[Any]:
    """Each run's values together."""
    found: NDArray[Any] = ufunc.reduceat(values, starts) if len(starts) else values
    return found


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
