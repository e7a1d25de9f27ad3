"""One made-up story and its articles: real sentences recombined, in names and words of the story's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from recommender.article import Article
from recommender.benchmark.renaming import Renaming, Wordstock, made_up
from recommender.errors import InputError

START = datetime(2020, 1, 1, tzinfo=UTC)
ARTICLES_A_DAY = 300
# Of each article that is its story's, the rest being its own.
_SHARED = (0.5, 0.8)
_NEAR_COPIES = 0.04
# A sentence of an article's own stands further down than it did.
_OWN_LATER = 0.25
_LONGEST_SENTENCE = 500
_LEAD_CHARACTERS = 1200
_FEWEST_SENTENCES = 4

_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[“\"‘'A-Z0-9])|\n+")
_SECTIONS = ("world", "politics", "business", "culture", "science", "sport", "opinion", "local")
_KINDS = ("Post", "Times", "Wire")
_PUBLISHERS = tuple(f"The {made_up(number)} {_KINDS[number % len(_KINDS)]}" for number in range(15))
# Where a sentence stands in its article, 0 to 1; the sentence; the row of its source article.
_Placed = tuple[float, str, int]


@dataclass(frozen=True, slots=True)
class Made:
    """One article of a newsroom. ``index`` counts from 0; ``story`` is its story's number, ``nth`` its place
    in the story, of ``size`` articles; ``parts`` are the source articles that its lead was made of, as
    rows, with the share of each."""

    article: Article
    index: int
    story: int
    nth: int
    size: int
    parts: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: the same without the article."""

    index: int
    story: int
    nth: int
    size: int


class Sources:
    """The articles that others are made of, cut into sentences. Raises InputError where fewer than three have
    a title and the four sentences that it takes to recombine them."""

    def __init__(self, articles: Sequence[Article], seed: int) -> None:
        told = [(one, sentences(one.text)) for one in articles if one.title and not one.teaser]
        told = [(one, said) for one, said in told if len(said) >= _FEWEST_SENTENCES]
        if len(told) < 3:
            raise InputError(
                f"{len(told)} of {len(articles)} source articles have a title and {_FEWEST_SENTENCES} "
                "sentences, expected at least 3"
            )
        self.seed = seed
        self.articles = tuple(one for one, _ in told)
        self.said = [said for _, said in told]
        self.lengths = [sum(map(len, said)) for said in self.said]
        self.stock = Wordstock(one.text for one in self.articles)

    def pick(self, draw: Random) -> int:
        """Any row."""
        return int(draw.random() * len(self.articles))


class Story:
    """One story: its sources, and their sentences in its words."""

    def __init__(self, sources: Sources, turn: Turn) -> None:
        self._sources = sources
        draw = Random(f"{sources.seed}:story:{turn.story}")
        wanted = 1 + int(3 * draw.random())
        self.rows = [sources.pick(draw) for _ in range(wanted)]
        self._renaming = Renaming(sources.stock, f"{sources.seed}:{turn.story}", turn.story)
        self._said = [
            one for row in self.rows for one in _placed(row, sources.said[row], self._renaming, 0.0)
        ]
        self._length = sum(len(text) for _, text, _ in self._said)
        first = sources.articles[self.rows[0]]
        self.section = first.section or _SECTIONS[self.rows[0] % len(_SECTIONS)]

    def told(self, turn: Turn) -> Made:
        """The article of that turn."""
        draw = Random(f"{self._sources.seed}:article:{turn.story}:{turn.nth}")
        again = turn.nth > 0 and draw.random() < _NEAR_COPIES
        title, said = self._again(turn, draw) if again else self._text(turn, draw)
        return Made(
            _article(turn, title, said, self._sources.articles[self._sources.pick(draw)], self.section, draw),
            turn.index,
            turn.story,
            turn.nth,
            turn.size,
            _parts(said),
        )

    def _text(self, turn: Turn, draw: Random) -> tuple[str, list[_Placed]]:
        sources = self._sources
        length = sources.lengths[self.rows[int(draw.random() * len(self.rows))]]
        shared = _SHARED[0] + (_SHARED[1] - _SHARED[0]) * draw.random()
        said = _some(self._said, self._length, shared * length, draw)
        missing = length - sum(len(text) for _, text, _ in said)
        own = sources.pick(draw)
        renaming = Renaming(sources.stock, f"{sources.seed}:{turn.story}:{turn.nth}", turn.story)
        told = [(at, text, own) for at, text, _ in _placed(own, sources.said[own], None, _OWN_LATER)]
        some = _some(told, sources.lengths[own], missing, draw)
        said += [(at, renaming.of(text), row) for at, text, row in some]
        said.sort()
        return self._title(turn, draw), said

    def _again(self, turn: Turn, draw: Random) -> tuple[str, list[_Placed]]:
        """Nearly the story's first article: without one of its sentences, or to the letter."""
        first = Random(f"{self._sources.seed}:article:{turn.story}:0")
        title, said = self._text(Turn(turn.index, turn.story, 0, turn.size), first)
        if len(said) > 1 and draw.random() < 0.8:
            said.pop(int(draw.random() * len(said)))
        return title, said

    def _title(self, turn: Turn, draw: Random) -> str:
        """The first source's title; from the second article on the beginning of one and the end of another,
        which may be that of a sentence."""
        titles = [self._sources.articles[row].title.split() for row in self.rows]
        one = titles[0] if turn.nth == 0 else titles[int(draw.random() * len(titles))]
        if turn.nth > 0:
            sentence = self._said[int(draw.random() * len(self._said))][1].split()
            others = [*titles, sentence[: len(one) + 2]]
            other = others[int(draw.random() * len(others))]
            one = one[: max(2, (len(one) + 1) // 2)] + other[len(other) // 2 :]
        return self._renaming.of(" ".join(one))


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; what goes on for long without an end is cut at a space."""
    found = list[str]()
    for one in _SENTENCE.split(text):
        sentence = one.strip()
        while len(sentence) > _LONGEST_SENTENCE:
            at = sentence.rfind(" ", 1, _LONGEST_SENTENCE) + 1 or _LONGEST_SENTENCE
            found.append(sentence[:at].strip())
            sentence = sentence[at:].strip()
        if sentence:
            found.append(sentence)
    return found


def published(index: int) -> datetime:
    """When the article of that index appears at the latest; the one before it, earlier."""
    return START + timedelta(seconds=86_400 / ARTICLES_A_DAY * (index + 1))


def _placed(row: int, said: Sequence[str], renaming: Renaming | None, later: float) -> list[_Placed]:
    """Sentences with where they stand in their article, 0 to 1."""
    told = said if renaming is None else [renaming.of(text) for text in said]
    return [(later + place / len(said), text, row) for place, text in enumerate(told)]


def _some(said: Sequence[_Placed], length: int, wanted: float, draw: Random) -> list[_Placed]:
    """About so many characters of sentences that have ``length`` together, one at least."""
    share = wanted / max(1, length)
    kept = [one for one in said if draw.random() < share]
    return kept or [said[int(draw.random() * len(said))]]


def _parts(said: Sequence[_Placed]) -> tuple[tuple[int, float], ...]:
    shares, left = dict[int, float](), float(_LEAD_CHARACTERS)
    for _, text, row in said:
        shares[row] = shares.get(row, 0.0) + min(left, len(text))
        left -= len(text)
        if left <= 0:
            break
    whole = sum(shares.values())
    return tuple((row, share / whole) for row, share in sorted(shares.items()))


def _article(
    turn: Turn, title: str, said: Sequence[_Placed], like: Article, section: str, draw: Random
) -> Article:
    paragraphs, some = list[str](), list[str]()
    for _, text, _ in said:
        some.append(text)
        if draw.random() < 0.5:
            paragraphs.append(" ".join(some))
            some = []
    if some:
        paragraphs.append(" ".join(some))
    seconds = 86_400 / ARTICLES_A_DAY * draw.random()
    article_id = f"{turn.story:07d}-{turn.nth:02d}"
    return Article(
        id=article_id,
        title=title,
        text="\n".join(paragraphs),
        url=f"https://news.example/{section}/{article_id}",
        published_at=(published(turn.index) - timedelta(seconds=seconds)).replace(microsecond=0),
        section=section,
        source=like.source or _PUBLISHERS[int(draw.random() * len(_PUBLISHERS))],
        authors=(f"{made_up(int(400 * draw.random()))} {made_up(int(2_000 * draw.random()))}",),
        language="en",
    )
