"""Ground truth: readers of what people judged, and the collections made of them."""

from recommender.evaluation.truth.catalogue import NAMES, from_corpus_and_qrels, named, sample
from recommender.evaluation.truth.folder import from_folder
from recommender.evaluation.truth.lee_set import lee
from recommender.evaluation.truth.run_file import read_run

__all__ = ["NAMES", "from_corpus_and_qrels", "from_folder", "lee", "named", "read_run", "sample"]
