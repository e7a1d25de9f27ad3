"""What must hold of a page that stands alone: each check yields what it finds wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
LEADS = {
    "src",
    "href",
    "xlink:href",
    "srcset",
    "poster",
    "action",
    "formaction",
    "data",
    "ping",
    "background",
}
FETCHING_TAGS = {"script", "iframe", "object", "embed", "base", "form", "frame", "video", "audio", "img"}
HEADINGS = {f"h{level}" for level in range(1, 7)}


class Tree(HTMLParser):
    """Every tag with its attributes, and what is wrong with the nesting."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.styles: list[str] = []
        self.words: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self._open[-1] if self._open else 'nothing'}>")
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        (self.styles if self._open and self._open[-1] == "style" else self.words).append(data)

    @property
    def text(self) -> str:
        """What is there to read, white space collapsed."""
        return " ".join(" ".join(self.words).split())

    def all(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value or "" for _, attrs in self.tags for key, value in attrs if key == name]


def outward(page: str) -> Iterator[str]:
    """What would be fetched from anywhere, or run."""
    tree = Tree(page)
    for tag, attrs in tree.tags:
        if tag in FETCHING_TAGS or (tag == "link" and dict(attrs).get("rel") != "icon"):
            yield f"<{tag}>"
        for name, value in attrs:
            if name in LEADS and not (value or "").startswith(("#", "data:")):
                yield f'{name}="{value}"'
            if name.startswith("on"):
                yield f"{name} runs"
            if name == "http-equiv" and (value or "").lower() == "refresh":
                yield "a refresh"
    for text in [*tree.styles, *(value or "" for _, attrs in tree.tags for _, value in attrs)]:
        yield from re.findall(r"url\((?!['\"]?(?:#|data:))[^)]*\)?", text)
    for text in tree.styles:
        yield from re.findall(r"@import[^;]*", text)


def invalid(page: str) -> Iterator[str]:
    """What is not well formed, named twice, or leads nowhere."""
    tree = Tree(page)
    yield from tree.faults
    if not page.lstrip().lower().startswith("<!doctype html>"):
        yield "no doctype"
    for tag, attrs in tree.tags:
        names = [name for name, _ in attrs]
        yield from (f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1)
    ids = tree.all("id")
    yield from (f"id {one} stands twice" for one in sorted(set(ids)) if ids.count(one) > 1)
    for name in ("aria-labelledby", "aria-describedby"):
        yield from (f"{name} {one} is no id" for one in tree.all(name) if one not in ids)
    inner = [one[1:] for one in tree.all("href") if one.startswith("#")]
    inner += [one for value in tree.all("clip-path") for one in re.findall(r"url\(#([^)]+)\)", value)]
    yield from (f"#{one} leads nowhere" for one in inner if one not in ids)


def unreadable(page: str) -> Iterator[str]:
    """What a screen reader would stumble over."""
    tree = Tree(page)
    tags = [tag for tag, _ in tree.tags]
    if dict(tree.tags[[*tags].index("html")][1]).get("lang") in (None, ""):
        yield "no language"
    if tags.count("title") != 1 or tags.count("h1") != 1 or tags.count("main") != 1:
        yield "not one title, one h1 and one main"
    level = 0
    for tag in tags:
        if tag in HEADINGS:
            if int(tag[1]) > level + 1:
                yield f"<{tag}> under a heading of level {level}"
            level = int(tag[1])
    if tags.count("caption") != tags.count("table"):
        yield "a table without a caption"
    for tag, attrs in tree.tags:
        if tag == "th" and dict(attrs).get("scope") not in ("col", "row", "rowgroup"):
            yield "<th> without a scope"
        if tag == "svg" and (
            dict(attrs).get("role") != "img" or len(dict(attrs).get("aria-label") or "") < 30
        ):
            yield "a plot without words"
