"""Offline evaluation: ground truth, systems, measures with intervals, and the report."""

from recommender.evaluation.comparison import Change, Comparison, DatasetChange, Moved, compare
from recommender.evaluation.document.judged import RankedDataset
from recommender.evaluation.document.pairs import PairDataset
from recommender.evaluation.document.whole import Document
from recommender.evaluation.judgements import Anchor, Collection, Pairs, Qrels
from recommender.evaluation.made import Plan
from recommender.evaluation.run import Run
from recommender.evaluation.workflow import Request, check_extra, evaluate, write

__all__ = [
    "Anchor",
    "Change",
    "Collection",
    "Comparison",
    "DatasetChange",
    "Document",
    "Moved",
    "PairDataset",
    "Pairs",
    "Plan",
    "Qrels",
    "RankedDataset",
    "Request",
    "Run",
    "check_extra",
    "compare",
    "evaluate",
    "write",
]
