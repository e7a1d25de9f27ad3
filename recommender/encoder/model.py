"""A sentence-transformers model, loaded and computed in one arithmetic.

What takes nearly all of the time, a transformer's layers, is computed in the arithmetic asked for; pooling,
further layers and the length of a vector are always fp32.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.encoder import openvino_layers, torch_layers
from recommender.encoder.arithmetic import TORCH_FP32

# What the tokenizers of plain text encoders give.
_COLUMNS = {"input_ids", "token_type_ids", "attention_mask"}

# Tensors of a batch to what the transformer makes of its tokens, (texts, tokens, dim) float32.
Layers = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Texts in tokens: ``columns`` are what the tokenizer gave, a list a text; ``lengths`` ``(n,) int64``
    count them."""

    columns: Mapping[str, list[Any]]
    lengths: NDArray[np.int64]


class Model(Protocol):
    """A loaded model. ``dim`` is the length of its vectors, ``longest`` the most tokens that it reads,
    ``workers`` in how many threads `vectors` may be called at once."""

    dim: int
    longest: int
    workers: int

    def tokens(self, texts: list[str]) -> Tokens:
        """The texts in tokens."""
        ...

    def vectors(self, tokens: Tokens, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors ``(len(rows), dim) float32`` of some of the texts, all of one length; unit rows."""
        ...


def load(directory: Path, arithmetic: str) -> Model:
    """The model in a directory. Raises ValueError where it cannot be computed in this arithmetic, and
    whatever the library raises."""
    model = library(directory)
    if not _is_plain(model):
        if arithmetic != TORCH_FP32:
            raise ValueError(
                f"a model of this form is computed in {TORCH_FP32} alone, found the encoder backend "
                f"{arithmetic!r}"
            )
        return ByTheLibrary(model)
    if arithmetic.startswith("openvino"):
        workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return Plain(model, openvino_layers.layers(model[0].auto_model, arithmetic, workers), workers)
    return Plain(model, torch_layers.layers(model[0].auto_model, arithmetic))


def library(directory: Path) -> Any:
    """The library's own model in fp32 on the CPU. Raises whatever the library raises."""
    # Nothing is looked up over the network, also not by the libraries below this one.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    # The library draws a bar of its own for every file of weights.
    transformers_logging.disable_progress_bar()
    return SentenceTransformer(
        str(directory),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )


class Plain:
    """A transformer over the tokens of a text, then pooling: what nearly every model is."""

    def __init__(self, library: Any, layers: Layers, workers: int = 1) -> None:
        self.workers = workers
        self.dim: int = library.get_embedding_dimension()
        self.longest: int = library.max_seq_length
        self._tokenizer = library.tokenizer
        self._layers = layers
        self._rest = list(library)[1:]

    def tokens(self, texts: list[str]) -> Tokens:
        """See `Model.tokens`."""
        columns = self._tokenizer(texts, truncation="longest_first", max_length=self.longest)
        lengths = np.array([len(row) for row in columns["input_ids"]], dtype=np.int64)
        return Tokens(columns, lengths)

    def vectors(self, tokens: Tokens, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Model.vectors`."""
        import torch

        features: dict[str, Any] = {
            name: torch.tensor([column[row] for row in rows], dtype=torch.int64)
            for name, column in tokens.columns.items()
        }
        with torch.inference_mode():
            features["token_embeddings"] = self._layers(features)
            for module in self._rest:
                features = module(features)
            unit = torch.nn.functional.normalize(features["sentence_embedding"], dim=1)
        vectors: NDArray[np.float32] = unit.numpy()
        return vectors


class ByTheLibrary:
    """Any other model: all is left to the library, and a text's characters stand for its tokens."""

    def __init__(self, library: Any) -> None:
        self.dim: int = library.get_embedding_dimension()
        self.longest: int = 1
        self.workers = 1
        self._library = library

    def tokens(self, texts: list[str]) -> Tokens:
        """See `Model.tokens`."""
        return Tokens({"text": texts}, np.ones(len(texts), dtype=np.int64))

    def vectors(self, tokens: Tokens, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Model.vectors`."""
        texts = tokens.columns["text"]
        found: NDArray[np.float32] = self._library.encode(
            [texts[row] for row in rows],
            batch_size=len(rows),
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return found


def _is_plain(model: Any) -> bool:
    """Whether a model is a transformer over the tokens of bare text."""
    from sentence_transformers.models import Transformer

    first = model[0]
    tokenizer: Any = getattr(model, "tokenizer", None)
    return (
        type(first) is Transformer
        and tokenizer is not None
        and set(tokenizer.model_input_names) <= _COLUMNS
        and isinstance(model.max_seq_length, int)
        and model.default_prompt_name is None
        and not getattr(first, "do_lower_case", False)
    )
