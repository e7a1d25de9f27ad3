"""Text from outside, made fit to print."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.report.text import clean, one_line, shortened


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("bell \x07 del \x7f", "bell \ufffd del \ufffd"),
        ("\u202eturned\u2069", "\ufffdturned\ufffd"),
        ("lone \ud800", "lone \ufffd"),
        ("none \ufffe \U0001ffff \ufdd0", "none \ufffd \ufffd \ufffd"),
        ("עיר 台 🌀 é", "עיר 台 🌀 é"),
    ],
)
def test_what_no_page_may_hold_is_replaced(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_left_is_fit_for_a_page(text):
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert not {unicodedata.category(one) for one in cleaned if one not in "\t\n"} & {"Cc", "Cs"}
    assert clean(cleaned) == cleaned
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("and on " * 900, "and on " * 27 + "and on…"),
        ("one " + "x" * 5000, "one " + "x" * 195 + "…"),
    ],
)
def test_what_goes_on_is_cut(text, cut):
    assert shortened(text) == cut
    assert len(shortened(text)) <= 200
