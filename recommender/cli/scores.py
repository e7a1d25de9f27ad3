"""A report's verdict and tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from recommender.cli.terminal import console, print_facts, print_table, shown
from recommender.evaluation import Document, PairDataset, RankedDataset
from recommender.evaluation.document.estimates import Estimate
from recommender.evaluation.document.names import HEADLINE, MEASURES, THIS
from recommender.evaluation.report import headline_sentences
from recommender.evaluation.report.numbers import p_value
from recommender.evaluation.report.reliability import in_words
from recommender.evaluation.report.tables import own_score


def print_scores(document: Document) -> None:
    """The verdict, then one table a dataset; means x 100 as the field prints them."""
    print()
    for sentence in headline_sentences(document):
        print(shown(sentence))
    for dataset in document.datasets:
        print(
            f"\n{shown(dataset.name)}: {dataset.answerable:,} queries, means x 100, of lists in full"
            f"{shown(own_score(dataset.scored_with))}"
        )
        print_table(_ranked(dataset))
        print_facts(_of_pairs(dataset, document))
        print_facts(("not applicable", f"{name}: {why}") for name, why in dataset.not_applicable.items())
    for pairs in document.pairs:
        print(
            f"\n{shown(pairs.name)}: {pairs.pairs:,} pairs, correlation with people's grades x 100"
            f"{shown(own_score(pairs.scored_with))}"
        )
        print_table(_correlated(pairs))
        print_facts(("not applicable", f"{name}: {why}") for name, why in pairs.not_applicable.items())
        print_facts(
            ("published", f"{one.label}: {one.measure} {100 * one.value:.1f}") for one in pairs.published
        )
    left_out = [info for info in document.systems if info.not_applicable is not None]
    if left_out:
        print()
        print_facts(("not applicable", f"{info.name}: {info.not_applicable}") for info in left_out)


def _of_pairs(dataset: RankedDataset, document: Document) -> Iterator[tuple[str, str]]:
    """How well scores are calibrated, and what the candidates hold of what is related."""
    if dataset.calibration is not None:
        yield "calibration", in_words(dataset.calibration, document.systems)
    found = dataset.candidates
    if found.recall is not None:
        yield "candidates", f"{100 * found.recall:.1f} % of the {found.related:,} related pairs"


def _ranked(dataset: RankedDataset) -> Table:
    table = _headed("system", *MEASURES, f"{HEADLINE} less this", "p (Holm)", "shown", "related")
    for one in dataset.systems:
        less = one.less_this.get(HEADLINE)
        share = f"{100 * one.shown.related / one.shown.judged:.0f} %" if one.shown.judged else ""
        table.add_row(
            one.system,
            *(_hundredths(one.measures.get(name)) for name in MEASURES),
            f"{100 * less.mean:+.1f}" if less else "",
            p_value(less.p_holm) if less else "",
            f"{one.shown.items:,}",
            share,
            style=_style(one.system),
        )
        if one.system == THIS and dataset.with_floor:
            served = [_hundredths(dataset.with_floor.get(name)) for name in MEASURES]
            table.add_row("  as served", *served, *[""] * 4)
    return table


def _correlated(dataset: PairDataset) -> Table:
    table = _headed("system", "Spearman", "Pearson", "Kendall", "Spearman less this", "p (Holm)")
    for one in dataset.systems:
        values = (one.spearman, one.pearson, one.kendall)
        less = one.less_this.get("spearman")
        table.add_row(
            one.system,
            *(_hundredths(value) for value in values),
            f"{100 * less.mean:+.1f}" if less else "",
            p_value(less.p_holm) if less else "",
            style=_style(one.system),
        )
    return table


def _headed(first: str, *rest: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for heading in rest:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _style(system: str) -> str | None:
    return "bold" if system == THIS and console().is_terminal else None


def _hundredths(estimate: Estimate | None) -> str:
    return "" if estimate is None else f"{100 * estimate.mean:.1f}"
