"""The report: one document as HTML, JSON and Markdown, and its verdict in words."""

from recommender.evaluation.report.html import render_html
from recommender.evaluation.report.json import decode, encode
from recommender.evaluation.report.markdown import render_markdown
from recommender.evaluation.report.sentences import headline_sentences

__all__ = ["decode", "encode", "headline_sentences", "render_html", "render_markdown"]
