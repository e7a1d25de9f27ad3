"""JSON Lines: one object a line."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from recommender.article import Article
from recommender.ingest.reading import Tally
from recommender.ingest.records import found, take_record


def read_jsonl(stream: BinaryIO, source: str, tally: Tally) -> Iterator[Article]:
    """The articles of a JSONL stream, line by line; a bad line is rejected and the next one read.

    Lines are cut at the byte ``\\n``, before decoding, so that one line's broken UTF-8 stays its own.
    NaN and Infinity, which Python's and pandas' writers leave in optional fields, are read: there they
    count as unreadable values, and only as an id do they reject the line.
    """
    number = 0
    while True:
        line = stream.readline()
        if not line:
            return
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        line = line.rstrip(b"\r\n")
        if not line.strip():
            continue
        try:
            record = parse_line(line)
        except ValueError as error:
            tally.reject(source, number, str(error))
            continue
        if (article := take_record(record, tally, source, number)) is not None:
            yield article


def parse_line(line: bytes) -> dict[str, object]:
    """The object that one line holds. Raises ValueError, saying what was found instead."""
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{line[error.start]:02x} at column {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg.removesuffix(' at')} at column {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not usable JSON: nested too deeply") from None
    except ValueError:  # Python refuses to convert integers of more than 4,300 digits
        raise ValueError("not usable JSON: an integer has too many digits") from None
    if not isinstance(record, dict):
        raise ValueError(f"found {found(record)}, expected an object")
    return record
