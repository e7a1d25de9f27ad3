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
        "Want the news first? Please subscribe today.",
        "Like what you read? Support our reporting and sign up for Tides.",
        "Enjoying this story? Read more from The Gull.",
        "Love the coast? Follow us and never miss a tide.",
        "Sign up for Tides, The Gull's weekly newsletter, and tell a friend.",
        "Subscribe for the best of the coast in our free morning briefing.",
        "Sign up and get breaking news alerts.",
        "Register for free to get Gull alerts by e-mail.",
        "Subscribe to Tides for the week's stories in one email.",
        "By signing up you accept our privacy policy.",
        "Stay ahead of the tide with our daily digest — enter your email below.",
        "Stay in the know with our weekly newsletter.",
        "Never miss a tide: enter your e-mail address to subscribe.",
        "Enjoying this story? Support local journalism by becoming a member today.",
        "Support independent journalism with a donation.",
        "Become a member today.",
        "Our journalism is free and independent thanks to readers like you. Donate here.",
        "Join thousands of readers who get The Gull newsletter every Friday.",
        "Subscribe to the Daily Gull to keep reading for just £1 a week.",
        "Sign up now from only $5 per month.",
        "Read more: What the wall has cost",
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
        "Register to receive the booster by text or by e-mail from Monday, when bookings open.",
        "Sign up for the census by email from Monday, when it opens to all households.",
        "Subscribe to Gull+ in the north now costs viewers from £7.99 a month.",
        "Join thousands of people at the launch of the newsletter of the harbour's opposition on Sunday.",
        "By using the vaccine you agree to conditions, the leaflet reads.",
        "Want to know what happened? Ministers published a bulletin on Tuesday that named the ship.",
        "Like many, she asked: was it worth it? The briefing on Friday said yes.",
        "Looking for answers? The inquiry's morning briefings gave few, and families left angry.",
        "Want sandbags? Residents who sign up by Friday get more of them.",
        "Want to help? Join us at the wall, the harbour master told reporters, and read more from the plan.",
        "By clicking the seal shut, you agree, the captain told his crew, that it is final.",
        "By clicking the seal shut you agree that it is final.",
        "Sign up for national service fell in Ukraine after a briefing by the defence ministry.",
        "Sign-up for the harbour bulletin fell by half in January.",
        "Sign up for classes rose after an email from the school.",
        "“Sign up for the harbour bulletin,” the mayor said.",
        "Support for local journalism grew after the wall fell.",
        "Support local journalism, the mayor said, and the harbour will thank you.",
        "Join hundreds of people on the pier on Sunday to see the wall come down.",
        "Enter your email and the thieves have you, police said.",
        "Stay ahead of the tide, the harbour master told walkers.",
        "The members donate here and there, and become members of the club today.",
        "Subscribers kept reading for just £1 a week.",
        "Trending upwards, the cost of the wall passed £2m.",
        "The Gull is temporarily closing its comment section while we improve moderation.",
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
        "The Daily Gull is temporarily closing its comment section while we improve moderation.",
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


@pytest.mark.parametrize("line", ["Most read", "Trending", "Trending now", "Popular", "Top stories"])
def test_popular_headings(line: str) -> None:
    assert is_popular_heading(line)
    assert not is_prose(line)
    assert not is_related_heading(line)


@pytest.mark.parametrize(
    "last",
    [
        "The video site has turned off comments on millions of videos showing children.",
        "The two ministers have closed comments to the press until Friday.",
    ],
)
def test_news_about_comments_stays_at_the_end_of_a_text(last: str) -> None:
    assert drop_notices(["The wall fell.", last]) == ["The wall fell.", last]
