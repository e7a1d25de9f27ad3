"""Stand-ins that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.article import Article

AXES = ("storm", "court", "vote", "rocket", "goal", "market")


class FakeEncoder:
    """Counts the words of `AXES` and scales to unit length; the last axis stands for "none of them".

    "storm storm court" is (2, 1, 0, 0, 0, 0, 0) / sqrt(5); a text without any of the words is
    (0, 0, 0, 0, 0, 0, 1). ``encoded`` keeps every text that was asked for.
    """

    def __init__(self, fingerprint: str = "fake:1") -> None:
        self.name = "fake"
        self.weights_sha256 = "0" * 64
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], advance: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), len(AXES) + 1), dtype=np.float32)
        for row, text in enumerate(texts):
            words = text.casefold().split()
            vectors[row, : len(AXES)] = [words.count(axis) for axis in AXES]
            if not vectors[row].any():
                vectors[row, -1] = 1
        self.encoded += texts
        if advance is not None:
            advance(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def make_article(article_id: str, words: str = "", **fields: Any) -> Article:
    """An article whose title is its id in words and whose text is ``words``."""
    title = fields.pop("title", f"About {article_id}")
    return Article(id=article_id, title=title, text=words, **fields)
