from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.article import Article
from recommender.fitting.teasers import shortened

TWELVE = "One two three four five six seven eight nine ten eleven twelve."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (f"{TWELVE} A second. A third.", TWELVE),
        ("It rained. Then it stopped. Then it rained.", "It rained. Then it stopped."),
        ("Only one here", "Only one here"),
        ("Why? Nobody knows! That is all.", "Why? Nobody knows!"),
        (" ".join(["word"] * 60), " ".join(["word"] * 45)),
    ],
)
def test_the_first_sentence_or_two_are_kept(text, expected):
    assert shortened(Article(id="a", title="T", text=text)).text == expected


def test_all_else_stays_as_it_is():
    short = shortened(Article(id="a", title="A title", text=TWELVE, section="News"))
    assert (short.id, short.title, short.section, short.teaser) == ("a", "A title", "News", True)


@given(st.text(max_size=400))
def test_a_teaser_begins_as_the_text_does(text):
    short = shortened(Article(id="a", title="", text=text)).text.split()
    assert short == text.split()[: len(short)]
    assert len(short) <= 45
