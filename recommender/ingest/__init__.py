"""Any source -> `Article`, or `Rejection` with file and line: JSONL, CSV, Parquet, HTML, feeds, page text.

`read_sources` streams articles in reading order; what a reading left out, and why, is in its `Tally`.
The libraries that a format needs are imported when the first file of that format is read.
"""

from recommender.ingest.reading import Rejection, Tally
from recommender.ingest.sources import read_sources

__all__ = ["Rejection", "Tally", "read_sources"]
