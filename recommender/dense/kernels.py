"""Which kernels numpy multiplies with, and which variables make a child process multiply better.

OpenBLAS picks kernels by the processor's model, and on a model that it does not know it may leave AVX-512
unused. A variable overrides that, for a whole process and on the user's risk: so it is set for a child
process alone, and only where the processor says that it has what these kernels need.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path

# What OpenBLAS's SkylakeX kernels are compiled for.
_NEEDED = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
_WIDE = {"skylakex", "cooperlake", "sapphirerapids"}
_SYMBOLS = (
    "scipy_openblas_get_corename64_",
    "scipy_openblas_get_corename",
    "openblas_get_corename64_",
    "openblas_get_corename",
)


def settings_for_child(
    environ: Mapping[str, str], *, cpuinfo: Path = Path("/proc/cpuinfo"), core: str | None = None
) -> dict[str, str]:
    """The environment of a child that multiplies blocks, a thread for each: one BLAS thread, and SkylakeX
    kernels where the processor has AVX-512 and OpenBLAS, asked for its ``core``, uses less. A core that was
    chosen by the user stays."""
    found = {**environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    core = core or core_in_use()
    narrow = core is not None and core.lower() not in _WIDE and "OPENBLAS_CORETYPE" not in environ
    if narrow and flags_of(cpuinfo) >= _NEEDED:
        found["OPENBLAS_CORETYPE"] = "SKYLAKEX"
    return found


def flags_of(cpuinfo: Path) -> set[str]:
    """What the processor can do by Linux's account; nothing where there is none."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    each = [set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")]
    return set.intersection(*each) if each else set()


def core_in_use() -> str | None:
    """The core that numpy's OpenBLAS takes this processor for; ``None`` where numpy multiplies otherwise, or
    where it cannot be told."""
    for library in _libraries():
        try:
            loaded = ctypes.CDLL(library, mode=os.RTLD_NOLOAD | os.RTLD_LAZY)
        except OSError:
            continue
        for symbol in _SYMBOLS:
            ask = getattr(loaded, symbol, None)
            if ask is not None:
                ask.restype = ctypes.c_char_p
                name = ask()
                return name.decode() if name else None
    return None


def _libraries() -> list[str]:
    """The OpenBLAS libraries of this process, numpy's own first."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    paths = {line.split(maxsplit=5)[5] for line in lines if "openblas" in line.rpartition("/")[2]}
    return sorted(paths, key=lambda path: ("numpy" not in path, path))
