"""The verdict in sentences: for the page, for a pull request and for the command line."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.evaluation.document.lists import Shown
from recommender.evaluation.document.names import HEADLINE, OFF_TOPIC
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report.agreement import Agreement, agreement_in_words, agreements
from recommender.evaluation.report.numbers import (
    decimal,
    interval,
    p_equation,
    percent,
    points,
    queries,
    signed,
)
from recommender.evaluation.report.outcomes import FEW, Outcome
from recommender.evaluation.report.verdict import (
    AgainstPages,
    Comparison,
    DatasetVerdict,
    how_scored,
    verdicts,
)
from recommender.phrases import count, joined

_MOST_NAMES = 4
_BEST = {
    Outcome.BETTER: "better than the best other system",
    Outcome.WORSE: "worse than the best other system",
    Outcome.UNDECIDED: "no difference shown from the best other system",
    Outcome.UNKNOWN: "too little to compare with other systems",
}
_PAGES = {
    Outcome.BETTER: "better than the pages' own lists",
    Outcome.WORSE: "worse than the pages' own lists",
    Outcome.UNDECIDED: "no difference shown from the pages' own lists",
    Outcome.UNKNOWN: "too little to compare with the pages' own lists",
}
_OFF_TOPIC = {
    Outcome.BETTER: "less off-topic",
    Outcome.WORSE: "more off-topic",
    Outcome.UNDECIDED: "no difference shown in what is off-topic",
}


def headline(verdicts: Sequence[DatasetVerdict], agreements: Sequence[Agreement] = ()) -> str:
    """The answer in a line: ``On sample: better than the pages' own lists; no difference shown from the
    best other system. In agreement with people's grades, against the best other system: worse on lee.``"""
    said = _of_lists(verdicts)
    if agreements:
        found = _spread([(one.name, str(one.outcome)) for one in agreements])
        said += f" In agreement with people's grades, against the best other system: {found}."
    return said


def _of_lists(verdicts: Sequence[DatasetVerdict]) -> str:
    if not verdicts:
        return "Whether the lists are better cannot be said: no list was judged."
    if len(verdicts) == 1:
        only = verdicts[0]
        parts = [_BEST[only.outcome]]
        if only.pages is not None:
            found = pages_outcome(only.pages)
            said = _PAGES[found] if isinstance(found, Outcome) else f"against the pages' own lists {found}"
            parts.insert(0, said)
        return f"On {only.name}: {'; '.join(parts)}."
    with_pages = [(one.name, str(pages_outcome(one.pages))) for one in verdicts if one.pages is not None]
    sides = [("the pages' own lists", with_pages)] if with_pages else []
    sides.append(("the best other system", [(one.name, str(one.outcome)) for one in verdicts]))
    return " ".join(f"Against {side}: {_spread(found)}." for side, found in sides)


def pages_outcome(pages: AgainstPages) -> Outcome | str:
    """How this project stands to the pages' own lists on both counts: one outcome where they agree or only
    one can be said, else both in words."""
    outcomes = [one.outcome for one in (pages.off_topic, pages.ranking) if one is not None]
    known = [one for one in outcomes if one is not Outcome.UNKNOWN]
    if len({*known}) < 2:
        return known[0] if known else Outcome.UNKNOWN
    but = ", but" if {*known} == {Outcome.BETTER, Outcome.WORSE} else ","
    return f"{off_topic_in_words(known[0])}{but} {known[1]} in {HEADLINE}"


def off_topic_in_words(outcome: Outcome) -> str:
    """``less off-topic``, and so on."""
    return _OFF_TOPIC.get(outcome, str(outcome))


def sentences(verdict: DatasetVerdict) -> tuple[str, ...]:
    """What one dataset says: against the best other system, against the pages' own lists, and where
    nothing is related."""
    return (against_best(verdict), against_pages(verdict), where_nothing_is_related(verdict))


def headline_sentences(document: Document) -> tuple[str, ...]:
    """The whole verdict: the headline, then a paragraph for each dataset of judgements."""
    found, agreed = verdicts(document), agreements(document)
    told = [f"{one.name}: {' '.join(sentences(one))}" for one in found] or [nothing_judged(document)]
    told += [f"{one.name}: {agreement_in_words(one)}" for one in agreed]
    return (headline(found, agreed), *told)


def nothing_judged(document: Document) -> str:
    """What a report without judgements holds instead."""
    pairs = count(len(document.pairs), "set") + " of graded pairs" if document.pairs else "no graded pairs"
    return f"This report holds no relevance judgements, {pairs}, and measures of lists that need no labels."


def against_best(verdict: DatasetVerdict) -> str:
    """This project's nDCG@10, and how it stands to the best other system."""
    if verdict.this is None:
        return (
            "No query has a related article, so that nothing can be ranked well or badly."
            if not verdict.queries
            else "This project was not tried."
        )
    sure = interval(verdict.this.low, verdict.this.high)
    how_many = queries(verdict.queries)
    if verdict.groups != verdict.queries:
        how_many += f" in {count(verdict.groups, 'group')}"
    scored = how_scored(verdict.scored_with)
    this = f"This project ({scored})" if scored else "This project"
    said = f"{this} has {HEADLINE} {points(verdict.this.mean)} ({sure and sure + ', '}{how_many}) "
    said += "ranked in full, without the floor"
    if verdict.served is not None:
        said += f"; as served, with its floor, {points(verdict.served.mean)}"
    said += ". "
    if verdict.best is None:
        return said + "No other system was tried."
    best = verdict.best
    said += f"The best other system, {best.label}, has {points(best.other.mean)}: {difference(best)}."
    if verdict.few and best.outcome is not Outcome.UNKNOWN:
        said += f" That rests on few {verdict.unit}."
    return said


def how_few(verdict: DatasetVerdict) -> str:
    """``5 groups: few``, ``few`` where every query counts; nothing where there are enough, or none."""
    if not verdict.few or not verdict.queries:
        return ""
    if verdict.groups < FEW <= verdict.queries:
        return f"{count(verdict.groups, 'group')}: few"
    return f"{count(verdict.queries)} with a related article: few" if verdict.unanswerable else "few"


def difference(comparison: Comparison) -> str:
    """``this project is better by 5.1 points (+2.0 to +8.3, p = 0.004)``."""
    sure = f"{interval(comparison.low, comparison.high, sign=True)}, {p_equation(comparison.p)}"
    if comparison.outcome is Outcome.UNKNOWN:
        return (
            f"{signed(comparison.difference)} points, from which nothing follows: too few {comparison.unit}"
        )
    if comparison.outcome is Outcome.UNDECIDED:
        return f"no difference is shown ({signed(comparison.difference)} points, {sure})"
    words = str(comparison.outcome)
    if comparison.measure == OFF_TOPIC:
        words = off_topic_in_words(comparison.outcome)
    return f"this project is {words} by {points(abs(comparison.difference))} points ({sure})"


def against_pages(verdict: DatasetVerdict) -> str:
    """What readers are shown, beside the pages' own lists, both as long as the page's at most. Off-topic@10
    is a mean over pages, precision is of all items shown."""
    pages = verdict.pages
    if pages is None:
        return f"No comparison with the pages' own lists: {verdict.why_no_pages}."
    this, source = pages.this, pages.source
    said = f"On the {count(pages.queries, 'page')} with a list of their own: "
    if pages.off_topic is not None:
        said += f"on an average page {_beside(pages.off_topic)}; "
    said += (
        f"{count(this.items, 'item')} shown against {count(source.items)}, precision of all that is shown "
        f"{percent(precision(this))} against {percent(precision(source))}"
    )
    if pages.ranking is not None:
        said += f"; on the {count(pages.answerable)} with related articles {_beside(pages.ranking)}"
    without = [
        f"{name} {points(one.mean)}"
        for name, one in ((HEADLINE, pages.unfloored), (OFF_TOPIC, pages.unfloored_off_topic))
        if one is not None
    ]
    if pages.ranking is not None and without:
        said += f". Without its floor it would have {' and '.join(without)}"
    return f"{said}."


def _beside(comparison: Comparison) -> str:
    means = f"{points(comparison.this.mean)} against {points(comparison.other.mean)}"
    return f"{comparison.measure} {means}: {difference(comparison)}"


def where_nothing_is_related(verdict: DatasetVerdict) -> str:
    """How often a list is rightly empty."""
    if not verdict.unanswerable:
        return "Every query has a related article, so that no list should be empty."
    shown = verdict.shown
    if shown is None or shown.empty_where_nothing_is_related is None:
        return f"Nothing is related to {queries(verdict.unanswerable)}."
    return (
        f"Of the {queries(verdict.unanswerable)} to which nothing is related "
        f"{percent(shown.empty_where_nothing_is_related)} get an empty list "
        f"({decimal(shown.items_where_nothing_is_related)} items a list)."
    )


def what_is_missing(verdict: DatasetVerdict) -> tuple[str, ...]:
    """Why there is nothing to say of the best other system, of the pages, or of queries with nothing
    related; one sentence for each that is missing."""
    said = []
    if verdict.this is None or verdict.best is None:
        said.append(against_best(verdict))
    if verdict.pages is None:
        said.append(against_pages(verdict))
    if not verdict.unanswerable:
        said.append(where_nothing_is_related(verdict))
    return tuple(said)


def precision(shown: Shown) -> float | None:
    """Of the items shown that somebody judged, the share that is related."""
    return shown.related / shown.judged if shown.judged else None


def _spread(found: Sequence[tuple[str, str]]) -> str:
    """``better on a and b; worse on c``, or how many of each where there are many."""
    order = [str(outcome) for outcome in Outcome]
    said = sorted(
        {said for _, said in found}, key=lambda one: (order.index(one) if one in order else -1, one)
    )
    parts = []
    for one in said:
        names = [name for name, outcome in found if outcome == one]
        if len(found) > _MOST_NAMES:
            parts.append(f"{one} on {len(names)} of {count(len(found), 'dataset')}")
        else:
            parts.append(f"{one} on {joined(names)}")
    return "; ".join(parts)
