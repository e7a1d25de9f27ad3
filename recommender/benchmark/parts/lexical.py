"""Words to neighbours: the hundred nearest of each article by its terms, against bm25s and scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.article import Article
from recommender.benchmark.figures import Figure, Part, ratio
from recommender.benchmark.material import Material
from recommender.benchmark.timing import cpu_of, interleaved, seconds_of
from recommender.candidates import DEPTH
from recommender.lexical import bags_of, by_weight, unit_rows
from recommender.nearest import Postings

_RAREST = 2
_MOST_COMMON = 0.1


def lexical(material: Material) -> Part:
    """Seconds from texts to the hundred nearest of every article, the article as the query."""
    articles = material.articles(material.sizes.words)
    names = {
        "ours": f"ours, {len(articles):,} articles",
        "sklearn": "scikit-learn, TfidfVectorizer and NearestNeighbors",
        "bm25s": "bm25s, the full article as query",
    }
    taken = interleaved(
        {
            "ours": lambda: _ours(articles),
            "sklearn": lambda: _sklearn(articles),
            "bm25s": lambda: _bm25s(articles),
        },
        material.runs,
    )
    seconds = {name: seconds_of(what, taken[name]) for name, what in names.items()}
    ratios = (
        ratio("speed over scikit-learn", seconds["sklearn"], seconds["ours"]),
        ratio("speed over bm25s", seconds["bm25s"], seconds["ours"]),
    )
    cpu: list[Figure] = [cpu_of(what, taken[name]) for name, what in names.items()]
    notes = (
        "ours and scikit-learn compare words and pairs of words, without those of one article or of more "
        "than a tenth of all; bm25s compares words, as it comes",
    )
    return Part("lexical", (*seconds.values(), *cpu, *ratios), notes=notes)


def _ours(articles: Sequence[Article]) -> None:
    bags = bags_of(articles)
    terms, places, counts = np.unique(bags.terms, return_inverse=True, return_counts=True)
    n = len(bags)
    idf = np.where((counts >= _RAREST) & (counts <= _MOST_COMMON * n), np.log(n / counts), 0.0)
    weights = (1 + np.log(bags.counts.astype(np.float64))) * idf[places]
    table = unit_rows(bags.term_offsets, places.astype(np.int64), weights, len(terms))
    Postings(table, np.arange(n), by_weight(table, np.arange(n))).nearest(None, DEPTH)


def _sklearn(articles: Sequence[Article]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    vectoriser = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), min_df=_RAREST, max_df=_MOST_COMMON, dtype=np.float32
    )
    rows = vectoriser.fit_transform(_texts(articles))
    found = NearestNeighbors(n_neighbors=min(DEPTH + 1, len(articles)), algorithm="brute", metric="cosine")
    found.fit(rows).kneighbors(rows)


def _bm25s(articles: Sequence[Article]) -> None:
    import bm25s

    tokens = bm25s.tokenize(_texts(articles), show_progress=False)
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    index.retrieve(tokens, k=min(DEPTH + 1, len(articles)), show_progress=False)


def _texts(articles: Sequence[Article]) -> list[str]:
    return [f"{one.title}\n{one.text}" for one in articles]
