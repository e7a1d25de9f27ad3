"""The tree of errors: what the docstring draws is what there is."""

from __future__ import annotations

import re

import pytest

from recommender import errors
from recommender.errors import (
    ArticleNotFound,
    OptionError,
    RecommenderError,
    TakenDown,
)

DRAWN = {
    name: int(code) for name, code in re.findall(r"^\W*(\w+) +exit (\d+)", errors.__doc__ or "", re.MULTILINE)
}
DEFINED = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, Exception)
}


def test_the_docstring_draws_every_error_and_its_exit_code():
    assert {name: error.exit_code for name, error in DEFINED.items()} == DRAWN


def test_every_error_is_directly_below_the_base_as_drawn():
    assert {error.__bases__ for name, error in DEFINED.items() if name != "RecommenderError"} == {
        (RecommenderError,)
    }


def test_the_exit_codes_are_those_that_callers_were_promised():
    # CONTRACT, section 1: 1 unexpected, 2 usage, 3 the gate, 65 bad input, 66 not found, 69 port, 74 disk,
    # 75 lock.
    assert set(DRAWN.values()) == {1, 2, 3, 65, 66, 69, 74, 75}


@pytest.mark.parametrize("error", DEFINED.values(), ids=DEFINED)
def test_every_error_says_when_it_is_raised(error):
    assert error.__doc__


def test_an_option_error_names_its_option():
    error = OptionError("limit", "found 0, expected 1 to 50")
    assert str(error) == "limit: found 0, expected 1 to 50"
    assert (error.name, error.detail) == ("limit", "found 0, expected 1 to 50")


def test_errors_about_an_article_carry_its_id():
    unknown = ArticleNotFound("a/b", "no article has the id 'a/b'")
    assert (unknown.article_id, str(unknown)) == ("a/b", "no article has the id 'a/b'")
    gone = TakenDown("a/b")
    assert (gone.article_id, str(gone)) == ("a/b", "article 'a/b' has been taken down")
