"""Text to vectors: the packaged encoder against the same model in sentence-transformers as it comes."""

from __future__ import annotations

from recommender.benchmark.encoding import Encoded, Encodings, of_texts
from recommender.benchmark.figures import Figure, Line, Part
from recommender.benchmark.material import Material
from recommender.encoder import embedded_text

_USUAL = "SentenceTransformer.encode"
_ASKED_AGREEMENT = 0.99
# What the packaged set-up and the extra `fast` take by default, the first of each that the machine has; and
# how many times the usual speed is asked of it.
_ASKED = (
    ("packaged default", ("torch-cuda-bf16", "torch-bf16", "torch-fp32"), 2.2),
    ("with the extra `fast`", ("openvino-bf16", "openvino-fp32"), 3.5),
)


def encoding(material: Material) -> Part:
    """Every arithmetic of the encoder that this machine has: articles a second, and how far the ten nearest
    of every article stay what full precision makes them."""
    articles = material.room.source[: material.sizes.texts]
    found = of_texts([embedded_text(one.title, one.text) for one in articles], runs=material.runs)
    figures = [_rate(_USUAL, found, found.seconds)]
    lines = list[Line]()
    for one in found.backends:
        figures += [_rate(one.backend, found, one.seconds), *_speeds(one, found), *_agreement(one)]
    for what, names, asked in _ASKED:
        taken = next((one for name in names for one in found.backends if one.backend == name), None)
        if taken is not None:
            speed, _ = _speeds(taken, found)
            lines += [
                Line(Figure(f"{what}: {speed.what}", speed.unit, speed.values), asked),
                Line(_agreement(taken)[0], _ASKED_AGREEMENT),
            ]
    notes = [f"{found.texts:,} real articles of the source, title and lead"]
    notes += [f"{name} was left out: {why}" for name, why in found.missing.items()]
    return Part("encoding", tuple(figures), tuple(lines), tuple(notes))


def _rate(what: str, found: Encodings, seconds: tuple[float, ...]) -> Figure:
    return Figure(what, "articles/s", tuple(found.texts / one for one in seconds))


def _speeds(one: Encoded, found: Encodings) -> tuple[Figure, Figure]:
    return (
        Figure(f"{one.backend}, articles a second, of {_USUAL}'s", "x", found.ratios(one)),
        Figure(f"{one.backend}, articles a CPU second, of {_USUAL}'s", "x", found.cpu_ratios(one)),
    )


def _agreement(one: Encoded) -> tuple[Figure, Figure]:
    return (
        Figure(f"{one.backend}, top-10 agreement with fp32", "", (one.agreement.top,)),
        Figure(f"{one.backend}, least cosine to fp32", "", (one.agreement.least_cosine,)),
    )
