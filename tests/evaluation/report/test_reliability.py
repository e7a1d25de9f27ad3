"""Calibration in a report: every number in its table, and the diagram in words."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pytest

from recommender.evaluation.calibration import Calibration, PairOrder, reliability
from recommender.evaluation.document.names import THIS
from recommender.evaluation.report import render_html, render_markdown
from recommender.evaluation.report.diagram import diagram
from recommender.evaluation.report.reliability import in_words, summary_table
from tests.evaluation.documents import full, minimal
from tests.evaluation.report.pages import Tree, invalid, outward
from tests.evaluation.report.test_html import label, percent, points, table_of
from tests.evaluation.report.test_markdown import tables

pytest.importorskip("matplotlib", reason="the extra eval is not installed")

DOCUMENT = full()


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(DOCUMENT).decode()


def measured(*pairs: tuple[float, int]):
    scores, related = zip(*pairs, strict=True)
    return reliability(np.array(scores, dtype=np.float64), np.array(related, dtype=np.bool_))


@pytest.mark.parametrize("place", range(3))
def test_every_bin_of_a_dataset(page, place):
    data = DOCUMENT.datasets[place]
    found = data.calibration.reliability
    table = table_of(page, f"Calibration on {data.name}: pairs by score")
    assert list(table) == [
        "under 0.05",
        "0.05 to 0.1",
        *(f"0.{n} to 0.{n + 1}" for n in range(1, 9)),
        "0.9 to 1",
    ]
    for row, one in zip(table.values(), (found.below, *found.bins), strict=True):
        assert row["pairs"] == f"{one.pairs:,}"
        assert row["mean score"] == ("–" if one.mean_score is None else f"{one.mean_score:.3f}")
        sure = "" if one.share is None else f" {points(one.share_low)} to {points(one.share_high)}"
        assert row["related"] == percent(one.share) + sure


def test_every_system_on_the_same_pairs(page):
    found = DOCUMENT.datasets[0].calibration
    table = table_of(page, "The same pairs on sample put in one order by each system")
    for one in found.systems:
        assert list(table[label(one.system)].values()) == [
            points(one.counted_average_precision),
            points(one.average_precision),
        ]
    assert list(table[label("source")].values()) == ["not applicable: a list says nothing of <pairs>"]
    assert list(table[label("own")].values()) == ["not applicable: it has no scores of pairs"]


def test_pooled_and_what_was_held_out_in_fitting(page):
    pooled, fitted = DOCUMENT.pooled.calibration, DOCUMENT.cross_fitted.calibration.reliability
    table = table_of(page, "Calibration on galaxy, ecbplus and <b>third</b>, pooled")
    assert table["under 0.05"]["pairs"] == f"{pooled.reliability.below.pairs:,}"
    table = table_of(page, "Calibration on events held out in fitting")
    assert table["under 0.05"]["pairs"] == f"{fitted.below.pairs:,}"
    text = " ".join(Tree(page).text.split())
    assert "fitted without its event: galaxy and ecbplus, ten folds & no event in two." in text


def test_the_summary(page):
    table = table_of(page, "Calibration over stored candidate pairs scored 0.05 or more")
    rows = [
        "sample, all labelled sets",
        "ecbplus, fitted without ecbplus",
        "<em>one</em> | query, all labelled sets",
        "galaxy, ecbplus and <b>third</b>, pooled",
        "events held out in fitting",
    ]
    assert list(table) == rows
    data = DOCUMENT.datasets[1]
    found = data.calibration.reliability
    counted = sum(one.pairs for one in found.bins)
    related = sum(one.related for one in found.bins)
    best = max((one for one in data.calibration.systems if one.system != THIS),
               key=lambda one: one.counted_average_precision)  # fmt: skip
    assert list(table[rows[1]].values()) == [
        f"{counted:,}",
        percent(related / counted),
        f"{found.error:.3f}",
        f"{found.brier:.3f}",
        points(found.counted_average_precision),
        f"{points(best.counted_average_precision)} {best.system}",
        "87.5 %",
        "100.0 %",
    ]
    fitted = DOCUMENT.cross_fitted.calibration
    best = max((one for one in fitted.systems if one.system != THIS),
               key=lambda one: one.counted_average_precision)  # fmt: skip
    assert list(table[rows[4]].values())[-3:] == [
        f"{points(best.counted_average_precision)} {best.system}", "", ""
    ]  # fmt: skip
    # ... and in the short report.
    (short,) = (one for one in tables(render_markdown(DOCUMENT).decode()) if one[0][0].startswith("Set, and"))
    assert [row[0] for row in short[1:]] == rows
    assert short[2][3] == f"{found.error:.3f}"


def test_candidates_and_unjudged_pairs_are_told(page):
    text = " ".join(Tree(page).text.split())
    assert (
        "Of the 728 related pairs 87.5 % are stored candidates; of the 273 of queries with at most 20 "
        in text
    )
    assert (
        f"{DOCUMENT.datasets[0].calibration.unjudged:,} of them nobody judged: they count as unrelated"
        in text
    )


def test_nothing_measured_nothing_said():
    assert summary_table(minimal()) is None
    assert "alibration" not in render_markdown(minimal()).decode()
    assert 'id="calibration"' not in render_html(minimal()).decode()


def test_the_words_of_a_diagram_are_its_numbers():
    found = diagram("k", "toy", measured((0.02, 0), (0.3, 1), (0.36, 0), (0.9, 1)))
    assert found.text.replace("\N{NO-BREAK SPACE}", " ") == (
        "Calibration on toy: the share of pairs that is related against their score. On the dotted line the "
        "two are equal. Error 0.147. 0.3 to 0.4: mean score 0.33, 50.0 % of 2 pairs related; 0.9 to 1: mean "
        "score 0.90, 100.0 % of 1 pair related."
    )
    written = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", found.svg)]
    assert {"Related, by mean score", "error 0.147", "Pairs (logarithmic)", "4 in all"} <= set(written)
    assert list(outward(found.svg)) == []
    assert list(invalid(f"<!doctype html>{found.svg}")) == []
    assert not re.search(r"#[0-9a-f]{6}", found.svg)


def test_a_diagram_has_a_point_a_bin_that_holds_pairs():
    def points_in(*pairs: tuple[float, int]) -> int:
        return len(re.findall(r"<use ", diagram("k", "toy", measured(*pairs)).svg))

    none, one, three = (points_in(*pairs) for pairs in (
        [(0.01, 0)], [(0.5, 1), (0.55, 0)], [(0.5, 1), (0.7, 0), (0.06, 1), (0.07, 0)]
    ))  # fmt: skip
    assert (one - none, three - none) == (1, 3)


def test_one_dataset_in_a_line():
    found = Calibration(
        reliability=measured((0.01, 0), (0.3, 1), (0.5, 0)),
        unjudged=0,
        systems=(
            PairOrder(system="bm25", average_precision=0.2, counted_average_precision=0.45),
            PairOrder(system="tfidf", average_precision=0.9, counted_average_precision=0.4),
            PairOrder(system="random", average_precision=None, counted_average_precision=None),
            PairOrder(system=THIS, average_precision=0.5, counted_average_precision=0.5),
        ),
    )
    assert in_words(found, DOCUMENT.systems) == (
        "error 0.600 over 2 pairs scored 0.05 or more; average precision 50.0, best other "
        "(BM25, full article as query) 45.0"
    )
    alone = found.model_copy(update={"systems": found.systems[2:]})
    assert in_words(alone, ()).endswith("; average precision 50.0")
