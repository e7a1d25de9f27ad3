"""Related stories for newsrooms: lists rebuilt by what each article is about.

>>> import recommender
>>> recommender.open("index").similar("an-article-id", limit=10)  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.recommend import Recommender

__all__ = ["open"]


def open(index_dir: str | Path) -> Recommender:
    """The recommender over the current snapshot of an index directory, with the overlay in force.

    Raises SnapshotNotFound, CorruptSnapshot, BadRules.
    """
    # Imported here, so that `import recommender` alone stays free of numpy.
    from recommender import overlay
    from recommender.recommend import Recommender
    from recommender.store import Store

    directory = Path(index_dir)
    return Recommender(Store(directory).open_current(), overlay.read(directory))
