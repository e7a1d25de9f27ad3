"""The report as one page: nothing is fetched, nothing runs, and the same document gives the same bytes."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from recommender.evaluation.calibration import COUNTED_FROM
from recommender.evaluation.document.names import ALL_SETS, HEADLINE, SOURCE, THIS
from recommender.evaluation.document.whole import Document
from recommender.evaluation.report import agreement, audit, numbers, reliability, sentences, unlabelled
from recommender.evaluation.report.pairs import pairs_views
from recommender.evaluation.report.text import clean, shortened
from recommender.evaluation.report.verdict import verdicts
from recommender.evaluation.report.views import dataset_views, made_facts
from recommender.phrases import count, whole_floor

_PACKAGE = "recommender.evaluation.report"


def render_html(document: Document) -> bytes:
    """The page. Text from outside is escaped; control characters in it become U+FFFD."""
    style = resources.files(_PACKAGE).joinpath("templates/report.css").read_text(encoding="utf-8")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    found = verdicts(document)
    labels = {system.name: system.label for system in document.systems}
    page = (
        _environment()
        .get_template("report.html")
        .render(
            agreement=agreement,
            ALL_SETS=ALL_SETS,
            audit=document.audit and _audit(document.audit),
            calibrations=list(reliability.shared_views(document)),
            counted_from=COUNTED_FROM,
            datasets=list(dataset_views(document, found)),
            document=document,
            headline=sentences.headline(found, agreement.agreements(document)),
            HEADLINE=HEADLINE,
            lists=_lists(document, labels),
            made=made_facts(document.made),
            numbers=numbers,
            pairs=list(pairs_views(document)),
            sentences=sentences,
            SOURCE=SOURCE,
            style=Markup(style),
            summary=reliability.summary_table(document),
            style_digest=digest,
            THIS=THIS,
        )
    )
    return page.encode()


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    made.filters["shortened"] = shortened
    made.globals.update(count=count, whole_floor=whole_floor)
    return made


def _lists(document: Document, labels: dict[str, str]) -> dict[str, Any]:
    lists = document.lists
    plots = [unlabelled.length_plot(lists, labels), unlabelled.age_plot(lists, labels)]
    return {
        "leading": unlabelled.leading_table(lists, labels),
        "full": unlabelled.full_table(lists, labels),
        "plots": [plot for plot in plots if plot is not None],
        "most": [
            (labels.get(one.system, one.system), found)
            for one in lists
            if (found := unlabelled.most_recommended(one))
        ],
    }


def _audit(totals: Any) -> dict[str, Any]:
    return {
        "facts": audit.facts(totals.totals),
        "reasons": audit.reasons_table(totals.totals),
        "below_floor": audit.below_floor_table(totals.totals),
        "examples": audit.examples(totals),
    }
