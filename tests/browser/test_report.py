"""`report.html` in a browser: nothing to scroll sideways, nothing on the console, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recommender.evaluation.report.html import render_html
from tests.browser.looks import CHROMIUM, FLAGS, faults, print_faults
from tests.evaluation.documents import full, minimal, wordy

pytest.importorskip("playwright", reason="the extra browser is not installed")
pytest.importorskip("matplotlib", reason="the extra eval is not installed")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is not there: this test opens pages in a browser"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports as files."""
    directory = tmp_path_factory.mktemp("reports")
    written = {}
    for name, document in (("full", full()), ("minimal", minimal()), ("wordy", wordy())):
        written[name] = directory / f"{name}.html"
        written[name].write_bytes(render_html(document))
    return written


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["full", "minimal", "wordy"])
def test_the_report_in_a_browser(browser, pages, name, width, scheme):
    assert list(faults(browser, pages[name], width, scheme)) == []


@pytest.mark.parametrize("name", ["full", "minimal"])
def test_the_report_on_paper(browser, pages, name):
    assert list(print_faults(browser, pages[name])) == []


BROKEN = {
    "wide": ('<p style="width: 100rem">wide</p>', "pixels wide"),
    "wide when opened": ("<details><summary>x</summary><p style='width: 100rem'>wide</p></details>", "open"),
    "cut off": (
        "<div style='overflow: hidden; width: 3rem'><b style='white-space: nowrap'>no difference</b></div>",
        "wider than its box, closed parts closed: DIV",
    ),
    "sticks out": (
        "<p style='width: 9rem; white-space: nowrap'>= no difference shown in what is off-topic</p>",
        "wider than its box, closed parts open: P",
    ),
    "console": ("<script>console.error('loud')</script>", "console error: loud"),
    "warning": ("<script>console.warn('loud')</script>", "console warning: loud"),
    "throws": ("<script>throw new Error('thrown')</script>", "error: thrown"),
    "fetches": ('<img src="http://127.0.0.1:9/x.png">', "request: http://127.0.0.1:9/x.png"),
    "reads a file": ('<link rel="stylesheet" href="beside.css">', "beside.css"),
    "breaks its policy": (
        "<meta http-equiv='Content-Security-Policy' content=\"style-src 'none'\"><p style='color: red'>x</p>",
        "Content Security Policy",
    ),
    "always light": ("<style>body { background: #fff }</style>", "the page is rgb(255, 255, 255)"),
}
SOUND = (
    "<!doctype html><meta name='viewport' content='width=device-width'><title>t</title>"
    "<style>body { background: #fbfaf7 }</style><p>sound</p>"
    "<div style='overflow-x: auto; width: 9rem'><p style='width: 20rem'>scrolls on purpose</p></div>"
)


def test_a_sound_page_passes_the_checks(browser, tmp_path):
    page = tmp_path / "sound.html"
    page.write_text(SOUND, encoding="utf-8")
    assert list(faults(browser, page, 390, "light")) == []
    assert list(print_faults(browser, page)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_page_is_refused(browser, tmp_path, name):
    part, message = BROKEN[name]
    page = tmp_path / "broken.html"
    page.write_text(f"{SOUND}{part}", encoding="utf-8")
    found = list(faults(browser, page, 390, "light"))
    assert any(message in one for one in found), found


def test_a_broken_sheet_is_refused(browser, tmp_path):
    page = tmp_path / "broken.html"
    page.write_text(
        f"{SOUND}<p style='width: 100rem'>wide</p><details><summary>s</summary><p>shut</p></details>",
        encoding="utf-8",
    )
    found = list(print_faults(browser, page))
    assert "cut off: P wide" in found
    assert "left closed: shut" in found
