"""The report in brief, as Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.names import HEADLINE, MEASURES, THIS
from recommender.evaluation.document.pairs import PairDataset
from recommender.evaluation.document.whole import Document, IndexRecall
from recommender.evaluation.report.cells import Cell
from recommender.evaluation.report.numbers import interval, p_equation, percent, points, queries, signed
from recommender.evaluation.report.outcomes import Outcome, footing, outcome_of
from recommender.evaluation.report.pairs import pairs_table, sources
from recommender.evaluation.report.reliability import summary_table
from recommender.evaluation.report.sentences import headline_sentences
from recommender.evaluation.report.tables import SERVED, own_score
from recommender.evaluation.report.text import one_line
from recommender.evaluation.report.unlabelled import leading_table
from recommender.evaluation.report.verdict import scores_of
from recommender.phrases import count, whole_floor

MOST_LINES = 119
_MOST_SENTENCES = 8
_MOST_NOTES = 5
_WORD_JOINER = "\u2060"  # stands unseen between the parts of what would else call people or lead away
_MARKS = re.compile(r"([\\`*_\[\]|~&$]|<(?=[A-Za-z/!?])|(?<=:)/(?=/)|(?<=\bwww)\.)", re.IGNORECASE)
_CALLS = re.compile(r"((?<!\w)@(?=\w)|(?<=\w)@(?=[\w-]+\.\w)|#(?=\w))")
_AT_START = re.compile(r"^([-+=>#]|\d+[.)])")


def render_markdown(document: Document) -> bytes:
    """The verdict, a table for each dataset, what lists are like, and how it was made, in fewer than 120
    lines: tables for which there is no room are left to the page."""
    said = headline_sentences(document)
    head = ["# Evaluation of related stories", "", f"**{escape(said[0])}**", ""]
    head += [*(f"- {escape(sentence)}" for sentence in said[1:_MOST_SENTENCES]), ""]
    tail = [*_lists(document), *_made(document)]
    blocks = [_ranked(document, dataset) for dataset in document.datasets if dataset.answerable]
    blocks += _calibration(document)
    blocks += [_pairs(document, pairs) for pairs in document.pairs if pairs.systems]
    room = MOST_LINES - len(head) - len(tail) - 2
    shown: list[str] = []
    left = 0
    for block in blocks:
        if len(shown) + len(block) > room:
            left += 1
        else:
            shown += block
    if left or len(said) > _MOST_SENTENCES:
        more = f": {count(left, 'table')} did not fit here" if left else ""
        shown += [f"`report.html` says more{more}.", ""]
    return "\n".join([*head, *shown, *tail]).encode()


def escape(text: str) -> str:
    """Text from outside for a line of Markdown or a cell of a table: it neither ends the cell nor marks
    anything up, leads anywhere or calls anybody."""
    text = _MARKS.sub(r"\\\1", one_line(text))
    text = _CALLS.sub(rf"\1{_WORD_JOINER}", text)
    return _AT_START.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], text)


def _ranked(document: Document, dataset: RankedDataset) -> list[str]:
    columns = ("System", *MEASURES, f"{HEADLINE} less this project")
    notes = " ".join(_sentence(note) for note in dataset.notes)
    rests_on = footing(dataset)
    rows, missing = [], []
    for system in document.systems:
        scores = scores_of(dataset.systems, system.name)
        if scores is None:
            why = system.not_applicable or dataset.not_applicable.get(system.name, "no lists on this dataset")
            missing.append((system.label, why))
            continue
        means = [points(one.mean if (one := scores.measures.get(name)) else None) for name in MEASURES]
        less = scores.less_this.get(HEADLINE)
        beside = ""
        if less is not None:
            sure = interval(less.low, less.high, sign=True)
            untold = f"cannot be said: too few {rests_on.unit}"
            unknown = outcome_of(less, rests_on) is Outcome.UNKNOWN
            told = [sure, p_equation(less.p_holm), untold if unknown else ""]
            beside = f"{signed(less.mean)} ({', '.join(filter(None, told))})"
        row = [escape(system.label), *means, beside]
        rows.append([f"**{cell}**" if cell else "" for cell in row] if system.name == THIS else row)
        if system.name == THIS and dataset.with_floor:
            served = [
                points(one.mean if (one := dataset.with_floor.get(name)) else None) for name in MEASURES
            ]
            rows.append([SERVED, *served, ""])
    return [
        f"## {escape(dataset.name)}",
        "",
        f"{_sentence(dataset.origin)} {queries(dataset.queries)}, {count(dataset.answerable)} with a related "
        "article, over which the means are; times 100. Lists are in full, without a floor, but where it says "
        f"as served{escape(own_score(dataset.scored_with))}. Differences with 95 % interval and "
        f"Holm-corrected p.{notes and ' Note: ' + notes}",
        "",
        *_table(columns, rows),
        "",
        *_missing(missing),
    ]


def _pairs(document: Document, pairs: PairDataset) -> list[str]:
    table = pairs_table(pairs, document.systems)
    rows, missing = [], []
    for group in table.groups:
        for row in group.rows:
            if row.instead:
                missing.append((row.head, row.instead.removeprefix("not applicable: ")))
            else:
                head = escape(f"{group.head}: {row.head}" if group.head else row.head)
                rows.append([f"**{head}**" if row.this else head, *(_cell(cell) for cell in row.cells)])
    columns = (table.corner, *table.columns)
    heading = [f"## Pairs: {escape(pairs.name)}", "", _sentence(pairs.origin), ""]
    told = "; ".join(escape(one) for one in sources(pairs))
    published = f"Published: {told}. " if told else ""
    return [*heading, *_table(columns, rows), "", *_missing(missing, published)]


def _calibration(document: Document) -> list[list[str]]:
    table = summary_table(document)
    if table is None:
        return []
    rows = [
        [escape(row.head), *(_cell(cell) for cell in row.cells)]
        for group in table.groups
        for row in group.rows
    ]
    columns = (table.corner, *table.columns)
    about = f"{_sentence(table.caption)} Average precision is times 100."
    return [["## Calibration", "", about, "", *_table(columns, rows), ""]]


def _sentence(text: str) -> str:
    return f"{escape(text.rstrip('. '))}."


def _missing(systems: Sequence[tuple[str, str]], before: str = "") -> list[str]:
    told = "; ".join(f"{escape(label)} ({escape(why)})" for label, why in systems)
    said = before + (f"Not applicable: {told}." if told else "")
    return [said.rstrip(), ""] if said else []


def _cell(cell: Cell) -> str:
    return f"{cell.text} ({', '.join(cell.under)})" if cell.under else cell.text


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|'}{'---:|' * (len(columns) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _lists(document: Document) -> list[str]:
    """This project's lists in a few lines; what other systems' are like is in the page."""
    own = [one for one in document.lists if one.system == THIS]
    lines = ["## The lists without labels", ""]
    for group in leading_table(own, {}).groups:
        said = ", ".join(f"{escape(row.head)} {row.cells[0].text}" for row in group.rows)
        lines.append(f"- {escape(group.head)}: {said}")
    lines.append(f"- Index, {_recall(document.index)}; {_recall(document.lexical_index)}")
    if document.audit is not None:
        totals = document.audit.totals
        links, pages, kept, new = (count(totals.get(name, 0)) for name in ("links", "pages", "kept", "new"))
        below = percent(totals.get("share_below_floor"))
        lines.append(
            f"- The pages' own lists: {links} links on {pages} pages, {kept} kept, {below} below the floor, "
            f"{new} stories new"
        )
    return [*lines, ""]


def _recall(index: IndexRecall) -> str:
    recall = ", ".join(
        f"{percent(index.recall[depth])} of the first {escape(depth)}"
        for depth in sorted(index.recall, key=lambda depth: (len(depth), depth))
    )
    return f"{escape(index.kind)}: {recall or 'recall not measured'}"


def _made(document: Document) -> list[str]:
    made = document.made
    versions = ", ".join(f"{name} {version}" for name, version in sorted(made.versions.items()))
    encoder = str(made.encoder.get("name", made.encoder.get("reference", "not recorded")))
    lines = [
        "## How it was made",
        "",
        f"- {escape(made.command)}",
        f"- {escape(made.collection)}: {count(made.articles, 'article')} ({count(made.teasers, 'teaser')}, "
        f"{count(made.dated)} with a date), sha256 {escape(made.corpus_sha256)}",
        f"- Snapshot {escape(made.snapshot)}, encoder {escape(encoder)}, "
        f"floor {whole_floor(made.min_score, made.min_best)}, lists of {made.limit}, candidates {made.depth}",
        f"- Seed {made.seed}, {count(made.resamples)} resamples",
        f"- {escape(versions) or 'Versions not recorded'}",
        *(f"- {escape(note)}" for note in document.notes[:_MOST_NOTES]),
    ]
    if len(document.notes) > _MOST_NOTES:
        lines.append(f"- {count(len(document.notes) - _MOST_NOTES, 'further note')} in `report.html`")
    return [*lines, ""]
