"""Opening what a source names: gzip taken off, the beginning looked at without losing it."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, cast

from recommender.ingest.reading import Broken

HEAD_BYTES = 1 << 16
GZIP_MAGIC = b"\x1f\x8b"


def buffered(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first 64 KiB of a stream, and a stream that still begins with them.

    A file is wound back; a pipe, which cannot be, is read from memory first. What could be read before
    gzip data broke is kept; reading on raises.
    """
    head = b""
    while len(head) < HEAD_BYTES:
        try:
            piece = stream.read(HEAD_BYTES - len(head))
        except Broken:
            if not head:
                raise
            break
        if not piece:
            break
        head += piece
    if stream.seekable():
        stream.seek(-len(head), io.SEEK_CUR)
        return head, stream
    return head, cast(BinaryIO, io.BufferedReader(_Rejoined(head, stream), HEAD_BYTES))


def inflated(stream: BinaryIO) -> BinaryIO:
    """A gzip stream's content. Reading raises `Broken`, saying where, once the data is cut off or damaged.

    Unbuffered, since a buffer would lose what was read before the break.
    """
    return cast(BinaryIO, _Inflated(stream))


class _Rejoined(io.RawIOBase):
    """What was read already, then the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Inflated(io.RawIOBase):
    """gzip content; every way in which it can be broken is one `Broken`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._file = gzip.GzipFile(fileobj=stream, mode="rb")
        self._done = 0
        self._broken: Broken | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._broken is not None:
            raise self._broken
        try:
            data = self._file.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            reason = "ends early" if isinstance(error, EOFError) else f"is damaged ({error})"
            self._broken = Broken(f"gzip data {reason} after {self._done} bytes of content")
            raise self._broken from None
        self._done += len(data)
        buffer[: len(data)] = data
        return len(data)
