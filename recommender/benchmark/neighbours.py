"""All pairs at once against FAISS as it comes, and against the bare product."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np

from recommender.dense import Vectors, all_pairs_apart, on_grid
from recommender.dense.kernels import core_in_use, settings_for_child

# A child that multiplies when told to, as many rows at a time as one block takes, and says how long it took.
_PRODUCT = """
import sys, time
import numpy as np
n, dim = int(sys.argv[1]), int(sys.argv[2])
vectors = np.random.default_rng(0).normal(size=(n, dim)).astype(np.float32)
others = vectors.copy()
block = np.empty((min(n, 4096), n), dtype=np.float32)
for line in sys.stdin:
    started, used = time.perf_counter(), time.process_time()
    for first in range(0, n, len(block)):
        some = vectors[first : first + len(block)]
        np.matmul(some, others.T, out=block[: len(some)])
    print(time.perf_counter() - started, time.process_time() - used, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Seconds of each round, measured in turn: ``ours``, ``faiss`` (IndexFlatIP, as it comes) and the bare
    ``product`` in single precision, under the kernels that ours runs under and all cores. CPU seconds of each
    beside them; those of our child are in ours. ``core`` is what OpenBLAS takes the processor for."""

    n: int
    dim: int
    k: int
    core: str | None
    override: str | None
    ours: tuple[float, ...]
    faiss: tuple[float, ...]
    product: tuple[float, ...]
    ours_cpu: tuple[float, ...]
    faiss_cpu: tuple[float, ...]
    product_cpu: tuple[float, ...]
    notes: tuple[str, ...]


def neighbours(unit: Vectors, *, k: int = 100, runs: int = 5) -> Neighbours:
    """Time the ``k`` nearest of every row of ``unit`` ``(n, dim) float32`` ``runs`` times each, in turn."""
    import faiss

    n, dim = unit.shape
    environ = settings_for_child(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        environ.pop(name, None)
    taken: dict[str, list[tuple[float, float]]] = {"ours": [], "faiss": [], "product": []}
    notes = []
    with subprocess.Popen(
        [sys.executable, "-c", _PRODUCT, str(n), str(dim)],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child process has no pipes")
        for _ in range(runs):
            started, used = time.perf_counter(), _cpu()
            found = all_pairs_apart(unit, k)
            taken["ours"].append((time.perf_counter() - started, _cpu() - used))
            notes.append(found.note)
            started, used = time.perf_counter(), _cpu()
            index = faiss.IndexFlatIP(dim)
            index.add(unit)
            index.search(unit, k)
            taken["faiss"].append((time.perf_counter() - started, _cpu() - used))
            child.stdin.write("\n")
            child.stdin.flush()
            wall, cpu = child.stdout.readline().split()
            taken["product"].append((float(wall), float(cpu)))
        child.stdin.close()
    seconds = {name: tuple(wall for wall, _ in rounds) for name, rounds in taken.items()}
    cpus = {f"{name}_cpu": tuple(cpu for _, cpu in rounds) for name, rounds in taken.items()}
    override = environ.get("OPENBLAS_CORETYPE")
    return Neighbours(n, dim, k, core_in_use(), override, **seconds, **cpus, notes=tuple(filter(None, notes)))


def doubled(unit: Vectors, *, seed: int) -> Vectors:
    """Twice as many rows: those of ``unit`` ``(n, dim)``, and the same turned about, which are as near to
    each other and far from the first."""
    dim = unit.shape[1]
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]
    return on_grid(np.concatenate([unit, unit @ turn]))


def _cpu() -> float:
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system
