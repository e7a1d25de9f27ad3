"""All pairs of vectors: the hundred nearest of each, against FAISS, a bare product and scikit-learn."""

from __future__ import annotations

from recommender.benchmark.figures import Figure, Line, Part, ratio
from recommender.benchmark.material import Material
from recommender.benchmark.neighbours import neighbours as all_pairs_and_peers
from recommender.benchmark.timing import cpu_of, interleaved, seconds_of
from recommender.candidates import DEPTH
from recommender.dense import Vectors, all_pairs_apart

_ASKED_OF_FAISS = 1.5
_ASKED_OF_PRODUCT = 0.7
# Where OpenBLAS picks the right kernels by itself, FAISS has them too.
_ASKED_OF_FAISS_AS_PICKED = 1.0
_ASKED_AT = 20_000
# scikit-learn is slow enough at so many.
_MOST_FOR_SKLEARN = 5_000


def neighbours(material: Material) -> Part:
    """Seconds to the hundred nearest of every row among all rows; of the bare product that this takes where
    nothing is left out, by the kernels that ours has; and of scikit-learn on fewer."""
    unit = material.unit(material.sizes.vectors)
    n, dim = unit.shape
    few = unit[: min(n, _MOST_FOR_SKLEARN)]
    found = all_pairs_and_peers(unit, k=DEPTH, runs=material.runs)
    taken = interleaved(
        {"ours": lambda: all_pairs_apart(few, DEPTH), "sklearn": lambda: _sklearn(few)}, material.runs
    )
    ours = Figure(f"ours, {n:,} x {dim}", "s", found.ours)
    faiss = Figure("FAISS IndexFlatIP as it comes", "s", found.faiss)
    kernels = found.override or found.core or "kernels as picked"
    product = Figure(f"bare float32 product, {kernels}", "s", found.product)
    cpu = [
        Figure(one.what, "CPU s", values)
        for one, values in ((ours, found.ours_cpu), (faiss, found.faiss_cpu), (product, found.product_cpu))
    ]
    ours_few = seconds_of(f"ours, {len(few):,}", taken["ours"])
    sklearn = seconds_of(f"scikit-learn NearestNeighbors, {len(few):,}", taken["sklearn"])
    cpu += [cpu_of(ours_few.what, taken["ours"]), cpu_of(sklearn.what, taken["sklearn"])]
    of_faiss = ratio("all-pairs top-100, speed over FAISS", faiss, ours)
    of_product = ratio(f"all-pairs top-100, speed over a {product.what}", product, ours)
    asked = _ASKED_OF_FAISS if found.override else _ASKED_OF_FAISS_AS_PICKED
    elsewhere = "" if n == _ASKED_AT else f"{_ASKED_AT:,} vectors"
    return Part(
        "neighbours",
        (
            *(ours, faiss, product, ours_few, sklearn, *cpu, of_faiss, of_product),
            ratio("speed over scikit-learn", sklearn, ours_few),
        ),
        (
            Line(of_faiss, asked, elsewhere=elsewhere),
            Line(of_product, _ASKED_OF_PRODUCT, elsewhere=elsewhere),
        ),
        ("vectors are recombined ones", *found.notes),
    )


def _sklearn(unit: Vectors) -> None:
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=min(DEPTH + 1, len(unit)), algorithm="brute", metric="cosine")
    found.fit(unit).kneighbors(unit)
