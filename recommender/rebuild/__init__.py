"""The nightly build and its report."""

from recommender.rebuild.build import REJECTED_FILE, REPORT_FILE, Outcome, rebuild
from recommender.rebuild.report import Progress, Report, Silent

__all__ = ["REJECTED_FILE", "REPORT_FILE", "Outcome", "Progress", "Report", "Silent", "rebuild"]
