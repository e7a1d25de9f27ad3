"""Dumped pages: title, furniture, byline, body, recommended stories."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.article import Article, Link, digest_id, id_problem
from recommender.ingest.page_text import MAX_BYTES, parse_page, read_page_text
from tests.ingest.reading_helpers import read, read_paths

PAGE = """Harbour wall falls

  • Oops!
    Something went wrong.
    Please try again later.
Jane Doe
·2 min read
In this article:
  • Port Gull
  • Ann Roe
    Harbour master

The wall fell on Thursday.

  • Boats were moved, the master said.

  - Repairs may take until summer.

Get harbour news with Gull Tides. Subscribe for free.

The club's newsletter had warned of it, and asked people to sign up.

This is a safe and engaging place for users to connect, so be kind.

Recommended Stories

  • Ferry cancelled

    No ferry sails until Monday.

  • Far quake

  • Pier sold
    It went for a shilling.

    And a half.
"""
TEXT = (
    "The wall fell on Thursday.\n\nBoats were moved, the master said.\n\nRepairs may take until summer.\n\n"
    "The club's newsletter had warned of it, and asked people to sign up."
)
LINKS = (
    Link("Ferry cancelled", "No ferry sails until Monday."),
    Link("Far quake"),
    Link("Pier sold", "It went for a shilling. And a half."),
)


def parsed(dump: str) -> Article:
    page = parse_page(dump)
    assert page is not None
    return page


def test_a_whole_page() -> None:
    assert parsed(PAGE) == Article(
        id=digest_id("Harbour wall falls", TEXT),
        title="Harbour wall falls",
        text=TEXT,
        authors=("Jane Doe",),
        links=LINKS,
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace("\n", "\r\n"),
        lambda page: "\ufeff\n\n" + page,
        lambda page: page.replace("  • ", "\t•\t").replace("    ", "\t\t"),
        lambda page: page.replace("  • ", "\xa0\xa0•\xa0").replace("    ", "\xa0" * 4),
        lambda page: page.replace("•", "*"),
        lambda page: page.replace("•", "-"),
        lambda page: page.replace("\n\n", "\n\n\n \n"),
        lambda page: page.replace("Recommended Stories", "  Related stories:"),
        lambda page: page.replace("Recommended Stories\n\n", "Read next\n"),
        lambda page: page.replace("Harbour wall falls", "Advertisement\n\nHarbour wall falls", 1),
        lambda page: page + "\n\nMost read\n\n  • A wedding\n\n    In the hills.\n",
        lambda page: page.replace("The club's", "Advertisement\n\nThe club's"),
        lambda page: page.replace("The club's", "Trending\n\nThe club's"),
        lambda page: page[: (at := page.index("Recommended"))] + page[at:].replace("•", "–"),
        lambda page: page[: (at := page.index("Recommended"))] + page[at:].replace("•", "2)"),
        lambda page: "\n".join("    " + line for line in page.split("\n")),
        lambda page: page + "\n    Get our newsletter delivered to your inbox.\n",
    ],
    ids=range(17),
)
def test_the_same_page_in_other_forms(change) -> None:  # type: ignore[no-untyped-def]
    assert parsed(change(PAGE)) == parsed(PAGE)


def test_bullets_at_the_margin() -> None:
    flat = "T\n\nBody here.\n\nRelated\n\n• One\n\nSnippet one.\n\n• Two\nSnippet two.\n\n"
    flat += "• Three\n\nTerms of use\n\nFooter"
    assert parsed(flat).links == (
        Link("One", "Snippet one."),
        Link("Two", "Snippet two."),
        Link("Three", "Terms of use"),  # nothing tells a footer from a snippet once the indent is lost
    )
    assert parsed(flat).text == "Body here."


def test_text_after_an_indented_list_is_no_snippet_and_no_body() -> None:
    page = parsed(PAGE + "\nTerms and privacy policy\n\nMore from The Gull\n\n  • Fourth\n\n  • Far quake\n")
    assert page.links == (*LINKS, Link("Fourth"))
    assert page.text == TEXT


@pytest.mark.parametrize(
    ("header", "authors", "source", "published_at"),
    [
        ("Jane Doe\n·2 min read", ("Jane Doe",), None, None),
        ("Jane Doe · 2 min read", ("Jane Doe",), None, None),
        ("By Jane Doe\n\n2 minute read", ("Jane Doe",), None, None),
        ("Jane Doe\nJanuary 6, 2022·2 min read", ("Jane Doe",), None, datetime(2022, 1, 6, tzinfo=UTC)),
        (
            "Jane Doe\nThu, January 6, 2022, 9:41 AM·2 min read",
            ("Jane Doe",),
            None,
            datetime(2022, 1, 6, 9, 41, tzinfo=UTC),
        ),
        ("Jane Doe\nJanuary 6, 2022\n·12 min read", ("Jane Doe",), None, datetime(2022, 1, 6, tzinfo=UTC)),
        ("Jane Doe, The Gull\n·2 min read", ("Jane Doe",), "The Gull", None),
        ("By Jane Doe, Al Li and Jo Roe\n·2 min read", ("Jane Doe", "Al Li", "Jo Roe"), None, None),
        ("World\nJane Doe & Al Li\n·2 min read", ("Jane Doe", "Al Li"), None, None),
        ("By Jane Doe\nJanuary 6, 2022", ("Jane Doe",), None, datetime(2022, 1, 6, tzinfo=UTC)),
        (
            "By Jane Doe and Al Li\nPublished 30 January 2022\n3 min read",
            ("Jane Doe", "Al Li"),
            None,
            datetime(2022, 1, 30, tzinfo=UTC),
        ),
        ("Jane Doe\n2 min read\nJan 31, 2022", ("Jane Doe",), None, datetime(2022, 1, 31, tzinfo=UTC)),
        ("Jane Doe · The Gull\n2 min read", ("Jane Doe",), "The Gull", None),
        (
            "Jane Doe | The Gull | 6 Jan 2022, 9:41 | 2 min read",
            ("Jane Doe",),
            "The Gull",
            datetime(2022, 1, 6, 9, 41, tzinfo=UTC),
        ),
        ("·2 min read", (), None, None),
        ("", (), None, None),
    ],
)
def test_bylines(
    header: str, authors: tuple[str, ...], source: str | None, published_at: datetime | None
) -> None:
    page = parsed(f"Title\n\n{header}\n\nThe body.\n\nRelated\n\n• One\n")
    assert (page.authors, page.source, page.published_at) == (authors, source, published_at)
    assert page.text == "The body."


def test_a_standfirst_above_the_byline_is_body() -> None:
    page = parsed("Title\n\nThe wall fell and the sea came in.\n\nJane Doe\n·2 min read\n\nBody.\n")
    assert (page.text, page.authors) == ("The wall fell and the sea came in.\n\nBody.", ("Jane Doe",))


def test_a_url_on_the_first_line_is_the_pages_own() -> None:
    page = parsed("\nhttps://www.gull.example/a\n" + PAGE)
    assert page.id == page.url == "https://www.gull.example/a"
    assert (page.source, page.title, page.text) == ("gull.example", "Harbour wall falls", TEXT)


def test_a_url_right_below_the_title_is_the_pages_own_unless_one_came_before() -> None:
    below = PAGE.replace("falls\n", "falls\n\nhttps://gull.example/b\n", 1)
    page = parsed(below)
    assert (page.url, page.authors, page.text) == ("https://gull.example/b", ("Jane Doe",), TEXT)
    assert parsed("https://gull.example/a\n" + below).url == "https://gull.example/a"


def test_an_update_is_no_publication() -> None:
    page = parsed(
        "T\nJane Doe\nPublished: Jan 6, 2022\nLast updated 7 Jan 2022, 10:00\n·2 min read\n\nBody.\n"
    )
    assert page.published_at == datetime(2022, 1, 6, tzinfo=UTC)
    assert page.updated_at == datetime(2022, 1, 7, 10, tzinfo=UTC)


def test_a_numbered_line_of_the_body_is_prose() -> None:
    page = parsed("T\n2 min read\n\n1. The wall fell.\n\n– It was old.\n\nRelated\n\n1. One\n2) Two\n")
    assert page.text == "1. The wall fell.\n\n– It was old."
    assert [link.title for link in page.links] == ["One", "Two"]


def test_what_could_not_be_read_as_links_is_remarked_on() -> None:
    page = "T\n2 min read\n\nThe wall fell.\n\nRecommended Stories:\nFerry cancelled\n\nPier sold\n"
    (article,), tally = read(read_page_text, page, "a.txt")
    assert (article.text, article.links) == ("The wall fell.", ())
    assert tally.notes == [("a.txt", '2 lines under "Recommended Stories" were not read as links')]
    assert read(read_page_text, page + "\nRelated\n\n• One\n")[1].notes == []
    assert read(read_page_text, PAGE)[1].notes == []


PROSE = "The council meets on Monday in the old hall to speak about what the wall has cost the town so far."


@pytest.mark.parametrize(
    ("box", "stories"),
    [
        ("  • Ferry\n\n  • Quake", ("", "")),
        ("  • Ferry\n\n    No ferry.\n\n  • Quake\n    Far off.", ("No ferry.", "Far off.")),
        ("• Ferry\n• Quake", ("", "")),
        ("• Ferry\n• Quake\n\nRead more: The wall", ("", "")),
        ("1. Ferry\n2. Quake", ("", "")),
    ],
)
def test_the_body_goes_on_after_a_list_in_its_middle(box: str, stories: tuple[str, str]) -> None:
    end = "Recommended Stories\n\n  • Pier sold\n\n    For a shilling.\n\nTerms of use\n"
    page = parsed(f"T\n2 min read\n\nIt fell.\n\nRelated Stories\n\n{box}\n\n{PROSE}\n\nHe left.\n\n{end}")
    assert page.text == f"It fell.\n\n{PROSE}\n\nHe left."
    assert [link.title for link in page.links] == ["Ferry", "Quake", "Pier sold"]
    assert [link.snippet for link in page.links] == [*stories, "For a shilling."]


@pytest.mark.parametrize(
    "after",
    [
        f"• Ferry\n\nNo ferry.\n\n• Quake\n\n{PROSE}\n\n{PROSE}",  # the list's snippets stand at the margin
        f"• Ferry\n\n{PROSE}",  # a list of one: its snippet
        f"  • Ferry\n\n© 2022 The Gull. {PROSE}",
        "  • Ferry\n\nSign up for our newsletter, which tells you each week what the harbour has cost.",
    ],
)
def test_what_may_be_a_snippet_or_a_footer_is_no_body(after: str) -> None:
    assert parsed(f"T\n2 min read\n\nIt fell.\n\nRelated Stories\n\n{after}\n").text == "It fell."


def test_a_body_that_begins_with_bullets_is_no_list_of_names() -> None:
    page = parsed(
        "T\n·2 min read\nIn this article:\n  • Port Gull\n\n  • The wall fell on Thursday in a storm.\n"
    )
    assert page.text == "The wall fell on Thursday in a storm."


def test_a_hard_wrapped_sentence_about_a_newsletter_stays() -> None:
    page = parsed("T\n·2 min read\n\nHe told readers to\nsign up for the newsletter\nmore on the\nwall.\n")
    assert page.text == "He told readers to sign up for the newsletter more on the wall."


@pytest.mark.parametrize(
    "dump",
    [
        *("", "\n\n", "Only a title", "A title\n\nand some prose", "https://gull.example/\n\nTitle\n\nBody"),
        *("Notes\n\n- one\n- two", "0.1 0.2 0.3\n0.4 0.5 0.6", "Title\n\nRecommended Stories\n\n• One"),
        *("Title\n\nBody\n\nRecommended Stories\n\nnone today", "Advertisement", "http://["),
    ],
)
def test_text_without_a_pages_shape(dump: str) -> None:
    assert parse_page(dump) is None
    articles, tally = read(read_page_text, dump, "notes.txt")
    assert articles == []
    assert tally.passed_over == [
        (
            "notes.txt",
            "has no page's shape (a title, a body and a list of recommended stories, or a reading time)",
        )
    ]


def test_what_is_no_text_is_passed_over() -> None:
    assert read(read_page_text, b"Title \xff")[1].passed_over == [
        ("in", "is not text: invalid start byte at byte 6")
    ]
    assert read(read_page_text, b"x" * (MAX_BYTES + 1))[1].passed_over == [
        ("in", "has more than 10000000 bytes")
    ]


def test_utf_16() -> None:
    assert read(read_page_text, PAGE.encode("utf-16"))[0] == [parsed(PAGE)]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("dump", "text"),
    [
        ("T\n" + "\n" * 500_000 + "x", None),
        ("T\nb\n" + "Related\n\n" * 20_000 + "- x", "b Related"),
        ("T\n" + "-" * 500_000, None),
        ("T\n" + "· " * 200_000 + "2 min read", None),
        ("T\n2 min read\n\nb\n\nRelated\n\n- x\n\n" + "y\n" * 200_000, "b"),
        ("T\n2 min read\n\nb\n\n" + "Related\n\n- x\n\ny\n\n" * 20_000, "b"),
        ("T\n2 min read\n\n" + "Sign up. " * 50_000, ("Sign up. " * 50_000).strip()),
    ],
)
def test_hostile_pages_do_not_hold_the_reader(dump: str, text: str | None) -> None:
    page = parse_page(dump)
    assert (page and page.text) == text


LINES = st.sampled_from(
    [
        *(
            "",
            "",
            "  • Bullet",
            "- dash",
            "* ",
            "    indented",
            "Jane Doe",
            "·2 min read",
            "By Jo",
            "Advertisement",
        ),
        *(
            "In this article:",
            "https://x.example/a",
            "January 6, 2022",
            "Related",
            "Read next",
            "A sentence, plain.",
        ),
        *("\u200b", "\ud800", "Sign up here.", "Most read"),
    ]
)


@given(st.lists(LINES | st.text(max_size=15)))
def test_arbitrary_text_never_raises_and_no_recommendation_reaches_the_body(lines: list[str]) -> None:
    dump = "\n".join([*lines, "", "Recommended Stories", "", "  • qqq-title", "", "    qqq-snippet"])
    page = parse_page(dump)
    if page is not None:
        assert "qqq" not in page.title + page.text
        assert "Recommended Stories" not in page.text
        assert id_problem(page.id) is None
        assert page.title


@given(st.text(st.characters(exclude_categories=())))
def test_arbitrary_text_never_raises(dump: str) -> None:
    page = parse_page(dump)
    assert page is None or page.title.strip() or page.text.strip()


def test_the_page_that_the_project_began_with(shared_data: Path) -> None:
    path = shared_data / "seed_page.txt"
    (article,), tally = read_paths(path)
    assert (tally.records, tally.files, tally.rejections, tally.passed_over) == (1, 1, [], [])

    dump = path.read_text(encoding="utf-8")
    lines = dump.splitlines()
    heading = lines.index("Recommended Stories")
    titles = [line.strip()[2:] for line in lines[heading:] if line.startswith("  • ")]
    snippets = [line.strip() for line in lines[heading:] if line.startswith("    ")]
    assert len(titles) == 20
    assert [link.title for link in article.links] == titles
    assert [link.snippet for link in article.links if link.snippet] == snippets

    assert article.title == lines[0]
    byline = next(number for number, line in enumerate(lines) if line.endswith("min read"))
    assert article.authors == (lines[byline - 1],)
    assert article.id == digest_id(article.title, article.text)
    # The body's prose is every line of 100 characters or more above the heading, less the comment notice.
    above = [line.strip().removeprefix("• ") for line in lines[1:heading]]
    prose = [line for line in above if len(line) >= 100 and not line.startswith("Our goal")]
    assert article.text.split("\n\n") == prose
    for marker in ("Oops", "wrong", "In this article", "min read", "Subscribe", "subscribe", "Our goal", "•"):
        assert marker not in article.text
    assert not any(title in article.text for title in titles)


LONG = (
    "Every year the harbour master counts the gulls on the wall, and every year there are a few more of them."
)


@pytest.mark.parametrize(
    "below",
    [
        "".join(f"• Story {n}\n\n{LONG} {n}a\n\n{LONG} {n}b\n\n" for n in range(4)),
        "".join(f"  • Story {n}\n\n{LONG} {n}\n\n" for n in range(4)),
        f"  • Story 1\n\n    {LONG}\n\n{LONG} Sponsored.\n\n  • Story 2\n\n    {LONG}\n",
        f"  • Story 1\n\n    {LONG}\n\nComments\n\nJoe wrote: {LONG}\n",
        f"  • Story 1\n\n  • Story 2\n\nThe author writes about gulls. {LONG}\n",
    ],
)
def test_nothing_below_the_last_list_is_body(below: str) -> None:
    page = f"The wall\n\nA. Writer\n·2 min read\n\nThe wall fell. {LONG}\n\nRecommended Stories\n\n{below}"
    assert parsed(page).text == f"The wall fell. {LONG}"
