"""All pairs wherever they are quickest: in this process, or in a child that may choose its kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender import files
from recommender.dense.hits import Hits, no_hits
from recommender.dense.kernels import settings_for_child
from recommender.dense.pairs import Advance, all_pairs, cores
from recommender.dense.vectors import Vectors, checked
from recommender.errors import StorageError

# With fewer rows a child's start is a large part of what it does; where the two cross was not measured.
APART_FROM = 12_000


@dataclass(frozen=True, slots=True)
class Found:
    """``hits`` of all rows. ``note`` says in words what was not as usual: why they were not found in a child
    where they should have been, or why not all of them; otherwise it is empty. ``recall`` is the share of the
    exact neighbours that was found."""

    hits: Hits
    note: str = ""
    recall: float = 1.0


def all_pairs_apart(
    unit: Vectors,
    k: int,
    *,
    directory: Path | None = None,
    advance: Advance | None = None,
    apart_from: int = APART_FROM,
) -> Found:
    """What `all_pairs` finds, from ``apart_from`` rows on in a child process, whose BLAS has one thread a
    block and kernels that this processor has. ``directory`` takes a scratch directory of 4 n dim + 12 n k
    bytes, by default the system's. A child that does not start or does not end well costs time alone."""
    unit = checked(unit, None)
    no_hits(0, k, len(unit))
    if len(unit) < apart_from:
        return Found(all_pairs(unit, k, advance=advance))
    progress = _Progress(advance)
    try:
        with files.scratch_directory(directory) as scratch:
            return Found(_by_child(unit, k, scratch, progress))
    except (OSError, StorageError, ValueError, _ChildFailed) as error:
        note = f"neighbours were found in the main process: {error}"
    return Found(all_pairs(unit, k, advance=progress.again), note)


class _ChildFailed(Exception):
    pass


class _Progress:
    """Counts rows once, also where a child counted some of them before it failed."""

    def __init__(self, advance: Advance | None) -> None:
        self._advance, self._counted = advance, 0

    def child(self, count: int) -> None:
        self._counted += count
        if self._advance is not None:
            self._advance(count)

    def again(self, count: int) -> None:
        known = min(count, self._counted)
        self._counted -= known
        if self._advance is not None and count > known:
            self._advance(count - known)


def _by_child(unit: Vectors, k: int, scratch: Path, progress: _Progress) -> Hits:
    files.write_scratch(scratch / "vectors.npy", unit)
    root = str(Path(__file__).resolve().parents[2])
    environ = settings_for_child(os.environ)
    environ["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "recommender.dense.child", str(scratch), str(k), str(cores())]
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            for line in child.stdout or ():
                progress.child(int(line))
            said = child.stderr.read() if child.stderr else ""
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        code = child.returncode
        how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
        last = said.strip().rpartition("\n")[2] or "it said nothing"
        raise _ChildFailed(f"the child process {how}: {last}")
    return _read(scratch, len(unit), min(k, len(unit)))


def _read(scratch: Path, n: int, width: int) -> Hits:
    hits = Hits(
        *(np.load(scratch / f"{name}.npy", allow_pickle=False) for name in ("rows", "cosines", "counts"))
    )
    shapes = (hits.rows.shape, hits.cosines.shape, hits.counts.shape)
    if shapes != ((n, width), (n, width), (n,)):
        raise _ChildFailed(f"the child process gave arrays of {shapes}, expected {n} rows of {width}")
    return hits
