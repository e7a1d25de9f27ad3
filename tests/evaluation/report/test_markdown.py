"""`report.md`: short, complete, and nothing in a title gets out of its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from recommender.evaluation.document.names import HEADLINE, MEASURES, SOURCE, THIS
from recommender.evaluation.document.whole import SystemInfo
from recommender.evaluation.report.json import decode, encode
from recommender.evaluation.report.markdown import escape, render_markdown
from tests.evaluation.documents import HOSTILE, LABELS, full, minimal

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"text", "text_special", "softbreak"}


def inline(source: str) -> list[Any]:
    """The parts of a line of Markdown."""
    return [part for token in READER.parse(source) for part in token.children or ()]


def tables(source: str) -> list[list[list[str]]]:
    """Every table by line and cell, as text."""
    found: list[list[list[str]]] = []
    tokens = READER.parse(source)
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            said = "".join(part.content for part in tokens[place + 1].children or ())
            found[-1][-1].append(said.replace("\u2060", "").replace("\N{NO-BREAK SPACE}", " "))
    return found


def test_every_table_holds_its_numbers():
    document = full()
    found = tables(render_markdown(document).decode())
    ranked = [dataset for dataset in document.datasets if dataset.answerable]
    # The last table, of graded pairs without published figures, does not fit.
    assert len(found) == len(ranked) + 1 + len(document.pairs) - 1
    for dataset, table in zip(ranked, found, strict=False):
        assert table[0] == ["System", *MEASURES, f"{HEADLINE} less this project"]
        rows = {row[0]: row[1:] for row in table[1:]}
        served = rows["This project, as served (with its floor)"]
        assert table.index(["This project, as served (with its floor)", *served]) == 1 + next(
            place for place, row in enumerate(table) if row[0] == LABELS[THIS]
        )
        assert served[1] == f"{100 * dataset.with_floor[HEADLINE].mean:.1f}"
        assert served[MEASURES.index("judged@10")] == "–"
        for scores in dataset.systems:
            row = rows[" ".join(LABELS[scores.system].split())]
            for name, cell in zip(MEASURES, row, strict=False):
                assert cell == f"{100 * scores.measures[name].mean:.1f}"
            less = scores.less_this.get(HEADLINE)
            if less is None:
                assert row[-1] == ""
            else:
                assert row[-1].replace("−", "-").startswith(f"{100 * less.mean:+.1f}")
                assert ("< 0.001" if less.p_holm < 0.001 else f"= {less.p_holm:.3f}") in row[-1]
                assert ("cannot be said: too few queries" in row[-1]) == (dataset.answerable == 1)
    pairs = {row[0]: row[1:] for row in found[-1][1:]}
    for one in document.pairs[0].systems:
        cells = pairs[" ".join(LABELS[one.system].split())]
        assert cells[2].startswith(f"{one.pearson.mean:.3f} (")
        if one.system != THIS:
            assert cells[1].replace("−", "-").startswith(f"{one.less_this['spearman'].mean:+.3f} (")
    assert pairs["Published: ESA"][2] == "0.72"


def test_what_does_not_apply_is_named():
    text = render_markdown(full()).decode()
    assert "Not applicable: newest first (no article has a date \\<b>)." in text
    assert "random order (an order says nothing of \\<pairs>)" in text


def test_notes_stand_at_the_head_of_their_dataset():
    text = render_markdown(full()).decode()
    assert text.index("## sample") < text.index("Note: the floor was chosen on these judgements.")
    assert text.index("Note: the floor was chosen") < text.index("| System |")


def test_how_it_was_made_and_what_lists_are_like():
    text = render_markdown(full()).decode()
    for part in (
        "000012-1f3a9c",
        "Seed 7, 9,999 resamples",
        "articles whose list is measured 553, of these, with a list that is not empty 74.7",
        "- Index, flat (exact inner products): 100.0\xa0% of the first 10, 99.9\xa0% of the first 100; "
        "sparse product: 100.0\xa0% of the first 10, 87.5\xa0% of the first 100",
        "floor 0.2, with a best of 0.5, lists of 10",
    ):
        assert part in text
    assert "1,081 links on 76 pages, 331 kept, 65.3" in text


@pytest.mark.parametrize(
    "document", [full(), full(1, source=False), minimal()], ids=["full", "other", "none"]
)
def test_it_is_short_and_ends_with_a_line_feed(document):
    text = render_markdown(document)
    assert text.endswith(b"\n")
    assert not text.endswith(b"\n\n\n")
    assert text.count(b"\n") < 120


def test_what_has_no_room_is_left_to_the_page():
    document = full()
    many = document.model_copy(
        update={"datasets": document.datasets * 9, "notes": tuple(f"note {n}" for n in range(50))}
    )
    text = render_markdown(many).decode()
    assert text.count("\n") < 120
    assert "`report.html` says more: " in text
    assert "45 further notes in `report.html`" in text


def test_the_same_document_gives_the_same_bytes_whatever_the_order_of_keys():
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(one) for key, one in reversed(value.items())}
        return [turned(one) for one in value] if isinstance(value, list) else value

    other = decode(json.dumps(turned(json.loads(encode(full())))).encode(), None)
    assert render_markdown(other) == render_markdown(full())


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "a | b",
        "<b>x</b> <!-- y --> </td> <?php",
        "[x](http://a.example) ![y](z) [z]: http://a.example",
        "**bold** _low_ ~~gone~~ `code` \\ &amp; &#64;",
        "# heading",
        "- item",
        "1. item",
        "> quote",
        "=====",
        "two\nlines | and\r\nmore",
        "\\| \\\\|",
        "a\u202eb\x00c",
    ],
)
def test_a_title_stays_text_in_its_cell(text):
    escaped = escape(text)
    assert {part.type for part in inline(escaped)} <= HARMLESS
    (table,) = tables(f"| a | b |\n|---|---|\n| {escaped} | end |")
    assert table[1][1] == "end"
    assert len(table[1]) == 2
    assert "\n" not in escaped


@given(st.text(max_size=60))
def test_any_text_stays_in_its_cell(text):
    escaped = escape(text)
    (table,) = tables(f"| a | b |\n|---|---|\n| x{escaped} | end |")
    assert table[1][1:] == ["end"]
    assert {part.type for part in inline(f"| a |\n|---|\n| x {escaped} |")} <= HARMLESS


@pytest.mark.parametrize("text", ["@all", "see @some-one", "fixed in #12", "o/r#12", "a.b@c.example"])
def test_nobody_is_called_and_no_issue_named(text):
    place = next(place for place, one in enumerate(text) if one in "@#")
    assert escape(text)[escape(text).index(text[place]) + 1] == "\u2060"


def test_a_measure_is_no_mention():
    assert escape("nDCG@10 is 0.5, judged@10 too") == "nDCG@10 is 0.5, judged@10 too"


@pytest.mark.parametrize(
    ("text", "escaped"), [("http://a.example", "http:\\//a.example"), ("www.a.example", "www\\.a.example")]
)
def test_an_address_is_no_link(text, escaped):
    assert escape(text) == escaped


def test_a_hostile_label_breaks_no_table():
    document = full()
    systems = tuple(
        SystemInfo(name=one.name, label=f"{HOSTILE}\n|||", not_applicable=one.not_applicable)
        for one in document.systems
    )
    found = tables(render_markdown(document.model_copy(update={"systems": systems})).decode())
    assert {len(row) for table in found[:3] for row in table} == {len(MEASURES) + 2}
    assert SOURCE in {one.name for one in systems}
    assert THIS in {one.name for one in systems}
