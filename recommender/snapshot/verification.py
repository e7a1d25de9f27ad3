"""Whether what is on disk is what was published: names, sizes and hashes of a snapshot's files."""

from __future__ import annotations

import hashlib
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

from recommender.errors import CorruptSnapshot
from recommender.snapshot import format as names
from recommender.snapshot.format import Manifest, decode_manifest


def verify(directory: Path) -> Manifest:
    """Check the manifest, and every file's size and sha256 against it; no file may be missing, be
    added, or be a link. Raises CorruptSnapshot. Cost: one read of every byte."""
    manifest = check_sizes(directory)
    for name in manifest.files:
        try:
            with (directory / name).open("rb") as stream:
                check_content(manifest, name, stream)
        except OSError as error:
            said = f"snapshot {manifest.name}: {name} cannot be read: {error.strerror}"
            raise CorruptSnapshot(said) from error
    return manifest


def check_sizes(directory: Path) -> Manifest:
    """`verify` without a look at the contents of any file but the manifest. Raises CorruptSnapshot."""
    path = directory / names.MANIFEST
    manifest = read_manifest(directory)
    if manifest.name != directory.name:
        raise CorruptSnapshot(f"{path} is of snapshot {manifest.name}, found in {directory.name}")
    present = {
        entry.relative_to(directory).as_posix()
        for entry in directory.rglob("*")
        if entry.is_symlink() or not entry.is_dir()
    }
    _same_names(manifest, present - {names.MANIFEST}, set(manifest.files), "manifest")
    _same_names(manifest, set(manifest.files), set(names.FILES), "format")
    for name, expected in manifest.files.items():
        _check_size(manifest, directory / name, name, expected)
    return manifest


def check_content(manifest: Manifest, name: str, stream: BufferedReader) -> None:
    """Check the sha256 of one file, which ``stream`` has open at its beginning. Raises CorruptSnapshot,
    naming the file, and OSError. Cost: one read of it."""
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    expected = manifest.files[name]["sha256"]
    if sha256 != expected:
        raise CorruptSnapshot(f"snapshot {manifest.name}: {name} has sha256 {sha256}, expected {expected}")


def read_manifest(directory: Path) -> Manifest:
    """A snapshot's manifest alone, its own digest checked and no other file. Raises CorruptSnapshot."""
    path = directory / names.MANIFEST
    try:
        return decode_manifest(_regular(path), path)
    except OSError as error:
        raise CorruptSnapshot(f"{path} cannot be read: {error.strerror}") from error


def _same_names(manifest: Manifest, found: set[str], expected: set[str], what: str) -> None:
    if missing := sorted(expected - found):
        raise CorruptSnapshot(f"snapshot {manifest.name}: missing, by its {what}: {', '.join(missing)}")
    if strange := sorted(found - expected):
        raise CorruptSnapshot(f"snapshot {manifest.name}: unknown to its {what}: {', '.join(strange)}")


def _check_size(manifest: Manifest, path: Path, name: str, expected: Any) -> None:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise CorruptSnapshot(f"snapshot {manifest.name}: {name} is not a regular file")
        size = path.stat().st_size
        if size != expected["size"]:
            raise CorruptSnapshot(
                f"snapshot {manifest.name}: {name} has {size} bytes, expected {expected['size']}"
            )
    except OSError as error:
        raise CorruptSnapshot(f"snapshot {manifest.name}: {name} cannot be read: {error.strerror}") from error


def _regular(path: Path) -> bytes:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise CorruptSnapshot(f"{path} is not a regular file")
    return path.read_bytes()
