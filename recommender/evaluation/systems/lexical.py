"""Systems that compare words, over title and full text: BM25 and TF-IDF, each by the library of its name.

Both give sparse tables of weights, and a block of scores is one product of two of them. A score adds up in
the order of the words alone, so that it is the same whatever else is asked, and two copies tie.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import Corpus
from recommender.evaluation.systems.base import NotApplicable, Rows, ScoredSystem, Scores

# Both libraries call two or more letters or digits a word, and lower them.
_WORD = re.compile(r"\w\w")


class Bm25(ScoredSystem):
    """BM25 with the full article as query, each word as often as it stands there.

    The library's defaults (Lucene's form, k1 = 1.5, b = 0.75, no stemming) with the longer of its English
    stop lists, since a baseline should be as good as its reader could make it: on the packaged sample
    nDCG@10 x 100 is 72.7 with it, 67.8 with the shorter one, 65.0 with none (`make evaluate` with each). An
    article without a common word scores 0.
    """

    name = "bm25"
    label = "BM25, full article as query"

    def prepare(self, corpus: Corpus) -> Scores:
        """See `ScoredSystem.prepare`."""
        import bm25s
        from scipy import sparse

        tokens = bm25s.tokenize(_texts(corpus), stopwords="en_plus", show_progress=False)
        if not tokens.vocab:
            raise NotApplicable("no article holds a word that is not a stop word")
        # In double precision: the sums are of hundreds of words.
        index = bm25s.BM25(dtype="float64")
        index.index(tokens, show_progress=False)
        # The library's own weight of each word in each article. Its own search adds them up word by word,
        # three times slower than this product and to the same scores.
        table = (index.scores["data"], index.scores["indices"], index.scores["indptr"])
        weights = sparse.csr_array(table, shape=(len(table[2]) - 1, len(corpus)))

        def scores(rows: Rows) -> NDArray[np.float64]:
            queries = [tokens.ids[row] for row in rows.tolist()]
            words = np.array([word for query in queries for word in query], dtype=np.int64)
            ends = np.cumsum([0, *(len(query) for query in queries)])
            asked = sparse.csr_array((np.ones(len(words)), words, ends), shape=(len(rows), weights.shape[0]))
            asked.sum_duplicates()
            block: NDArray[np.float64] = (asked @ weights).toarray()
            return block

        return scores


class TfIdf(ScoredSystem):
    """Cosine of TF-IDF vectors: unigrams, 1 + ln(tf), scikit-learn's smoothed idf, no stop words."""

    name = "tfidf"
    label = "TF-IDF cosine, full text"
    longest = 1  # words that count as one term at the most

    def prepare(self, corpus: Corpus) -> Scores:
        """See `ScoredSystem.prepare`."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = _texts(corpus)
        if not any(map(_WORD.search, texts)):
            raise NotApplicable("no article holds a word")
        vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, self.longest))
        articles = vectorizer.fit_transform(texts)
        words = articles.T.tocsr()

        def scores(rows: Rows) -> NDArray[np.float64]:
            block: NDArray[np.float64] = (articles[rows] @ words).toarray()
            return block

        return scores


class TfIdfBigrams(TfIdf):
    """The same with pairs of words that stand beside each other as further terms. Making it takes 1.3 GB for
    12,552 articles, which have 2.4 million terms."""

    name = "tfidf-bigrams"
    label = "TF-IDF cosine, full text, words and pairs of words"
    longest = 2


def _texts(corpus: Corpus) -> list[str]:
    return [f"{article.title}\n{article.text}" for article in corpus.articles]
