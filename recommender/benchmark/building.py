"""One rebuild with vectors at hand, in a process of its own: ``python -m recommender.benchmark.building``.

The last line that it prints is the build report, with the processor seconds of it all.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np

from recommender.benchmark.recombined import Recalled
from recommender.benchmark.timing import kilobytes
from recommender.encoder import load_encoder
from recommender.rebuild import rebuild
from recommender.settings import load


def main(argv: list[str]) -> int:
    """Rebuild index ``argv[0]`` from articles ``argv[1]`` with the vectors in directory ``argv[2]``, at the
    time ``argv[3]``."""
    index, source, vectors, now = argv
    settings = load({"index": Path(index)}, environ={})
    digests, rows = (np.load(Path(vectors) / f"{name}.npy", mmap_mode="r") for name in ("digests", "vectors"))
    encoder = Recalled(load_encoder(settings.encoder, backend=settings.encoder_backend), digests, rows)
    started, cpu = time.perf_counter(), _cpu()
    outcome = rebuild([source], settings, now=datetime.fromisoformat(now), encoder=encoder)
    peak = 1024 * kilobytes(os.getpid(), "VmHWM")
    taken = {"rebuild_seconds": time.perf_counter() - started, "rebuild_cpu": _cpu() - cpu}
    sys.stdout.write(json.dumps({**outcome.report.as_json(), **taken, "own_peak_bytes": peak}) + "\n")
    return 0


def _cpu() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
