"""The snapshot's format: file names, each declared once, and the manifest that vouches for them.

`index/README.md` is the specification for people.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import orjson

from recommender.errors import CorruptSnapshot
from recommender.scoring import Floor, Scoring, scoring_of

FORMAT_VERSION = 4

MANIFEST = "manifest.json"
ARTICLES = "articles.jsonl"
ARTICLE_OFFSETS = "articles.offsets.npy"
IDS = "ids/ids.bin"
ID_OFFSETS = "ids/offsets.npy"
ID_HASHES = "ids/hashes.npy"
ID_ROWS = "ids/rows.npy"
ITEMS = "items.bin"
ITEM_OFFSETS = "items.offsets.npy"
LIST_OFFSETS = "lists/offsets.npy"
LIST_ROWS = "lists/rows.npy"
LIST_SCORES = "lists/scores.bin"
LIST_SCORE_OFFSETS = "lists/scores.offsets.npy"
LIST_LEFT = "lists/left.npy"
LABELS = "labels.json"
PUBLISHED = "published.npy"
SECTIONS = "sections.npy"
SOURCES = "sources.npy"
TAG_OFFSETS = "tags/offsets.npy"
TAG_CODES = "tags/codes.npy"
SOURCE_LIST_OFFSETS = "source_lists/offsets.npy"
SOURCE_LIST_ROWS = "source_lists/rows.npy"
VECTORS = "vectors/lead.npy"
VECTOR_DIGESTS = "vectors/lead.digests.npy"
STATISTICS_MEAN = "statistics/mean.npy"
STATISTICS_WHITENING = "statistics/whitening.npy"
STATISTICS_KEYS = "statistics/keys.npy"
STATISTICS_IDF = "statistics/idf.npy"
STATISTICS_CAPITALISED = "statistics/capitalised.npy"
STATISTICS_LEAST = "statistics/least.npy"
SPACE_LEAD = "space/lead.npy"
SPACE_CROWDING = "space/crowding.npy"
# Of each table where its rows begin, the columns, and the weights in them.
SPACE_TERMS = ("space/terms.offsets.npy", "space/terms.columns.npy", "space/terms.weights.npy")
SPACE_NAMES = ("space/names.offsets.npy", "space/names.columns.npy", "space/names.weights.npy")
SPACE_NEIGHBOURS = (
    "space/neighbours.offsets.npy",
    "space/neighbours.columns.npy",
    "space/neighbours.weights.npy",
)
# What the next build goes on with.
ARTICLE_DIGESTS = "articles.digests.npy"
# Of each side where its lists begin, the rows, their values, and the value beyond which they say nothing.
NEAREST_LEAD = (
    "nearest/lead.offsets.npy",
    "nearest/lead.rows.npy",
    "nearest/lead.cosines.npy",
    "nearest/lead.beyond.npy",
)
NEAREST_TERMS = (
    "nearest/terms.offsets.npy",
    "nearest/terms.rows.npy",
    "nearest/terms.cosines.npy",
    "nearest/terms.beyond.npy",
)
PAIR_ROWS = ("pairs/left.npy", "pairs/right.npy")
# The cosines of vectors, terms and names; those of neighbours depend on the others too.
PAIR_COSINES = ("pairs/lead.npy", "pairs/terms.npy", "pairs/names.npy")
CANDIDATE_OFFSETS = "candidates/offsets.npy"
CANDIDATE_ROWS = "candidates/rows.npy"
CANDIDATE_SCORES = "candidates/scores.npy"
CANDIDATE_VERDICTS = "candidates/verdicts.npy"
TEASERS = "policy/teasers.npy"
TOO_SHORT = "policy/too_short.npy"
COPIES = "policy/copies.npy"
STORIES = "policy/stories.npy"
OVERLAY = "overlay.json"
REPORT = "build.json"

FILES = frozenset(
    {
        ARTICLES,
        ARTICLE_OFFSETS,
        IDS,
        ID_OFFSETS,
        ID_HASHES,
        ID_ROWS,
        ITEMS,
        ITEM_OFFSETS,
        LIST_OFFSETS,
        LIST_ROWS,
        LIST_SCORES,
        LIST_SCORE_OFFSETS,
        LIST_LEFT,
        LABELS,
        PUBLISHED,
        SECTIONS,
        SOURCES,
        TAG_OFFSETS,
        TAG_CODES,
        SOURCE_LIST_OFFSETS,
        SOURCE_LIST_ROWS,
        VECTORS,
        VECTOR_DIGESTS,
        STATISTICS_MEAN,
        STATISTICS_WHITENING,
        STATISTICS_KEYS,
        STATISTICS_IDF,
        STATISTICS_CAPITALISED,
        STATISTICS_LEAST,
        SPACE_LEAD,
        SPACE_CROWDING,
        *SPACE_TERMS,
        *SPACE_NAMES,
        *SPACE_NEIGHBOURS,
        ARTICLE_DIGESTS,
        *NEAREST_LEAD,
        *NEAREST_TERMS,
        *PAIR_ROWS,
        *PAIR_COSINES,
        CANDIDATE_OFFSETS,
        CANDIDATE_ROWS,
        CANDIDATE_SCORES,
        CANDIDATE_VERDICTS,
        TEASERS,
        TOO_SHORT,
        COPIES,
        STORIES,
        OVERLAY,
        REPORT,
    }
)

# The outcome of the gate that keeps a snapshot from being published.
REFUSED = "refused"

_NAME = re.compile(r"([0-9]{6,})-([0-9a-f]{6})")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is. ``files`` maps each file's path to its ``sha256`` and ``size`` in bytes;
    ``digest`` is the sha256 of all the other fields, and its first six digits end the snapshot's name,
    so that the pointer vouches for the manifest and the manifest for every file. ``lists`` says what the
    default lists are like (`recommender.measures`); ``gate`` what the gate said (`recommender.gate`), empty
    where it was not asked."""

    format_version: int
    sequence: int
    created_at: str
    parent: str | None
    encoder: Mapping[str, Any]
    statistics: Mapping[str, Any]
    scoring: Mapping[str, Any]
    policy: Mapping[str, Any]
    counts: Mapping[str, int]
    lists: Mapping[str, Any]
    corpus_sha256: str
    files: Mapping[str, Mapping[str, Any]]
    digest: str = ""
    gate: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The snapshot's directory name, such as ``000012-1f3a9c``."""
        return f"{self.sequence:06d}-{self.digest[:6]}"

    @property
    def refused(self) -> tuple[str, ...]:
        """Each check of the gate that the build failed, a line each, where it was refused for that; none
        where it was published."""
        if self.gate.get("outcome") != REFUSED:
            return ()
        return tuple(check["said"] for check in self.gate["checks"] if not check["passed"])

    @property
    def floor(self) -> Floor:
        """The floor that lists have where a caller names none."""
        return Floor(float(self.scoring["min_score"]), float(self.scoring["min_best"]))

    @property
    def formula(self) -> Scoring:
        """The formula that pairs were scored by."""
        return scoring_of(self.scoring["formula"])

    def sealed(self) -> Manifest:
        """The same manifest with its digest filled in."""
        return replace(self, digest=self._expected_digest())

    def encode(self) -> bytes:
        """The file's content: JSON, keys sorted, to be read by people too."""
        return orjson.dumps(asdict(self), option=_JSON | orjson.OPT_INDENT_2) + b"\n"

    def _expected_digest(self) -> str:
        content = {**asdict(self), "digest": ""}
        return hashlib.sha256(orjson.dumps(content, option=_JSON)).hexdigest()


_JSON = orjson.OPT_SORT_KEYS


def decode_manifest(content: bytes, path: Path) -> Manifest:
    """The manifest in a file's content. Raises CorruptSnapshot, naming ``path``, for another format
    version, for missing or unknown fields, and where the digest is not that of the content."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise CorruptSnapshot(f"{path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise CorruptSnapshot(f"{path} holds {type(value).__name__}, expected an object")
    version = value.get("format_version")
    if type(version) is not int or version != FORMAT_VERSION:
        raise CorruptSnapshot(
            f"{path}: format version {version!r}, this program reads version {FORMAT_VERSION}"
        )
    expected = {field.name for field in fields(Manifest)}
    if value.keys() != expected:
        odd = ", ".join(sorted(value.keys() ^ expected))
        raise CorruptSnapshot(f"{path}: these fields are missing or unknown: {odd}")
    objects = ("files", "counts", "lists", "encoder", "gate")
    for name, kind in {"sequence": int, "digest": str, **dict.fromkeys(objects, dict)}.items():
        if not isinstance(value[name], kind):
            raise CorruptSnapshot(f"{path}: {name} is {value[name]!r}, expected {kind.__name__}")
    for name, entry in value["files"].items():
        if not (isinstance(entry, dict) and entry.keys() == {"sha256", "size"}):
            raise CorruptSnapshot(f"{path}: {name} has {entry!r}, expected its sha256 and size")
    manifest = Manifest(**value)
    if manifest.digest != manifest._expected_digest():
        raise CorruptSnapshot(f"{path}: its content does not have the digest {manifest.digest!r} it names")
    try:
        _ = manifest.refused
    except (AttributeError, KeyError, TypeError) as error:
        raise CorruptSnapshot(f"{path}: gate is {manifest.gate!r:.80}, expected checks ({error!r})") from None
    try:
        _ = manifest.floor, manifest.formula
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptSnapshot(
            f"{path}: scoring is {value['scoring']!r}, expected formula, min_score and min_best ({error!r})"
        ) from None
    return manifest


def sequence_of(name: str) -> int | None:
    """The sequence number in a snapshot's name, or ``None`` for a name that is not one."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None
