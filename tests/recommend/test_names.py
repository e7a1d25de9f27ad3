from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.recommend.names import whole_names


@pytest.mark.parametrize(
    ("words", "pairs", "expected"),
    [
        ([], [], []),
        (["Geneva"], [], ["Geneva"]),
        (["Kyrsten", "Geneva", "Sinema"], ["Kyrsten Sinema"], ["Kyrsten Sinema", "Geneva"]),
        (["Luther", "Sinema", "King", "Martin"], ["Martin Luther", "Luther King"],
         ["Martin Luther King", "Sinema"]),
        # A pair with a word that is no name joins nothing, and case makes no difference.
        (["Almaty"], ["in Almaty", "Almaty airport"], ["Almaty"]),
        (["Lightfoot", "Lori"], ["LORI lightfoot"], ["Lori Lightfoot"]),
        # Each word stands in one name, that of the weightier pair.
        (["Johnson", "Boris", "Carrie"], ["Boris Johnson", "Carrie Johnson"], ["Boris Johnson", "Carrie"]),
        # No name runs in a ring.
        (["York", "New"], ["New York", "York New"], ["New York"]),
        (["Baden"], ["Baden Baden"], ["Baden"]),
    ],
)  # fmt: skip
def test_names_by_hand(words, pairs, expected):
    assert whole_names(words, pairs) == expected


WORDS = st.sampled_from("ABCDE")


@given(st.lists(WORDS, unique=True), st.lists(st.tuples(WORDS, WORDS).map(" ".join)))
def test_every_word_stands_in_one_name_and_neighbours_are_pairs(words, pairs):
    found = whole_names(words, pairs)
    assert sorted(word for name in found for word in name.split()) == sorted(words)
    for name in found:
        parts = name.split()
        assert all(f"{one} {other}" in pairs for one, other in pairwise(parts))
    firsts = [min(words.index(word) for word in name.split()) for name in found]
    assert firsts == sorted(firsts)
