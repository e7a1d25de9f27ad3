"""Names as readers know them: words that are names one by one, put together where they stand together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def whole_names(words: Sequence[str], pairs: Iterable[str]) -> list[str]:
    """``words``, the weightiest first, with those joined that ``pairs`` of neighbouring words, the weightiest
    first, put beside each other: Kyrsten, Sinema and Geneva, with "Kyrsten Sinema", are Kyrsten Sinema and
    Geneva. Each word stands in one name, which comes where the first of its words came."""
    spelt = {word.casefold(): word for word in reversed(words)}
    after: dict[str, str] = {}
    before: dict[str, str] = {}
    for pair in pairs:
        one, _, other = pair.casefold().partition(" ")
        free = one in spelt and other in spelt and one not in after and other not in before
        if free and _end_of(other, after) != one:  # or the chain would be a ring
            after[one], before[other] = other, one
    names: dict[str, str] = {}
    for word in dict.fromkeys(word.casefold() for word in words):
        first = _end_of(word, before)
        if first not in names:
            chain = [first]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            names[first] = " ".join(spelt[one] for one in chain)
    return list(names.values())


def _end_of(word: str, links: dict[str, str]) -> str:
    while word in links:
        word = links[word]
    return word
