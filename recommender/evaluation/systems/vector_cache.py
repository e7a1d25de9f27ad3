"""Vectors of an earlier run in one file, so that the same titles are not encoded again.

The file is numpy's ``.npz``: a zip whose members carry a CRC, holding ``version``, ``fingerprint``,
``digests`` and ``vectors`` as `recommender.embedding.Embedding` has them. It spares time and nothing else:
one that is broken or not ours is as good as none.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender import files
from recommender.embedding import DIGEST_BYTES, Embedding
from recommender.encoder import check_vectors

VERSION = 1


@dataclass(frozen=True, slots=True)
class VectorCache:
    """The file at ``path``; its directory is made when the file is written."""

    path: Path

    def read(self) -> Embedding | None:
        """The vectors in the file; ``None`` where there is no file, or none that can be used."""
        try:
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as members:
                if int(members["version"]) != VERSION:
                    return None
                fingerprint = str(members["fingerprint"])
                digests, vectors = members["digests"], members["vectors"]
            if digests.dtype != np.uint8 or digests.shape != (len(vectors), DIGEST_BYTES):
                return None
            if vectors.dtype != np.float32 or vectors.ndim != 2:
                return None
            check_vectors(vectors, fingerprint)
            return Embedding(fingerprint, digests, vectors)
        except Exception:  # a broken zip raises whatever its parts raise; the vectors are made anew
            return None

    def write(self, embedding: Embedding) -> None:
        """Put these vectors in the file's place. Raises StorageError."""
        content = io.BytesIO()
        np.savez(
            content,
            version=VERSION,
            fingerprint=embedding.fingerprint,
            digests=embedding.digests,
            vectors=embedding.vectors,
        )
        files.make_directories(self.path.parent)
        files.replace_file(self.path, content.getvalue())
