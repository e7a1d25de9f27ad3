"""Any number of articles like some that are there: corpora of ten thousand to a million, to measure on.

A `Newsroom` tells stories. A story takes one to three of the source articles, with names and words of its own
(`Renaming`), and each of its articles recombines their sentences with some of an article that no other of the
story has. Titles are recombined too, a few articles are near copies of the story's first, lengths follow the
source's, and dates go forward, so many articles a day. Articles of stories that run at the same time stand
between each other.

The same source and seed give the same articles to the byte, whatever the number asked for: the first 10,000
of 100,000 are the corpus of 10,000. Only the source and the stories that are running are held in memory.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import orjson

from recommender.article import Article, rfc3339
from recommender.benchmark.story import START, Made, Sources, Story, Turn

_LONE = 0.4
MOST_IN_A_STORY = 40
_TAIL = 1.3
# Of the articles in between, on average, before a story goes on.
_PAUSE = 120


class Newsroom:
    """Articles made of ``source``, by a ``seed``. Raises InputError where fewer than three source articles
    have the four sentences that it takes to recombine them."""

    def __init__(self, source: Sequence[Article], seed: int) -> None:
        self._sources = Sources(source, seed)
        self.source = self._sources.articles
        self.seed = seed

    def articles(self, count: int, first: int = 0) -> Iterator[Made]:
        """Articles ``first`` to ``first + count`` of all that the newsroom would ever publish, in order."""
        running = dict[int, Story]()
        for turn in self._turns(first + count):
            if turn.index >= first:
                story = running.get(turn.story)
                if story is None:
                    story = running[turn.story] = Story(self._sources, turn)
                yield story.told(turn)
            if turn.nth == turn.size - 1:
                running.pop(turn.story, None)

    def _turns(self, count: int) -> Iterator[Turn]:
        """Whose turn it is, article by article: a story that is due goes on, else a new one begins."""
        due: list[tuple[float, int, int, int]] = []
        stories = 0
        for index in range(count):
            if due and due[0][0] <= index:
                _, story, nth, size = heapq.heappop(due)
                yield Turn(index, story, nth, size)
                continue
            draw = Random(f"{self.seed}:turns:{stories}")
            size = 1 if draw.random() < _LONE else 1 + int((1 - draw.random()) ** (-1 / _TAIL))
            size = min(size, MOST_IN_A_STORY)
            when = float(index)
            for nth in range(1, size):
                when += 1 + 2 * _PAUSE * draw.random()
                heapq.heappush(due, (when, stories, nth, size))
            yield Turn(index, stories, 0, size)
            stories += 1

    def nightly(self, count: int, share: float, night: int = 1) -> Iterator[Made]:
        """What `articles` of that ``count`` have become after so many nights. Each night a third of ``share``
        of the articles leave, a third are edited (half of these in the lead, half at the end) and as many new
        ones come in at the end."""
        added = round(count * share / 3)
        for made in self.articles(count + night * added):
            came = 0 if made.index < count else 1 + (made.index - count) // added
            edited: Made | None = made
            for later in range(came + 1, night + 1):
                draw = Random(f"{self.seed}:night:{later}:{made.index}")
                luck = draw.random()
                if luck < share / 3:
                    edited = None
                    break
                if luck < 2 * share / 3:
                    edited = self._edited(edited or made, draw)
            if edited is not None:
                yield edited

    def _edited(self, made: Made, draw: Random) -> Made:
        row = self._sources.pick(draw)
        said = self._sources.said[row][int(draw.random() * len(self._sources.said[row]))]
        before, article = draw.random() < 0.5, made.article
        text = f"{said}\n{article.text}" if before else f"{article.text}\n{said}"
        when = (article.updated_at or article.published_at or START) + timedelta(days=1)
        return replace(made, article=replace(article, text=text, updated_at=when))


def as_line(article: Article) -> bytes:
    """The article as one line of JSON Lines, its fields in a fixed order."""
    fields = {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "published_at": rfc3339(article.published_at),
        "updated_at": rfc3339(article.updated_at),
        "section": article.section,
        "source": article.source,
        "authors": list(article.authors),
        "language": article.language,
    }
    return orjson.dumps({name: value for name, value in fields.items() if value}) + b"\n"
