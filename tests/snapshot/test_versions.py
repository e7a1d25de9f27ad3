"""A snapshot of the format's first version still opens: the same files, and a manifest without ``lists``."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import orjson
import pytest

from recommender.errors import CorruptSnapshot
from recommender.snapshot import MANIFEST, Manifest, open_snapshot, verify
from recommender.snapshot.format import FILES, decode_manifest
from recommender.store import POINTER, Store
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, publish

# Written by the program of that version.
FIRST = b"""{
  "corpus_sha256": "0000000000000000000000000000000000000000000000000000000000000000",
  "counts": {
    "articles": 2
  },
  "created_at": "2022-01-17T04:00:00Z",
  "digest": "990cb286a074d28c51e418a0ded57ce1caab0d27179f3d49c0d0b031b12325d3",
  "encoder": {
    "dim": 7,
    "fingerprint": "fake:1",
    "name": "fake"
  },
  "files": {
    "ids.json": {
      "sha256": "1111111111111111111111111111111111111111111111111111111111111111",
      "size": 9
    }
  },
  "format_version": 1,
  "parent": "000011-9be0d2",
  "policy": {
    "steps": [
      "exact_copy"
    ],
    "teasers": "always"
  },
  "scoring": {
    "formula": {
      "slope": 4.5
    },
    "min_score": 0.5
  },
  "sequence": 12,
  "statistics": {
    "articles": 2,
    "background": null,
    "version": 1
  }
}
"""
PLACE = Path("manifest.json")


def test_a_manifest_of_the_first_version_is_read_and_written_as_it_was():
    manifest = decode_manifest(FIRST, PLACE)
    assert (manifest.name, manifest.format_version, manifest.lists) == ("000012-990cb2", 1, {})
    assert manifest.encode() == FIRST
    assert manifest.sealed() == manifest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"sequence": 12', b'"sequence": 13', "digest"),
        (b'"format_version": 1', b'"format_version": 2', "missing or unknown: lists"),
        (b'"format_version": 1', b'"lists": {}, "format_version": 1', "missing or unknown: lists"),
        (b'"format_version": 1', b'"format_version": 3', "versions 1 and 2"),
    ],
)
def test_one_that_was_changed_is_refused(old, new, message):
    changed = FIRST.replace(old, new)
    assert changed != FIRST
    with pytest.raises(CorruptSnapshot, match=message):
        decode_manifest(changed, PLACE)


def as_first_version(directory: Path) -> Path:
    """The snapshot as a program of version 1 would have written it; by hand, without the package."""
    value = orjson.loads((directory / MANIFEST).read_bytes())
    del value["lists"]
    value |= {"format_version": 1, "digest": ""}
    value["digest"] = hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
    (directory / MANIFEST).write_bytes(content)
    return directory.rename(directory.with_name(f"{value['sequence']:06d}-{value['digest'][:6]}"))


@pytest.fixture
def pair(tmp_path):
    """A snapshot of this version, and the same of version 1 in an index of its own."""
    articles = [make_article(name, "storm court", section="S") for name in "abc"]
    now = publish(tmp_path / "now", contents_of(articles))
    shutil.copytree(tmp_path / "now", tmp_path / "before")
    before = as_first_version(tmp_path / "before" / "snapshots" / now.name)
    (tmp_path / "before" / POINTER).write_text(f"{before.name}\n")
    return now, before


def test_a_snapshot_of_the_first_version_opens_and_holds_the_same(pair):
    now, directory = pair
    before = open_snapshot(directory)
    assert verify(directory) == before.manifest
    assert before.name != now.name
    assert (before.manifest.format_version, before.manifest.lists) == (1, {})
    assert list(before.articles()) == list(now.articles())
    assert np.array_equal(before.vectors, now.vectors)
    for row in range(len(now)):
        assert [part.tolist() for part in before.candidates(row)] == [
            part.tolist() for part in now.candidates(row)
        ]


def test_it_is_current_and_can_be_rolled_back_to(pair, tmp_path):
    _, directory = pair
    store = Store(tmp_path / "before")
    assert store.open_current().name == directory.name
    newer = publish(tmp_path / "before", contents_of([make_article("d", "storm")]))
    assert (newer.manifest.format_version, store.names()) == (2, [directory.name, newer.name])
    assert store.rollback().name == directory.name


@pytest.mark.parametrize("name", sorted(FILES))
def test_its_manifest_vouches_for_every_file(pair, name):
    _, directory = pair
    content = bytearray((directory / name).read_bytes())
    content[-1] ^= 1
    (directory / name).write_bytes(content)
    with pytest.raises(CorruptSnapshot, match=name):
        open_snapshot(directory)


def test_both_versions_keep_what_they_hold(pair):
    now, directory = pair
    for manifest in (now.manifest, open_snapshot(directory).manifest):
        again = decode_manifest(manifest.encode(), PLACE)
        assert isinstance(again, Manifest)
        assert again == manifest
