"""Articles with words and names in them, so that all four pieces of evidence speak, and a formula of all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from recommender.article import Article
from recommender.neighbourhood import Closeness
from recommender.scoring import Floors, Scoring
from tests.fakes import make_article

NOON = datetime(2022, 1, 10, 12, tzinfo=UTC)
SECTIONS = ("US", "World", "Science")

# A story a line; the words of `AXES` are what the fake encoder sees.
STORIES = (
    ("The storm reached Port Ferrol before dawn and took the roof off the fish market.",
     "Crews in Port Ferrol pumped water out of cellars while Mayor Quillon asked for patience.",
     "Another storm is due on Friday, the harbour master in Ferrol said."),
    ("A court in Velden heard the appeal of Anselm Rook against his sentence.",
     "Lawyers for Rook told the court that the ledger had been forged in Velden.",
     "The court adjourned until March, when the clerk Odile Brandt will testify."),
    ("The vote on the ferry subsidy was lost by Senator Maud Tarrant.",
     "Allies of Tarrant want a second vote before the ferry contracts lapse.",
     "Islanders near Kessock said the vote would leave them without a winter ferry."),
    ("The rocket of the Lumen mission left its pad in Korou at noon.",
     "Engineers in Korou found frost on the rocket and cheered when Lumen reached orbit.",
     "A second rocket will carry mirrors to the Lumen telescope next spring."),
    ("A late goal by Ines Varga put Harbour Rovers through to the final.",
     "Rovers had not scored a goal in Tallow Park since October, and Varga wept.",
     "The manager praised Varga and the goalkeeper after a nervous half."),
    ("The grain market fell sharply after rain in the Orlan valley.",
     "Traders called the market nervous, and millers in Orlan bought early.",
     "Bread will cost no less, the bakers of Orlan warned."),
)  # fmt: skip

# All four pieces speak; of the two floors both decide something on the articles below.
FOUR = Scoring(
    "by-hand-4",
    "fake:1",
    Closeness(1, 2),
    intercept=-3,
    lead=1.5,
    lexical=3,
    neighbours=2.5,
    names=1,
    floors=Floors(((1, 0.4),), 0.99),
)


def news() -> Iterator[Article]:
    """Forty-two articles, seven on each of six stories, and four copies and two strangers."""
    for number in range(42):
        story = STORIES[number % 6]
        aside = STORIES[(number * 5 + 1) % 6][number % 3]
        turn = number // 6
        parts = [story[turn % 3], story[(turn + 1) % 3], *([aside] if number % 4 == 0 else [])]
        yield make_article(
            f"news-{number:02}",
            " ".join(parts * (1 + number % 2)),
            title=f"{parts[0].split(' ', 1 + turn)[-1]}".rstrip("."),
            section=SECTIONS[number % 3] if number % 7 else None,
            source=("Post", "Wire", None)[number % 3],
            published_at=NOON - timedelta(hours=number * 31 % 240) if number % 8 else None,
        )
    for number in range(4):
        story = STORIES[number]
        yield make_article(f"copy-{number}", " ".join(story * 4), title="One report", source="Post")
        yield make_article(f"again-{number}", " ".join(story * 4), title="One report", source="Wire")
    yield make_article("lone", "Honey and beeswax were weighed by hand in a quiet shed.", title="A beekeeper")
    yield make_article("short", "", title="Video")


sentences = st.sampled_from([sentence for story in STORIES for sentence in story])
few = st.sampled_from([STORIES[0][0], STORIES[0][1], STORIES[1][0]])
# Texts out of few sentences, so that many are alike and some the same; out of three alone far more than the
# ten that an article has for neighbours are equally near.
newsrooms = st.one_of(
    st.lists(st.lists(sentences, min_size=1, max_size=3), min_size=2, max_size=24),
    st.lists(st.lists(few, min_size=1, max_size=1), min_size=16, max_size=24),
).map(
    lambda drawn: [
        make_article(
            f"a-{row:02}",
            " ".join(parts[-2:]),
            title=parts[0].rstrip("."),
            published_at=NOON - timedelta(days=row % 4) if row % 3 else None,
        )
        for row, parts in enumerate(drawn)
    ]
)
