from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recommender.audit import REASONS, SHOWN
from recommender.cli import Story, print_side_by_side
from recommender.cli.side_by_side import MARKS, in_words
from recommender.cli.terminal import shown
from recommender.phrases import count

PAGE = [
    Story("a", "Ferry crews vote to strike over the harbour board's new rosters from Monday on"),
    Story("b", "January sales"),
]
REBUILT = [Story("c", "Islanders face being cut off", 0.91), Story("a", PAGE[0].title, 0.5)]


def test_every_story_stands_on_its_side_with_what_became_of_it(capsys):
    print_side_by_side(PAGE, REBUILT)
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "            the page's own list: 2                             rebuilt: 2",
        "1  kept     Ferry crews vote to strike over the    0.91  new   Islanders face being cut off",
        "            harbour board's new rosters from",
        "            Monday on",
        "2  dropped  January sales                          0.50  kept  Ferry crews vote to strike over the",
        "                                                               harbour board's new rosters from",
        "                                                               Monday on",
        "The page printed 2 stories; the rebuilt list has 2: 1 kept, 1 dropped, 1 new.",
    ]


def test_with_scores_and_reasons_a_dropped_link_says_why(capsys):
    page = [
        Story("a", PAGE[0].title, 0.5, "similar"),
        Story("b", "January sales", 0.004, "below_min_score"),
        Story("d", "", 1.0, "copy_of_article"),
        Story("e", "Gone", None, "no such reason"),
    ]
    print_side_by_side(page, REBUILT)
    assert capsys.readouterr().out.splitlines() == [
        "                  the page's own list: 4                          rebuilt: 2",
        "1  0.50  kept     Ferry crews vote to strike over     0.91  new   Islanders face being cut off",
        "                  the harbour board's new rosters",
        "                  from Monday on",
        "2  0.00  too low  January sales                       0.50  kept  Ferry crews vote to strike over",
        "                                                                  the harbour board's new rosters",
        "                                                                  from Monday on",
        "3  1.00  copy     (no title)",
        "4        dropped  Gone",
        "copy: a copy of the article, or its report in other words where these are not wanted",
        "too low: below the floor, by its own score or by that of the list's best story",
        "The page printed 4 stories; the rebuilt list has 2: 1 kept, 3 dropped, 1 new.",
    ]


def test_a_list_alone_takes_nothing_from_its_marks(capsys):
    print_side_by_side([], REBUILT)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split(maxsplit=2) == ["0.91", "new", "Islanders face being cut off"]
    print_side_by_side(PAGE, [])
    assert "dropped  January sales" in capsys.readouterr().out


def test_every_reason_to_drop_a_link_has_a_mark():
    assert list(MARKS) == [reason for reason in REASONS if reason not in SHOWN]
    assert len(set(MARKS.values())) == len(MARKS)


def test_in_words_counts():
    assert in_words([], []) == "The page prints no list of its own; the rebuilt list has 0."
    assert in_words([], REBUILT[:1]) == "The page prints no list of its own; the rebuilt list has 1."
    assert (
        in_words(PAGE[:1], [])
        == "The page printed 1 story; the rebuilt list has 0: 0 kept, 1 dropped, 0 new."
    )


stories = st.lists(
    st.builds(Story, st.text(min_size=1, max_size=3), st.text(max_size=200), st.none() | st.floats(0, 1)),
    max_size=12,
    unique_by=lambda story: story.id,
)


@given(stories, stories)
def test_numbers_add_up(page, rebuilt):
    kept = {one.id for one in page} & {one.id for one in rebuilt}
    words = in_words(page, rebuilt)
    if not page:
        assert words == f"The page prints no list of its own; the rebuilt list has {len(rebuilt)}."
        return
    assert f": {len(kept)} kept, {len(page) - len(kept)} dropped, {len(rebuilt) - len(kept)} new." in words


@given(st.text())
def test_shown_is_one_line_that_commands_no_terminal(text):
    safe = shown(text)
    assert safe.encode().decode() == safe  # no lone surrogates
    assert not any(ord(one) < 0x20 or 0x7F <= ord(one) < 0xA0 or one in "\u202e\u2066\u2028" for one in safe)
    assert shown(safe) == safe


def test_count():
    assert [count(0, "article"), count(1, "article"), count(10_000, "article")] == [
        "0 articles",
        "1 article",
        "10,000 articles",
    ]
