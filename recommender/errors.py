"""Every error that the library raises, in one tree.

    RecommenderError                exit 1
    ├── SettingsError               exit 2    unknown key, unreadable or out-of-range value
    ├── OptionError                 exit 2    a caller's limit, date or filter makes no sense
    ├── GateRefused                 exit 3    a build is too unlike what is served; it was not published
    ├── InputError                  exit 65   too much bad input, or nothing usable in it
    ├── CorruptSnapshot             exit 65   what is on disk is not what was published
    ├── BadRules                    exit 65   the editors' rules cannot be read, or say something unknown
    ├── SourceNotFound              exit 66   a source path that does not exist
    ├── ArticleNotFound             exit 66   an id that the snapshot does not hold
    ├── SnapshotNotFound            exit 66   no snapshot, or none by that name
    ├── TakenDown                   exit 66   the article was there and has been taken down
    ├── RuleNotFound                exit 66   no editors' rule has that id
    ├── EncoderError                exit 66   the encoder's weights are missing or not the expected ones
    ├── PortInUse                   exit 69   the service cannot listen there
    ├── StorageError                exit 74   the disk refused
    └── RebuildRunning              exit 75   another rebuild holds the lock

A message names the thing, the value found and the value expected. Only the command line turns
``exit_code`` into a status, and only the service turns these into HTTP.
"""

from __future__ import annotations

from typing import ClassVar


class RecommenderError(Exception):
    """Base of every error raised on purpose by this library."""

    exit_code: ClassVar[int] = 1


class SettingsError(RecommenderError):
    """A setting is unknown, unreadable or out of range."""

    exit_code = 2


class OptionError(RecommenderError):
    """An option of one call is out of range; ``name`` is the option at fault."""

    exit_code = 2

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.detail = message


class GateRefused(RecommenderError):
    """A build is outside the bounds that are set for it: it is kept, and what was served is served on."""

    exit_code = 3


class InputError(RecommenderError):
    """The input holds too many bad records, or nothing that can be used."""

    exit_code = 65


class CorruptSnapshot(RecommenderError):
    """A snapshot's files are not the ones that were published, or not of a known format."""

    exit_code = 65


class BadRules(RecommenderError):
    """The editors' rules cannot be read, or one of them says something that is not understood. They must
    never count as no rules."""

    exit_code = 65


class SourceNotFound(RecommenderError):
    """A named source does not exist."""

    exit_code = 66


class ArticleNotFound(RecommenderError):
    """The snapshot holds no article by that id; ``article_id`` is what was asked for."""

    exit_code = 66

    def __init__(self, article_id: str, message: str) -> None:
        super().__init__(message)
        self.article_id = article_id


class SnapshotNotFound(RecommenderError):
    """The index directory holds no snapshot, or none by that name."""

    exit_code = 66


class TakenDown(RecommenderError):
    """The article is in the snapshot, but the overlay has taken it down."""

    exit_code = 66

    def __init__(self, article_id: str) -> None:
        super().__init__(f"article {article_id!r} has been taken down")
        self.article_id = article_id


class RuleNotFound(RecommenderError):
    """The editors' rules hold none by that id."""

    exit_code = 66


class EncoderError(RecommenderError):
    """An encoder cannot be loaded, or its weights are not the expected ones."""

    exit_code = 66


class PortInUse(RecommenderError):
    """The address that the service was told to listen on is taken."""

    exit_code = 69


class StorageError(RecommenderError):
    """A file-system step failed; the message names the step, the path and the reason."""

    exit_code = 74


class RebuildRunning(RecommenderError):
    """Another rebuild holds the index directory's lock."""

    exit_code = 75
