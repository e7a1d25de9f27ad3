"""The systems that other tests lean on do what they are there for."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.corpus import assemble
from recommender.evaluation.systems import NotApplicable
from tests.evaluation import toys
from tests.fakes import make_article

CORPUS = assemble([make_article(name, title=name) for name in ("a", "bb", "ccc", "dddd", "eeeee", "ffffff")])
ROWS = range(len(CORPUS))


def lists(system, depth=10):
    return system.fit(CORPUS).run(ROWS, depth).lists


def test_again_is_the_same_under_another_name():
    system = toys.again(toys.READY)
    assert system.name == "short-titles-again"
    assert system.fit(CORPUS).run(ROWS, 3).system == "short-titles-again"
    assert lists(system) == lists(toys.READY)
    pair = (np.array([0]), np.array([3]))
    assert system.fit(CORPUS).score_pairs(*pair) == toys.READY.fit(CORPUS).score_pairs(*pair)


def test_shuffled_lists_hold_the_same_in_another_order():
    plain, mixed = lists(toys.READY), lists(toys.shuffled(toys.READY))
    assert {query: sorted(listed) for query, listed in mixed.items()} == {
        query: sorted(listed) for query, listed in plain.items()
    }
    assert mixed != plain
    assert mixed == lists(toys.shuffled(toys.READY))
    assert mixed != lists(toys.shuffled(toys.READY, seed=1))


def test_backwards_is_backwards():
    assert lists(toys.backwards(toys.READY))["a"] == lists(toys.READY)["a"][::-1]


def test_fixed_lists_are_those_given():
    given = {"a": (("bb", 2.0), ("ccc", 1.0))}
    assert lists(toys.Fixed(given), 1) == dict.fromkeys(CORPUS.ids, ()) | {"a": (("bb", 2.0),)}


def test_silent_lists_nothing_and_never_applies_nowhere():
    assert set(lists(toys.Silent()).values()) == {()}
    with pytest.raises(NotApplicable):
        toys.Never().fit(CORPUS)
