"""A page's own list of recommended stories: found in the HTML tree, taken out, read as links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from recommender.article import Link
from recommender.ingest.cleaning import absolute_url, clean_line
from recommender.ingest.furniture import is_popular_heading, is_related_heading, is_snippet

Element: TypeAlias = Any  # lxml ships no types

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MAY_HEAD = (*_HEADINGS, "p", "div", "span", "strong", "b", "header", "legend", "li", "a", "dt", "summary")
_LISTS = ("ul", "ol", "dl", "table")
# Elements that hold the article too: never taken out whole, whatever they begin with.
_NEVER = ("html", "body", "main", "article")
PROSE_LENGTH = 100  # characters without a link that are more than a label
ITEM_LENGTH = 1500  # characters, title and snippet, of one story in a list
_GENERIC = frozenset(("see all", "view all", "more", "read more", "see more", "comments", "continue reading"))


def take_related(tree: Element, base: str | None) -> tuple[Link, ...]:
    """Take every recommended-stories block out of the tree; its links in page order, each once.

    ``base`` is the page's URL, by which relative links become absolute. Blocks of what everybody reads
    (most read, trending) are taken out as well, without their links: they say nothing of this article.
    """
    links: dict[tuple[str, str], Link] = {}
    for heading, related in list(_headings(tree)):
        if not _within(heading, tree):
            continue  # inside a block that has gone already
        block = _block(heading)
        if block and related:
            # An element with a label for a heading is the block itself: no link in it is the heading's.
            for link in _links(block, None if block[0] is heading and len(block) == 1 else heading, base):
                links.setdefault((link.url or "", "" if link.url else link.title), link)
        for element in block:
            _remove(element)
    return tuple(links.values())


def _headings(tree: Element) -> Iterator[tuple[Element, bool]]:
    for element in tree.iter(*_MAY_HEAD, "section", "aside", "nav"):
        label = element.get("aria-label")
        if element.tag in ("section", "aside", "nav"):
            text = clean_line(label) if label else ""
        else:
            text = _opening(element, 100)
        if text and is_related_heading(text):
            yield element, True
        elif text and is_popular_heading(text):
            yield element, False


def _block(heading: Element) -> list[Element]:
    """The elements that make up the block under a heading; none where no link follows it.

    The outermost element that begins with the heading, or else the heading with the siblings after it.
    """
    if heading.tag in ("section", "aside", "nav"):
        return [heading]
    whole = _climb(heading)
    if _has_link(whole, heading):
        return [whole]
    block = [whole]
    took_list = took_text = False
    for sibling in whole.itersiblings():
        if _is_prose(sibling) or (took_list and sibling.tag == "p"):
            if _has_link(sibling, None) or took_list or took_text or len(block) == 1:
                break
            took_text = True  # the snippet of a story whose link stands in an element before it
        elif _has_link(sibling, None):
            took_list, took_text = took_list or sibling.tag in _LISTS, False
        elif sibling.tag in _HEADINGS or took_list or took_text:
            break
        else:
            took_text = len(block) > 1
        block.append(sibling)
    return block if any(_has_link(element, heading) for element in block) else []


def _climb(heading: Element) -> Element:
    """The outermost element that begins with the heading and goes on with nothing but links."""
    title = _text(heading)
    element = heading
    while (parent := element.getparent()) is not None and parent.tag not in _NEVER:
        if _opening(parent, len(title)) != title or next(parent.iter("h1", "main"), None) is not None:
            break
        if any(_is_prose(sibling) for sibling in element.itersiblings()):
            break
        element = parent
    return element


def _is_prose(element: Element) -> bool:
    """Whether an element reads as part of an article, rather than as links with a line on each."""
    links = sum(1 for anchor in element.iter("a") if anchor.get("href"))
    if not links:
        return len(_opening(element, PROSE_LENGTH + 1)) > PROSE_LENGTH
    return len(_opening(element, ITEM_LENGTH * links + 1)) > ITEM_LENGTH * links or _is_linked_prose(element)


def _is_linked_prose(element: Element) -> bool:
    for paragraph in element.iter("p"):
        linked = sum(len(_text(anchor)) for anchor in paragraph.iter("a"))
        if linked and len(_opening(paragraph, 2000)) - linked > PROSE_LENGTH:
            return True
    return False


def _links(block: list[Element], heading: Element | None, base: str | None) -> Iterator[Link]:
    for root in block:
        items = [
            item
            for item in root.iter("li", "article", "dt")
            if _has_link(item, heading)
            and not any(_has_link(inner, heading) for inner in item.iterdescendants("li", "article"))
        ]
        anchors = list(root.iter("a"))
        inside = {anchor for item in items for anchor in item.iter("a")}
        starts = {id(next(item.iter("a"))): item for item in items}
        for anchor in anchors:
            if (item := starts.get(id(anchor))) is not None:
                link = _item_link(item, heading, base)
            elif anchor not in inside:
                link = _anchor_link(anchor, _scope(anchor, root, heading), heading, base)
            else:
                continue
            if link is not None:
                yield link


def _item_link(item: Element, heading: Element | None, base: str | None) -> Link | None:
    """The link of one list item: of several anchors the one in a heading, else the longest."""
    anchors = [anchor for anchor in item.iter("a") if _leads_on(anchor, heading)]
    headed = [anchor for anchor in anchors if _headed(anchor)]
    best = max(headed or anchors, key=lambda anchor: len(_text(anchor)), default=None)
    return None if best is None else _anchor_link(best, item, heading, base)


def _anchor_link(anchor: Element, scope: Element, heading: Element | None, base: str | None) -> Link | None:
    if not _leads_on(anchor, heading):
        return None
    url = absolute_url(base, anchor.get("href"))
    inner = next(anchor.iter(*_HEADINGS), None)
    title = _text(anchor if inner is None else inner)
    if url is None or not title or title.casefold() in _GENERIC:
        return None
    return Link(title=title, snippet=_snippet(anchor, scope), url=url)


def _snippet(anchor: Element, scope: Element) -> str:
    """The paragraph after an anchor in its item, or right after the item's element; never a plug."""
    seen = False
    for element in scope.iter():
        seen = seen or element is anchor
        if seen and element.tag in ("p", "dd") and not _within(anchor, element):
            text = _text(element)
            if text and is_snippet(text):
                return text
    following = scope.getnext()
    if following is not None and following.tag in ("p", "dd") and not _has_link(following, None):
        text = _text(following)
        return text if is_snippet(text) else ""
    return ""


def _scope(anchor: Element, root: Element, heading: Element | None) -> Element:
    """The largest element around an anchor, inside the block, without the heading or a link to elsewhere."""
    scope, href = anchor, anchor.get("href")
    while scope is not root and (parent := scope.getparent()) is not None:
        if parent is root and heading is not None and _within(heading, root):
            break
        if any(other.get("href") not in (None, href) for other in parent.iter("a")):
            break
        scope = parent
    return scope


def _headed(anchor: Element) -> bool:
    if next(anchor.iter(*_HEADINGS), None) is not None:
        return True
    return any(above.tag in _HEADINGS for above in anchor.iterancestors())


def _has_link(element: Element, heading: Element | None) -> bool:
    return any(_leads_on(anchor, heading) for anchor in element.iter("a"))


def _leads_on(anchor: Element, heading: Element | None) -> bool:
    return bool(anchor.get("href")) and (heading is None or not _within(anchor, heading))


def _within(element: Element, ancestor: Element) -> bool:
    return element is ancestor or any(above is ancestor for above in element.iterancestors())


def _text(element: Element) -> str:
    return clean_line(" ".join(element.itertext()))


def _opening(element: Element, length: int) -> str:
    """The first ``length`` characters of an element's text, without reading all of a large one."""
    text = ""
    for piece in element.itertext():
        text = f"{text} {clean_line(piece)}".strip()
        if len(text) > length:
            break
    return text[:length].strip()


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        element.tail = (element.tail or "").strip() or None  # prose after the block stays
        element.drop_tree()
