"""The checks of pages find what they are for, and let the lawful pass."""

from __future__ import annotations

import pytest

from tests.evaluation.report.pages import invalid, outward, unreadable

SOUND = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>'
    '<link rel="icon" href="data:,"><style>p { fill: url(#a) }</style></head>'
    '<body><main><h1 id="a">x</h1><a href="#a">y</a></main></body></html>'
)


def test_a_sound_page_passes():
    assert [*outward(SOUND), *invalid(SOUND), *unreadable(SOUND)] == []


@pytest.mark.parametrize(
    "part",
    [
        '<img src="x.png">',
        '<a href="http://a.example/">x</a>',
        '<a href="other.html">x</a>',
        '<svg><use xlink:href="http://a.example/#b"></use></svg>',
        "<style>@import 'x.css';</style>",
        "<style>p { background: url(//a.example/x.png) }</style>",
        '<p style="background: url(x.png)">x</p>',
        "<script>1</script>",
        '<p onclick="x()">x</p>',
        '<meta http-equiv="refresh" content="1">',
        '<link rel="stylesheet" href="data:,">',
    ],
)
def test_what_leads_outward_is_found(part):
    assert list(outward(SOUND.replace("<h1", f"{part}<h1")))


@pytest.mark.parametrize(
    "part",
    [
        '<p id="a">x</p>',
        '<p class="a" class="b">x</p>',
        "<p>",
        "</p>",
        "<b><i>x</b></i>",
        '<a href="#b">x</a>',
        '<p aria-labelledby="b">x</p>',
    ],
)
def test_what_is_invalid_is_found(part):
    assert list(invalid(SOUND.replace("<h1", f"{part}<h1")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' lang="en"', ""),
        ("<title>t</title>", ""),
        ("</h1>", "</h1><h3>y</h3>"),
        ("</h1>", "</h1><table></table>"),
        ("</h1>", "</h1><table><caption>c</caption><tr><th>x</th></tr></table>"),
        ("</h1>", "</h1><svg role='img' aria-label='short'></svg>"),
    ],
)
def test_what_is_unreadable_is_found(old, new):
    assert list(unreadable(SOUND.replace(old, new)))
