"""Agreement with people: the verdict on graded pairs, in words and on the first screen."""

from __future__ import annotations

import pytest

from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.names import THIS
from recommender.evaluation.document.pairs import Correlation
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report.agreement import agreement_in_words, agreements
from recommender.evaluation.report.html import render_html
from recommender.evaluation.report.outcomes import Outcome
from recommender.evaluation.report.sentences import headline, headline_sentences
from recommender.evaluation.report.verdict import verdicts
from tests.evaluation.documents import full
from tests.evaluation.report.pages import Tree

pytest.importorskip("matplotlib", reason="the extra eval is not installed")


def correlated(system: str, level: float, less: Difference | None = None) -> Correlation:
    """A system whose Spearman is ``level`` and whose Pearson is 0.1 above."""

    def estimate(mean: float) -> Estimate:
        return Estimate(mean=mean, low=mean - 0.1, high=mean + 0.1)

    return Correlation(
        system=system,
        pairs=40,
        pearson=estimate(level + 0.1),
        spearman=estimate(level),
        kendall=estimate(level / 2),
        less_this={} if less is None else {"spearman": less},
    )


def graded(*systems: Correlation) -> Document:
    """A report of one dataset of graded pairs alone."""
    document = full()
    return document.model_copy(
        update={"datasets": (), "pairs": (document.pairs[0].model_copy(update={"systems": systems}),)}
    )


def against(mean: float, p_holm: float, low: float | None = -0.2) -> Document:
    less = Difference(mean=mean, low=low, high=None if low is None else 0.2, p=p_holm / 2, p_holm=p_holm)
    return graded(
        correlated(THIS, 0.5),
        correlated("minilm", 0.5 + mean, less),
        correlated("bm25", 0.1, Difference(mean=-0.4, low=-0.5, high=-0.3, p=0.001, p_holm=0.001)),
    )


@pytest.mark.parametrize(
    ("document", "outcome", "said"),
    [
        (
            against(-0.021, 0.0004),
            Outcome.BETTER,
            "has 0.479 (Pearson 0.579): this project is better by 0.021 (−0.200 to +0.200, p < 0.001).",
        ),
        (
            against(0.03, 0.049),
            Outcome.WORSE,
            "has 0.530 (Pearson 0.630): this project is worse by 0.030 (−0.200 to +0.200, p = 0.049).",
        ),
        (
            against(0.03, 0.05),
            Outcome.UNDECIDED,
            "has 0.530 (Pearson 0.630): no difference is shown (−0.030, −0.200 to +0.200, p = 0.050).",
        ),
        (
            against(0.03, 0.001, low=None),
            Outcome.UNKNOWN,
            "has 0.530 (Pearson 0.630): −0.030, from which nothing follows: too few pairs.",
        ),
    ],
)
def test_the_outcome_goes_by_corrected_p_and_sign(document, outcome, said):
    (found,) = agreements(document)
    assert found.outcome is outcome
    words = agreement_in_words(found).replace("\N{NO-BREAK SPACE}", " ")
    assert words == (
        "This project's scores (fitted without lee) correlate 0.500 with people's grades (Spearman, 0.400 "
        f"to 0.600; Pearson 0.600). The best other system, MiniLM, title + lead, plain cosine, {said}"
    )
    assert headline((), [found]) == (
        "Whether the lists are better cannot be said: no list was judged. In agreement with people's grades, "
        f"against the best other system: {outcome} on lee."
    )
    assert f"lee: {agreement_in_words(found)}" in headline_sentences(document)
    text = " ".join(Tree(render_html(document).decode()).text.split())
    sign = {Outcome.BETTER: "▲", Outcome.WORSE: "▼", Outcome.UNDECIDED: "=", Outcome.UNKNOWN: "?"}[outcome]
    first = text[: text.index("How to read this")]
    assert f"{sign} {outcome} in Spearman" in first
    assert "this project 0.600 MiniLM, title + lead, plain cosine" in first
    assert "published: people among themselves 0.605" in first


def test_an_old_report_without_differences_cannot_tell():
    (found,) = agreements(graded(correlated(THIS, 0.5), correlated("minilm", 0.4)))
    assert found.outcome is Outcome.UNKNOWN
    assert agreement_in_words(found).endswith("has 0.400 (Pearson 0.500).")


@pytest.mark.parametrize(
    ("systems", "said"),
    [
        ((correlated(THIS, 0.5),), "Pearson 0.600). No other system scores these pairs."),
        (
            (correlated("bm25", 0.2),),
            "This project has no scores for these pairs. The best other system, BM25, full article as query, "
            "has 0.200 (Pearson 0.300).",
        ),
        ((), "This project has no scores for these pairs. Nor has any other."),
    ],
)
def test_where_there_is_nothing_to_compare(systems, said):
    document = graded(*systems)
    (found,) = agreements(document)
    assert found.outcome is Outcome.UNKNOWN
    assert agreement_in_words(found).endswith(said)
    assert said in " ".join(Tree(render_html(document).decode()).text.split())


def test_lists_and_agreement_in_one_line():
    document = full()
    found = headline(verdicts(document), agreements(document))
    assert found.endswith(
        "In agreement with people's grades, against the best other system: no difference shown on lee; "
        "cannot be said on semeval22 (no figures)."
    )
    assert found == headline_sentences(document)[0]
