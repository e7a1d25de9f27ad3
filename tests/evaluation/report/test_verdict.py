"""The verdict at its edges: better, worse, not shown, too little, nothing there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.names import OFF_TOPIC, SOURCE, THIS
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report.outcomes import Footing, Outcome, outcome_of
from recommender.evaluation.report.sentences import headline, headline_sentences, how_few, sentences
from recommender.evaluation.report.verdict import verdicts
from tests.evaluation.documents import full, minimal

BEST = "tfidf"


def difference(mean, p_holm, low=-1.0, high=1.0):
    return Difference(mean=mean, low=low, high=high, p=p_holm / 2, p_holm=p_holm)


def spoken(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def with_only(document: Document, name: str, **changes) -> Document:
    """The document with one dataset alone, changed."""
    (kept,) = (one for one in document.datasets if one.name == name)
    return document.model_copy(update={"datasets": (kept.model_copy(update=changes),)})


def against(less: Difference, this: float = 0.8, *, queries: int = 50, groups: int | None = None) -> Document:
    """A dataset on which this project has ``this`` and the best other stands to it as ``less`` says."""
    document = with_only(full(), "ecbplus", answerable=queries, groups=groups or queries)
    (dataset,) = document.datasets
    chosen = []
    for one in dataset.systems:
        mean = this if one.system == THIS else this + less.mean if one.system == BEST else 0.01
        estimate = Estimate(mean=mean, low=mean - 0.05, high=mean + 0.05)
        if one.system == THIS or one.system == BEST:
            update = {"measures": {"nDCG@10": estimate}, "less_this": {"nDCG@10": less}}
            if one.system == THIS:
                update["less_this"] = {}
            chosen.append(one.model_copy(update=update))
    return document.model_copy(update={"datasets": (dataset.model_copy(update={"systems": tuple(chosen)}),)})


@pytest.mark.parametrize(
    ("less", "queries", "outcome"),
    [
        (difference(-0.05, 0.049), 50, Outcome.BETTER),
        (difference(0.05, 0.049), 50, Outcome.WORSE),
        (difference(-0.05, 0.05), 50, Outcome.UNDECIDED),
        (difference(0.05, 0.9), 50, Outcome.UNDECIDED),
        (difference(0.0, 0.001), 50, Outcome.UNDECIDED),
        (difference(-0.5, 0.001), 1, Outcome.UNKNOWN),
        (difference(-0.5, 0.001, low=None, high=None), 50, Outcome.UNKNOWN),
        (None, 50, Outcome.UNKNOWN),
    ],
)
def test_the_outcome_goes_by_corrected_p_and_sign(less, queries, outcome):
    assert outcome_of(less, Footing(queries, queries)) is outcome


@pytest.mark.parametrize(
    ("groups", "compared", "least", "outcome"),
    [
        (5, 1, 0.0625, Outcome.UNKNOWN),
        (6, 1, 0.03125, Outcome.BETTER),
        (6, 2, 0.0625, Outcome.UNKNOWN),
        (8, 7, 0.0546875, Outcome.UNKNOWN),
        (9, 7, 0.02734375, Outcome.BETTER),
        (2000, 7, 0.0, Outcome.BETTER),
        (0, 0, 1.0, Outcome.UNKNOWN),
    ],
)
def test_groups_that_could_have_shown_nothing_cannot_tell(groups, compared, least, outcome):
    rests_on = Footing(90, groups, compared)
    assert rests_on.least_p == least
    assert outcome_of(difference(-0.05, 0.01), rests_on) is outcome
    undecided = Outcome.UNKNOWN if outcome is Outcome.UNKNOWN else Outcome.UNDECIDED
    assert outcome_of(difference(-0.05, 0.6), rests_on) is undecided


def test_better_is_said_with_the_difference_turned_round():
    document = against(difference(-0.051, 0.004, -0.083, -0.02))
    (found,) = verdicts(document)
    assert found.outcome is Outcome.BETTER
    assert (found.best.difference, found.best.low, found.best.high) == (0.051, 0.02, 0.083)
    assert headline([found]) == "On ecbplus: better than the best other system."
    said = spoken(sentences(found)[0])
    assert said == (
        "This project (fitted without ecbplus) has nDCG@10 80.0 (75.0 to 85.0, 50 queries) ranked in full, "
        "without the floor; as served, with its floor, 57.9. The best other system, TF-IDF cosine, full "
        "text, has 74.9: this project is better by 5.1 points (+2.0 to +8.3, p = 0.004)."
    )


def test_worse_is_said_as_plainly():
    (found,) = verdicts(against(difference(0.034, 0.0001, 0.01, 0.05)))
    assert headline([found]) == "On ecbplus: worse than the best other system."
    said = spoken(sentences(found)[0])
    assert said.endswith("has 83.4: this project is worse by 3.4 points (−5.0 to −1.0, p < 0.001).")


def test_no_difference_shown_is_not_better():
    (found,) = verdicts(against(difference(-0.003, 0.61, -0.012, 0.006)))
    assert headline([found]) == "On ecbplus: no difference shown from the best other system."
    said = spoken(sentences(found)[0])
    assert said.endswith("no difference is shown (+0.3 points, −0.6 to +1.2, p = 0.610).")


def test_few_queries_are_said():
    (found,) = verdicts(against(difference(-0.05, 0.01), queries=9))
    assert found.few
    assert sentences(found)[0].endswith("That rests on few queries.")
    (found,) = verdicts(against(difference(-0.05, 0.01), queries=50, groups=9))
    assert found.few
    assert "50 queries in 9 groups" in sentences(found)[0]
    assert sentences(found)[0].endswith("That rests on few groups.")
    assert how_few(found) == "9 groups: few"
    (found,) = verdicts(against(difference(-0.05, 0.01), queries=10))
    assert not found.few
    assert how_few(found) == ""


def test_too_few_groups_cannot_tell_and_are_named():
    (found,) = verdicts(against(difference(-0.05, 0.9), queries=50, groups=5))
    assert found.outcome is Outcome.UNKNOWN
    assert sentences(found)[0].endswith("points, from which nothing follows: too few groups.")
    (found,) = verdicts(against(difference(-0.05, 0.9), queries=5))
    assert found.outcome is Outcome.UNKNOWN
    assert how_few(found) == "few"
    assert how_few(replace(found, unanswerable=3)) == "5 with a related article: few"
    assert sentences(found)[0].endswith("points, from which nothing follows: too few queries.")


def test_the_pages_of_few_groups_cannot_tell():
    (dataset,) = on_pages(FEWER, UP).datasets
    few = dataset.model_copy(update={"groups": 5, "unanswerable": 0})
    (found,) = verdicts(full().model_copy(update={"datasets": (few,)}))
    assert found.pages.ranking.outcome is found.pages.off_topic.outcome is Outcome.UNKNOWN
    lone = few.model_copy(update={"unanswerable": 30})  # over which off-topic is counted too
    (found,) = verdicts(full().model_copy(update={"datasets": (lone,)}))
    assert found.pages.ranking.outcome is Outcome.UNKNOWN
    assert found.pages.off_topic.outcome is Outcome.BETTER


def test_without_served_lists_in_an_old_report_none_are_told():
    document = against(difference(-0.05, 0.01))
    (found,) = verdicts(with_only(document, "ecbplus", with_floor={}))
    assert "without the floor. The best" in sentences(found)[0]


def test_one_query_cannot_tell():
    (found,) = verdicts(with_only(full(), "<em>one</em> | query"))
    assert found.outcome is Outcome.UNKNOWN
    assert found.few
    assert headline([found]) == "On <em>one</em> | query: too little to compare with other systems."
    assert sentences(found)[0].endswith("points, from which nothing follows: too few queries.")
    assert "(1 query)" in sentences(found)[0]


def test_no_answerable_query():
    (found,) = verdicts(with_only(full(), "nothing related"))
    assert found.this is None
    assert found.best is None
    assert (
        sentences(found)[0] == "No query has a related article, so that nothing can be ranked well or badly."
    )
    assert sentences(found)[2].startswith("Of the 4 queries to which nothing is related 60.0")


def test_no_datasets_at_all():
    document = minimal()
    assert verdicts(document) == ()
    assert headline_sentences(document) == (
        "Whether the lists are better cannot be said: no list was judged.",
        "This report holds no relevance judgements, no graded pairs, and measures of lists that need no "
        "labels.",
    )


def test_no_other_system_and_no_system_at_all():
    document = with_only(full(), "ecbplus")
    (dataset,) = document.datasets
    alone = [one for one in dataset.systems if one.system == THIS]
    (found,) = verdicts(with_only(document, "ecbplus", systems=tuple(alone)))
    assert sentences(found)[0].endswith("No other system was tried.")
    assert found.outcome is Outcome.UNKNOWN
    (found,) = verdicts(with_only(document, "ecbplus", systems=()))
    assert sentences(found)[0] == "This project was not tried."


def on_pages(off_topic: Difference | None, ranking: Difference | None) -> Document:
    """The sample with these differences to the pages' own lists."""
    document = with_only(full(), "sample")
    (dataset,) = document.datasets
    less = {name: one for name, one in ((OFF_TOPIC, off_topic), ("nDCG@10", ranking)) if one is not None}
    against = dataset.against_source.model_copy(update={"less_this": less})
    return with_only(document, "sample", against_source=against)


def test_the_pages_lists_are_compared_on_two_counts():
    document = with_only(full(), "sample")
    against = document.datasets[0].against_source
    (found,) = verdicts(document)
    assert (found.pages.queries, found.pages.answerable) == (41, 29)
    assert found.pages.off_topic.outcome is found.pages.ranking.outcome is Outcome.BETTER
    assert found.pages.off_topic.difference == -against.less_this[OFF_TOPIC].mean < 0
    assert found.pages.ranking.difference == -against.less_this["nDCG@10"].mean > 0
    said = spoken(sentences(found)[1])
    this, source = 100 * against.this[OFF_TOPIC].mean, 100 * against.source[OFF_TOPIC].mean
    assert said.startswith(
        f"On the 41 pages with a list of their own: on an average page off-topic@10 {this:.1f} against "
        f"{source:.1f}: this project is less off-topic by {source - this:.1f} points ("
    )
    assert (
        "; 164 items shown against 410, precision of all that is shown 81.7 % against 30.0 %; on the 29 with"
        in said
    )
    ranking, off_topic = (100 * against.without_floor[name].mean for name in ("nDCG@10", OFF_TOPIC))
    assert said.endswith(
        f"Without its floor it would have nDCG@10 {ranking:.1f} and off-topic@10 {off_topic:.1f}."
    )


FEWER, MORE, SAME = difference(0.4, 0.001), difference(-0.4, 0.001), difference(0.01, 0.6)
UP, DOWN = difference(-0.3, 0.001), difference(0.3, 0.001)


@pytest.mark.parametrize(
    ("off_topic", "ranking", "said"),
    [
        (FEWER, UP, "better than the pages' own lists"),
        (MORE, DOWN, "worse than the pages' own lists"),
        (SAME, SAME, "no difference shown from the pages' own lists"),
        (FEWER, DOWN, "against the pages' own lists less off-topic, but worse in nDCG@10"),
        (MORE, UP, "against the pages' own lists more off-topic, but better in nDCG@10"),
        (FEWER, SAME, "against the pages' own lists less off-topic, no difference shown in nDCG@10"),
        (
            SAME,
            DOWN,
            "against the pages' own lists no difference shown in what is off-topic, worse in nDCG@10",
        ),
        (FEWER, None, "better than the pages' own lists"),
        (None, DOWN, "worse than the pages' own lists"),
        (None, None, "too little to compare with the pages' own lists"),
    ],
)
def test_what_is_said_of_the_pages_lists(off_topic, ranking, said):
    (found,) = verdicts(on_pages(off_topic, ranking))
    assert headline([found]) == f"On sample: {said}; no difference shown from the best other system."


def test_mixed_outcomes_among_several_datasets():
    mixed = verdicts(on_pages(FEWER, DOWN)) * 2
    assert headline(mixed) == (
        "Against the pages' own lists: less off-topic, but worse in nDCG@10 on sample and sample. "
        "Against the best other system: no difference shown on sample and sample."
    )


def test_the_pages_lists_without_an_answerable_query():
    (found,) = verdicts(on_pages(FEWER, None))
    assert found.pages.ranking is None
    assert "on the 29" not in sentences(found)[1]
    assert sentences(found)[1].endswith("%.")


def test_source_not_applicable_is_said_with_its_reason():
    (found,) = verdicts(with_only(full(source=False), "sample"))
    assert found.pages is None
    assert sentences(found)[1] == "No comparison with the pages' own lists: no article has links."
    assert headline([found]).startswith("On sample: ")
    assert "pages" not in headline([found])


def test_source_without_a_page_among_the_queries_and_not_among_the_systems():
    document = full()
    (found,) = verdicts(with_only(document, "ecbplus"))
    assert found.why_no_pages == "no query's page prints a list of its own"
    others = tuple(one for one in document.systems if one.name != SOURCE)
    (found,) = verdicts(with_only(document.model_copy(update={"systems": others}), "ecbplus"))
    assert found.why_no_pages == "the pages' own lists were not among the systems"


def test_the_best_other_is_the_one_with_the_highest_mean_and_the_first_of_equals():
    found = verdicts(full())[1]
    assert found.best.system == BEST
    document = with_only(full(), "ecbplus")
    (dataset,) = document.datasets
    same = {"nDCG@10": Estimate(mean=0.5, low=0.4, high=0.6)}
    level = tuple(one.model_copy(update={"measures": same}) for one in dataset.systems)
    (found,) = verdicts(with_only(document, "ecbplus", systems=level))
    assert found.best.system == "random"


def test_queries_won_and_lost_are_counted():
    document = with_only(full(), "ecbplus")
    (dataset,) = document.datasets
    (found,) = verdicts(document)
    this = next(one for one in dataset.systems if one.system == THIS).per_query
    other = next(one for one in dataset.systems if one.system == BEST).per_query
    wins = sum(this[query]["nDCG@10"] > other[query]["nDCG@10"] for query in this)
    assert (found.best.wins, found.best.wins + found.best.ties + found.best.losses) == (wins, 140)


def test_several_datasets_in_one_line():
    document = full()
    assert headline(verdicts(document)) == (
        "Against the pages' own lists: better on sample. Against the best other system: worse on ecbplus; no "
        "difference shown on sample; cannot be said on <em>one</em> | query and nothing related."
    )
    many = document.model_copy(update={"datasets": document.datasets * 2})
    assert headline(verdicts(many)) == (
        "Against the pages' own lists: better on sample and sample. Against the best other system: worse on "
        "2 of 8 datasets; no difference shown on 2 of 8 datasets; cannot be said on 4 of 8 datasets."
    )
