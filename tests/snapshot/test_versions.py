"""A snapshot of another format version is refused by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pytest

from recommender.errors import CorruptSnapshot
from recommender.snapshot import FORMAT_VERSION, MANIFEST, open_snapshot
from recommender.snapshot.format import decode_manifest
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish


def as_version(version: object, directory: Path) -> Path:
    """The snapshot under a manifest that names another version, sealed and named as it should be."""
    value = orjson.loads((directory / MANIFEST).read_bytes()) | {"format_version": version, "digest": ""}
    value["digest"] = hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    (directory / MANIFEST).write_bytes(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
    return directory.rename(directory.with_name(f"{value['sequence']:06d}-{value['digest'][:6]}"))


@pytest.mark.parametrize("version", [1, 2, FORMAT_VERSION + 1, "3", None])
def test_only_one_version_is_read(tmp_path, version):
    snapshot = publish(tmp_path, contents_of([make_article("a", "storm")]))
    with pytest.raises(CorruptSnapshot, match=f"{version!r}, this program reads version {FORMAT_VERSION}"):
        open_snapshot(as_version(version, snapshot.directory))


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    manifest = publish(tmp_path, contents_of([make_article("a", "storm")])).manifest
    assert decode_manifest(manifest.encode(), tmp_path) == manifest
