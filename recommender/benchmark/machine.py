"""What a measurement was made on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from recommender import files

_PACKAGES = (
    *("bm25s", "faiss-cpu", "fastapi", "numpy", "openvino", "scikit-learn", "scipy", "sentence-transformers"),
    *("sparse-dot-topn", "torch", "txtai", "uvicorn", "uvloop"),
)
# Those that decide which kernels do the work.
_FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")
_VARIABLES = ("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS")


def machine() -> dict[str, Any]:
    """Processor, its flags and the cores that may be used, system, Python, the packages that do the work,
    variables that change how, and the commit of the checkout, if it is one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor, flags = _processor()
    packages = dict[str, str]()
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            packages[name] = metadata.version(name)
    return {
        "processor": processor,
        "flags": [flag for flag in _FLAGS if flag in flags],
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": cores,
        "python": platform.python_version(),
        "packages": packages,
        "variables": {name: os.environ[name] for name in _VARIABLES if name in os.environ},
        "commit": _commit(),
    }


def record(path: Path, figures: Mapping[str, Any]) -> None:
    """Write figures with the machine that they were measured on. Raises StorageError."""
    content = {"machine": machine(), **figures}
    files.replace_file(path, (json.dumps(content, indent=1) + "\n").encode())


def _processor() -> tuple[str, set[str]]:
    """Model and flags, where Linux says them."""
    found = dict[str, str]()
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            found.setdefault(name.strip(), value.strip())
    return found.get("model name") or platform.processor() or platform.machine(), set(
        found.get("flags", "").split()
    )


def _commit() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
