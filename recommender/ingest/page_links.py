"""The lines of a dumped page, and the list of recommended stories among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from recommender.article import Link
from recommender.ingest.cleaning import clean_line
from recommender.ingest.furniture import is_furniture, is_popular_heading, is_related_heading

_BULLET = re.compile(r"[•‣◦▪●*-]\s+(?=\S)")
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

    A tab counts as four spaces, a non-breaking space as one.
    """
    lines: list[Line] = []
    for raw in dump.split("\n"):
        line = _read_line(raw)
        if line.text:
            lines.append(line)
        elif lines and lines[-1].text:
            lines.append(_BLANK)
    return lines


def _read_line(raw: str) -> Line:
    stripped = raw.strip()
    if not stripped:
        return _BLANK
    match = _BULLET.match(stripped)
    text = stripped[match.end() :] if match else stripped
    indent = raw[: len(raw) - len(raw.lstrip())].expandtabs(4)
    return Line(len(indent), match is not None, clean_line(text))


def split_at_recommended(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines above the first list of recommended stories, and those from its heading on."""
    for number, line in enumerate(lines):
        if _heads_list(lines, number) or (not line.bullet and _STORIES.fullmatch(line.text)):
            return lines[:number], lines[number:]
    return lines, []


def read_links(lines: list[Line]) -> Iterator[Link]:
    """The stories under each recommended-stories heading, in page order, each title once.

    Each bullet is a title, what stands under it its snippet. Lists of what everybody reads are left out.
    """
    seen: set[str] = set()
    number = 0
    while number < len(lines):
        if not _heads_list(lines, number):
            number += 1
            continue
        wanted = is_related_heading(lines[number].text)
        number += 1
        while number < len(lines) and (lines[number].bullet or not lines[number].text):
            title, indent = lines[number].text, lines[number].indent
            number += 1
            if not title:
                continue
            number, snippet = _snippet(lines, number, indent)
            if wanted and title not in seen and not is_furniture(title):
                seen.add(title)
                yield Link(title=title, snippet=snippet)


def _snippet(lines: list[Line], number: int, indent: int) -> tuple[int, str]:
    """The text under a bullet, and the number of the first line that is no part of it.

    It is indented further than the bullet, or follows it at once; where the dump lost its indentation
    (bullets at the margin) one paragraph after a blank line counts too.
    """
    words: list[str] = []
    blank = closed = False
    while number < len(lines):
        line = lines[number]
        if not line.text:
            blank, closed = True, closed or bool(words)
        elif line.bullet or _is_heading(line):
            break
        elif line.indent > indent or not blank or (indent == 0 and not closed):
            if not is_furniture(line.text):
                words.append(line.text)
        else:
            break
        number += 1
    return number, " ".join(words)


def _is_heading(line: Line) -> bool:
    return not line.bullet and (is_related_heading(line.text) or is_popular_heading(line.text))


def _heads_list(lines: list[Line], number: int) -> bool:
    following = [line for line in lines[number + 1 : number + 3] if line.text][:1]
    return _is_heading(lines[number]) and bool(following) and following[0].bullet
