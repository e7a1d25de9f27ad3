"""What a system from outside answers is checked before anything is measured on it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from recommender.corpus import assemble
from recommender.errors import InputError
from recommender.evaluation import Run
from recommender.evaluation.systems import NotApplicable, score_listed
from recommender.evaluation.systems.checked import Checked
from tests.evaluation import toys
from tests.fakes import make_article

CORPUS = assemble([make_article(name, title=name * 3) for name in ("a", "bb", "ccc")])
PAIR = (np.array([0, 1]), np.array([2, 2]))


def answering(run=None, pairs=None):
    """A checked ranker over one that answers this, whatever it is asked."""
    ranker = SimpleNamespace(run=lambda rows, depth: run, score_pairs=lambda left, right: pairs)
    system = SimpleNamespace(name="mine", label="Mine", fit=lambda corpus: ranker)
    return Checked(system).fit(CORPUS)


def test_what_is_right_passes_as_it_is():
    checked, plain = Checked(toys.READY), toys.READY
    assert (checked.name, checked.label) == (plain.name, plain.label)
    assert checked.fit(CORPUS).run([0, 2], 1) == plain.fit(CORPUS).run([0, 2], 1)
    np.testing.assert_array_equal(
        checked.fit(CORPUS).score_pairs(*PAIR), plain.fit(CORPUS).score_pairs(*PAIR)
    )


def test_a_list_may_be_missing():
    run = Run("mine", {})
    assert answering(run).run([0], 3) is run


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (None, "its run is NoneType, expected Run"),
        ({"a": ()}, "its run is dict, expected Run"),
        (Run("mine", {"bb": ()}), "it has a list of 'bb', which was not asked for"),
        (Run("mine", {"a": (("bb", 2), ("ccc", 1))}), "the list of 'a' has 2 documents, at most 1"),
        (Run("mine", {"a": (("zzz", 1),)}), "the list of 'a' names 'zzz', which is no article"),
    ],
)
def test_what_is_wrong_with_a_run_is_said(run, said):
    with pytest.raises(InputError, match=f"^system 'mine': {said}$"):
        answering(run).run([0], 1)


def test_pair_scores_become_numbers():
    found = answering(pairs=[1, None]).score_pairs(*PAIR)
    np.testing.assert_array_equal(found, [1, np.nan])
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([1.0], r"it gave pair scores of shape \(1,\), expected \(2,\)"),
        ([[1.0], [2.0]], r"it gave pair scores of shape \(2, 1\), expected \(2,\)"),
        ([1.0, np.inf], "it gave an infinite pair score"),
        (["high", "low"], "its pair scores are no numbers: could not convert"),
        ([[1, 2], [1]], "its pair scores are no numbers: "),
    ],
)
def test_what_is_wrong_with_pair_scores_is_said(pairs, said):
    with pytest.raises(InputError, match=f"^system 'mine': {said}"):
        answering(pairs=pairs).score_pairs(*PAIR)


def test_what_fit_gives_back_must_be_a_ranker():
    system = SimpleNamespace(name="mine", label="Mine", fit=lambda corpus: None)
    with pytest.raises(InputError, match=r"^system 'mine': what fit gave back has no method run$"):
        Checked(system).fit(CORPUS)


def test_not_applicable_passes_through():
    ranker = Checked(toys.Fixed({"a": (("bb", 1.0),)})).fit(CORPUS)
    assert ranker.run([0, 1], 3).lists == {"a": (("bb", 1.0),), "bb": ()}
    with pytest.raises(NotApplicable, match="made of lists alone"):
        ranker.score_pairs(*PAIR)


def test_scores_of_lists_are_checked_too():
    np.testing.assert_array_equal(
        score_listed(Checked(toys.READY).fit(CORPUS), *PAIR), score_listed(toys.READY.fit(CORPUS), *PAIR)
    )
    assert score_listed(answering(pairs=[3, None]), *PAIR)[0] == 3
    with pytest.raises(InputError, match="it gave an infinite pair score"):
        score_listed(answering(pairs=[1.0, np.inf]), *PAIR)
