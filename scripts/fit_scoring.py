"""Fit the score: python scripts/fit_scoring.py LABELLED [SOURCE ...] --index DIR

LABELLED is a folder of labelled files, as `recommender evaluate --data-dir` reads it; what further sources
hold is set among them, unlabelled. Writes recommender/background/scoring.json: with the default encoder its
formula and the one without vectors, with another one its own, beside those that are there. DIR keeps the
vectors for the next time. The method: docs/fitting.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from recommender import files, fitting
from recommender.article import Article
from recommender.embedding import Embedding, embed
from recommender.encoder import DEFAULT_ENCODER, load_encoder
from recommender.evaluation.systems.vector_cache import VectorCache
from recommender.scoring import FORMULAS

TARGET = Path(__file__).parents[1] / "recommender" / FORMULAS


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, print what it is worth, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("sources", nargs="*", help="more unlabelled articles")
    parser.add_argument("--index", type=Path, required=True, help="a directory to keep vectors in")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args(argv)
    # As every machine can: what is fitted holds in every arithmetic.
    encoder = load_encoder(given.encoder, backend="torch-fp32")
    cache = VectorCache(given.index / f"fitting-{encoder.fingerprint.replace(':', '-')}.npz")

    def vectors(articles: Sequence[Article]) -> Embedding:
        known = cache.read()
        found, work = embed(articles, encoder, [known] if known else [])
        if work.embedded:
            cache.write(found)
        print(f"{work.embedded:,} texts encoded, {work.reused:,} vectors reused", flush=True)
        return found

    collection = fitting.collection_of(given.labelled, given.sources)
    material = fitting.gather_material(collection, vectors, seed=given.seed)
    forms = [fitting.WITH_VECTORS]
    if given.encoder == DEFAULT_ENCODER:
        forms.append(fitting.WITHOUT_VECTORS)
    models = fitting.fit_models(
        material, forms, seed=given.seed, advance=lambda _: print(".", end="", flush=True)
    )
    print()
    others = fitting.scores_of_others(material, models[0], encoder.name)
    fresh = []
    for model in models:
        measured = fitting.cross_fitted_calibration(material, model, others, encoder.name)
        print("\n".join(fitting.summary(material, model, measured)), flush=True)
        fresh.append(fitting.entry(material, model, measured, seed=given.seed, encoder=encoder.name))
    files.replace_file(given.out, fitting.written(fitting.read(given.out), fresh))
    return 0


if __name__ == "__main__":
    sys.exit(main())
