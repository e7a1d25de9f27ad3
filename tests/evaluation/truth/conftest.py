"""A folder to write labels into, and a corpus of bare ids."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from recommender.corpus import Corpus, assemble
from tests.fakes import make_article

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(name, text or bytes or records)`` puts a file into the test's folder; ``.gz`` is packed."""

    def put(name: str, content: str | bytes | Sequence[Mapping[str, Any]]) -> Path:
        if not isinstance(content, str | bytes):
            content = "".join(json.dumps(record) + "\n" for record in content)
        data = content.encode("utf-8") if isinstance(content, str) else content
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return put


def corpus_of(*ids: str) -> Corpus:
    return assemble([make_article(article_id, "words") for article_id in ids])
