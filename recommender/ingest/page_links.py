"""The lines of a dumped page, and the list of recommended stories among them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommender.article import Link
from recommender.ingest.cleaning import clean_line
from recommender.ingest.furniture import (
    is_furniture,
    is_popular_heading,
    is_related_heading,
    is_snippet,
)

PROSE_LENGTH = 80  # characters; a shorter paragraph after a list does not show that the body goes on

_BULLET = re.compile(r"[•‣◦▪●*-]\s+(?=\S)")
# Bullets too, but only in a list that begins with one: elsewhere they open a line of prose.
_MARKS = (re.compile(r"\d{1,2}[.)]\s+(?=\S)"), re.compile(r"[–—]\s+(?=\S)"))
_FOOTER = re.compile(r"©|copyright|all rights reserved|registered (?:office|in|number)", re.IGNORECASE)
# Such a heading ends the body even where no bullet follows; "Read next" and the like need one.
_STORIES = re.compile(r"(?:recommended|related|more) (?:stories|articles)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how far it is indented, whether a bullet sign led it, and its words (may be none)."""

    indent: int
    bullet: bool
    text: str


_BLANK = Line(0, False, "")


def read_lines(dump: str) -> list[Line]:
    """The lines of a dump; of several blank ones in a row one is kept, which the rest relies on.

    A tab counts as four spaces, a non-breaking space as one. What every line after the first is indented
    by (the dump's own margin) is no indentation.
    """
    lines: list[Line] = []
    for raw in dump.split("\n"):
        line = _read_line(raw)
        if line.text:
            lines.append(line)
        elif lines and lines[-1].text:
            lines.append(_BLANK)
    margin = min((line.indent for line in lines[1:] if line.text), default=0)
    if margin == 0:
        return lines
    return [Line(max(0, line.indent - margin), line.bullet, line.text) for line in lines]


def _read_line(raw: str) -> Line:
    stripped = raw.strip()
    if not stripped:
        return _BLANK
    match = _BULLET.match(stripped)
    text = stripped[match.end() :] if match else stripped
    indent = raw[: len(raw) - len(raw.lstrip())].expandtabs(4)
    return Line(len(indent), match is not None, clean_line(text))


@dataclass(frozen=True, slots=True)
class Split:
    """A page's lines taken apart.

    ``body`` are the lines outside lists of stories. ``links`` are the stories under each
    recommended-stories heading, in page order, each title once; lists of what everybody reads are left
    out. ``unread`` is the heading below which no link could be read, and how many lines were dropped there.
    """

    body: list[Line]
    links: tuple[Link, ...]
    unread: tuple[str, int] | None


def split_lists(lines: list[Line]) -> Split:
    """Body and links of a page. The body ends at the first heading of a list of stories.

    It goes on after a list that a paragraph of prose at the margin follows, unless the list's snippets
    stand at the margin too. After the last list there is no body: what stands below it is comments, the
    author's life and small print.
    """
    last = next((number for number in range(len(lines) - 1, -1, -1) if _heads_list(lines, number)), -1)
    body: list[Line] = []
    links: dict[str, Link] = {}
    heading, unread = "", 0
    in_body, may_resume = True, False
    number = 0
    while number < len(lines):
        line = lines[number]
        if _heads_list(lines, number):
            stories, number, at_margin = _read_list(lines, number + 1, number < last)
            in_body, may_resume = False, not at_margin and number <= last
            if stories and is_related_heading(line.text):
                heading, unread = "", 0
                for story in stories:
                    links.setdefault(story.title, story)
            continue
        if not line.bullet and _STORIES.fullmatch(line.text):
            heading = heading if unread else line.text.rstrip(" :.…")
            in_body = may_resume = False
        elif may_resume and _is_body(lines, number):
            body.append(_BLANK)
            in_body, may_resume = True, False
        elif heading and not in_body and line.text and not is_furniture(line.text):
            unread += 1
        if in_body:
            body.append(line)
        number += 1
    return Split(body, tuple(links.values()), (heading, unread) if unread else None)


def _read_list(lines: list[Line], number: int, more: bool) -> tuple[list[Link], int, bool]:
    """The stories of a list from its first line on, the first line after it, and where its snippets stand.

    The last is whether they stand at the margin, where prose after the list cannot be told from them.
    ``more`` says that another list follows on the page.
    """
    mark = _mark(lines, number)
    stories: list[Link] = []
    at_margin = False
    while number < len(lines) and ((line := _listed(lines[number], mark)).bullet or not line.text):
        number += 1
        if not line.text:
            continue
        end, snippet, place = _snippet(lines, number, line.indent, mark)
        if end < len(lines) and _listed(lines[end], mark).bullet:
            at_margin = at_margin or place is not None
        elif (
            # Below the last story: its snippet, or the body again where anything speaks for that.
            place is not None and not at_margin and more and _is_body(lines, place)
        ):
            end, snippet = place, ""
        number = end
        if not is_furniture(line.text):
            stories.append(Link(title=line.text, snippet=snippet))
    return stories, number, at_margin


def _snippet(
    lines: list[Line], number: int, indent: int, mark: re.Pattern[str] | None
) -> tuple[int, str, int | None]:
    """The first line that is no part of the text under a bullet, that text, and where it is at the margin.

    It is indented further than the bullet, or follows it at once; where the dump lost its indentation
    (bullets at the margin) one paragraph after a blank line counts too. Plugs and notices are left out.
    """
    kept: list[str] = []  # blank between paragraphs
    place: int | None = None
    blank = closed = False
    while number < len(lines):
        line = _listed(lines[number], mark)
        if not line.text:
            blank, closed = True, closed or any(kept[-1:])
            kept.append("")
        elif line.bullet or _is_heading(line):
            break
        elif line.indent > indent or not blank or (indent == 0 and not closed):
            if not is_furniture(line.text):
                kept.append(line.text)
                if place is None and blank and line.indent <= indent:
                    place = number
        else:
            break
        number += 1
    paragraphs = (" ".join(part.split("\n")).strip() for part in "\n".join(kept).split("\n\n"))
    return number, " ".join(part for part in paragraphs if part and is_snippet(part)), place


def _is_body(lines: list[Line], number: int) -> bool:
    """Whether a paragraph of the article's own begins at a line, as far as place and length tell."""
    if not 0 < number < len(lines) or lines[number - 1].text:
        return False
    words: list[str] = []
    while number < len(lines) and (line := lines[number]).text:
        if line.bullet or line.indent or _is_heading(line):
            break
        words.append(line.text)
        number += 1
    paragraph = " ".join(words)
    return len(paragraph) >= PROSE_LENGTH and is_snippet(paragraph) and not _FOOTER.search(paragraph)


def _mark(lines: list[Line], number: int) -> re.Pattern[str] | None:
    """What stands for a bullet in the list from a line on, where its first line has none."""
    first = next((line for line in lines[number : number + 2] if line.text), _BLANK)
    return next((mark for mark in _MARKS if not first.bullet and mark.match(first.text)), None)


def _listed(line: Line, mark: re.Pattern[str] | None) -> Line:
    """A line of a list, with the list's own mark read as a bullet."""
    match = mark.match(line.text) if mark is not None and not line.bullet else None
    return Line(line.indent, True, line.text[match.end() :]) if match else line


def _is_heading(line: Line) -> bool:
    return not line.bullet and (is_related_heading(line.text) or is_popular_heading(line.text))


def _heads_list(lines: list[Line], number: int) -> bool:
    if not _is_heading(lines[number]):
        return False
    following = [line for line in lines[number + 1 : number + 3] if line.text][:1]
    return bool(following) and (following[0].bullet or _mark(lines, number + 1) is not None)
