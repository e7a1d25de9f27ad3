"""Which articles tell one report: copies, rewordings, and what is neither."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from recommender.policy.stories import find
from recommender.policy.wording import shared, wording_of
from tests.fakes import make_article

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
BODY = " ".join(f"word{number}" for number in range(30))


def told(start: int, end: int) -> str:
    """Some of a text of distinct words: of its first hundred, say, with `told(0, 100)`."""
    return " ".join(f"w{number}x" for number in range(start, end))


def shuffled(text: str, seed: int) -> str:
    """The same words in another order, so that no run of five is left."""
    words = text.split()
    random.Random(seed).shuffle(words)
    return " ".join(words)


def found(*articles, unit=None):
    """Copies and stories of articles that are all candidates of one another, and alike to the encoder."""
    n = len(articles)
    rows = np.array([other for row in range(n) for other in range(n) if other != row], dtype=np.int32)
    offsets = np.arange(0, n * (n - 1) + 1, max(1, n - 1), dtype=np.int64)[: n + 1]
    unit = np.ones((n, 1), dtype=np.float32) if unit is None else unit
    copies, stories, _ = find(articles, offsets, rows, unit)
    return copies.tolist(), stories.tolist()


def in_two_groups(*articles) -> list[set[str]]:
    """The ids of copies that are in no one group, of articles that are all candidates of one another."""
    n = len(articles)
    rows = np.array([other for row in range(n) for other in range(n) if other != row], dtype=np.int32)
    offsets = np.arange(0, n * (n - 1) + 1, max(1, n - 1), dtype=np.int64)[: n + 1]
    apart = find(articles, offsets, rows, np.ones((n, 1), dtype=np.float32))[2]
    return [{articles[one].id, articles[other].id} for one, other in apart.tolist()]


def copies(*articles, **options) -> bool:
    return len(set(found(*articles, **options)[0])) == 1


def of_one_story(*articles, **options) -> bool:
    return len(set(found(*articles, **options)[1])) == 1


# The same words


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Same", BODY), ("Another title", BODY), True),
        (("Same", BODY), ("Same", BODY.upper().replace(" ", "\n\n ")), True),
        (("Same", BODY + " caf\u00e9"), ("Same", BODY + " cafe\u0301"), True),
        # Boilerplate: as the only text of two articles it says nothing of their being the same.
        (("A storm nears", "Subscribe to read on."), ("A court sits", "Subscribe to read on."), False),
        (("A storm nears", "Subscribe to read on."), ("A  STORM nears", "subscribe to read on."), True),
        (("A storm nears", ""), ("A court sits", ""), False),
        (("A storm nears", ""), ("A storm nears", ""), True),
        (("A storm", "nears"), ("A", "storm nears"), False),
    ],
)
def test_the_same_words_are_a_copy_wherever_they_stand(one, other, expected):
    articles = [make_article(str(row), text, title=title) for row, (title, text) in enumerate([one, other])]
    far = np.eye(2, dtype=np.float32)  # nothing in common for the encoder
    assert copies(*articles, unit=far) is expected
    assert of_one_story(*articles, unit=far) is expected


def test_thirty_words_are_enough_to_know_a_body_by():
    shorter = BODY.rsplit(" ", 1)[0]
    assert copies(make_article("a", BODY, title="One"), make_article("b", BODY, title="Two"))
    assert not copies(make_article("a", shorter, title="One"), make_article("b", shorter, title="Two"))


# Nearly the same words: w0x ... w99x have 96 runs of five

REPORT = told(0, 100)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("Gull Wire. " + REPORT, True),  # a byline in front
        (REPORT + " " + told(900, 911), True),  # a plug at the end: 96 of 107 runs
        (REPORT.replace("w50x", "fifty"), True),  # a word changed: 91 of 101
        (told(0, 70), True),  # cut: all of its 66 runs, and it opens alike
        (told(0, 59) + " " + told(500, 536), True),  # 55 of the shorter one's 91 runs
        (told(0, 58) + " " + told(500, 537), False),  # 54 of 91: less than 0.6
        (told(900, 960) + " " + told(0, 70), False),  # new paragraphs on top of the old text: a follow-up
        (told(40, 100), False),  # the end alone
        (told(300, 400), False),
        (shuffled(REPORT, 1), False),
    ],
    ids=["byline", "plug", "word", "cut", "enough", "too little", "follow-up", "end", "other", "shuffled"],
)
def test_a_copy_may_differ_in_details(other, expected):
    one = make_article("a", REPORT)
    assert copies(one, make_article("b", other)) is expected
    assert copies(make_article("a", other), make_article("b", REPORT)) is expected


def test_a_new_toll_in_a_text_that_was_rewritten_below_is_a_follow_up():
    changed = told(5, 65) + " " + told(500, 525)
    five = make_article("a", "Five are dead after " + told(5, 100))
    assert copies(five, make_article("b", "Five are dead after " + changed))
    assert not copies(five, make_article("b", "Nine are dead after " + changed))
    assert not copies(five, make_article("b", "9 are dead after " + changed))
    # A number written another way, and one more than the other has, is no new toll.
    assert copies(five, make_article("b", "5 are dead after " + changed))
    assert copies(five, make_article("b", "Five are dead, 12 hurt after " + changed))


def test_a_short_or_monotonous_text_is_not_known_by_its_runs():
    assert not copies(make_article("a", told(0, 29)), make_article("b", told(0, 29) + " more"))
    assert copies(make_article("a", told(0, 30)), make_article("b", told(0, 30) + " more"))
    assert not copies(make_article("a", "storm " * 200), make_article("b", "storm " * 201))


def test_texts_without_spaces_are_compared_by_their_characters():
    text = "".join(chr(0x4E00 + 7 * number) for number in range(120))
    assert copies(make_article("a", text), make_article("b", text[:100]))
    assert not copies(make_article("a", text), make_article("b", text[::-1]))


@pytest.mark.parametrize(("cosine", "expected"), [(0.75, True), (0.7, False)])
def test_texts_far_apart_for_the_encoder_are_not_compared(cosine, expected):
    unit = np.array([[1, 0], [cosine, (1 - cosine**2) ** 0.5]], dtype=np.float32)
    assert copies(make_article("a", REPORT), make_article("b", told(0, 90)), unit=unit) is expected


# Other words


def telling(article_id: str = "b", **changed):
    """A report of sixty words in words of its own order, by another outlet, an hour later."""
    fields = {"title": "Storm closes harbour", "source": "Post", "published_at": NOON + timedelta(hours=1)}
    text = changed.pop("text", shuffled(told(1000, 1060), 2))
    return make_article(article_id, text, **(fields | changed))


WIRE = telling("a", text=told(1000, 1060), source="Wire", published_at=NOON)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"source": "Wire"}, False),  # an outlet's second report is a follow-up
        ({"source": None}, False),
        ({"published_at": None}, False),
        ({"published_at": NOON + timedelta(days=1)}, False),  # the next day's
        ({"published_at": NOON - timedelta(hours=23)}, True),
        ({"title": "Market falls again"}, False),
        ({"title": "Storm: harbour shut until dawn"}, True),
        ({"title": "Nothing moves"}, False),
        ({"title": ""}, False),
        ({"text": shuffled(told(1000, 1059), 2)}, False),  # too short
        ({"text": told(1000, 1015) + " " + told(2000, 2045)}, False),  # few of its words
        ({"text": "Twelve missing. " + shuffled(told(1000, 1060), 2)}, True),
    ],
)
def test_a_rewording_is_another_outlet_s_on_the_same_day(changed, expected):
    other = telling(**changed)
    assert of_one_story(WIRE, other) is expected
    assert of_one_story(other, WIRE) is expected
    assert not copies(WIRE, other)


def test_a_report_with_another_toll_is_no_rewording():
    seven = telling("a", text="Seven are dead. " + told(1000, 1060), source="Wire", published_at=NOON)
    nine = telling(text="Nine are dead. " + shuffled(told(1000, 1060), 2))
    assert not of_one_story(seven, nine)
    assert of_one_story(seven, telling(text="At least 7 are dead. " + shuffled(told(1000, 1060), 2)))


@pytest.mark.parametrize(("cosine", "expected"), [(0.8, True), (0.79, False)])
def test_rewordings_are_near_for_the_encoder(cosine, expected):
    unit = np.array([[1, 0], [cosine, (1 - cosine**2) ** 0.5]], dtype=np.float32)
    assert of_one_story(WIRE, telling(), unit=unit) is expected


# Groups


def test_likeness_does_not_run_through_a_chain():
    one, cut = make_article("a", told(0, 100)), make_article("b", told(0, 75))
    rewritten = make_article("c", told(0, 50) + " " + told(700, 750))
    assert copies(one, cut)
    assert copies(cut, rewritten)  # 46 of the shorter one's 71 runs
    assert not copies(one, rewritten)  # 46 of 96
    assert found(one, cut, rewritten)[0] == [0, 0, 1]
    assert in_two_groups(one, cut, rewritten) == in_two_groups(rewritten, cut, one) == [{"b", "c"}]
    assert in_two_groups(one, cut) == []


def test_copies_are_of_one_story_and_a_rewording_joins_them_all():
    second = telling("c", text=told(1000, 1060), source="Echo", published_at=NOON)
    assert found(WIRE, telling("b"), second) == ([0, 1, 0], [0, 0, 0])
    # Were one of the copies the rewording's own outlet's, they could not all be one report.
    own = telling("c", text=told(1000, 1060), source="Post", published_at=NOON)
    assert found(WIRE, telling("b"), own) == ([0, 1, 0], [0, 1, 0])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_articles_makes_no_difference(seed):
    articles = [
        *(make_article(f"copy-{end}", told(0, end)) for end in (60, 70, 80, 100)),
        WIRE,
        telling("b"),
        telling("c", text=shuffled(told(1000, 1060), 3), source="Echo"),
        make_article("else", told(5000, 5100)),
    ]
    groups = members(articles)
    random.Random(seed).shuffle(articles)
    assert members(articles) == groups


def members(articles) -> list[set[frozenset[str]]]:
    ids = np.array([article.id for article in articles])
    return [
        {frozenset(ids[np.array(labels) == label].tolist()) for label in labels}
        for labels in found(*articles)
    ]


def test_no_articles_and_one_are_fine():
    assert found() == ([], [])
    assert found(make_article("a", BODY)) == ([0], [0])


# Hashes


def test_wordings_are_counted_by_hand():
    wording = wording_of(make_article("a", "The storm hit. The STORM hit: two dead", title="Storm of 1987"))
    # the storm hit the storm hit two dead: eight words, four runs, all distinct
    assert (wording.length, len(wording.runs), len(wording.opening)) == (8, 4, 4)
    assert wording.title == {"storm", "1987"}
    assert wording.numbers == {"1987", "2"}
    assert len(wording.long) == 1
    assert shared(wording.runs, wording_of(make_article("b", "hit the storm hit two")).runs) == 1


def test_runs_tell_the_order_of_words():
    one, other = (wording_of(make_article("a", text)) for text in ("a b c d e", "a b c e d"))
    assert shared(one.runs, other.runs) == 0
    assert shared(one.runs, one.runs) == 1


def test_a_long_text_is_read_up_to_a_thousand_words():
    assert wording_of(make_article("a", told(0, 3000))).length == 1000
