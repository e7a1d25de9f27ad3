"""A run is a list a query, each document once, each with a number."""

from __future__ import annotations

import math

import pytest

from recommender.errors import InputError
from recommender.evaluation import Run

RUN = Run("toy", {"q": (("b", 0.5), ("a", 0.9)), "empty": ()})


def test_the_order_is_the_list_s_not_the_score_s():
    assert RUN.docs("q") == ("b", "a")


def test_documents_of_a_list():
    assert RUN.docs("q", 1) == ("b",)
    assert RUN.docs("q", 9) == ("b", "a")
    assert RUN.docs("empty") == RUN.docs("missing") == ()


def test_a_document_twice_is_refused():
    with pytest.raises(InputError, match="run 'toy': the list of 'q' names 'b' twice"):
        Run("toy", {"q": (("a", 3), ("b", 2), ("b", 1))})


def test_the_article_itself_is_refused():
    with pytest.raises(InputError, match="run 'toy': the list of 'q' names the article itself"):
        Run("toy", {"q": (("a", 2), ("q", 1))})


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_no_finite_number_is_refused(score):
    with pytest.raises(InputError, match=f"run 'toy': the list of 'q' gives 'b' the score {score}"):
        Run("toy", {"q": (("a", 2), ("b", score))})
