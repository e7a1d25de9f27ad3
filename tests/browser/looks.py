"""What a browser finds wrong with a page that is opened from disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PAPER = 688  # CSS pixels between the margins of a sheet of A4
_TALL = 844
_OUT_OF_SIGHT = """() => [...document.querySelectorAll("p, li, td, th, h1, h2, h3, summary, figure")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.tagName + " " + one.textContent.trim().slice(0, 40))"""
# What scrolls on purpose may be wider than its box, and so may what is hidden from sight alone.
_CUT = """() => [...document.querySelectorAll("body, body *:not(svg *)")]
    .filter(one => one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
    .filter(one => !["auto", "scroll"].includes(getComputedStyle(one).overflowX))
    .map(one => `${one.tagName} ${one.className} ${one.scrollWidth} in ${one.clientWidth}: `
        + one.textContent.trim().slice(0, 40))"""
_HIDDEN = """() => [...document.querySelectorAll("details > :not(summary)")]
    .filter(one => !one.checkVisibility({contentVisibilityAuto: true}))
    .map(one => one.textContent.trim().slice(0, 40))"""


def faults(browser: Any, page: Path, width: int, scheme: str) -> Iterator[str]:
    """What is wrong at one width and in one colour scheme, with all closed parts closed and then open."""
    heard: list[str] = []
    opened = browser.new_page(viewport={"width": width, "height": _TALL}, color_scheme=scheme)
    try:
        opened.on("console", lambda one: heard.append(f"console {one.type}: {one.text}"))
        opened.on("pageerror", lambda one: heard.append(f"error: {one}"))
        opened.on("request", lambda one: heard.append(f"request: {one.url}"))
        opened.goto(page.as_uri())
        for state in ("closed", "open"):
            if state == "open":
                opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            across = opened.evaluate("document.documentElement.scrollWidth")
            if across > width:
                yield f"the page is {across} pixels wide where {width} are in sight, closed parts {state}"
            yield from (f"wider than its box, closed parts {state}: {one}" for one in opened.evaluate(_CUT))
        asked = [one for one in heard if one.startswith("request: ")]
        if asked[:1] != [f"request: {page.as_uri()}"]:
            yield f"the first request is {asked[:1]}"
        # A data: address is no request to anybody.
        yield from (one for one in asked[1:] if not one.startswith("request: data:"))
        loud = ("console error", "console warning", "error")
        yield from (one for one in heard if one.startswith(loud))
        expected = "rgb(251, 250, 247)" if scheme == "light" else "rgb(21, 23, 27)"
        if (found := opened.evaluate("getComputedStyle(document.body).backgroundColor")) != expected:
            yield f"the page is {found} in a {scheme} scheme, expected {expected}"
    finally:
        opened.close()


def print_faults(browser: Any, page: Path) -> Iterator[str]:
    """What is wrong on paper: cut off, left closed, or not printed at all."""
    opened = browser.new_page(viewport={"width": PAPER, "height": _TALL})
    try:
        opened.goto(page.as_uri())
        opened.emulate_media(media="print")
        yield from (f"cut off: {one}" for one in opened.evaluate(_OUT_OF_SIGHT))
        yield from (f"left closed: {one}" for one in opened.evaluate(_HIDDEN))
        if not opened.pdf(format="A4").startswith(b"%PDF-"):
            yield "no PDF"
    finally:
        opened.close()
