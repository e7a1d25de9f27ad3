"""What a measurement was made on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from recommender import files

_PACKAGES = ("faiss-cpu", "numpy", "scipy", "sentence-transformers", "sparse-dot-topn", "torch")


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, system, Python and the packages that do the work."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": cores,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }


def record(path: Path, figures: Mapping[str, Any]) -> None:
    """Write figures with the machine that they were measured on. Raises StorageError."""
    content = {"machine": machine(), **figures}
    files.replace_file(path, (json.dumps(content, indent=1) + "\n").encode())
