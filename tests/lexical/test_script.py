from __future__ import annotations

import pytest

from recommender.lexical import mostly_latin


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Storm", "", True),
        ("", "", True),
        ("2022", "1,000 - 3.5", True),
        ("Łódź, Ærø, Đà Nẵng", "ﬁlm", True),
        ("台湾地震", "", False),
        ("Землетрясение", "Землетрясение на Тайване", False),
        ("Σεισμός", "", False),
        ("زلزال", "", False),
        ("भूकंप", "", False),
        # Names in other letters do not make a text another's, nor a brand a text Latin.
        ("The word Землетрясение means earthquake", "", True),
        ("iPhone 的新聞今天在台北發表了", "", False),
        ("AB де", "", True),
        ("Землетрясение", "storm " * 100, True),
        ("x" * 4000, "Землетрясение" * 1000, True),
    ],
)
def test_whether_most_letters_are_latin(title, text, expected):
    assert mostly_latin(title, text) == expected
