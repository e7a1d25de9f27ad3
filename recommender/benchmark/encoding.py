"""Encoding in each arithmetic that this machine has, against the library's own encode as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import assemble
from recommender.encoder import ARITHMETICS, DEFAULT_ENCODER, embedded_text, load_encoder
from recommender.errors import EncoderError
from recommender.ingest import Tally, read_sources

TEXTS = 1000
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far vectors keep the neighbours of others: ``top`` is the mean share of rows in common among the k
    nearest of each, 0 to 1; ``cosine`` and ``least_cosine`` are of the two vectors of a text, mean and
    least."""

    top: float
    cosine: float
    least_cosine: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """One arithmetic: wall-clock ``seconds`` and ``cpu_seconds`` of each run, and what came of it."""

    backend: str
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Encodings:
    """All of them over the same ``texts``, run in turn; ``seconds`` and ``cpu_seconds`` are those of
    `SentenceTransformer.encode` as it comes, ``missing`` says why an arithmetic was left out."""

    texts: int
    k: int
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]
    backends: tuple[Encoded, ...]
    missing: dict[str, str]

    def ratios(self, one: Encoded) -> tuple[float, ...]:
        """How many times as many texts a second as the library as it comes, a number a run."""
        return tuple(base / own for base, own in zip(self.seconds, one.seconds, strict=True))

    def cpu_ratios(self, one: Encoded) -> tuple[float, ...]:
        """The same by CPU seconds, which other work on the machine disturbs less."""
        return tuple(base / own for base, own in zip(self.cpu_seconds, one.cpu_seconds, strict=True))

    def as_json(self) -> dict[str, object]:
        """Medians, and the least and greatest of the runs."""
        return {
            "texts": self.texts,
            "k": self.k,
            "as_it_comes": {"seconds": _spread(self.seconds), "cpu_seconds": _spread(self.cpu_seconds)},
            "backends": {
                one.backend: {
                    "seconds": _spread(one.seconds),
                    "cpu_seconds": _spread(one.cpu_seconds),
                    "ratio": _spread(self.ratios(one)),
                    "cpu_ratio": _spread(self.cpu_ratios(one)),
                    "top_agreement": one.agreement.top,
                    "cosine": one.agreement.cosine,
                    "least_cosine": one.agreement.least_cosine,
                }
                for one in self.backends
            },
            "missing": self.missing,
        }


def encoding(
    source: str, *, texts: int = TEXTS, runs: int = 5, backends: Sequence[str] = ARITHMETICS, k: int = 10
) -> Encodings:
    """Time the packaged encoder over title and lead of the first articles of a source. Raises whatever
    reading and encoding raise."""
    articles = assemble(islice(read_sources([source], Tally()), texts)).articles
    return of_texts(
        [embedded_text(one.title, one.text) for one in articles], runs=runs, backends=backends, k=k
    )


def of_texts(
    texts: Sequence[str], *, runs: int = 5, backends: Sequence[str] = ARITHMETICS, k: int = 10
) -> Encodings:
    """Time the packaged encoder over ``texts``: in each round the library as it comes, then every one of
    ``backends`` that this machine has. Loading is not counted. Agreement is with the library's vectors."""
    usual = load_encoder(DEFAULT_ENCODER, backend="torch-fp32")
    work: dict[str, Callable[[], NDArray[np.float32]]] = {}
    missing = {}
    for name in backends:
        try:
            encoder = load_encoder(DEFAULT_ENCODER, backend=name)
        except EncoderError as error:
            missing[name] = str(error)
            continue
        encoder.encode(texts[:32])  # loaded, and the processor is awake
        work[name] = lambda encoder=encoder: encoder.encode(texts)  # type: ignore[misc]
    usual.encode_as_it_comes(texts[:32])
    base: list[tuple[float, float]] = []
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
    found: dict[str, NDArray[np.float32]] = {}
    reference = np.zeros((0, 0), dtype=np.float32)
    for _ in range(runs):
        reference, took = _timed(lambda: usual.encode_as_it_comes(texts))
        base.append(took)
        for name, run in work.items():
            found[name], took = _timed(run)
            times[name].append(took)
    return Encodings(
        texts=len(texts),
        k=k,
        seconds=tuple(wall for wall, _ in base),
        cpu_seconds=tuple(cpu for _, cpu in base),
        backends=tuple(
            Encoded(
                name,
                tuple(wall for wall, _ in times[name]),
                tuple(cpu for _, cpu in times[name]),
                agreement(found[name], reference, k),
            )
            for name in work
        ),
        missing=missing,
    )


def agreement(vectors: NDArray[np.float32], reference: NDArray[np.float32], k: int = 10) -> Agreement:
    """How far ``vectors`` keep the neighbours of ``reference``, both ``(n, dim)``, unit rows, of the same
    texts. Neighbours are by plain cosine among all n, the text itself apart; of equals the earlier row is
    nearer. Raises ValueError for fewer than two rows, or where the two are not of one shape."""
    if vectors.shape != reference.shape or len(vectors) < 2:
        raise ValueError(
            f"vectors {vectors.shape} and {reference.shape}: expected one shape, two rows or more"
        )
    depth = min(k, len(vectors) - 1)
    common = 0
    for start in range(0, len(vectors), _BLOCK):
        pair = (_nearest(one, start, depth) for one in (vectors, reference))
        common += sum(len({*own} & {*other}) for own, other in zip(*pair, strict=True))
    cosines = (vectors.astype(np.float64) * reference).sum(axis=1)
    return Agreement(common / (depth * len(vectors)), float(cosines.mean()), float(cosines.min()))


def _nearest(vectors: NDArray[np.float32], start: int, depth: int) -> list[list[int]]:
    """The rows nearest to each of a block of rows."""
    cosines = vectors[start : start + _BLOCK] @ vectors.T
    block = np.arange(len(cosines))
    cosines[block, start + block] = -np.inf
    nearest: list[list[int]] = np.argsort(-cosines, axis=1, kind="stable")[:, :depth].tolist()
    return nearest


def _timed(run: Callable[[], NDArray[np.float32]]) -> tuple[NDArray[np.float32], tuple[float, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    made = run()
    return made, (time.perf_counter() - wall, time.process_time() - cpu)


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "least": min(values), "greatest": max(values)}
