"""An article cut to what a teaser of it would say."""

from __future__ import annotations

import re
from dataclasses import replace

from recommender.article import Article

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# A first sentence shorter than this is followed by the second one.
_SHORT = 12
_LONGEST = 45


def shortened(article: Article) -> Article:
    """The same article with its first sentence, or the first two where that is short; at most 45 words."""
    sentences = _SENTENCE_END.split(article.text.strip(), maxsplit=2)
    kept = " ".join(sentences[:2]) if len(sentences[0].split()) < _SHORT else sentences[0]
    return replace(article, text=" ".join(kept.split()[:_LONGEST]), teaser=True)
