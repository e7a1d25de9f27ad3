"""The nightly build, its report, and what the default lists of a snapshot are like."""

from recommender.rebuild.build import Outcome, Refused, publish_corpus, rebuild
from recommender.rebuild.job import REPORT_FILE
from recommender.rebuild.measuring import measures_of
from recommender.rebuild.reading import REJECTED_FILE
from recommender.rebuild.report import Progress, Report, Silent

__all__ = [
    "REJECTED_FILE",
    "REPORT_FILE",
    "Outcome",
    "Progress",
    "Refused",
    "Report",
    "Silent",
    "measures_of",
    "publish_corpus",
    "rebuild",
]
