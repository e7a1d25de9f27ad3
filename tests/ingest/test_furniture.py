"""What is furniture, and what only looks like it."""

from __future__ import annotations

import pytest

from recommender.ingest.furniture import (
    drop_notices,
    is_furniture,
    is_plug,
    is_popular_heading,
    is_prose,
    is_related_heading,
)


@pytest.mark.parametrize(
    "line",
    [
        *("Oops!", "Something went wrong.", "Please try again later.", "ADVERTISEMENT", "Story continues"),
        *("Oops! Something went wrong. Please try again later.", "Story continues below advertisement"),
        *(
            "Article continues below this ad",
            "View comments",
            "View comments (12)",
            "3 min read",
            "·12 min read",
        ),
        *("Share", "Read full article", "Skip to main content", "Follow us on Twitter", "Scroll to continue"),
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "paragraph",
    [
        "Get harbour news worth your while with Gull Tides. Subscribe for free.",
        "Like this article? Get more from The Gull and subscribe to Gull Tides for free.",
        "Sign up for our newsletter",
        "Sign up here to receive The Gull's weekly briefing.",
        "Subscribe to the Gull newsletter for more stories like this one.",
        "Want more news from the coast? Join thousands of readers and sign up for Tides.",
        "Get the day's top stories delivered straight to your inbox every morning.",
        "Click here to subscribe to our channel.",
        "Join our mailing list!",
        "Follow us on Facebook and tell your friends.",
        "Download our free app for breaking news.",
        "We use cookies to improve your experience.",
        "By continuing to use this site you agree to our terms.",
        "This is meant to be a safe and engaging place for users to connect, so be kind.",
        "For now we are suspending all commenting on articles",
        "Comments on this story are now closed.",
    ],
)
def test_plugs(paragraph: str) -> None:
    assert is_plug(paragraph)
    assert not is_prose(paragraph)


@pytest.mark.parametrize(
    "paragraph",
    [
        "The harbour master wrote in his newsletter that the wall would fall, and asked people to sign up.",
        "Residents can sign up for sandbags at the town hall until Friday, the council said.",
        "Subscribers to the paper's newsletter heard it first on Monday.",
        "Get out of the harbour now, the master shouted as the wall began to move.",
        "Something went wrong with the crane, and please try again later was all that the screen said.",
        "The advertisement showed a wall that would never fall.",
        "Closing arguments drew few comments from the bench.",
        "Like the wall itself, the pier was built in 1901.",
        "Want of money was the reason, the mayor said. Nobody asked him to follow it up.",
        "We use the harbour every day and the wall protects us.",
        "Cookies were sold to pay for the wall.",
        "Related work on the pier went on through the winter.",
        "more about the wall than about the pier",
        "In closing comments the lawyer said that the wall had been neglected.",
        "She disabled comments on her post after the wall fell.",
        "Comments on her post were disabled after the wall fell, the mayor said.",
        "Register to vote by email before Friday, the clerk said.",
        "Want proof? Follow the money, the engineer told the council.",
        "By using cookies the firm had tracked visitors for years.",
        "Have a look at the letter in your inbox, the mayor told the council.",
        "Comment was not available from the council on Friday.",
    ],
)
def test_prose(paragraph: str) -> None:
    assert is_prose(paragraph)


@pytest.mark.parametrize(
    "notice",
    [
        "Comments are closed on this article.",
        "Comments have been turned off on this story.",
        "Commenting is temporarily unavailable while the pier is rebuilt.",
        "Comments on live pages are closed when the page ends.",
        "We have temporarily turned off comments while we mend our pages.",
        "The Gull has suspended comments until the wall stands again.",
        "This story is not open for comments.",
        "Sign up to Tides and get the day's harbour news by email.",
    ],
)
def test_notices_go_from_the_end_of_a_text_only(notice: str) -> None:
    prose = ["The wall fell.", "Comments on her post were disabled after the wall fell, the mayor said."]
    assert drop_notices([*prose, notice]) == prose
    assert drop_notices([notice, *prose]) == [notice, *prose]


def test_a_long_paragraph_is_never_a_plug() -> None:
    assert not is_plug("The wall fell and the sea came in. " * 10 + "Sign up here.")


@pytest.mark.parametrize(
    "line",
    [
        *("Recommended Stories", "RELATED STORIES", "Related", "Related:", "More stories", "Read next"),
        *("You may also like", "More from The Gull", "Recommended for you", "See also", "What to read next"),
        *("Stories you might like", "Editor's picks", "More on the harbour"),
    ],
)
def test_related_headings(line: str) -> None:
    assert is_related_heading(line)


@pytest.mark.parametrize("line", ["Most read", "Trending now", "Popular", "Top stories"])
def test_popular_headings(line: str) -> None:
    assert is_popular_heading(line)
    assert not is_related_heading(line)
