"""`report.html`: every number, nothing from outside, the same bytes again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from typing import Any

import pytest
from lxml import html as lxml_html

from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.lists import WorstList
from recommender.evaluation.document.names import HEADLINE, MEASURES, OFF_TOPIC, SOURCE, THIS
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report.html import render_html
from recommender.evaluation.report.json import decode, encode
from recommender.evaluation.report.tables import SERVED
from tests.evaluation.documents import HOSTILE, LABELS, LONG, NOT_APPLICABLE, RIGHT_TO_LEFT, full, minimal
from tests.evaluation.report.pages import Tree, invalid, outward, unreadable

pytest.importorskip("matplotlib", reason="the extra eval is not installed")

DOCUMENTS = {
    "full": full(),
    "no source": full(5, source=False, level=0.95),
    "minimal": minimal(),
    "no judgements": full(2).model_copy(update={"datasets": ()}),
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Every document as a page."""
    return {name: render_html(document).decode() for name, document in DOCUMENTS.items()}


def found_in(page: str) -> list[tuple[str, dict[str, dict[str, str]]]]:
    """Every table: its caption, and its cells by line and column. A line under a heading is named with it."""
    tables = []
    for table in lxml_html.fromstring(page).iter("table"):
        columns = [words(cell) for cell in table.xpath("./thead/tr/*[position() > 1]")]
        rows: dict[str, dict[str, str]] = {}
        for body in table.iter("tbody"):
            group = next((f"{words(one)}: " for one in body.xpath("./tr/th[@scope='rowgroup']")), "")
            for row in body.xpath("./tr[th[@scope='row']]"):
                cells = [words(cell) for cell in row.xpath("./td")]
                head = group + words(row.xpath("./th")[0])
                rows[head] = dict(zip(columns, cells, strict=len(cells) > 1))
        tables.append((words(table.xpath("./caption")[0]), rows))
    return tables


def table_of(page: str, caption: str) -> dict[str, dict[str, str]]:
    (found,) = (rows for said, rows in found_in(page) if said.startswith(caption))
    return found


def words(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).replace(" (best)", "").split())


def points(value: float | None) -> str:
    """As `nDCG@10 x 100` is printed, written again: a test does not ask the code it tests."""
    if value is None:
        return "–"
    return f"{100 * value:.1f}".replace("-", "−").replace("−0.0", "0.0")


def signed(value: float) -> str:
    text = points(value)
    return f"+{text}" if value > 0 and text != "0.0" else text


def percent(value: float | None) -> str:
    return "–" if value is None else f"{points(value)} %"


def correlation(value: float) -> str:
    """A difference of correlations."""
    return f"{value:+.3f}".replace("-", "−") if abs(value) >= 0.0005 else "0.000"


def p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def label(name: str) -> str:
    return " ".join(LABELS[name].split())


def tried(dataset: RankedDataset) -> list[Any]:
    return list(dataset.systems)


# Numbers


@pytest.mark.parametrize("place", range(3))
def test_every_measure_of_every_system(pages, place):
    dataset = DOCUMENTS["full"].datasets[place]
    table = table_of(pages["full"], f"Systems on {dataset.name}:")
    served = table.pop(SERVED)
    assert set(table) == {label(name) for name in LABELS}
    for name, found in dataset.with_floor.items():
        sure = "" if found.low is None else f" {points(found.low)} to {points(found.high)}"
        assert served[name] == points(found.mean) + sure
    assert served["against this project"] == ""
    assert served["judged@10"] == served["answered"] == "–"
    for scores in tried(dataset):
        row = table[label(scores.system)]
        assert row["answered"] == f"{scores.answered} of {dataset.answerable}"
        for name, found in scores.measures.items():
            sure = "" if found.low is None else f" {points(found.low)} to {points(found.high)}"
            assert row[name] == points(found.mean) + sure
        if scores.system != THIS and scores.less_this:
            less = scores.less_this[HEADLINE]
            assert row["against this project"].startswith(signed(less.mean))
            assert p(less.p_holm) in row["against this project"]
    for name, why in NOT_APPLICABLE.items():
        assert list(table[label(name)].values()) == [f"not applicable: {why}"]


@pytest.mark.parametrize("place", range(3))
def test_every_difference(pages, place):
    dataset = DOCUMENTS["full"].datasets[place]
    table = table_of(pages["full"], f"Differences on {dataset.name}:")
    for scores in tried(dataset):
        for name, less in scores.less_this.items():
            sure = "" if less.low is None else f" {signed(less.low)} to {signed(less.high)}"
            said = f"{signed(less.mean)}{sure} {p(less.p_holm)}"
            if dataset.answerable == 1:
                said += " cannot be said: too few queries"
            assert table[label(scores.system)][name] == said


def test_too_few_groups_are_named_in_tables():
    (sample, *_) = full().datasets
    few = full().model_copy(update={"datasets": (sample.model_copy(update={"groups": 5}),)})
    page = render_html(few).decode()
    for caption in ("Systems on sample:", "Differences on sample:"):
        row = table_of(page, caption)[label("bm25")]
        assert "cannot be said: too few groups" in " ".join(row.values())
    assert "121 queries, 5 groups: few" in " ".join(Tree(page).text.split())
    assert "no difference shown from the best other system" not in page


def test_a_dataset_with_nothing_to_rank_ranks_nothing(pages):
    assert "No query has a related article, so that there is nothing to rank." in pages["full"]
    captions = [caption for caption, _ in found_in(pages["full"])]
    assert [one for one in captions if "nothing related" in one] == [
        "What is shown on nothing related: lists of at most ten on all 4 queries, this project's as served, "
        "with its floor; the pages' own on those that print one"
    ]


def test_the_best_of_a_column_is_marked():
    dataset = DOCUMENTS["full"].datasets[0]
    page = lxml_html.fromstring(render_html(DOCUMENTS["full"]).decode())
    (table,) = (one for one in page.iter("table") if words(one).startswith("Systems on sample"))
    columns = [words(cell) for cell in table.xpath("./thead/tr/*")]
    marked = {
        (words(row.xpath("./th")[0]), columns[place])
        for row in table.xpath("./tbody/tr")
        for place, cell in enumerate(row)
        if cell.xpath("./b[@class='best']")
    }
    expected = set()
    for name in MEASURES:
        most = max(one.measures[name].mean for one in dataset.systems)
        if name != "judged@10":
            expected |= {
                (label(one.system), name) for one in dataset.systems if one.measures[name].mean == most
            }
    assert marked == expected


@pytest.mark.parametrize("place", range(4))
def test_what_is_shown(pages, place):
    dataset = DOCUMENTS["full"].datasets[place]
    table = table_of(pages["full"], f"What is shown on {dataset.name}:")
    for scores in tried(dataset):
        shown = scores.shown
        kept = shown.related / shown.judged if shown.judged else None
        lone = shown.items_where_nothing_is_related
        assert table[label(scores.system)] == {
            "queries": f"{shown.queries:,}",
            "items": f"{shown.items:,}",
            "judged": f"{shown.judged:,}",
            "related": f"{shown.related:,}",
            "precision": percent(kept),
            "off-topic of all items in places 1-5": percent(shown.off_topic_at_5),
            "off-topic of all items in places 1-10": percent(shown.off_topic_at_10),
            "empty where nothing is related": percent(shown.empty_where_nothing_is_related),
            "items a list there": "–" if lone is None else f"{lone:.2f}",
        }


def test_the_pages_own_lists_beside_this_project(pages):
    against = DOCUMENTS["full"].datasets[0].against_source
    table = table_of(pages["full"], "On the 41 queries whose page prints a list")
    rows = {head.rpartition(": ")[2]: row for head, row in table.items()}
    for name in ("nDCG@10", "P@5", "R@10", OFF_TOPIC):
        this, source, less = against.this[name], against.source[name], against.less_this[name]
        row = rows["off-topic@10, on an average page" if name == OFF_TOPIC else name]
        assert row["this project"].startswith(points(this.mean))
        assert row[label(SOURCE)].startswith(points(source.mean))
        assert row["the page's less this project's"].startswith(signed(less.mean))
        assert p(less.p_holm) in row["the page's less this project's"]
        unfloored = against.without_floor[name].mean
        assert row["this project without its floor"].startswith(points(unfloored))
    assert rows["off-topic of all items in places 1-5"][label(SOURCE)] == percent(
        against.shown_source.off_topic_at_5
    )
    assert rows["items"]["this project"] == str(against.shown_this.items)


def test_the_first_screen(pages):
    text = " ".join(Tree(pages["full"]).text.split())
    against = DOCUMENTS["full"].datasets[0].against_source
    this, source = against.this[OFF_TOPIC], against.source[OFF_TOPIC]
    assert (
        f"{percent(this.mean)} of a page's first ten are off-topic on an average page (an empty list counts "
        f"0), {percent(source.mean)} in the pages' own"
    ) in text
    dataset = DOCUMENTS["full"].datasets[0]
    (ours,) = (one for one in dataset.systems if one.system == THIS)
    whole, served = ours.measures[HEADLINE], dataset.with_floor[HEADLINE]
    assert (
        f"{points(whole.mean)} ranked in full, without the floor; 95 % interval {points(whole.low)}" in text
    )
    assert f"{points(served.mean)} as served, with its floor; 95 % interval {points(served.low)}" in text
    assert text.index("the floor was chosen on these judgements") < text.index("How to read this")
    pair = table_of(pages["full"], "On 41 pages with a list of their own")
    assert pair["items shown"] == {"this project": "164", "the page": "410"}
    for name, said in ((HEADLINE, HEADLINE), (OFF_TOPIC, "off-topic on an average page")):
        mean = against.without_floor[name].mean
        shown = points(mean) if name == HEADLINE else percent(mean)
        assert pair[f"{said} without the floor"] == {"this project": shown, "the page": ""}
    assert pair["precision of all items shown"] == {"this project": "81.7 %", "the page": "30.0 %"}
    assert "60.0 % of 30 queries rightly get an empty list" in text
    for outcome in (
        "= no difference shown",
        "▼ worse",
        "▲ less off-topic",
        "▲ better in nDCG@10",
        "? cannot",
    ):
        assert outcome in text


def test_worse_stands_as_large_as_better():
    better = render_html(full(level=0.95)).decode()
    worse = render_html(full(level=0.3)).decode()
    assert 'class="chip better"' in better
    assert 'class="chip worse"' in worse
    assert "worse than the best other system" not in better
    heading = re.search(r"<h1>(.*?)</h1>", worse, re.DOTALL)[1]
    assert "Against the best other system: worse on" in heading


def test_slices_with_small_ones_marked(pages):
    dataset = DOCUMENTS["full"].datasets[0]
    table = table_of(pages["full"], "Slices of sample")
    for part in dataset.slices:
        row = table[f"by {part.dimension}: {part.value}"]
        assert row["queries"] == (f"{part.queries} few" if part.queries < 10 else str(part.queries))
        assert row["this project"] == points(part.means[THIS])
        assert row[label("bm25")] == points(part.means["bm25"])
    assert pages["full"].count('class=" few"') + pages["full"].count('class="few"') == 6


def test_thresholds_and_distribution(pages):
    dataset = DOCUMENTS["full"].datasets[0]
    table = table_of(pages["full"], "Lists on sample with other floors")
    for one in dataset.thresholds:
        row = table[f"{one.min_score:g}" + (" (in force)" if one.min_score == 0.2 else "")]
        assert list(row.values()) == [
            f"{one.items:,}", percent(one.precision), percent(one.recall), percent(one.empty),
        ]  # fmt: skip
    table = table_of(pages["full"], "Scores of judged candidate pairs of sample")
    assert [row["related"] for row in table.values()] == [f"{one:,}" for one in dataset.scores.related]
    assert [row["unrelated"] for row in table.values()] == [f"{one:,}" for one in dataset.scores.unrelated]


def test_both_parts_of_the_floor_are_told(pages):
    text = " ".join(Tree(pages["full"]).text.split())
    assert (
        "shows nothing: 0.2; and it shows nothing at all unless the best story of the list scores 0.5."
        in text
    )
    assert "its floor here is 0.2. " in text
    assert "its floor here is 0.27, with a best of 0.6. " in text
    assert "shows nothing under its floor of 0.2; the others fill" in text
    assert "floor of 0.27, and nothing at all unless a list's best story scores 0.6; the others fill" in text
    assert text.count("with other floors, each a plain one: whatever the best of a list scores") == 3


def test_the_worst_lists_in_full(pages):
    page = lxml_html.fromstring(pages["full"])
    opened = page.xpath("//div[@class='lists']/details")
    worst = [one for dataset in DOCUMENTS["full"].datasets for one in (*dataset.worst, *dataset.needless)]
    assert len(opened) == len(worst)
    shown = {False: 0, True: 0}
    for details, (one, floor) in zip(opened, _in_page_order(DOCUMENTS["full"]), strict=True):
        items = [*one.items, *getattr(one, "missed", ())]
        lines = details.xpath(".//li")
        assert len(lines) == len(items)
        for line, item in zip(lines, items, strict=True):
            said = words(line)
            grade = (
                "unjudged"
                if item.relevance is None
                else f"grade {item.relevance}"
                if item.relevance
                else "unrelated"
            )
            assert said.endswith(grade)
            assert item.score is None or f"{item.score:.2f}" in said
            shown[line.get("class") == "unshown"] += 1
            assert (line.get("class") == "unshown") == (item.score is not None and item.score < floor(one))
    assert all(shown.values())
    assert "The list is empty." in pages["full"]


def _in_page_order(document: Document) -> list[Any]:
    """Lists, each with the floor of its dataset: no score reaches it where no story is good enough."""

    def floor_of(dataset: Any) -> Any:
        def floor(one: Any) -> float:
            best = max((item.score for item in one.items if item.score is not None), default=0)
            shut = isinstance(one, WorstList) and best < dataset.min_best
            return 2 if shut else dataset.min_score

        return floor

    return [
        (one, floor_of(dataset))
        for dataset in document.datasets
        for one in (*dataset.worst, *dataset.needless)
    ]


def test_pairs_and_what_was_published(pages):
    pairs = DOCUMENTS["full"].pairs[0]
    table = table_of(pages["full"], "Agreement with people on lee")
    for one in pairs.systems:
        row = table[label(one.system)]
        for name in ("spearman", "pearson", "kendall"):
            found = getattr(one, name)
            printed = f"{found.mean:.3f} {found.low:.3f} to {found.high:.3f}"
            assert row[name.capitalize()] == printed
        assert row["pairs"] == "1,225"
        if one.system != THIS:
            less = one.less_this["spearman"]
            assert row["against this project"].startswith(correlation(less.mean))
            assert p(less.p_holm) in row["against this project"]
    for name, why in pairs.not_applicable.items():
        assert list(table[label(name)].values()) == [f"not applicable: {why}"]
    for name, why in NOT_APPLICABLE.items():
        assert list(table[label(name)].values()) == [f"not applicable: {why}"]
    differences = table_of(pages["full"], "Differences on lee")
    for one in pairs.systems:
        for name, less in one.less_this.items():
            sure = f"{correlation(less.low)} to {correlation(less.high)}"
            said = f"{correlation(less.mean)} {sure} {p(less.p_holm)}"
            assert differences[label(one.system)][name.capitalize()] == said
    for figure in pairs.published:
        if figure.measure == "Pearson":
            row = table[f"Published: {figure.label}"]
            assert row["Pearson"] == f"{figure.value:g}"
    text = Tree(pages["full"]).text
    assert "odd <b> (other 0.3)" in text
    assert "people among themselves, LSA: Lee, Pincombe and Welsh 2005" in text
    assert "odd <b>: nobody & sons" in text


def test_measures_of_lists(pages):
    lists = DOCUMENTS["full"].lists
    table = table_of(pages["full"], "Every number of the lists")
    columns = ["this project" if one.system == THIS else label(one.system) for one in lists]
    said = {head: [row[column] for column in columns] for head, row in table.items()}

    def all_of(path: str) -> list[Any]:
        found = []
        for one in lists:
            value: Any = one.measures
            for step in path.split("."):
                value = (value or {}).get(step) if isinstance(value, dict) else value
            found.append(value)
        return found

    leading = table_of(pages["full"], "The measures that say most")
    assert next(iter(leading)) == "Length: articles whose list is measured"
    assert list(leading["Length: articles whose list is measured"].values()) == [
        str(one) for one in all_of("articles")
    ]
    assert said["Length: empty lists"] == [str(one) for one in all_of("empty")]
    assert said["Length: of these, with a list that is not empty"] == [
        percent(one) for one in all_of("coverage")
    ]
    assert said["The same story twice: near copies of an item above"] == ["14"] * len(lists)
    medians = all_of("days.median")
    assert said["Days between article and recommendation: median"] == [
        "–" if one is None else f"{one:.1f}" for one in medians
    ]
    assert None in medians
    reasons = said["Why lists are empty: nothing reaches the floor"]
    assert reasons == ["127" if one.system == THIS else "–" for one in lists]
    assert "1" in said["Why lists are empty: odd_reason"]
    lengths = [one.measures["lengths"] for one in lists]
    assert said["Lists by length: 10 items"] == [str(one[10]) for one in lengths]
    counts = [one.measures["days"]["counts"] for one in lists]
    assert said["Items by days from their article: more than 365 days"] == [str(one[7]) for one in counts]
    assert "0.91" in said["Agreement with the snapshot before: rank-biased overlap (0 none, 1 the same)"]
    assert "000011-aa" in said["Agreement with the snapshot before: snapshot before"]
    assert "90 lists" in Tree(pages["full"]).text  # the most recommended


def test_index_audit_and_how_it_was_made(pages):
    document, text = DOCUMENTS["full"], " ".join(Tree(pages["full"]).text.split())
    assert (
        "The nearest by vectors. Of those that an exact search finds, the search of a build finds 100.0"
        in text
    )
    assert "100.0 % of the first 10, 99.9 % of the first 100 (flat" in text
    assert "The nearest by terms." in text
    assert "100.0 % of the first 10, 87.5 % of the first 100 (sparse product, 200 queries)" in text
    reasons = table_of(pages["full"], "What became of the pages' own links")
    assert next(iter(reasons.values())) == {"links": "331", "share": "30.6 %"}
    assert {"links": "703", "share": "65.0 %"} in reasons.values()
    assert reasons["dropped: <odd>"] == {"links": "1", "share": "0.1 %"}
    below = table_of(pages["full"], "The pages with the largest share of links below the floor")
    assert list(next(iter(below.values())).values()) == ["14", "14", "100.0 %", "0", "1"]
    for value in (
        "links on them 1,081",
        "pages whose rebuilt list is empty 19",
        "places in a rebuilt list as",
    ):
        assert value in text
    assert "12 kept, 6 dropped, 2 new" in text
    made = document.made
    for value in (
        made.command,
        made.corpus_sha256,
        made.snapshot,
        "12,176",
        "11,804",
        "9,999",
        "11.25",
        "3.11.9",
    ):
        assert value in text
    assert "text_too_short, copy_of_article" in text
    for note in document.notes:
        assert note in text


def test_every_plot_says_its_numbers(pages):
    tree = Tree(pages["full"])
    said = {dict(attrs).get("aria-label") or "" for tag, attrs in tree.tags if tag == "svg"}
    (systems,) = (one for one in said if one.startswith(HEADLINE) and "91" not in one and " 72.9 (" in one)
    for scores in DOCUMENTS["full"].datasets[0].systems:
        assert points(scores.measures[HEADLINE].mean) in systems
    assert any(
        one.startswith("What another plain floor would show; 0.2 is in force") and "Precision 78.6" in one
        for one in said
    )
    assert any("floor would show; 0.27, with a best of 0.6 is in force" in one for one in said)
    assert any(one.startswith("How long lists are") and "0 items: 140" in one for one in said)
    assert any(one.startswith("Days between") and "up to 1 day: " in one for one in said)
    assert any("Published: people among themselves: 0.605" in one for one in said)
    drawn = [tag for tag, _ in tree.tags if tag == "svg"]
    assert len(drawn) == len([1 for tag, _ in tree.tags if tag == "figcaption"]) == 3 * 4 + 2 + 2 + 2


# What comes from outside


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_fetched_and_nothing_runs(pages, name):
    assert list(outward(pages[name])) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_is_valid(pages, name):
    assert list(invalid(pages[name])) == []
    assert list(unreadable(pages[name])) == []
    assert lxml_html.document_fromstring(pages[name]).findtext(".//title")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_keeps_its_own_policy(pages, name):
    tree = Tree(pages[name])
    (policy,) = (
        dict(attrs)["content"]
        for _, attrs in tree.tags
        if dict(attrs).get("http-equiv") == "Content-Security-Policy"
    )
    style = "".join(tree.styles)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert tree.all("style") == []
    assert "script" not in [tag for tag, _ in tree.tags]


def test_markup_in_titles_is_text(pages):
    page = pages["full"]
    assert HOSTILE in Tree(page).text
    assert "<script" not in page
    assert "<b>bold" not in page
    assert "<em>" not in page


def test_titles_of_any_length_are_cut(pages):
    text = Tree(pages["full"]).text
    assert f"{LONG[:150]}" in text
    assert LONG[:201] not in text
    assert f"{LONG[:180].rpartition(' ')[0]}" in text


def test_writing_directions_stay_within_a_title(pages):
    assert f"<bdi>{RIGHT_TO_LEFT}</bdi>" in pages["full"]
    for control in "\u202e\u202c\x07":
        assert control not in pages["full"]
    assert "before \ufffdafter\ufffd \ufffd bell" in pages["full"]


def test_an_article_without_a_title_is_named_by_its_id(pages):
    assert '<bdi class="id">sample-' in pages["full"]


# The same again


def test_the_same_document_gives_the_same_bytes():
    assert render_html(full()) == render_html(full())


def test_the_order_of_keys_changes_nothing():
    turned = decode(json.dumps(_turned(json.loads(encode(full())))).encode(), None)
    assert turned == full()
    assert list(turned.made.versions) != list(full().made.versions)
    assert render_html(turned) == render_html(full())


def test_another_process_gives_the_same_bytes():
    code = (
        "import hashlib, sys\nfrom recommender.evaluation.report import render_html\n"
        "from tests.evaluation.documents import full\n"
        "sys.stdout.write(hashlib.sha256(render_html(full())).hexdigest())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "77", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == hashlib.sha256(render_html(full())).hexdigest()


def _turned(value: Any) -> Any:
    """The same with the keys of every object the other way round."""
    if isinstance(value, dict):
        return {key: _turned(one) for key, one in reversed(value.items())}
    return [_turned(one) for one in value] if isinstance(value, list) else value


# Colours


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_is_under_it(pages, scheme):
    style = "".join(Tree(pages["minimal"]).styles)
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for text in ("ink", "quiet", "accent", "worse"):
        for under in ("paper", "raised"):
            assert _contrast(colours[text], colours[under]) >= 4.5
    for chip in ("accent", "worse"):
        assert _contrast(colours["on-chip"], colours[chip]) >= 4.5
    assert _contrast(colours["accent"], colours["tint"]) >= 4.5
    assert _contrast(colours["grey"], colours["paper"]) >= 3  # marks, not text


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
