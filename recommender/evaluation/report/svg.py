"""Inline SVG from matplotlib: text stays text, colours follow the page, and equal numbers give equal bytes.

matplotlib writes colours into style attributes, which a strict content security policy refuses, and ids of
its own. Here each colour stands for a role, and a role becomes a class that the page's stylesheet paints,
so that a plot is light or dark with the page; ids that nothing refers to go, the others are numbered.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from markupsafe import Markup

from recommender.evaluation.report.text import one_line

WIDTH = 360  # CSS pixels, as on a telephone; a plot grows with its column, a little
SIDE, SCALE, AXIS = (
    1,
    40,
    22,
)  # pixels: at the edge, left for the ends of a scale, below for an axis's numbers
TEXT, SMALL = 12.5, 11.5
INK, QUIET, LINE, ACCENT, GREY = (f"#0{n}0{n}0{n}" for n in range(1, 6))
_ROLES = {INK: "ink", QUIET: "quiet", LINE: "line", ACCENT: "accent", GREY: "grey"}
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_SETTINGS: dict[str, Any] = {
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.spines.bottom": False,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": TEXT,
    "grid.color": LINE,
    "grid.linewidth": 1,
    "svg.fonttype": "none",
    "svg.hashsalt": "recommender",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": QUIET,
    "xtick.labelsize": SMALL,
    "xtick.major.size": 0,
    "ytick.color": QUIET,
    "ytick.labelsize": SMALL,
    "ytick.major.size": 0,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing and the same in words; ``key`` is its own within a page."""

    key: str
    title: str
    text: str
    svg: Markup


def draw(key: str, title: str, text: str, height: int, paint: Callable[[Any], None]) -> Plot:
    """Make a plot: ``paint`` draws on a matplotlib figure that is ``WIDTH`` by ``height`` pixels."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        # The reader's fonts have the glyphs, not matplotlib's, which is only asked how wide they are.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)
        paint(figure)
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    return Plot(key, title, text, _inline(out.getvalue(), key, text))


def axes(figure: Any, left: float, top: float, width: float, height: float) -> Any:
    """Axes in pixels, counted from the upper left corner."""
    wide, high = figure.get_size_inches() * 72
    return figure.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high))


def align_ends(panel: Any) -> None:
    """Keep the first and the last number of an axis within the drawing where they stand at its ends."""
    left, right = panel.get_xlim()
    for label, place in zip(panel.get_xticklabels(), panel.get_xticks(), strict=True):
        label.set_horizontalalignment("left" if place <= left else "right" if place >= right else "center")


def interval_line(
    panel: Any, across: Sequence[float | None], up: Sequence[float | None], colour: str
) -> None:
    """How sure a value is: a broad pale line from end to end, under the point that is the value."""
    panel.plot(across, up, color=colour, linewidth=4, solid_capstyle="butt", alpha=0.45)


def _inline(source: str, key: str, text: str) -> Markup:
    root = etree.fromstring(source.encode())
    for styles in root.findall(f".//{_SVG}style"):
        parent = styles.getparent()
        if parent is not None:
            parent.remove(styles)
    names = _names_of_referenced(root, key)
    for element in root.iter():
        _without_style(element)
        _with_names(element, names)
        if element.get("d") is not None:
            element.set("d", " ".join(element.get("d").split()))
    _drop_invisible(root)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("class", "plot")
    root.set("role", "img")
    root.set("aria-label", one_line(text))
    root.set("stroke-linejoin", "round")
    etree.cleanup_namespaces(root)
    for element in root.iter():
        element.tail = None
        if element.tag != f"{_SVG}text":
            element.text = None
    # The page is HTML, where an SVG's namespace goes without saying.
    written = etree.tostring(root, encoding="unicode").replace(' xmlns="http://www.w3.org/2000/svg"', "")
    return Markup(written)


def _names_of_referenced(root: Any, key: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for element in root.iter():
        found = [element.get(_HREF, "")[1:], *_REFERENCE.findall(element.get("clip-path", ""))]
        for name in filter(None, found):
            names.setdefault(name, f"{key}-{len(names) + 1}")
    return names


def _with_names(element: Any, names: dict[str, str]) -> None:
    name = element.attrib.pop("id", None)
    if name in names:
        element.set("id", names[name])
    target = element.attrib.pop(_HREF, None)
    if target is not None:
        element.set("href", f"#{names[target[1:]]}")
    clip = element.get("clip-path")
    if clip is not None:
        element.set("clip-path", _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", clip))


def _without_style(element: Any) -> None:
    """Move what a style attribute says into attributes and classes of their own."""
    classes = []
    for part in filter(None, element.attrib.pop("style", "").split(";")):
        name, value = (side.strip() for side in part.split(":", 1))
        if value in _ROLES:
            classes.append(f"{name}-{_ROLES[value]}")
        elif name != "font-family":  # the page's own
            element.set(name, value)
    if classes:
        element.set("class", " ".join(classes))


def _drop_invisible(root: Any) -> None:
    """Leave out shapes without line and filling, such as the background, and groups without anything."""
    for element in [*root.iter(f"{_SVG}path")]:
        parent = element.getparent()
        if element.get("fill") == "none" and "stroke" not in element.get("class", "") + "".join(
            element.keys()
        ):
            parent.remove(element)
    for element in reversed([*root.iter(f"{_SVG}g", f"{_SVG}defs")]):
        if len(element) == 0:
            element.getparent().remove(element)
