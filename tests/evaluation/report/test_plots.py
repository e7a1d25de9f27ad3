"""Plots: text is text, colours are classes, and nothing in a label can break one."""

from __future__ import annotations

import re
from html import unescape

import pytest

from recommender.evaluation.report.panels import Bars, Curve, against_threshold, histograms, value_at
from recommender.evaluation.report.plots import Mark, intervals
from tests.evaluation.documents import HOSTILE, LONG, RIGHT_TO_LEFT, TURNED
from tests.evaluation.report.pages import Tree, invalid, outward

pytest.importorskip("matplotlib", reason="the extra eval is not installed")


def drawn(*marks: Mark, step: float = 0.2) -> str:
    return intervals("k", "Title", marks, lambda tick: f"{100 * tick:.0f}", step=step, bounds=(0, 1)).svg


def mark(label: str = "one", value: float | None = 0.5, **more) -> Mark:
    low, high = (None, None) if value is None else (value - 0.1, value + 0.1)
    return Mark(label, value, low, high, "50.0" if value is not None else "not applicable", **more)


def texts(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_a_plot_is_inline_and_bare():
    svg = drawn(mark(accent=True), mark("two"))
    assert svg.startswith("<svg ")
    for absent in ("<?xml", "DOCTYPE", "xmlns", "style", "font-family", "<metadata", "#0", "matplotlib"):
        assert absent not in svg
    assert 'role="img"' in svg
    assert list(outward(svg)) == []
    assert list(invalid(f"<!doctype html>{svg}")) == []


def test_text_is_text_and_colours_are_classes():
    svg = drawn(mark("this", accent=True), mark("other"))
    assert texts(svg)[-4:] == ["this", "50.0", "other", "50.0"]
    assert "stroke-accent" in svg
    assert "fill-grey" in svg
    assert not re.search(r"#[0-9a-f]{6}", svg)


def test_only_this_project_is_in_the_accent_colour():
    assert "accent" not in drawn(mark("other"))


def test_the_words_of_a_plot_are_its_numbers():
    found = intervals(
        "k", "Title", [mark(sure="40.0 to 60.0"), mark("two", None)], str, step=0.2, bounds=(0, 1)
    )
    assert found.text == "Title. one: 50.0 (40.0 to 60.0); two: not applicable."
    assert f'aria-label="{found.text}"' in found.svg


@pytest.mark.parametrize(
    "label", [HOSTILE, LONG, RIGHT_TO_LEFT, TURNED, "$x^2$", "", "台風", "a\nb", "\ufffe"]
)
def test_no_label_breaks_a_plot(label):
    svg = drawn(mark(label))
    assert list(invalid(f"<!doctype html>{svg}")) == []
    assert all(len(text) <= 44 for text in texts(svg))


def test_no_system_and_none_that_applies():
    assert drawn().startswith("<svg")
    assert "not applicable" in drawn(mark(value=None))


@pytest.mark.parametrize("value", [0.0, 1.0, 0.999])
def test_the_axis_holds_every_value(value):
    svg = drawn(Mark("x", value, None, None, "x"), Mark("y", 0.42, 0.41, 0.43, "y"))
    ticks = [int(text) for text in texts(svg) if text.isdigit()]
    assert min(ticks) <= 100 * value <= max(ticks)
    assert min(ticks) <= 41
    assert ticks == sorted({*ticks})
    assert all(tick % 20 == 0 for tick in ticks)


def test_negative_correlations_fit():
    found = intervals(
        "k", "t", [Mark("x", -0.3, -0.5, 0.1, "x")], lambda tick: f"{tick:.2f}", step=0.2, bounds=(-1, 1)
    )
    assert {"-0.60", "0.20"} <= set(texts(found.svg))


def test_two_plots_on_one_page_share_no_id():
    first = intervals("a", "t", [mark()], str, step=0.2, bounds=(0, 1)).svg
    second = intervals("b", "t", [mark()], str, step=0.2, bounds=(0, 1)).svg
    assert not set(Tree(first).all("id")) & set(Tree(second).all("id"))
    assert list(invalid(f"<!doctype html>{first}{second}")) == []


def test_the_floor_is_marked_and_its_value_written():
    curves = [Curve("Precision", [0.5, 0.75, None]), Curve("Recall", [None, None, None])]
    found = against_threshold("k", "Floors", [0.0, 0.2, 0.4], curves, 0.2, lambda one: f"{one}")
    assert found.text == "Floors. At the floor of 0.2: Precision 0.75; Recall None."
    assert {"Precision", "0.75 at 0.2", "None at 0.2"} <= set(texts(found.svg))
    assert texts(found.svg).count("100\N{NO-BREAK SPACE}%") == 2


def test_the_value_at_a_floor_between_two_thresholds():
    assert value_at([0.0, 0.2, 0.4], [1, 2, 3], 0.39) == 2
    assert value_at([0.0, 0.05 * 3], [1, 2], 0.15) == 2
    assert value_at([0.1], [1], 0.05) is None


def test_histograms():
    bars = [
        Bars("This project", ["0 items", "1 item"], [3, 0], "0.25 items a list", accent=True),
        Bars("the page", ["0 items", "1 item"], [0, 1200], "1.00 items a list"),
    ]
    found = histograms("k", "Lengths", bars, [(0.5, "0"), (1.5, "1")])
    assert found.text == (
        "Lengths. This project, 0.25 items a list: 0 items: 3. the page, 1.00 items a list: 1 item: 1,200."
    )
    assert {"This project", "the page", "0", "1"} <= set(texts(found.svg))


def test_a_histogram_of_nothing():
    assert histograms("k", "t", [Bars("x", ["a"], [0], "none")], []).svg.startswith("<svg")
